"""One customer in Chromium: suggested, taken over, merged, and seen at a glance.

Pictures go where ``SCREENSHOTS`` says, else to the cache.
"""

import pytest

from support.web_client import WebClient

MAKE = """
env.company.country_id = env.ref("base.it")
partners = env["res.partner"].create([
    {"name": "Hotel Bellavista", "is_company": True, "phone": "+39 02 5550 1234",
     "email": "desk@bellavista.example", "street": "Via Roma 1", "city": "Milano"},
    {"name": "Hotel Bellavista Milano", "phone": "+39 02 5550 1234",
     "street": "Via Roma 1", "city": "Milano"},
])
hotel, twin = partners
unit = env["service.asset"].create(
    {"serial_number": "F200-1", "partner_id": hotel.id, "installed_on": "2026-01-05"}
)
kinds = [env.ref("crm_service.ticket_type_" + code) for code in ("repair", "complaint")]
env["service.ticket"].create(
    [{"name": f"Old request {n}", "partner_id": hotel.id, "type_id": kinds[0].id}
     for n in range(60)]
    + [{"name": "Came too late", "partner_id": hotel.id, "type_id": kinds[1].id},
       {"name": "Ice maker leaks", "partner_id": twin.id, "type_id": kinds[0].id}]
)
env.cr.commit()
answer = {"hotel": hotel.id, "twin": twin.id}
"""
OF_CUSTOMER = "SELECT count(*) AS n FROM service_ticket WHERE partner_id = %s"
ENTRY = ".o_service_entry"


@pytest.fixture(scope="module")
def city(make_database):
    return make_database("addons")


@pytest.fixture(scope="module")
def city_server(make_server, city):
    return make_server(city)


def test_a_customer_is_suggested_merged_and_seen_at_a_glance(
    browser, city, city_server, screenshot_dir
):
    made = city.shell(MAKE)
    with WebClient(browser, city_server, "admin") as client:
        page = client.page
        client.open("crm_service.service_ticket_action", "new")
        client.fill("name", "The fridge is warm")
        client.fill("partner_phone", "02 5550 1234")
        page.wait_for_selector(".o_service_hint >> nth=1")
        client.picture(screenshot_dir, "customer_suggested")
        hint = page.locator(f".o_service_hint[data-partner='{made['hotel']}']")
        assert "Same phone" in hint.inner_text()
        # by the keyboard: the button is reached and pressed
        hint.locator(".o_service_hint_take").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".o_service_hint_merge")
        client.settle()
        assert page.locator(
            ".o_field_widget[name=partner_phone] input"
        ).input_value() == ("02 5550 1234")
        client.save()
        page.click(".o_service_hint_merge")
        page.wait_for_selector(".modal .o_field_widget[name=service_summary]")
        assert "Tickets 1" in client.text("service_summary")
        client.picture(screenshot_dir, "customer_merge")
        page.click(".modal button[name=action_merge]")
        page.wait_for_selector(".modal", state="detached")
        page.wait_for_selector(".o_service_hint", state="detached")
        assert city.sql(OF_CUSTOMER, made["hotel"])[0]["n"] == 63
        assert not city.sql(OF_CUSTOMER, made["twin"])[0]["n"]

        page.click(".o_service_open_customer >> visible=true")
        page.wait_for_selector(".o_service_customer_head")
        client.picture(screenshot_dir, "customer_at_a_glance")
        assert page.locator(ENTRY).count() == 40
        page.keyboard.press("Alt+m")  # the older ones
        page.wait_for_function(f"document.querySelectorAll('{ENTRY}').length > 60")
        page.locator("[data-kind=complaint]").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_function(f"document.querySelectorAll('{ENTRY}').length == 1")
        page.locator(ENTRY).focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".o_form_view .o_field_widget[name=number]")
        assert "Came too late" in page.title()
        page.go_back()
        page.wait_for_selector(".o_service_customer_head")
        assert "Hotel Bellavista Milano" in page.inner_text(".o_service_merged")
        assert not client.errors
