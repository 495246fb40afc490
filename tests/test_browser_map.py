"""The picture of a process, read and used by a supervisor in Chromium.

``SCREENSHOTS=docs/screenshots bin/test tests/test_browser_map.py`` renews its pictures.
"""

import pytest
from lxml import etree

from support import browser as support_browser
from support.web_client import WebClient, save_picture

ACTION = "crm_service.service_process_map_action"
BOX = ".o_service_map_box[data-stage='%s']"
SCENE = ".o_service_map_picture > g"


@pytest.fixture
def client(browser, server):
    """A supervisor's web client."""
    with WebClient(browser, server, "supervisor") as client:
        yield client
        assert not client.errors


def show(client, process="Repair"):
    """Open the picture of a process; return its page."""
    page = client.page
    page.goto(f"{client.server.url}/odoo/action-{ACTION}")
    page.wait_for_selector(".o_service_map_box")
    choice = page.locator("select[aria-label=Process]")
    label = choice.locator("option", has_text=process).first.inner_text()
    choice.select_option(label=label)
    client.settle()
    return page


def read_table(page, table, attribute):
    """The cells of each row of a table, by what the row is about."""
    rows = page.locator(f"{table} tbody tr").all()
    return {
        row.get_attribute(attribute): row.locator("td, th").all_inner_texts()
        for row in rows
    }


def count(world, statement):
    """What a query counts for each key."""
    return {str(row["key"]): row["count"] for row in world.sql(statement)}


def test_the_figures_are_those_of_the_database(client, world):
    """Open tickets, passes and ways, in the table and on the boxes."""
    page = show(client)
    company = (
        "(SELECT company_id FROM res_users WHERE login = 'supervisor') = company_id"
    )
    opened = count(
        world,
        "SELECT stage_id AS key, count(*) FROM service_ticket "
        f"WHERE is_open AND active AND {company} GROUP BY 1",
    )
    passed = count(
        world,
        "SELECT stage_id AS key, count(*) FROM service_stage_log "
        f"WHERE is_handover IS NOT TRUE AND {company} GROUP BY 1",
    )
    went = count(
        world,
        "SELECT from_stage_id || '-' || stage_id AS key, count(*) "
        f"FROM service_stage_log WHERE from_stage_id > 0 AND {company} GROUP BY 1",
    )
    stages = read_table(page, ".o_service_map_stages", "data-stage")
    assert len(stages) >= 8
    for stage, cells in stages.items():
        assert int(cells[3]) == opened.get(stage, 0), cells
        assert int(cells[4]) == passed.get(stage, 0), cells
        badge = page.locator(f"{BOX % stage} .o_service_map_badge")
        assert badge.count() == (1 if opened.get(stage) else 0)
    ways = read_table(page, ".o_service_map_ways", "data-way")
    assert sum(int(cells[4]) for cells in ways.values()) > 0
    for way, cells in ways.items():
        assert int(cells[4]) == went.get(way, 0), cells


def test_the_picture_is_zoomed_by_wheel_buttons_and_keys(client):
    """Each way to zoom changes the picture, and “0” shows all of it again."""
    page = show(client)
    picture = page.locator(".o_service_map_picture")

    def scale():
        text = page.locator(SCENE).get_attribute("transform")
        return float(text.split("scale(")[1].rstrip(")"))

    def changed(do):
        before = scale()
        do()
        page.wait_for_timeout(300)
        return scale() / before

    picture.hover()
    assert changed(lambda: page.mouse.wheel(0, -300)) > 1
    assert changed(lambda: page.mouse.wheel(0, 300)) < 1
    assert changed(lambda: page.locator("[data-zoom=in]").click()) > 1
    assert changed(lambda: page.locator("[data-zoom=out]").click()) < 1
    picture.focus()
    assert changed(lambda: page.keyboard.press("+")) > 1
    assert changed(lambda: page.keyboard.press("-")) < 1
    page.keyboard.press("0")
    frame = picture.bounding_box()
    for box in page.locator(".o_service_map_box").all():
        place = box.bounding_box()
        assert frame["x"] - 5 <= place["x"]
        assert place["x"] + place["width"] <= frame["x"] + frame["width"] + 5


