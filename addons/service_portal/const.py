"""Numbers and names that the tracking page lives by."""

from collections import namedtuple

Limit = namedtuple("Limit", "attempts seconds")

# Misses that are answered before the door closes, by what they are counted on.
ADDRESS_LIMITS = (Limit(10, 60), Limit(60, 3600))
NUMBER_LIMITS = (Limit(5, 15 * 60),)
PHONE_LIMITS = (Limit(10, 24 * 3600),)

# What is typed is cut before anything is done with it.
INPUT_MAX_LENGTH = 64

SESSION_KEY = "service_track"
SESSION_SECONDS = 30 * 60

TOKEN_BYTES = 32
TOKEN_DAYS_AFTER_CLOSING = 90

# The page says where a request is, so nobody may cache it, frame it, index it
# or learn from a Referer header where the reader came from.
PRIVATE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}

# The progress line: each step stands for the phases that a customer need not
# tell apart. A cancelled request leaves the line.
PROGRESS_STEPS = (
    ("received", ("received", "triage")),
    ("in_progress", ("in_progress",)),
    ("waiting", ("waiting_customer", "waiting_parts")),
    ("resolved", ("resolved",)),
    ("closed", ("closed",)),
)

# All that a portal user can read of a ticket, by any door (page, RPC, export).
# Stages, teams, people, costs and notes stay inside.
PORTAL_READABLE_FIELDS = frozenset(
    {
        "id",
        "active",
        "closed_at",
        "company_id",
        "create_date",
        "display_name",
        "is_open",
        "name",
        "number",
        "opened_at",
        "partner_id",
        "phase",
        "product_id",
        "resolved_at",
        "serial_number",
        "type_id",
        "write_date",
    }
)

PORTAL_PAGE_SIZE = 20

# What somebody may say who registers a unit, and how long it may be.
REGISTER_LENGTHS = {
    "name": 120,
    "phone": 40,
    "email": 120,
    "street": 120,
    "zip": 20,
    "city": 80,
    "bought_on": 10,
    "dealer_name": 120,
    "note": 1000,
}
REGISTER_LIMITS = (Limit(20, 3600), Limit(240, 24 * 3600))
