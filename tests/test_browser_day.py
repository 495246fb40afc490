"""Everyday work in Chromium: a canned reply by keys, a question to a factory.

Pictures go where ``SCREENSHOTS`` says, else to the cache.
"""

import pytest

from support.web_client import WebClient

MAKE = """
agent = env["res.users"].search([("login", "=", "agent")])
company = agent.company_id
kind = env["service.ticket.type"].search([("code", "=", "repair")], limit=1)
factory = env["res.partner"].create(
    {"name": "Valve Works", "email": "desk@valves.example.com"}
)
ticket = env["service.ticket"].with_company(company).create({
    "name": "The valve leaks", "type_id": kind.id, "company_id": company.id,
    "user_id": agent.id, "partner_name": "Carla of the Day",
    "partner_email": "carla.day@example.com",
})
env.cr.commit()
answer = {"ticket": ticket.id, "number": ticket.number}
"""
SAID = """
    SELECT body, message_type FROM mail_message
     WHERE model = %s AND res_id = %s AND message_type = 'comment' ORDER BY id
"""
REMINDED = "SELECT remind_at FROM mail_activity WHERE res_id = %s AND remind_at > now()"
ASKED = "SELECT id, state FROM service_side_conversation WHERE ticket_id = %s"


@pytest.fixture(scope="module")
def day(world):
    """A ticket of the agent, and a factory to ask."""
    world.sql("UPDATE res_users SET odoobot_state = 'disabled'")
    return world.shell(MAKE)


def test_a_ticket_is_answered_asked_about_and_remembered(
    browser, server, world, day, screenshot_dir
):
    """A reply by keys, a question that the customer does not see, a reminder."""
    with WebClient(browser, server, "agent") as agent:
        page = agent.page
        agent.open("crm_service.service_ticket_action", day["ticket"])
        page.click("button.o-mail-Chatter-sendMessage")
        box = page.locator(".o-mail-Composer-input")
        box.click()
        page.keyboard.type("::rece", delay=60)
        option = page.locator(".o-mail-Composer-suggestion", has_text=day["number"])
        option.wait_for()
        agent.picture(screenshot_dir, "canned_reply")
        page.keyboard.press("Enter")
        assert "Dear Carla of the Day" in box.input_value()
        assert "{{" not in box.input_value()
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(".o-mail-Message:has-text('Dear Carla of the Day')")

        page.locator(".nav-link", has_text="Side Conversations").click()
        agent.press("action_ask_others", until=".o_field_widget[name=body]")
        agent.fill("name", "Which valve?")
        agent.choose("partner_id", "Valve Works")
        page.locator(".o_field_widget[name=body] .odoo-editor-editable").click()
        page.keyboard.type("Which valve fits the series 4?")
        agent.press("action_send", until=".o-mail-Message:has-text('series 4')")
        agent.picture(screenshot_dir, "side_conversation")
        (asked,) = world.sql(ASKED, day["ticket"])
        assert asked["state"] == "waiting"
        (question,) = world.sql(SAID, "service.side.conversation", asked["id"])
        assert "series 4" in question["body"]
        (reply,) = world.sql(SAID, "service.ticket", day["ticket"])
        assert "series 4" not in reply["body"]

        agent.open("crm_service.service_ticket_action", day["ticket"])
        page.locator("button", has_text="Remind Me").first.click()
        page.wait_for_selector(".modal .o_field_widget[name=note]")
        agent.settle()
        agent.press("action_tomorrow", ".modal", until=".o_notification")
        assert "You will be" in page.locator(".o_notification").first.inner_text()
        assert len(world.sql(REMINDED, day["ticket"])) == 1
        assert not agent.errors
