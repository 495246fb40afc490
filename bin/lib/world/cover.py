"""Who pays: warranty terms, contracts and planned maintenance."""

from datetime import timedelta

from odoo import Command

from . import tables
from .products import product_name
from .records import clock

# What a laundromat's washers and all the others get done when they are maintained.
MAINTENANCE = {
    "care": ("Yearly check", "Clean the condenser\nCheck the door seal\nTest the fan"),
    "care_plus": ("Check twice a year", "Clean the condenser\nCheck the door seal"),
    "fleet": ("Quarterly maintenance", "Clean the pump\nCheck belt and bearings"),
}
AHEAD_DAYS = 14


def load(records):
    """Make warranty terms, contracts and their maintenance plans."""
    _load_warranties(records)
    _load_templates(records)
    _load_contracts(records)


# -- warranty ------------------------------------------------------------------


def _load_warranties(records):
    rows = {f"warranty_{row['key']}": row for row in tables.read("warranties")}
    made = records.ensure(
        "service.warranty.policy",
        {name: _prepare_policy(records, row) for name, row in rows.items()},
        tracking_disable=True,
    )
    for name, policy in made.items():
        policy.update_field_translations("name", tables.translations(rows[name]))


def _prepare_policy(records, row):
    categories = [records[f"category_{key}"].id for key in row["categories"].split()]
    products = [
        records[product_name(ref)].product_tmpl_id.id for ref in row["products"].split()
    ]
    factory = row["factory"] and records.companies[row["factory"]].partner_id.id
    return {
        "name": row["name"],
        "company_id": records.companies["service"].id,
        "provider": "supplier" if row["provider"] == "supplier" else "own",
        "is_extension": row["provider"] == "extension",
        "partner_id": factory,
        "category_ids": [Command.set(categories)],
        "product_tmpl_ids": [Command.set(products)],
        "start_basis": row["basis"],
        "latest_months": int(row["latest_months"]),
        "exchange_months": int(row["exchange_months"]),
        "goodwill_months": int(row["goodwill_months"]),
        "goodwill_share": float(row["goodwill_share"]),
        "term_ids": [
            Command.create({"kind": kind, "months": int(months), "share": float(share)})
            for kind, months, share in (
                term.split(":") for term in row["terms"].split()
            )
        ],
    }


# -- contracts -----------------------------------------------------------------


def _load_templates(records):
    rows = {f"template_{r['key']}": r for r in tables.read("contract_templates")}
    made = records.ensure(
        "service.contract.template",
        {name: _prepare_template(records, row) for name, row in rows.items()},
    )
    for name, template in made.items():
        template.update_field_translations("name", tables.translations(rows[name]))


def _prepare_template(records, row):
    service = records.companies["service"]
    balances = [pair.split(":") for pair in row["balances"].split()]
    return {
        "name": row["name"],
        "company_id": service.id,
        "currency_id": service.currency_id.id,
        "price": float(row["price"]),
        "invoicing_period": row["period"],
        "invoicing_moment": row["moment"],
        "renewal_mode": row["renewal"],
        "part_share": float(row["part"]),
        "labour_share": float(row["labour"]),
        "travel_share": float(row["travel"]),
        "fee_share": float(row["fee"]),
        "balance_ids": [
            Command.create({"kind": kind, "granted": float(granted)})
            for kind, granted in balances
        ],
    }


def _load_contracts(records):
    """Sign the contracts on their days, in the name of the supervisor."""
    templates = {row["key"]: row for row in tables.read("contract_templates")}
    for row in tables.read("contracts"):
        name = f"contract_{row['key']}"
        if not records.find(name):
            with clock(records.env, tables.moment(float(row["started_days_ago"]), 9)):
                contract = _sign(records, row)
            records.remember({name: contract})
            _plan_maintenance(records, row, templates[row["template"]], contract)


def _sign(records, row):
    env = records.as_user("supervisor")
    contract = env["service.contract"].create(
        {
            "partner_id": records[f"customer_{row['customer']}"].id,
            "company_id": records.companies["service"].id,
            "template_id": records[f"template_{row['template']}"].id,
            "date_start": tables.days_ago(row["started_days_ago"]),
            "line_ids": [Command.create({"scope": row["scope"]})],
        }
    )
    contract.action_activate()
    return contract.sudo()


def _plan_maintenance(records, row, template, contract):
    """Plan the visits that the contract promises; those ahead are made by the job."""
    subject, checklist = MAINTENANCE[row["template"]]
    units = records.env["service.asset"].search(
        [("partner_id", "=", contract.partner_id.id)]
    )
    months = int(template["maintenance_months"])
    begun = tables.days_ago(row["started_days_ago"])
    first = begun + timedelta(days=30 * months)
    while first < tables.days_ago(0):
        first += timedelta(days=30 * months)
    records.ensure(
        "service.maintenance.plan",
        {
            f"plan_{row['key']}": {
                "name": f"{subject}: {contract.partner_id.name}",
                "company_id": contract.company_id.id,
                "contract_id": contract.id,
                "asset_ids": [Command.set(units.ids)],
                "every": months,
                "unit": "month",
                "first_on": first,
                "ahead_days": AHEAD_DAYS,
                "checklist": checklist,
            }
        },
        tracking_disable=True,
    )