def test_a_click_on_a_stage_opens_its_open_tickets(client, world):
    """With the mouse on a box, with Enter on an arrow."""
    page = show(client)
    stages = read_table(page, ".o_service_map_stages", "data-stage")
    stage, number = max(
        ((stage, int(cells[3])) for stage, cells in stages.items()),
        key=lambda pair: pair[1],
    )
    assert number
    page.locator(BOX % stage).click()
    page.wait_for_selector(".o_list_view .o_data_row")
    assert page.locator(".o_data_row").count() == min(number, 80)
    page.go_back()
    page.wait_for_selector(".o_service_map_box")
    client.settle()
    ways = read_table(page, ".o_service_map_ways", "data-way")
    way, times = next(
        (way, int(cells[4])) for way, cells in ways.items() if int(cells[4])
    )
    page.locator(f"g.o_service_map_arrow[data-way='{way}']").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".o_list_view .o_data_row")
    assert 0 < page.locator(".o_data_row").count() <= times
    origin, target = way.split("-")
    tickets = world.sql(
        "SELECT count(DISTINCT ticket_id) FROM service_stage_log log "
        "JOIN service_ticket ticket ON ticket.id = log.ticket_id "
        "WHERE from_stage_id = %s AND log.stage_id = %s AND ticket.active",
        int(origin),
        int(target),
    )[0]["count"]
    assert page.locator(".o_data_row").count() == min(tickets, 80)


def test_a_period_and_rare_ways_can_be_chosen(client):
    """Less time means no more tickets; the hidden share is told."""
    page = show(client)

    def passes():
        client.settle()
        stages = read_table(page, ".o_service_map_stages", "data-stage")
        return sum(int(cells[4]) for cells in stages.values())

    everything = passes()
    page.locator("[data-days='30']").click()
    assert passes() <= everything
    page.get_by_role("button", name="All", exact=True).click()
    page.locator("[data-view=happened]").click()
    arrows = page.locator(".o_service_map_arrow").count()
    page.locator(".o_service_map_foot input").fill("60")
    page.locator(".o_service_map_foot input").dispatch_event("change")
    client.settle()
    assert page.locator(".o_service_map_arrow").count() < arrows
    assert "%" in page.locator(".o_service_map_hidden").inner_text()


def test_the_picture_is_saved_as_png_and_svg(client, tmp_path):
    """Both files are what they say, and the SVG needs no style sheet."""
    page = show(client)
    for kind in ("png", "svg"):
        with page.expect_download() as download:
            page.locator(f"[data-save={kind}]").click()
        path = tmp_path / download.value.suggested_filename
        assert path.name == f"repair-v1.{kind}"
        download.value.save_as(path)
    assert (tmp_path / "repair-v1.png").read_bytes().startswith(b"\x89PNG\r\n")
    root = etree.parse(tmp_path / "repair-v1.svg").getroot()
    assert root.get("viewBox").startswith("0 0 ")
    assert all("fill" in text.get("style") for text in root.iter("{*}text"))


def test_the_process_is_drawn_on_a_desk_and_on_a_phone(
    client, browser, server, screenshot_dir
):
    """The pictures of the README, and nothing wider than a phone."""
    show(client)
    client.picture(screenshot_dir, "process_map")
    context = browser.new_context(viewport=support_browser.PHONE, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(90_000)
    support_browser.log_in(page, server, "supervisor")
    page.goto(f"{server.url}/odoo/action-{ACTION}")
    page.wait_for_selector(".o_service_map_box")
    page.wait_for_timeout(1000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    save_picture(page, screenshot_dir, "process_map_phone")
    context.close()
