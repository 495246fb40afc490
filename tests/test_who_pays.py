"""Who pays: from the sale of an appliance to two repairs and all of the books.

A refrigerator is sold, delivered and paid. It fails in its warranty: we pay. It fails
after it: the customer accepts our quotation in the browser and pays. After each step
the books moved by so much, and by no more.
"""

from datetime import UTC, datetime, timedelta

import pytest

from support import browser as support_browser
from support import group as group_of_companies
from support import invariants
from support.group import Client
from support.group_facts import SERVICE
from support.web_client import WebClient, save_picture

MAKE = (
    f"{group_of_companies.PRELUDE}import make_shop\n"
    "answer = make_shop.make(env)\nenv.cr.commit()\n"
)
SERIAL = "NL-200-1"
# who works here; their keys are made at once
PEOPLE = (
    *("seller", "bookkeeper", "agent", "technician", "supervisor", "servicemanager"),
)
TAX = 0.15
PRICE, COST = 900.0, 400.0
PUMP, PUMP_COST = 120.0, 45.0
HOUR, HOUR_COST = 80.0, 30.0
HOURS = 1.5


@pytest.fixture(scope="module")
def shop(group):
    """Goods, terms and people of the service centre: {name: id}."""
    made = group.shell(MAKE)
    group.api_keys(*PEOPLE)
    return made


@pytest.fixture(scope="module")
def api(shop, group_server):
    """``api(login, model)``: a model as one of the people, over JSON-2."""
    return Client(group_server, "json2")


@pytest.fixture(autouse=True)
def invariants_hold(group):
    """After each step nothing may be amiss."""
    yield
    invariants.assert_hold(group)


# -- the books ------------------------------------------------------------------------


def books(group):
    """``{account: balance}`` of the service centre's posted entries."""
    rows = group.sql(
        "SELECT account.name->>'en_US' AS name, sum(line.balance) AS balance "
        "FROM account_move_line line "
        "JOIN account_account account ON account.id = line.account_id "
        "JOIN res_company company ON company.id = line.company_id "
        "WHERE company.name = %s AND line.parent_state = 'posted' "
        "GROUP BY account.id",
        SERVICE,
    )
    return {row["name"]: float(row["balance"]) for row in rows}


class Books:
    """What has moved since the last look."""

    def __init__(self, group):
        self.group = group
        self.known = books(group)

    def moved(self):
        """Return ``{account: change}`` and look from here on."""
        now = books(self.group)
        names = now.keys() | self.known.keys()
        found = {n: round(now.get(n, 0) - self.known.get(n, 0), 2) for n in names}
        self.known = now
        return {name: change for name, change in found.items() if change}


# -- what people do -------------------------------------------------------------------


def do(api, login, model, method, ids, **values):
    """Call a method of records as a person."""
    return getattr(api(login, model), method)(ids=ids, **values)


def create(api, login, model, values, **context):
    """Create a record as a person; returns its id."""
    extra = {"context": context} if context else {}
    (made,) = api(login, model).create(vals_list=[values], **extra)
    return made


def find(api, login, model, domain, *names):
    """Read what a person finds."""
    return api(login, model).search_read(domain=domain, fields=list(names))


def read(api, login, model, record, *names):
    """Read one record as a person."""
    (row,) = find(api, login, model, [("id", "=", record)], *names)
    return row


def use(api, login, model, values, method="action_confirm", **context):
    """Open a window, fill it in, and press its button."""
    window = create(api, login, model, values, **context)
    extra = {"context": context} if context else {}
    return do(api, login, model, method, [window], **extra)


def pay(api, invoice):
    """Post an invoice and register that the customer paid it at the bank."""
    do(api, "bookkeeper", "account.move", "action_post", [invoice])
    use(
        *(api, "bookkeeper", "account.payment.register", {}, "action_create_payments"),
        active_model="account.move",
        active_ids=[invoice],
    )
    row = read(
        api, "bookkeeper", "account.move", invoice, "payment_state", "amount_residual"
    )
    assert (row["payment_state"], row["amount_residual"]) == ("paid", 0.0)


