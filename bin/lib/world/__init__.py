"""The demo world: a service centre, two factories, their people, goods and work.

``load(env)`` makes it from the tables in ``data/world``, in a database that has our
add-ons. What is there already is left as it is, so that loading again changes
nothing. Everything is drawn from a fixed seed; dates are counted back from today.
"""

from . import companies, customers, job_sheets, people, products, requisitions
from . import stock, tickets
from .records import Records

STEPS = (
    companies.load,
    people.load,
    products.load,
    stock.load,
    customers.load,
    tickets.load,
    requisitions.load,
    job_sheets.load,
)


def load(env):
    """Load the demo world; the caller commits.

    :param env: an Odoo environment of the superuser
    """
    records = Records(env(context={**env.context, "lang": "en_US"}))
    for load_step in STEPS:
        load_step(records)
        records.env.flush_all()
