"""Categories, appliances and spare parts, with cost, transfer and list prices."""

from odoo import Command, fields

from . import tables
from .records import clock


def load(records):
    """Make what the tables of categories, appliances and parts name."""
    _load_categories(records)
    _load_products(records, "appliances", _prepare_appliance_vals)
    parts = _load_products(records, "parts", _prepare_part_vals)
    with clock(records.env, tables.moment(tables.OPENING_DAY, 6)):
        _load_costs(records, parts)
    _load_transfer_prices(records)


def _load_categories(records):
    warehouse = records["warehouse_service"]
    for row in tables.read("categories"):
        name = f"category_{row['key']}"
        vals = {"name": row["name"]}
        if row["parent"]:
            vals["parent_id"] = records[f"category_{row['parent']}"].id
        if row["source"]:
            route = route_from(records, warehouse, row["source"])
            vals["route_ids"] = [Command.set(route.ids)]
        records.ensure("product.category", {name: vals})


def route_from(records, warehouse, source_key):
    """Return the route by which a warehouse requisitions from a factory."""
    source = records[f"warehouse_{source_key}"]
    rules = warehouse._get_requisition_rules()
    return rules.filtered(
        lambda rule: rule.requisition_source_warehouse_id == source
    ).route_id


def _load_products(records, table, prepare_vals):
    """Create what is missing; return {name: product} of those."""
    rows = {product_name(row["ref"]): row for row in tables.read(table)}
    made = records.ensure(
        "product.product",
        {name: prepare_vals(records, row) for name, row in rows.items()},
        tracking_disable=True,
    )
    for name, product in made.items():
        product.product_tmpl_id.update_field_translations(
            "name", tables.translations(rows[name])
        )
    return made


def product_name(ref):
    """Return the name under which a product is known."""
    return f"product_{ref.replace('-', '_').lower()}"


def _prepare_appliance_vals(records, row):
    return {**_prepare_vals(records, row), "tracking": "serial"}


def _prepare_part_vals(records, row):
    return {**_prepare_vals(records, row), "tracking": row["tracking"]}


def _prepare_vals(records, row):
    return {
        "name": row["name"],
        "default_code": row["ref"],
        "categ_id": records[f"category_{row['category']}"].id,
        "type": "consu",
        "is_storable": True,
        "list_price": float(row["list_price"]),
    }


def factory_of(records, row):
    """Return the company that makes a part."""
    key = {"parts_cooling": "refrigeration", "parts_washing": "laundry"}
    return records.companies[key[row["category"]]]


def _load_costs(records, made):
    """Set what new parts cost at their factory and at the service centre."""
    service = records.companies["service"]
    for row in tables.read("parts"):
        product = made.get(product_name(row["ref"]))
        if not product:
            continue
        factory = factory_of(records, row)
        product.with_company(factory).standard_price = float(row["cost"])
        product.with_company(service).standard_price = factory.currency_id._convert(
            float(row["transfer_price"]),
            service.currency_id,
            service,
            fields.Date.today(),
        )
    history = records.env["product.value"].search(
        [("product_id", "in", [product.id for product in made.values()])]
    )
    history.date = fields.Datetime.now()


def _load_transfer_prices(records):
    """Put each part on the transfer price list of its factory."""
    records.ensure(
        "product.pricelist.item",
        {
            f"transfer_{product_name(row['ref'])}": {
                "pricelist_id": factory_of(records, row).transfer_pricelist_id.id,
                "applied_on": "0_product_variant",
                "product_id": records[product_name(row["ref"])].id,
                "compute_price": "fixed",
                "fixed_price": float(row["transfer_price"]),
            }
            for row in tables.read("parts")
        },
    )