def repair(api, group, shop, ticket, start):
    """The technician fits a pump in an hour and a half."""
    action = do(api, "technician", "service.ticket", "action_new_repair", [ticket])
    values = {
        name.removeprefix("default_"): value
        for name, value in action["context"].items()
        if name.startswith("default_")
    }
    pump = {
        "product_id": shop["pump"],
        "product_uom_qty": 1,
        "repair_line_type": "add",
    }
    values["move_ids"] = [[0, 0, pump]]
    sheet = create(api, "technician", "repair.order", values)
    for method in ("action_validate", "action_repair_start"):
        do(api, "technician", "repair.order", method, [sheet])
    (move,) = read(api, "technician", "repair.order", sheet, "move_ids")["move_ids"]
    do(
        api,
        "technician",
        "stock.move",
        "write",
        [move],
        vals={"quantity": 1, "picked": True},
    )
    do(api, "technician", "repair.order", "action_repair_end", [sheet])
    assert read(api, "technician", "repair.order", sheet, "state")["state"] == "done"
    stop = start + timedelta(hours=HOURS)
    spent = {"start": str(start), "stop": str(stop), "kind": "work"}
    spent |= {"ticket_id": ticket, "employee_id": shop["employee"]}
    create(api, "technician", "service.time.entry", spent)


def open_ticket(api, shop, name):
    """A call of the customer, whose unit is known by its serial number."""
    answer = api("agent").submit_ticket(
        values={
            "type": "repair",
            "name": name,
            "phone": "+49 30 555001",
            "serial_number": SERIAL,
            "channel": "phone",
        }
    )
    domain = [("number", "=", answer["number"])]
    (ticket,) = api("agent", "service.ticket").search(domain=domain)
    values = {"user_id": shop["technician"]}
    do(api, "agent", "service.ticket", "write", [ticket], vals=values)
    return ticket


def shares(api, ticket, is_estimate=False):
    """``{(kind, payer): (amount, cost)}`` of a ticket's charges."""
    rows = find(
        *(api, "supervisor", "service.charge.share"),
        [("ticket_id", "=", ticket), ("is_estimate", "=", is_estimate)],
        *("kind", "payer", "amount", "cost"),
    )
    return {(r["kind"], r["payer"]): (r["amount"], r["cost"]) for r in rows}


def costs(api, domain):
    """(cost, revenue) of the report of costs and margins."""
    rows = find(api, "supervisor", "service.cost.report", domain, "cost", "revenue")
    return (
        round(sum(row["cost"] for row in rows), 2),
        round(sum(row["revenue"] for row in rows), 2),
    )


# -- the story ------------------------------------------------------------------------


def test_a_sale_makes_a_unit_that_fails_in_and_after_its_warranty(
    api, shop, group, group_server, browser, screenshot_dir
):
    """Sale, delivery, unit, two failures, acceptance in the browser, payment, books."""
    ledger = Books(group)
    sell(api, shop)
    assert ledger.moved() == pytest.approx(
        {
            "Appliances": -PRICE,
            "Appliances Sold": COST,
            "Appliances in Stock": -COST,
            "Money under Way": PRICE * (1 + TAX),
            "Tax Received": -PRICE * TAX,
        },
        abs=0.01,
    )
    unit = check_unit(api, shop)

    first = fail_in_warranty(api, group, shop)
    cost = round(PUMP_COST + HOURS * HOUR_COST, 2)
    assert ledger.moved() == pytest.approx(
        {"Warranty Cost": cost, "Service Cost Passed On": -cost}, abs=0.01
    )
    assert costs(api, [("ticket_id", "=", first)]) == (cost, 0.0)

    age(api, unit)
    second, order = quote(api, shop)
    accept(api, browser, group_server, second, order, screenshot_dir)
    assert ledger.moved() == {}
    invoice = finish_and_invoice(api, group, shop, second)
    pay(api, invoice)
    net = round(PUMP + HOURS * HOUR, 2)
    assert ledger.moved() == pytest.approx(
        {
            "Repairs": -net,
            "Money under Way": net * (1 + TAX),
            "Tax Received": -net * TAX,
        },
        abs=0.01,
    )
    nothing_is_billed_twice(api, shop, second)
    assert ledger.moved() == {}

    assert costs(api, [("ticket_id", "=", second)]) == (cost, net)
    assert costs(api, [("asset_id", "=", unit)]) == (2 * cost, net)
    check_value(api, shop, PRICE + net, COST, 2 * cost)
    look(group_server, browser, shop, second, unit, screenshot_dir)


