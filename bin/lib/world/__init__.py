"""The demo world: a service centre, two factories, their people, goods and work.

``load(env)`` makes it from the tables in ``data/world``, in a database that has our
add-ons. What is there already is left as it is, so that loading again changes
nothing. Everything is drawn from a fixed seed; dates are counted back from today.
"""

from importlib import import_module

# Each has a function ``load(records)``; later ones need what earlier ones made.
STEPS = (
    "companies",
    "people",
    "products",
    "stock",
    "customers",
    "promises",
    "rates",
    "cover",
    "tickets",
    "improvement",
    "assignment",
    "calls",
    "requisitions",
    "job_sheets",
    "billing",
    "jobs",
)


def load(env):
    """Load the demo world; the caller commits.

    :param env: an Odoo environment of the superuser
    """
    # Here and not above: the tables can be read without Odoo.
    records_class = import_module(".records", __name__).Records
    records = records_class(env(context={**env.context, "lang": "en_US"}))
    for step in STEPS:
        import_module(f".{step}", __name__).load(records)
        records.env.flush_all()
