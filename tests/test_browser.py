"""A ticket and a requisition, walked by real people in Chromium.

``SCREENSHOTS=docs/screenshots bin/test tests/test_browser.py`` renews the pictures of
the README; else they go to the cache.
"""

import pytest

from support import browser as support_browser
from support import invariants
from support.web_client import WebClient, save_picture

PART, PART_NAME = "RC-820", "Fan speed controller"
STOCKED, STOCKED_NAME = "RC-130", "Start relay"
PHONE = "+39 02 4801 7733"
LARGEST_PICTURE = 200_000
PICTURES = (
    "ticket",
    "tickets",
    "job_sheet",
    "requisition",
    "decision",
    "delivery",
    "count",
    "requisition_done",
    "track_phone",
)


@pytest.fixture
def work(browser, server):
    """``work(login)``: a person's web client, to be used in a ``with``."""
    return lambda login: WebClient(browser, server, login)


def one(world, statement, *values):
    """The single row of a query."""
    (row,) = world.sql(statement, *values)
    return row


def test_people_take_a_ticket_and_a_requisition_to_their_end(
    work, world, server, browser, screenshot_dir
):
    """From the call to the customer's page, each step by whom it belongs to."""
    number = take_the_call(work, screenshot_dir)
    ticket = one(world, "SELECT id FROM service_ticket WHERE number = %s", number)["id"]
    write_the_job_sheet(work, world, ticket, screenshot_dir)
    requisition = one(
        world,
        "SELECT id, name FROM parts_requisition WHERE ticket_id = %s",
        ticket,
    )
    submit(work, world, requisition["id"], screenshot_dir)
    decide(work, world, requisition["id"], screenshot_dir)
    ship(work, world, requisition["id"], screenshot_dir)
    count(work, world, requisition["id"], screenshot_dir)
    assert state(world, requisition["id"]) == "done"
    postings = world.sql(
        "SELECT company_id FROM parts_posting WHERE requisition_id = %s",
        requisition["id"],
    )
    assert len({row["company_id"] for row in postings}) == 2
    look_at_the_result(work, requisition["id"], screenshot_dir)
    follow_on_the_phone(browser, server, number, screenshot_dir)
    invariants.assert_hold(world)
    for name in PICTURES:
        size = (screenshot_dir / f"{name}.png").stat().st_size
        assert 5_000 < size < LARGEST_PICTURE, (name, size)


def state(world, requisition):
    """The state of a requisition."""
    row = one(world, "SELECT state FROM parts_requisition WHERE id = %s", requisition)
    return row["state"]


def take_the_call(work, folder):
    """The agent writes down what the customer says; returns the number."""
    with work("agent") as agent:
        agent.open("crm_service.service_ticket_action", "new")
        agent.fill("name", "Display cabinet is too warm, fan keeps stopping")
        agent.fill("partner_name", "Caffè Aurelio")
        agent.fill("partner_phone", PHONE)
        agent.save()
        number = agent.page.locator(".o_field_widget[name=number]").first.inner_text()
        number = number.split()[0]
        agent.picture(folder, "ticket")
        agent.open("crm_service.service_ticket_action")
        agent.picture(folder, "tickets")
        assert not agent.errors
    return number


def write_the_job_sheet(work, world, ticket, folder):
    """The technician notes the part that the job needs, which is not in stock."""
    world.sql(
        "UPDATE service_ticket SET user_id = "
        "(SELECT id FROM res_users WHERE login = 'technician') WHERE id = %s",
        ticket,
    )
    with work("technician") as technician:
        technician.open("crm_service.service_ticket_action", ticket)
        technician.press("action_new_repair", until=".o_field_widget[name=move_ids]")
        technician.add_line("move_ids")
        technician.choose("product_id", PART, ".o_field_widget[name=move_ids]")
        technician.save()
        technician.press("action_validate")
        technician.picture(folder, "job_sheet")
        technician.press(
            "action_requisition_missing_parts", until=".o_field_widget[name=line_ids]"
        )
        assert not technician.errors


def submit(work, world, requisition, folder):
    """The parts keeper adds what runs low, and sends the draft on its way."""
    with work("keeper") as keeper:
        keeper.open("spare_parts_bridge.parts_requisition_action", requisition)
        keeper.add_line("line_ids")
        keeper.choose("product_id", STOCKED, ".o_field_widget[name=line_ids]")
        quantity = keeper.page.locator(
            ".o_field_widget[name=line_ids] .o_selected_row "
            ".o_field_widget[name=qty_requested] input"
        )
        quantity.fill("300")
        quantity.press("Tab")
        keeper.save()
        keeper.press("action_submit")
        keeper.picture(folder, "requisition")
        assert not keeper.errors
    assert state(world, requisition) == "submitted"


def decide(work, world, requisition, folder):
    """The supervisor, the factory's warehouse and its finance department decide."""
    people = ["supervisor", "factory", "finance"]
    for login in people:
        with work(login) as person:
            person.open("spare_parts_bridge.parts_requisition_action", requisition)
            person.press("action_decide", until=".modal button[name=action_approve]")
            if login == "factory":
                person.picture(folder, "decision")
            person.press("action_approve", ".modal")
            person.page.wait_for_selector(".modal", state="detached")
            assert not person.errors
    assert state(world, requisition) == "approved"
    decided = world.sql(
        "SELECT login FROM parts_approval approval JOIN res_users users "
        "ON users.id = approval.user_id WHERE requisition_id = %s ORDER BY sequence",
        requisition,
    )
    assert [row["login"] for row in decided] == people


def ship(work, world, requisition, folder):
    """The factory's clerk looks at the delivery note and ships it."""
    with work("factory") as clerk:
        clerk.open("spare_parts_bridge.parts_requisition_action", requisition)
        clerk.press("action_ship", until=".o_form_view button[name=button_validate]")
        clerk.picture(folder, "delivery")
        clerk.press("button_validate")
        assert not clerk.errors
    assert state(world, requisition) == "shipped"


def count(work, world, requisition, folder):
    """The keeper counts what arrived, and all of it agrees."""
    with work("keeper") as keeper:
        keeper.open("spare_parts_bridge.parts_requisition_action", requisition)
        keeper.press("action_count", until="button[name=action_accept_all]")
        keeper.press("action_accept_all")
        keeper.picture(folder, "count")
        keeper.page.locator(".o_form_view button[name=action_confirm]").first.click()
        keeper.confirm()
        assert not keeper.errors


def look_at_the_result(work, requisition, folder):
    """The keeper sees the requisition done."""
    with work("keeper") as keeper:
        keeper.open("spare_parts_bridge.parts_requisition_action", requisition)
        keeper.picture(folder, "requisition_done")
        assert not keeper.errors


def follow_on_the_phone(browser, server, number, folder):
    """The customer follows the request on a phone."""
    context = browser.new_context(
        viewport=support_browser.PHONE, locale="en-US", is_mobile=True, has_touch=True
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{server.url}/service/track")
    page.fill("input[name=number]", f"{number[:2]}-{number[2:].lower()}")
    page.fill("input[name=phone]", PHONE)
    page.click("form[action='/service/track'] button[type=submit]")
    page.wait_for_selector(f"text={number}")
    assert "In progress" in page.inner_text("#wrap")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= support_browser.PHONE["width"]
    save_picture(page, folder, "track_phone")
    context.close()
