"""What is promised to whom, beside what the add-on brings along."""

from odoo import Command

from . import tables


def load(records):
    """Make the policies of ``promises.csv``, each with a level when it runs late."""
    made = records.ensure(
        "service.sla.policy",
        {
            f"policy_{row['key']}": _prepare_vals(records, row)
            for row in tables.read("promises")
        },
    )
    for row in tables.read("promises"):
        policy = made.get(f"policy_{row['key']}")
        if policy:
            policy.update_field_translations("name", tables.translations(row))


def _prepare_vals(records, row):
    hours = {
        f"{kind}_hours": float(row[kind])
        for kind in ("first_response", "next_response", "resolution")
    }
    customer, category = row["customer"], row["category"]
    return {
        "name": row["name"],
        "company_id": records.companies["service"].id,
        "sequence": 10,
        "partner_ids": [
            Command.set([records[f"customer_{customer}"].id] if customer else [])
        ],
        "product_category_ids": [
            Command.set([records[f"category_{category}"].id] if category else [])
        ],
        "priority_min": row["priority"] or False,
        **hours,
        "escalation_ids": [Command.create(_prepare_escalation(records, row))],
    }


def _prepare_escalation(records, row):
    """Return a level that tells leader and manager before the promise is broken."""
    return {
        "name": "Level 1",
        "kind": "resolution",
        "trigger": "share",
        "share_percent": int(row["tell_at"]),
        "notify_user": True,
        "notify_leader": True,
        "notify_user_ids": [Command.set(records.user("manager").ids)],
    }
