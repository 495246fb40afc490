from . import (
    parts_requisition_decide,
    parts_requisition_decide_line,
    stock_return_picking,
)
