from . import (
    res_partner,
    service_api,
    service_asset,
    service_throttle,
    service_ticket,
    service_ticket_link,
    service_ticket_merged,
    service_track_token,
)
