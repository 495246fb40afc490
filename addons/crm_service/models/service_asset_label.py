# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError

LABEL_PATH = "/service/unit/"
# 144 random bits, which make 24 characters.
TOKEN_BYTES = 18
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class ServiceAsset(models.Model):
    """The label on a unit: a code that opens it, for staff and for its customer."""

    _inherit = "service.asset"

    # As it stands, because labels are printed again; nobody reads it over RPC.
    label_token = fields.Char(copy=False, readonly=True, groups=fields.NO_ACCESS)
    label_printed_on = fields.Date("Label Printed", readonly=True, copy=False)
    registration_ids = fields.One2many(
        "service.asset.registration", "asset_id", "Registrations"
    )

    _label_token_unique = models.UniqueIndex(
        "(label_token) WHERE label_token IS NOT NULL",
        "Two units cannot have the same label. Make a new one.",
    )

    def _ensure_label_tokens(self):
        """Give each of these units a code, in one go, if it has none."""
        units_sudo = self.sudo()  # sudo: the code is closed to everybody
        for unit in units_sudo.filtered(lambda unit: not unit.label_token):
            unit.label_token = secrets.token_urlsafe(TOKEN_BYTES)

    def _get_label_url(self):
        """Return the address that the label of this unit leads to.

        The address opens the unit for staff; `service_portal` shows a page to all
        others.

        :rtype: str
        """
        self.ensure_one()
        self._ensure_label_tokens()
        # sudo: the code is closed to everybody; it stands on the label anyway
        path = f"{LABEL_PATH}{self.sudo().label_token}"
        return f"{self.get_base_url()}{path}"

    @api.model
    def _find_by_label(self, token):
        """Return the unit, as superuser, that a label leads to, or none.

        :param str token: what stands at the end of the address
        """
        units_sudo = self.sudo()  # sudo: the code is the reader's right
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            return units_sudo.browse()
        return units_sudo.search([("label_token", "=", token)], limit=1)

    def action_print_labels(self):
        """Open the window that asks how the labels are to be printed."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_asset_label_action"
        )
        action["context"] = {"default_asset_ids": self.ids}
        return action

    def action_renew_label(self):
        """Make the label of these units worthless, as one was lost or copied.

        :raises AccessError: the user is no agent
        """
        self.check_access("write")
        if not self.env["service.ticket"]._is_in_group("agent"):
            raise AccessError(
                self.env._("Only agents make new labels. Ask one of them.")
            )
        # sudo: the code is closed to everybody
        for unit_sudo in self.sudo():
            unit_sudo.write(
                {
                    "label_token": secrets.token_urlsafe(TOKEN_BYTES),
                    "label_printed_on": False,
                }
            )
        for unit in self:
            unit._message_log(
                body=self.env._("The label is no longer valid. Print a new one.")
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The old label is no longer valid. Print the new one."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
