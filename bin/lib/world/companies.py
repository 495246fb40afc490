"""Companies with their books, currencies, warehouses and transfer price lists."""

from odoo import Command

from . import tables

LANGUAGES = ("zh_CN", "zh_TW")
# What people of several locations, lots and price lists need to see.
FEATURES = (
    "stock.group_stock_multi_locations",
    "stock.group_production_lot",
    "product.group_product_pricelist",
)


def load(records):
    """Make the three companies out of ``companies.csv`` and ``rates.csv``."""
    _load_languages(records.env)
    _load_features(records)
    rows = tables.read("companies")
    _load_currencies(records.env, rows)
    for row in rows:
        if not records.find(f"company_{row['key']}"):
            company = _make_company(records, row)
            records.remember({f"company_{row['key']}": company})
            _keep_books(company, row)
            _make_warehouse(records, company, row)
    _load_rates(records)
    _connect(records, rows)


def _load_languages(env):
    missing = set(LANGUAGES) - set(env["res.lang"].search([]).mapped("code"))
    languages = (
        env["res.lang"]
        .with_context(active_test=False)
        .search([("code", "in", list(missing))])
    )
    if languages:
        env["base.language.install"].create({"lang_ids": languages.ids}).lang_install()


def _load_features(records):
    users = records.env.ref("base.group_user")
    for xmlid in FEATURES:
        feature = records.env.ref(xmlid)
        if feature not in users.implied_ids:
            users._apply_group(feature)


def _load_currencies(env, rows):
    codes = [row["currency"] for row in rows]
    env["res.currency"].with_context(active_test=False).search(
        [("name", "in", codes), ("active", "=", False)]
    ).active = True


def _currency(env, code):
    return env["res.currency"].search([("name", "=", code)])


def _make_company(records, row):
    """Make a company; the service centre is the one that the database began with."""
    # without this, Odoo would install the accounting of the company's country
    env = records.env(context={**records.env.context, "chart_template_load": True})
    vals = {
        **{key: row[key] for key in ("name", "street", "zip", "city")},
        **{key: row[key] for key in ("phone", "email")},
        "country_id": env.ref(f"base.{row['country'].lower()}").id,
        "currency_id": _currency(env, row["currency"]).id,
        # do not ask a service on the internet what it knows of the company
        "iap_enrich_auto_done": True,
        # nothing is to leave the machine that shows the demo
        "service_notify": False,
        "service_sms_provider": "sink",
    }
    if row["key"] == "service":
        company = env.ref("base.main_company")
        company.write(vals)
    else:
        company = env["res.company"].create(vals)
        env.user.company_ids += company
        env.ref("base.user_admin").company_ids += company
    company.resource_calendar_id.tz = (
        "Asia/Shanghai" if row["country"] == "CN" else "Europe/Rome"
    )
    return company


def _keep_books(company, row):
    """Load the chart of accounts, with the taxes and stock valuation of the row."""
    env = company.env
    if not company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        # the chart brings its own currency
        company.currency_id = _currency(env, row["currency"])
    company.account_fiscal_country_id = company.country_id
    company.write(
        {"cost_method": row["cost_method"], "inventory_valuation": row["valuation"]}
    )
    chart = env["account.chart.template"].with_company(company)
    taxes = env["account.tax"].search([("company_id", "=", company.id)])
    taxes.tax_group_id.country_id = taxes.country_id = company.country_id
    for template in ("sale_tax_template", "purchase_tax_template"):
        chart.ref(template).write(
            {"amount": float(row["vat_percent"]), "name": f"{row['vat_percent']}%"}
        )
    chart.ref("tax_group_15").name = f"Tax {row['vat_percent']}%"
    domestic = chart.ref("template_generic_domestic_fiscal_position")
    domestic.country_id = company.country_id


def _make_warehouse(records, company, row):
    """Name the company's warehouse, or make it: Odoo makes only the first one."""
    warehouses = records.env["stock.warehouse"]
    warehouse = warehouses.search([("company_id", "=", company.id)], limit=1)
    vals = {
        "name": row["name"],
        "code": row["code"],
        "partner_id": company.partner_id.id,
    }
    if warehouse:
        _rename_transfers(warehouse, row["code"])
        warehouse.write(vals)
    else:
        warehouse = warehouses.create({**vals, "company_id": company.id})
    records.remember({f"warehouse_{row['key']}": warehouse})


def _rename_transfers(warehouse, code):
    """Number the transfers of a warehouse by its new code; Odoo keeps the old one."""
    types = warehouse.env["stock.picking.type"].search(
        [("warehouse_id", "=", warehouse.id)]
    )
    for sequence in types.sequence_id:
        sequence.prefix = sequence.prefix.replace(f"{warehouse.code}/", f"{code}/")


def _load_rates(records):
    """Note what a euro cost; shared by the companies, whatever their currency."""
    records.ensure(
        "res.currency.rate",
        {
            f"rate_{row['currency']}_{row['months_ago']}": {
                "currency_id": _currency(records.env, row["currency"]).id,
                "name": tables.days_ago(30 * int(row["months_ago"])),
                "rate": float(row["per_euro"]),
                "company_id": False,
            }
            for row in tables.read("rates")
        },
    )


def _connect(records, rows):
    """Make transfer price lists, and let the service centre ask the factories."""
    factories = [row["key"] for row in rows if row["key"] != "service"]
    for key in factories:
        company = records[f"company_{key}"]
        if company.transfer_pricelist_id:
            continue
        company.transfer_pricelist_id = records.ensure(
            "product.pricelist",
            {
                f"pricelist_{key}": {
                    "name": f"Transfer prices of {company.name}",
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                }
            },
        )[f"pricelist_{key}"]
    warehouse = records["warehouse_service"]
    sources = [records[f"warehouse_{key}"] for key in factories]
    if not warehouse.requisition_source_ids:
        warehouse.requisition_source_ids = [
            Command.link(source.id) for source in sources
        ]
