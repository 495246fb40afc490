"""A phone agent's calls in Chromium: a telephone system rings, keys do the rest.

The official client rings as a telephone system does; the browser hears it over its
websocket. Pictures go where ``SCREENSHOTS`` says, else to the cache.
"""

import pytest

from support.web_client import WebClient

DESK = {"width": 1366, "height": 768}
HOTLINE = "+39 02 5550 0000"
GIULIA = "+39 02 3055 1234"
STRANGER = "+442079460958"
MAKE = """
users = env["res.users"].search([("login", "in", ("agent", "dispatcher"))])
company = users.filtered(lambda user: user.login == "agent").company_id
team = env["service.team"].create({
    "name": "Phone Desk", "company_id": company.id, "member_ids": [(6, 0, users.ids)],
})
env["service.phone.line"].create({
    "name": "Hotline", "number": %(hotline)r, "company_id": company.id,
    "team_id": team.id,
})
env.cr.commit()
"""
# the demo world has some of its own
OTHERS = "UPDATE service_callback SET state = 'done' WHERE phone_sanitized != %s"
REMIND = "env['service.callback']._cron_remind()\nenv.cr.commit()\n"
DUE = """
    UPDATE service_callback SET wanted_from = now() AT TIME ZONE 'utc'
     WHERE state = 'open' AND phone_sanitized = %s RETURNING id
"""
CALL = """
    SELECT c.*, login, number, t.name AS subject, t.partner_id AS ticket_partner_id
      FROM service_call c
 LEFT JOIN res_users u ON u.id = c.user_id
 LEFT JOIN service_ticket t ON t.id = c.ticket_id
     WHERE c.external_ref = %s
"""
RINGING = ".o_service_dock .o_service_ringing"
FORM = ".o_service_call_form"


@pytest.fixture(scope="module")
def hotline(world):
    """A line that rings at the agent and the dispatcher."""
    # OdooBot's greeting would cover the screen
    world.sql("UPDATE res_users SET odoobot_state = 'disabled'")
    world.shell(MAKE % {"hotline": HOTLINE})


@pytest.fixture
def desk(browser, server, hotline):
    """``desk(login)``: a person's web client, on the list of tickets."""

    def sit_down(login):
        client = WebClient(browser, server, login)
        client.page.set_viewport_size(DESK)
        # Chromium would ask which program dials
        client.page.add_init_script("HTMLAnchorElement.prototype.click = () => {}")
        client.page.goto(f"{server.url}/odoo")
        client.page.wait_for_selector(".o_main_navbar")
        client.settle()
        return client

    return sit_down


@pytest.fixture
def ring(server):
    """``ring(phone, reference)``: what a telephone system reports."""
    api = server.rpc("integration").get_model("service.api")

    def report(phone, reference, line=HOTLINE):
        return api.incoming_call(phone=phone, line=line, external_ref=reference)

    return report


def call_row(world, reference):
    """A call as the database has it, with its ticket."""
    (row,) = world.sql(CALL, reference)
    return row


def press(client, keys, until):
    """Press keys, and wait for what they show."""
    client.page.keyboard.press(keys)
    client.page.wait_for_selector(until)
    client.settle()


def type_and_go_on(client, *texts):
    """Type into a field after the other, as Tab goes through them."""
    for text in texts:
        client.page.keyboard.type(text)
        client.page.keyboard.press("Tab")


def test_a_customer_calls_and_one_of_two_agents_answers(
    desk, ring, world, screenshot_dir
):
    """It rings at both; one answers by a key, and sees all about the customer."""
    with desk("agent") as agent, desk("dispatcher") as mate, desk("factory") as other:
        answer = ring(GIULIA, "KNOWN")
        for client in (agent, mate):
            client.page.wait_for_selector(f"{RINGING} >> text={GIULIA}")
        agent.picture(screenshot_dir, "phone_ringing")
        ring(GIULIA, "KNOWN")
        press(agent, "Alt+Shift+c", FORM)
        mate.page.wait_for_selector(RINGING, state="detached")
        assert not other.page.locator(".o_service_dock").count(), "another company"
        assert call_row(world, "KNOWN")["login"] == "agent"
        page = agent.page
        assert page.locator(f"{FORM} h1").inner_text() == answer["partner"]["name"]
        shown = page.locator(".o_service_tickets [data-ticket]").all_inner_texts()
        assert len(shown) == len(answer["tickets"])
        for ticket, text in zip(answer["tickets"], shown, strict=True):
            assert ticket["number"] in text
        units = page.locator(".o_service_assets").inner_text()
        assert all(asset["serial_number"] in units for asset in answer["assets"])

        page.keyboard.type("Water under the machine")
        press(agent, "Control+Enter", ".o_service_made")
        row = call_row(world, "KNOWN")
        assert row["subject"] == "Water under the machine"
        assert row["number"] in page.locator(".o_service_made").inner_text()
        agent.picture(screenshot_dir, "phone_ticket")
        page.locator("#service_call_note").focus()
        page.keyboard.type("The seal came off")
        press(agent, "Alt+Shift+e", ".o_service_phone_state[data-state=ended]")
        row = call_row(world, "KNOWN")
        assert (row["state"], row["note"]) == ("ended", "The seal came off")
        assert not (agent.errors or mate.errors or other.errors)