def sell(api, shop):
    """Sell, deliver, invoice and be paid."""
    line = {"product_id": shop["fridge"], "product_uom_qty": 1, "price_unit": PRICE}
    values = {"partner_id": shop["customer"], "order_line": [[0, 0, line]]}
    order = create(api, "seller", "sale.order", values)
    do(api, "seller", "sale.order", "action_confirm", [order])
    (picking,) = read(api, "seller", "sale.order", order, "picking_ids")["picking_ids"]
    row = read(api, "seller", "stock.picking", picking, "move_ids", "state")
    (move,) = row["move_ids"]
    moved = {"lot_ids": [[6, 0, [shop["lot"]]]], "quantity": 1, "picked": True}
    do(api, "seller", "stock.move", "write", [move], vals=moved)
    do(
        *(api, "seller", "stock.picking", "button_validate", [picking]),
        context={"skip_sms": True},
    )
    state = read(api, "seller", "stock.picking", picking, "state")["state"]
    assert state == "done"
    use(
        *(api, "seller", "sale.advance.payment.inv"),
        {"sale_order_ids": [[6, 0, [order]]], "advance_payment_method": "delivered"},
        "create_invoices",
    )
    (invoice,) = read(api, "seller", "sale.order", order, "invoice_ids")["invoice_ids"]
    pay(api, invoice)


def check_unit(api, shop):
    """The delivery has made the unit, with owner, day and warranty."""
    (unit,) = find(
        *(api, "agent", "service.asset", [("serial_number", "=", SERIAL)]),
        *("partner_id", "product_id", "delivered_on", "warranty_parts_until"),
    )
    assert unit["partner_id"][0] == shop["customer"]
    assert unit["product_id"][0] == shop["fridge"]
    today = datetime.now(UTC).date()
    days = abs(datetime.fromisoformat(unit["delivered_on"]).date() - today)
    assert days <= timedelta(days=1)
    years = int(unit["warranty_parts_until"][:4]) - today.year
    assert years in (1, 2)
    return unit["id"]


def fail_in_warranty(api, group, shop):
    """All of it is for the warranty; the customer is asked for nothing."""
    ticket = open_ticket(api, shop, "Does not cool")
    repair(api, group, shop, ticket, datetime(2026, 3, 2, 9))
    assert shares(api, ticket) == {
        ("part", "warranty"): (PUMP, PUMP_COST),
        ("labour", "warranty"): (HOURS * HOUR, HOURS * HOUR_COST),
    }
    with pytest.raises(Exception, match="nothing that the customer pays"):
        do(api, "agent", "service.ticket", "action_quote", [ticket])
    chosen = {"ticket_ids": [[6, 0, [ticket]]]}
    use(api, "supervisor", "service.charge.post", chosen)
    with pytest.raises(Exception, match="nothing to post"):
        use(api, "supervisor", "service.charge.post", chosen)
    return ticket


def age(api, unit):
    """Let the unit be three years older, so that its warranty is over."""
    day = str(datetime.now(UTC).date() - timedelta(days=3 * 365))
    values = {"delivered_on": day, "sold_on": day}
    do(api, "servicemanager", "service.asset", "write", [unit], vals=values)


def quote(api, shop):
    """Estimate the second repair and send the quotation."""
    ticket = open_ticket(api, shop, "Leaks")
    for kind, product, quantity in (
        ("part", "pump", 1),
        ("labour", "work", HOURS),
    ):
        values = {
            "ticket_id": ticket,
            "is_estimate": True,
            "kind": kind,
            "product_id": shop[product],
            "quantity": quantity,
        }
        create(api, "agent", "service.charge", values)
    estimated = shares(api, ticket, is_estimate=True)
    assert {payer for _kind, payer in estimated} == {"customer"}
    use(api, "agent", "service.ticket.quote", {"ticket_id": ticket})
    row = read(api, "agent", "service.ticket", ticket, "phase")
    assert row["phase"] == "waiting_customer"
    domain = [("ticket_id", "=", ticket)]
    (order,) = api("seller", "sale.order").search(domain=domain)
    return ticket, order


