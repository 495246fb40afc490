"""Chromium, driven by Playwright."""

import contextlib

from playwright.sync_api import sync_playwright

from bringup.system_packages import chromium

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
DESKTOP = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextlib.contextmanager
def started():
    """The machine's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), headless=True, args=FLAGS
        )
        yield browser
        browser.close()


def log_in(page, server, login, password=None):
    """Log in through Odoo's own form; backend or portal opens.

    The bus keeps the network busy for ever: wait for elements, never for
    "networkidle".
    """
    page.goto(f"{server.url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password or login)
    page.click(".oe_login_form button[type=submit]")
    page.wait_for_selector(".o_main_navbar, .o_portal_wrap, .o_portal", timeout=120_000)