def test_a_stranger_becomes_a_customer_by_keys_alone(desk, ring, world, screenshot_dir):
    """Customer, ticket and call-back without a mouse; then the call-back itself."""
    with desk("agent") as agent:
        page = agent.page
        ring(STRANGER, "NEW")
        page.wait_for_selector(RINGING)
        press(agent, "Alt+Shift+c", f"{FORM} [name=partner_name]")
        type_and_go_on(agent, "Eve Stone", "eve@example.com", "Baker Street 1")
        type_and_go_on(agent, "NW1", "London", "")  # past the search for another one
        page.keyboard.type("The dryer is too loud")
        agent.picture(screenshot_dir, "phone_new_customer")
        press(agent, "Control+Enter", ".o_service_made")
        row = call_row(world, "NEW")
        (eve,) = world.sql(
            "SELECT id, name, city, phone_sanitized FROM res_partner WHERE id = %s",
            row["ticket_partner_id"],
        )
        assert (eve["name"], eve["city"]) == ("Eve Stone", "London")
        assert eve["phone_sanitized"] == STRANGER
        assert row["subject"] == "The dryer is too loud"

        press(agent, "Alt+w", ".o_service_callback_form")
        agent.picture(screenshot_dir, "phone_call_back")
        press(agent, "Enter", ".o_service_callbacks")
        press(agent, "Alt+Shift+e", ".o_service_phone_state[data-state=ended]")
        call_back(agent, world, screenshot_dir)
        assert not agent.errors


def call_back(agent, world, folder):
    """The time comes: the browser shows it, a conversation makes it done."""
    page = agent.page
    page.goto(f"{agent.server.url}/odoo/service-callbacks")
    page.wait_for_selector(".o_data_row")
    world.sql(OTHERS, STRANGER)
    (due,) = world.sql(DUE, STRANGER)
    world.shell(REMIND)
    page.wait_for_selector(f".o_service_due[data-callback='{due['id']}']")
    agent.picture(folder, "phone_due")
    page.click(".o_service_call_back")
    page.click(".o_service_reached")
    page.click(".o_service_end")
    page.wait_for_selector(".o_service_dock", state="detached")
    (row,) = world.sql(
        "SELECT b.state, c.direction, c.state AS call_state, c.phone_sanitized "
        "FROM service_callback b JOIN service_call c ON c.id = b.call_id "
        "WHERE b.id = %s",
        due["id"],
    )
    assert row == {
        "state": "done",
        "direction": "out",
        "call_state": "ended",
        "phone_sanitized": STRANGER,
    }


def test_two_calls_of_one_number_and_one_withheld(desk, ring, world):
    """Each rings and is answered for itself; a page that is loaded late shows them."""
    with desk("agent") as agent:
        page = agent.page
        for reference in ("TWIN-1", "TWIN-2", "TWIN-2"):
            ring(GIULIA, reference)
        page.wait_for_selector(f"{RINGING} >> nth=1")
        page.reload()
        page.wait_for_selector(f"{RINGING} >> nth=1")
        assert page.locator(RINGING).count() == 2, "reported again, it is the same"
        press(agent, "Alt+Shift+c", FORM)
        assert call_row(world, "TWIN-1")["login"] == "agent"
        assert call_row(world, "TWIN-2")["state"] == "ringing"
        press(agent, "Alt+Shift+e", ".o_service_phone_state[data-state=ended]")
        press(agent, "Alt+Shift+c", ".o_service_phone_state[data-state=answered]")
        assert call_row(world, "TWIN-2")["login"] == "agent"
        ring("anonymous", "HIDDEN")
        page.wait_for_selector(f"{RINGING} >> text=Withheld number")
        press(agent, "Alt+Shift+e", ".o_service_phone_state[data-state=ended]")
        press(agent, "Alt+Shift+c", f"{FORM} [name=phone]")
        row = call_row(world, "HIDDEN")
        assert (row["login"], row["phone"]) == ("agent", None)
        press(agent, "Alt+Shift+e", ".o_service_phone_state[data-state=ended]")
        assert not agent.errors