def accept(api, browser, server, ticket, order, folder):
    """The customer signs in the browser; the work goes on."""
    context = browser.new_context(viewport=support_browser.DESKTOP, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(90_000)
    support_browser.log_in(page, server, "clara")
    page.goto(f"{server.url}/my/orders/{order}")
    page.wait_for_selector("text=Pump")
    save_picture(page, folder, "quotation_of_a_ticket")
    page.locator("a[data-bs-target='#modalaccept'] >> visible=true").first.click()
    page.wait_for_selector("#modalaccept .o_portal_sign_submit")
    name = page.locator("#modalaccept input[type=text], #modalaccept .o_web_sign_name")
    name.first.fill("Clara")
    page.wait_for_timeout(800)
    save_picture(page, folder, "quotation_signed")
    page.locator("#modalaccept .o_portal_sign_submit").click()
    page.wait_for_url("**message=sign_ok**")
    save_picture(page, folder, "quotation_accepted")
    context.close()
    state = read(api, "seller", "sale.order", order, "state", "signed_by")
    assert (state["state"], state["signed_by"]) == ("sale", "Clara")
    row = read(api, "agent", "service.ticket", ticket, "phase")
    assert row["phase"] == "in_progress"


def finish_and_invoice(api, group, shop, ticket):
    """The work is done and the customer's share invoiced; returns the draft."""
    repair(api, group, shop, ticket, datetime(2026, 3, 9, 9))
    assert shares(api, ticket) == {
        ("part", "customer"): (PUMP, PUMP_COST),
        ("labour", "customer"): (HOURS * HOUR, HOURS * HOUR_COST),
    }
    chosen = {"ticket_ids": [[6, 0, [ticket]]]}
    use(api, "agent", "service.ticket.invoice", chosen)
    (invoice,) = find(
        *(api, "bookkeeper", "account.move"),
        [("line_ids.sale_line_ids.order_id.ticket_id", "=", ticket)],
        *("amount_untaxed", "state"),
    )
    assert invoice["state"] == "draft"
    assert invoice["amount_untaxed"] == pytest.approx(PUMP + HOURS * HOUR)
    return invoice["id"]


def nothing_is_billed_twice(api, shop, ticket):
    """Another try makes no second invoice and no posting."""
    chosen = {"ticket_ids": [[6, 0, [ticket]]]}
    with pytest.raises(Exception, match="left to invoice"):
        use(api, "agent", "service.ticket.invoice", chosen)


def check_value(api, shop, revenue, goods, service):
    """The customer's year is what the books say."""
    api("supervisor", "service.customer.value").action_recompute()
    rows = find(
        *(api, "supervisor", "service.customer.value"),
        [("partner_id", "=", shop["customer"])],
        *("revenue", "cost_goods", "cost_service", "margin"),
    )
    total = {
        name: round(sum(row[name] for row in rows), 2)
        for name in ("revenue", "cost_goods", "cost_service", "margin")
    }
    assert total == {
        "revenue": revenue,
        "cost_goods": goods,
        "cost_service": service,
        "margin": round(revenue - goods - service, 2),
    }


def look(server, browser, shop, ticket, unit, folder):
    """Pictures of what a supervisor sees of all this."""
    with WebClient(browser, server, "supervisor") as boss:
        boss.open("crm_service.service_ticket_action", ticket)
        for page in ("Charges", "Who Pays"):
            tab = boss.page.locator(".nav-link", has_text=page).first
            tab.click()
            boss.picture(folder, f"ticket_{page.lower().replace(' ', '_')}")
        if boss.page.locator(".o_button_more >> visible=true").count():
            boss.page.locator(".o_button_more >> visible=true").first.click()
        button = boss.page.locator("button[name=action_open_costs] >> visible=true")
        button.first.click()
        boss.page.wait_for_selector(".o_list_view")
        boss.picture(folder, "ticket_costs")
        boss.open("crm_service.service_asset_action", unit)
        boss.picture(folder, "unit_with_history")
        boss.page.goto(f"{server.url}/odoo/contacts/{shop['customer']}")
        boss.page.wait_for_selector(".o_form_view")
        boss.page.locator(".nav-link", has_text="Value").first.click()
        boss.picture(folder, "customer_value")
        assert not boss.errors
