"""Vans, opening stock by inventory count, lots, and safety stock."""

from . import tables
from .products import factory_of, product_name
from .records import clock

VANS = {"van1": ("Van 1", "technician"), "van2": ("Van 2", "technician.li")}
LOT_SIZE = 40


def load(records):
    """Count the opening stock of ``parts.csv`` in, and set the safety stocks."""
    _load_vans(records)
    _load_finance_limit(records)
    rows = tables.read("parts")
    with clock(records.env, tables.moment(tables.OPENING_DAY, 8)):
        for column in ("svc", "van1", "van2", "factory"):
            _count_in(records, rows, column)
        _open_books(records)
    _load_safety_stock(records, [row for row in rows if float(row["safety"])])


def _open_books(records):
    """Post the value of the opening stock in each company's books, as capital."""
    for key, company in records.companies.items():
        if not records.once(f"opening_{key}", company):
            continue
        env = records.env(
            context={**records.env.context, "allowed_company_ids": company.ids}
        )
        company = company.with_env(env)
        action = company.action_close_stock_valuation()
        entry = env["account.move"].browse(action["res_id"])
        capital = env["account.account"].search(
            [("company_ids", "in", company.ids), ("account_type", "=", "equity")],
            limit=1,
        )
        entry.line_ids.filtered("credit").account_id = capital
        entry.action_post()


def _load_vans(records):
    warehouse = records["warehouse_service"]
    records.ensure(
        "stock.location",
        {
            f"location_{key}": {
                "name": f"{name} ({records.user(login).name})",
                "usage": "internal",
                "location_id": warehouse.lot_stock_id.id,
                "company_id": warehouse.company_id.id,
            }
            for key, (name, login) in VANS.items()
        },
    )


def _load_finance_limit(records):
    """Let the limit above which finance decides be in euro."""
    rule = records.env.ref("spare_parts_bridge.approval_rule_finance")
    if records.once("limit_of_finance", rule):
        rule.currency_id = records.companies["service"].currency_id
    warehouse = records["warehouse_service"]
    if not warehouse.parts_keeper_id:
        warehouse.parts_keeper_id = records.user("keeper")


def _load_safety_stock(records, rows):
    warehouse = records["warehouse_service"]
    records.ensure(
        "stock.warehouse.orderpoint",
        {
            f"safety_{product_name(row['ref'])}": {
                "product_id": records[product_name(row["ref"])].id,
                "warehouse_id": warehouse.id,
                "company_id": warehouse.company_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "product_min_qty": float(row["safety"]),
                "product_max_qty": float(row["maximum"]),
                "trigger": "auto",
            }
            for row in rows
        },
    )


def _place(records, row, column):
    """Return the location that a column of ``parts.csv`` speaks of."""
    if column in VANS:
        return records[f"location_{column}"]
    key = "warehouse_service"
    if column == "factory":
        factory = factory_of(records, row)
        key = next(
            f"warehouse_{name}"
            for name, company in records.companies.items()
            if company == factory
        )
    return records[key].lot_stock_id


def _count_in(records, rows, column):
    """Count one column of the table in, as a stock keeper would."""
    counts = {}
    for row in rows:
        name = f"opening_{column}_{product_name(row['ref'])}"
        if float(row[column]) and not records.find(name):
            counts[name] = (row, _place(records, row, column))
    locations = {name: place for name, (_row, place) in counts.items()}
    for company in {place.company_id for place in locations.values()}:
        quants = records.env["stock.quant"].with_company(company)
        vals_list, names = [], {}
        for name, (row, place) in counts.items():
            if place.company_id == company:
                vals_list += _prepare_counts(records, row, column, place)
                names[name] = records[product_name(row["ref"])]
        quants.with_context(inventory_mode=True).create(
            vals_list
        ).action_apply_inventory()
        records.remember(names)


def _prepare_counts(records, row, column, place):
    """Return the counts of one part: one, or one for each lot."""
    product = records[product_name(row["ref"])]
    quantity = int(row[column])
    base = {"product_id": product.id, "location_id": place.id}
    if row["tracking"] == "none":
        return [{**base, "inventory_quantity": quantity}]
    size = 1 if row["tracking"] == "serial" else LOT_SIZE
    sizes = [min(size, quantity - start) for start in range(0, quantity, size)]
    lots = records.env["stock.lot"].create(
        [
            {
                "product_id": product.id,
                "name": f"{row['ref']}-{PREFIX[column]}{number:03d}",
                "company_id": False,
            }
            for number, _size in enumerate(sizes, start=1)
        ]
    )
    return [
        {**base, "lot_id": lot.id, "inventory_quantity": pieces}
        for lot, pieces in zip(lots, sizes, strict=True)
    ]


PREFIX = {"factory": "F", "svc": "S", "van1": "V", "van2": "W"}
