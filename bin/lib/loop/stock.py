"""Stock levels: read, compared, and topped up at the factory so that it can ship."""

import uuid

EMPTY = {"on_hand": 0.0, "forecast": 0.0, "safety_stock": 0.0, "to_requisition": 0.0}


def levels(api, warehouse, refs):
    """Return {part: level} of some parts in a warehouse.

    :param api: `service.api` over JSON-2
    :param str warehouse: code
    :param refs: internal references
    """
    found = {row["product"]: row for row in api.stock_levels(warehouse=warehouse)}
    return {ref: found.get(ref, EMPTY) for ref in refs}


def print_change(out, before, after):
    """Print what was on hand before and after, by warehouse and part."""
    rows = []
    for code, parts in before.items():
        for ref, level in parts.items():
            now = after[code][ref]
            rows.append(
                [
                    code,
                    ref,
                    level["on_hand"],
                    now["on_hand"],
                    now["on_hand"] - level["on_hand"],
                    now["safety_stock"],
                    now["to_requisition"],
                ]
            )
    columns = ["warehouse", "part", ">before", ">after", ">change", ">safety stock"]
    out.table([*columns, ">to requisition"], rows)


def replenish(demo, out, wanted):
    """Count new parts into the factory's stock where it runs low.

    :param dict wanted: {internal reference: what there should be}
    """
    low = {
        ref: wanted[ref] - level["on_hand"]
        for ref, level in levels(
            demo.json2("factory", "service.api"), "FRI", wanted
        ).items()
        if level["on_hand"] <= wanted[ref] / 2
    }
    for ref, quantity in low.items():
        _count_in(demo, ref, int(quantity))
        out.say(f"The factory made {quantity:g} of {ref}, which ran low.")


def _count_in(demo, ref, quantity):
    """Adjust the inventory as the clerk does, with new serial numbers if need be."""
    products = demo.rpc("factory", "product.product")
    [product] = products.search_read([("default_code", "=", ref)], ["tracking"])
    [warehouse] = demo.rpc("factory", "stock.warehouse").search_read(
        [("code", "=", "FRI")], ["lot_stock_id", "company_id"]
    )
    base = {
        "product_id": product["id"],
        "location_id": warehouse["lot_stock_id"][0],
    }
    context = {
        "inventory_mode": True,
        "allowed_company_ids": [warehouse["company_id"][0]],
    }
    quants = demo.rpc("factory", "stock.quant")
    if product["tracking"] == "none":
        [there] = quants.search_read(
            [(key, "=", value) for key, value in base.items()], ["quantity"]
        ) or [{"quantity": 0}]
        counts = [{**base, "inventory_quantity": there["quantity"] + quantity}]
    else:
        counts = [
            {**base, "inventory_quantity": 1, "lot_id": lot_id}
            for lot_id in _make_serials(demo, ref, product["id"], quantity)
        ]
    ids = [quants.create(count, context=context) for count in counts]
    # It answers nothing at all, which XML-RPC cannot say.
    demo.json2("factory", "stock.quant").action_apply_inventory(
        ids=ids, context=context
    )


def _make_serials(demo, ref, product_id, quantity):
    """Return the ids of new serial numbers."""
    batch = uuid.uuid4().hex[:6].upper()
    return demo.rpc("factory", "stock.lot").create(
        [
            {
                "product_id": product_id,
                "name": f"{ref}-{batch}{number:02d}",
                "company_id": False,
            }
            for number in range(1, quantity + 1)
        ]
    )
