"""Odoo's web client, used as a person uses it."""

from playwright.sync_api import TimeoutError

from bringup.paths import inside
from support import browser as support_browser

DESK = {"width": 1440, "height": 900}


class WebClient:
    """A window of one person's web client.

    :param browser: Playwright's browser
    :param server: the server that it shows
    :param str login: who works in it
    """

    def __init__(self, browser, server, login):
        self.server = server
        self.login = login
        self.context = browser.new_context(viewport=DESK, locale="en-US")
        self.page = self.context.new_page()
        self.page.set_default_timeout(90_000)
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        support_browser.log_in(self.page, server, login)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if error:
            self.page.screenshot(
                path=inside("screenshots") / f"{self.login}_failed.png"
            )
        self.context.close()

    def open(self, action, record=None):
        """Open an action by its XML id, or one of its records (or "new")."""
        path = f"{self.server.url}/odoo/action-{action}"
        self.page.goto(f"{path}/{record}" if record else path)
        self.page.wait_for_selector(".o_form_view" if record else ".o_view_controller")
        self.settle()

    def settle(self):
        """Wait until nothing loads any more."""
        self.page.wait_for_selector(".o_loading_indicator", state="detached")
        self.page.wait_for_timeout(400)

    def fill(self, field, text):
        """Type into a field of a form."""
        box = self.page.locator(
            f".o_field_widget[name={field}] input, "
            f".o_field_widget[name={field}] textarea"
        ).first
        box.fill(text)
        box.press("Tab")

    def choose(self, field, text, inside=""):
        """Choose a record by typing into a many2one field."""
        box = self.page.locator(f"{inside} .o_field_widget[name={field}] input").first
        box.click()
        box.fill(text)
        found = self.page.locator(
            ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option) >> visible=true"
        ).filter(has_text=text)
        found.first.click()

    def add_line(self, field):
        """Start a new line of a list in a form."""
        self.page.locator(
            f".o_field_widget[name={field}] .o_field_x2many_list_row_add a"
        ).first.click()
        self.page.wait_for_selector(f".o_field_widget[name={field}] .o_selected_row")

    def press(self, button, within=".o_form_view", until=None):
        """Press a button by the name of its method.

        :param str until: what must show; a busy page may lose the first click
        """
        found = f"{within} button[name='{button}'] >> visible=true"
        self.page.locator(found).first.click()
        for _again in range(3 if until else 0):
            try:
                self.page.wait_for_selector(until, timeout=30_000)
                break
            except TimeoutError:
                self.page.locator(found).first.click()
        self.settle()

    def confirm(self):
        """Say yes to the question of a dialog."""
        self.page.locator(".modal-footer .btn-primary >> visible=true").first.click()
        self.page.wait_for_selector(".modal", state="detached")
        self.settle()

    def save(self):
        """Save the form."""
        button = self.page.locator(".o_form_button_save").first
        for _again in range(5):
            self.settle()
            button.click()
            try:
                # a click that only ends the edit of a line saves nothing yet
                button.wait_for(state="hidden", timeout=10_000)
                return self.settle()
            except TimeoutError:
                continue
        raise AssertionError("the form could not be saved")

    def text(self, field):
        """What a read-only field shows."""
        return self.page.locator(f".o_field_widget[name={field}]").first.inner_text()

    def picture(self, folder, name):
        """Save a picture of the window."""
        self.settle()
        save_picture(self.page, folder, name)


def save_picture(page, folder, name):
    """Save a picture of a page, small enough for a README."""
    from PIL import Image

    path = folder / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as image:
        # 256 colours are enough for a screen of a business application
        small = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
