"""Constants of the parts bridge."""

REQUISITION_STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("approved", "Approved"),
    ("shipped", "Shipped"),
    ("received", "Received"),
    ("done", "Done"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]
# States in which parts are still expected from the source.
OPEN_STATES = ("draft", "submitted", "approved", "shipped")
# States in which something may still be to come: a shortage is shipped again.
IN_PROGRESS_STATES = (*OPEN_STATES, "received")
# States in which the source may ship.
SHIPPING_STATES = ("approved", "shipped", "received")

APPROVAL_STATES = [
    ("waiting", "Waiting for an earlier step"),
    ("pending", "To decide"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]

DISCREPANCY_KINDS = [
    ("short", "Short"),
    ("damaged", "Damaged"),
    ("wrong", "Wrong item"),
]
RESOLUTIONS = [
    ("ship_again", "Ship again"),
    ("return", "Return to the source"),
    ("write_off", "Write off"),
]
# What becomes of the goods of a discrepancy, which are still in transit.
GOODS_FATES = [
    ("lost", "Lost or destroyed"),
    ("returned", "Back to the source's stock"),
]
