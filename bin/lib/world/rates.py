"""What work, trips and fees cost, and which accounts bear what we pay ourselves."""

from odoo import Command

from . import tables
from .products import product_name

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Code and name of the accounts that bear cost, by payer.
BEARING = {
    "warranty": ("610100", "Warranty cost"),
    "extension": ("610200", "Cost of warranty extensions"),
    "contract": ("610300", "Cost of service contracts"),
    "goodwill": ("610400", "Goodwill"),
}
RELIEVED = ("610900", "Service cost charged on")


def load(records):
    """Make the products, rates, fees and accounts of service."""
    _load_products(records)
    service = records.companies["service"]
    if not service.service_contract_product_id:
        service.service_cost_event = "closed"
        service.service_contract_product_id = product(records, "contract")
    _load_rates(records)
    _load_fees(records)
    _load_accounts(records)


def _load_products(records):
    env = records.env
    units = {
        "hour": env.ref("uom.product_uom_hour"),
        "unit": env.ref("uom.product_uom_unit"),
    }
    rows = {product_name(row["ref"]): row for row in tables.read("service_products")}
    made = records.ensure(
        "product.product",
        {
            name: {
                "name": row["name"],
                "default_code": row["ref"],
                "type": "service",
                "list_price": float(row["price"]),
                "uom_id": units[row["unit"]].id,
            }
            for name, row in rows.items()
        },
        tracking_disable=True,
    )
    service = records.companies["service"]
    for name, product in made.items():
        row = rows[name]
        product.with_company(service).standard_price = float(row["cost"])
        product.product_tmpl_id.update_field_translations(
            "name", tables.translations(row)
        )


def product(records, key):
    """Return the product of service with that key."""
    (row,) = (row for row in tables.read("service_products") if row["key"] == key)
    return records[product_name(row["ref"])]


def _load_rates(records):
    rows = {f"rate_{row['key']}": row for row in tables.read("labour_rates")}
    made = records.ensure(
        "service.labour.rate",
        {
            name: _prepare_rate(records, sequence, row)
            for sequence, (name, row) in enumerate(rows.items())
        },
    )
    for name, rate in made.items():
        rate.update_field_translations("name", tables.translations(rows[name]))


def _prepare_rate(records, sequence, row):
    return {
        "sequence": sequence,
        "name": row["name"],
        "company_id": records.companies["service"].id,
        "kind": row["kind"],
        "basis": row["basis"],
        "product_id": product(records, row["product"]).id,
        "price_percent": float(row["percent"]),
        "cost": float(row["cost"]),
        "round_minutes": int(row["round_minutes"]),
        "hour_from": float(row["from"]),
        "hour_to": float(row["to"]),
        "distance_from": float(row["distance_from"] or 0),
        "distance_to": float(row["distance_to"] or 0),
        **{day: day in row["days"].split() for day in DAYS},
    }


def _load_fees(records):
    records.ensure(
        "service.fee",
        {
            f"fee_{key}": {
                "name": product(records, key).name,
                "company_id": records.companies["service"].id,
                "product_id": product(records, key).id,
            }
            for key in ("disposal", "diagnosis")
        },
    )


def _load_accounts(records):
    """Give each payer of ours an account, relieved by one for all."""
    company = records.companies["service"]
    names = {**BEARING, "relieved": RELIEVED}
    records.ensure(
        "account.account",
        {
            f"account_{key}": {
                "code": code,
                "name": name,
                "account_type": "expense",
                "company_ids": [Command.set(company.ids)],
            }
            for key, (code, name) in names.items()
        },
    )
    records.ensure(
        "service.payer.account",
        {
            f"payer_{payer}": {
                "company_id": company.id,
                "payer": payer,
                "expense_account_id": records[f"account_{payer}"].id,
                "counter_account_id": records["account_relieved"].id,
            }
            for payer in BEARING
        },
    )
