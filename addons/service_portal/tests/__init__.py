from . import (
    test_customer_page,
    test_merged,
    test_notification_link,
    test_portal_access,
    test_portal_pages,
    test_side_conversation,
    test_throttle,
    test_tools,
    test_track_token,
    test_unit_page,
    test_tracking_page,
)
