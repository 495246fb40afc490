"""Makes the small group of companies; runs inside Odoo (see ``group.py``)."""

from datetime import datetime, timedelta

from group_facts import (
    BOTH_COMPANIES,
    CNY_PER_EUR,
    FACTORY,
    LANGUAGES,
    PARTS,
    PEOPLE,
    SERIALS,
    SERVICE,
    STOCK,
    STRANGER,
)

from odoo import Command


def make(env):
    """Make the group and return what tests need to know of it.

    :return: ``{"keys": {login: key for JSON-2}}``
    """
    env = env(context={**env.context, "tracking_disable": True})
    _set_up_instance(env)
    companies = {
        SERVICE: _make_company(env, SERVICE, "EUR", {"SVC": "Depot", "VAN": "Van"}),
        FACTORY: _make_company(env, FACTORY, "CNY", {"FRI": "Factory parts"}),
        STRANGER: _make_company(env, STRANGER, "EUR", {"FBS": "Shop", "FBX": "Yard"}),
    }
    for name in (FACTORY, SERVICE):
        _make_pricelist(env, companies[name])
    _make_parts(env, companies)
    _make_approval_rules(env)
    env["res.partner"].create({"name": "Anna Berg", "phone": "+49 30 901820"})
    keys = _make_people(env, companies)
    env.flush_all()
    return {"keys": keys}


def _set_up_instance(env):
    env["ir.config_parameter"].set_param("web.base.url", "http://service.test")
    env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
    currencies = env["res.currency"].with_context(active_test=False)
    for name in ("EUR", "CNY"):
        currencies.search([("name", "=", name)]).active = True


def _make_company(env, name, currency, warehouses):
    """Make a company with books, a country and warehouses ``{code: name}``."""
    # without this, Odoo would install the accounting of the company's country
    companies = env["res.company"].with_context(install_mode=True)
    company = companies.create(
        {
            "name": name,
            "country_id": env.ref("base.de").id,
            "currency_id": env.ref(f"base.{currency}").id,
        }
    )
    company = company.with_env(env)
    env.user.company_ids |= company
    env["account.chart.template"].try_loading(
        "generic_coa", company=company, install_demo=False
    )
    # the chart set the country's currency
    company.invalidate_recordset()
    company.currency_id = env.ref(f"base.{currency}")
    _move_taxes(company)
    env["res.currency.rate"].create(
        {
            "company_id": company.id,
            "name": "2020-01-01",
            "currency_id": env.ref("base.EUR" if currency == "CNY" else "base.CNY").id,
            "rate": 1 / CNY_PER_EUR if currency == "CNY" else CNY_PER_EUR,
        }
    )
    for code, title in warehouses.items():
        env["stock.warehouse"].with_company(company).create(
            {"name": title, "code": code, "company_id": company.id}
        )
    return company


def _move_taxes(company):
    """Make the generic chart's taxes those of the company's country."""
    env, country = company.env, company.country_id
    company.account_fiscal_country_id = country
    taxes = env["account.tax"].search([("company_id", "=", company.id)])
    taxes.tax_group_id.country_id = taxes.country_id = country
    positions = env["account.fiscal.position"].search([("company_id", "=", company.id)])
    positions.filtered("country_id").country_id = country


def _make_pricelist(env, company):
    company.transfer_pricelist_id = env["product.pricelist"].create(
        {
            "name": f"Transfer prices of {company.name}",
            "company_id": company.id,
            "currency_id": company.currency_id.id,
        }
    )


def _warehouse(env, code):
    return env["stock.warehouse"].search([("code", "=", code)])


def _make_parts(env, companies):
    """Make the parts, their prices, and the factory's stock of them."""
    for reference, (name, tracking, cost, price) in PARTS.items():
        part = make_part(env, reference, name, tracking, cost, price)
        if STOCK.get(reference):
            lot = make_lot(env, part, "G-1") if tracking == "lot" else None
            put(env, "FRI", part, STOCK[reference], lot)
    for serial in SERIALS:
        part = env["product.product"].search([("default_code", "=", "COMP")])
        put(env, "FRI", part, 1, make_lot(env, part, serial))
    seal = env["product.product"].search([("default_code", "=", "SEAL")])
    put(env, "SVC", seal, 50)
    env["stock.warehouse.orderpoint"].create(
        {
            "product_id": seal.id,
            "warehouse_id": _warehouse(env, "SVC").id,
            "location_id": _warehouse(env, "SVC").lot_stock_id.id,
            "company_id": companies[SERVICE].id,
            "product_min_qty": 5,
            "product_max_qty": 10,
            "trigger": "auto",
        }
    )


def make_part(env, reference, name, tracking="none", cost=40.0, price=64.0):
    """Make a part of the whole group with a cost and the factory's price.

    :param price: transfer price in CNY; None for none
    """
    factory = env["res.company"].search([("name", "=", FACTORY)])
    service = env["res.company"].search([("name", "=", SERVICE)])
    both = factory | service
    part = env["product.product"].create(
        {
            "name": name,
            "default_code": reference,
            "type": "consu",
            "is_storable": True,
            "tracking": tracking,
            "taxes_id": [Command.set(both.account_sale_tax_id.ids)],
            "supplier_taxes_id": [Command.set(both.account_purchase_tax_id.ids)],
        }
    )
    part.with_company(factory).standard_price = cost
    part.with_company(service).standard_price = cost / CNY_PER_EUR
    if price is not None:
        env["product.pricelist.item"].create(
            {
                "pricelist_id": factory.transfer_pricelist_id.id,
                "applied_on": "0_product_variant",
                "product_id": part.id,
                "compute_price": "fixed",
                "fixed_price": price,
            }
        )
    return part


def make_lot(env, part, name):
    """Make a lot or serial number that all companies share."""
    return env["stock.lot"].create(
        {"product_id": part.id, "name": name, "company_id": False}
    )


def put(env, code, part, quantity, lot=None):
    """Count a part into the stock of a warehouse."""
    warehouse = _warehouse(env, code)
    quant = env["stock.quant"].with_company(warehouse.company_id)
    quant.with_context(inventory_mode=True).create(
        {
            "product_id": part.id,
            "location_id": warehouse.lot_stock_id.id,
            "lot_id": lot.id if lot else False,
            "inventory_quantity": quantity,
        }
    ).action_apply_inventory()


def _make_approval_rules(env):
    """The finance department decides from 1,000 CNY."""
    rule = env.ref("spare_parts_bridge.approval_rule_finance")
    rule.write({"min_amount": 1000, "currency_id": env.ref("base.CNY").id})


def _make_people(env, companies):
    keys = {}
    for login, (company, groups) in PEOPLE.items():
        user = make_user(env, login, companies[company], groups.split(","))
        if login in BOTH_COMPANIES:
            user.company_ids |= companies[FACTORY]
        keys[login] = make_key(env, user)
    return keys


def make_user(env, login, company, groups):
    """Make a user whose password is the login."""
    values = {
        "name": login.title(),
        "login": login,
        "lang": LANGUAGES.get(login, "en_US"),
        "password": login,
        "email": f"{login}@example.com",
        "company_id": company.id,
        "company_ids": [Command.set(company.ids)],
        "group_ids": [Command.set([env.ref(group).id for group in groups])],
    }
    if "base.group_portal" not in groups:
        values["notification_type"] = "inbox"
    return env["res.users"].with_context(no_reset_password=True).create(values)


def make_key(env, user):
    """Make a key for JSON-2."""
    keys = env["res.users.apikeys"].with_user(user).sudo()
    return keys._generate("rpc", "tests", datetime.now() + timedelta(days=1))
