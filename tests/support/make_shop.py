"""Makes what a sale, a warranty and a repair need; runs inside Odoo.

See ``tests/test_who_pays.py``. Stands on the small group of companies.
"""

import make_group
from group_facts import SERVICE

from odoo import Command

PEOPLE = {
    "seller": "sales_team.group_sale_salesman_all_leads,stock.group_stock_user",
    "bookkeeper": "account.group_account_manager",
    "clara": "base.group_portal",
}
# {name: type} of the accounts that the test looks at, beside the chart's own
ACCOUNTS = {
    "Appliances": "income",
    "Repairs": "income",
    "Appliances Sold": "expense_direct_cost",
    "Appliances in Stock": "asset_current",
    "Warranty Cost": "expense",
    "Service Cost Passed On": "expense",
    "Money under Way": "asset_current",
}


def make(env):
    """Make goods, prices, terms and people.

    :return: names of records → ids
    """
    env = env(context={**env.context, "tracking_disable": True})
    company = env["res.company"].search([("name", "=", SERVICE)])
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    company = company.with_env(env)
    company.portal_confirmation_sign = True
    company.portal_confirmation_pay = False
    accounts = {name: _make_account(env, company, name) for name in ACCOUNTS}
    people = _make_people(env, company)
    goods = _make_goods(env, company, accounts)
    _make_terms(env, company, goods)
    _set_accounts(env, company, accounts)
    env.flush_all()
    records = {**people, **goods, "company": company}
    return {name: record.id for name, record in records.items()}


def _make_account(env, company, name):
    return env["account.account"].create(
        {
            "code": f"X{list(ACCOUNTS).index(name)}",
            "name": name,
            "account_type": ACCOUNTS[name],
            "reconcile": name == "Money under Way",
            "company_ids": [Command.set(company.ids)],
        }
    )


def _make_people(env, company):
    users = {
        login: make_group.make_user(env, login, company, groups.split(","))
        for login, groups in PEOPLE.items()
    }
    users["clara"].partner_id.write(
        {"phone": "+49 30 555001", "country_id": company.country_id.id}
    )
    technician = env["res.users"].search([("login", "=", "technician")])
    employee = env["hr.employee"].create(
        {"name": "Tina", "user_id": technician.id, "company_id": company.id}
    )
    return {
        "customer": users["clara"].partner_id,
        "technician": technician,
        "employee": employee,
    }


def _make_goods(env, company, accounts):
    """Make an appliance with a serial number in stock, a part, and work."""
    category = env["product.category"].create(
        {
            "name": "Appliances",
            "property_cost_method": "standard",
            "property_valuation": "real_time",
            "property_account_income_categ_id": accounts["Appliances"].id,
            "property_account_expense_categ_id": accounts["Appliances Sold"].id,
            "property_stock_valuation_account_id": accounts["Appliances in Stock"].id,
        }
    )
    shared = {
        # so that prices are in its currency, not in the first company's
        "company_id": company.id,
        "taxes_id": [Command.set(company.account_sale_tax_id.ids)],
    }
    repairs = {**shared, "property_account_income_id": accounts["Repairs"].id}
    fridge = env["product.product"].create(
        {
            **shared,
            "name": "Nordlicht 200",
            "default_code": "NL-200",
            "categ_id": category.id,
            "type": "consu",
            "is_storable": True,
            "tracking": "serial",
            "list_price": 900.0,
            "standard_price": 400.0,
            "invoice_policy": "delivery",
        }
    )
    pump = env["product.product"].create(
        {
            **repairs,
            "name": "Pump",
            "default_code": "PUMP",
            "type": "consu",
            "is_storable": True,
            "list_price": 120.0,
            "standard_price": 45.0,
        }
    )
    work = env["product.product"].create(
        {
            **repairs,
            "name": "Technician's Hour",
            "type": "service",
            "uom_id": env.ref("uom.product_uom_hour").id,
            "list_price": 80.0,
        }
    )
    lot = env["stock.lot"].create(
        {"product_id": fridge.id, "name": "NL-200-1", "company_id": company.id}
    )
    make_group.put(env, "SVC", fridge, 1, lot)
    make_group.put(env, "SVC", pump, 10)
    return {"fridge": fridge, "pump": pump, "work": work, "lot": lot}


def _make_terms(env, company, goods):
    """Two years of everything from the delivery; an hour costs us 30."""
    kinds = ("part", "labour", "travel")
    env["service.warranty.policy"].create(
        {
            "name": "Two years",
            "company_id": company.id,
            "start_basis": "delivery",
            "product_tmpl_ids": [Command.set(goods["fridge"].product_tmpl_id.ids)],
            "term_ids": [
                Command.create({"kind": kind, "months": 24, "share": 100.0})
                for kind in kinds
            ],
        }
    )
    env["service.labour.rate"].search([]).active = False
    env["service.labour.rate"].create(
        {
            "name": "Any hour",
            "company_id": company.id,
            "kind": "work",
            "product_id": goods["work"].id,
            "cost": 30.0,
        }
    )


def _set_accounts(env, company, accounts):
    """Warranty has its account; payments stand in one until the bank tells."""
    env["service.payer.account"].search([("company_id", "=", company.id)]).unlink()
    env["service.payer.account"].create(
        {
            "company_id": company.id,
            "payer": "warranty",
            "expense_account_id": accounts["Warranty Cost"].id,
            "counter_account_id": accounts["Service Cost Passed On"].id,
        }
    )
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    lines = bank.inbound_payment_method_line_ids
    lines.payment_account_id = accounts["Money under Way"]
