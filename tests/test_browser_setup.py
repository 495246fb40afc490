"""The first set-up and the tour for somebody new, in Chromium on an empty database."""

import pytest

from support.web_client import WebClient, save_picture

TOUR = """async () => {
    await odoo.isTourReady("crm_service_tour");
    odoo.startTour("crm_service_tour", {mode: "auto"});
}"""
TOUR_STEP_MS = 60_000
OPEN_TICKETS = "SELECT id FROM service_ticket WHERE is_open"


@pytest.fixture(scope="module")
def empty(make_database):
    """A database with our add-ons and nothing in it."""
    return make_database("addons")


@pytest.fixture(scope="module")
def empty_server(make_server, empty):
    return make_server(empty)


def test_a_manager_sets_up_and_takes_the_first_request(
    browser, empty, empty_server, screenshot_dir
):
    client = WebClient(browser, empty_server, "admin")
    page = client.page
    page.goto(f"{empty_server.url}/odoo/action-crm_service.service_setup_action")
    page.wait_for_selector(".o_service_setup")
    for step in ("Mailbox", "Hours", "Requests", "Ready"):
        page.click("button[name=action_next]:visible")
        page.wait_for_selector(f".o_arrow_button_current:has-text('{step}')")
        save_picture(page, screenshot_dir, f"setup_{step.lower()}")
    page.click("button[name=action_take_first]")
    page.wait_for_selector(".o_form_view .o_field_widget[name=partner_phone]")
    team = page.locator(".o_field_widget[name=team_id] input").input_value()
    assert team == "Service Desk"
    assert empty.sql("SELECT count(*) AS n FROM service_team")[0]["n"] == 1


def test_the_tour_leads_to_a_first_ticket(browser, empty, empty_server):
    before = len(empty.sql(OPEN_TICKETS))
    client = WebClient(browser, empty_server, "admin")
    page, said = client.page, []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(TOUR)
    page.wait_for_event(
        "console",
        lambda message: "tour succeeded" in message.text or "FAILED" in message.text,
        timeout=TOUR_STEP_MS,
    )
    assert not [text for text in said if "FAILED" in text], said
    assert len(empty.sql(OPEN_TICKETS)) == before + 1
