from . import (
    parts_requisition_decide,
    parts_requisition_decide_line,
    service_charge_add,
    service_charge_estimate,
    service_charge_estimate_line,
    stock_return_picking,
    service_remedy_credit,
    service_ticket_expense,
    service_ticket_quote,
    service_ticket_invoice,
    service_charge_post,
)
