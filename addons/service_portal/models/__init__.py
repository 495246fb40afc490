from . import service_throttle, service_ticket, service_track_token
