from . import service_ticket_tracking
