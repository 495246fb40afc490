from . import (
    test_customer_page,
    test_hostile,
    test_languages,
    test_posting,
    test_receipt,
    test_repair,
    test_replenishment,
    test_requisition,
    test_safety_stock,
    test_service_api,
    test_stock_lock,
    test_views,
)
