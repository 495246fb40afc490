from . import service_api, service_throttle, service_ticket, service_track_token
