"""Customers, portal users and installed units."""

from odoo import Command

from . import tables
from .products import product_name


def load(records):
    """Make customers out of ``customers.csv`` and units out of ``units.csv``."""
    rows = tables.read("customers")
    _load_partners(records, [row for row in rows if not row["parent"]])
    _load_partners(records, [row for row in rows if row["parent"]])
    _load_portal_users(records, rows)
    _load_units(records)


def _load_partners(records, rows):
    records.ensure(
        "res.partner",
        {f"customer_{row['key']}": _prepare_vals(records, row) for row in rows},
        mail_create_nosubscribe=True,
    )


def _prepare_vals(records, row):
    vals = {
        key: row[key] for key in ("name", "street", "zip", "city", "phone", "email")
    }
    if row["parent"]:
        vals["parent_id"] = records[f"customer_{row['parent']}"].id
        vals["type"] = "other" if row["login"] == "" else "contact"
    return {
        **vals,
        "is_company": bool(row["company"]) and not row["parent"],
        "lang": row["lang"],
        "country_id": records.env.ref(f"base.{row['country'].lower()}").id,
        "tz": "Europe/Rome",
    }


def _load_portal_users(records, rows):
    service = records.companies["service"]
    records.ensure(
        "res.users",
        {
            f"user_{row['login']}": {
                "login": row["login"],
                "password": row["login"],
                "partner_id": records[f"customer_{row['key']}"].id,
                "group_ids": [Command.set([records.env.ref("base.group_portal").id])],
                "company_id": service.id,
                "company_ids": [Command.set([service.id])],
            }
            for row in rows
            if row["login"]
        },
        no_reset_password=True,
    )


def _load_units(records):
    """Register the units, and their serial numbers in stock's books as well."""
    rows = {f"unit_{row['serial'].lower()}": row for row in tables.read("units")}
    records.ensure(
        "stock.lot",
        {
            f"lot_{row['serial'].lower()}": {
                "name": row["serial"],
                "product_id": records[product_name(row["product"])].id,
                "company_id": False,
            }
            for row in rows.values()
        },
        mail_create_nosubscribe=True,
    )
    service = records.companies["service"]
    records.ensure(
        "service.asset",
        {
            name: {
                "serial_number": row["serial"],
                "product_id": records[product_name(row["product"])].id,
                "partner_id": records[f"customer_{row['customer']}"].id,
                "site_id": records[f"customer_{row['customer']}"].id,
                "sold_on": tables.days_ago(row["sold_days_ago"]),
                "delivered_on": tables.days_ago(row["installed_days_ago"]),
                "installed_on": tables.days_ago(row["installed_days_ago"]),
                "company_id": service.id,
            }
            for name, row in rows.items()
        },
        tracking_disable=True,
        mail_create_nosubscribe=True,
    )
