# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_service.const import MONEY_KINDS

CREDIT_FIELDS = {"credit_note_id"}
CREDIT_STATES = ("granted", "done")


class ServiceRemedy(models.Model):
    """A refund or compensation that was granted becomes a credit note, once."""

    _inherit = "service.remedy"

    credit_note_id = fields.Many2one(
        "account.move",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    # What everybody who sees the remedy may know of it.
    credit_note_name = fields.Char(
        "Credit Note Number", compute="_compute_credit_note", compute_sudo=True
    )
    can_credit = fields.Boolean(compute="_compute_credit_note", compute_sudo=True)

    @api.depends("kind", "state", "credit_note_id.state", "credit_note_id.name")
    @api.depends_context("lang")
    def _compute_credit_note(self):
        for remedy in self:
            note = remedy._get_credit_note()
            name = note.name or self.env._("Draft") if note else False
            remedy.credit_note_name = name
            granted = remedy.state in CREDIT_STATES and remedy.kind in MONEY_KINDS
            remedy.can_credit = granted and not note

    def _get_credit_note(self):
        """Return the credit note of the remedy, or none if it was cancelled."""
        return self.credit_note_id.filtered(lambda move: move.state != "cancel")

    # -- guards ---------------------------------------------------------------

    @api.model
    def _check_begin(self, vals):
        """Override of `_check_begin` to let no remedy begin with a credit note."""
        if CREDIT_FIELDS & vals.keys():
            raise UserError(self._get_credit_text())
        return super()._check_begin(vals)

    def write(self, vals):
        """Override to let only the button make the credit note."""
        if CREDIT_FIELDS & vals.keys() and not self._is_flow():
            raise UserError(self._get_credit_text())
        return super().write(vals)

    @api.model
    def _get_credit_text(self):
        """Return what to tell whoever writes the credit note of a remedy."""
        return self.env._(
            "A remedy gets its credit note by its button, once. Leave it out."
        )

    # -- the credit note ------------------------------------------------------

    def action_credit(self):
        """Open the window that makes the credit note of a granted remedy.

        :raises UserError: it is not granted, or has a credit note already
        """
        self.ensure_one()
        self._ensure_can_credit()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Note"),
            "res_model": "service.remedy.credit",
            "view_mode": "form",
            "target": "new",
            "context": {"default_remedy_id": self.id},
        }

    def action_view_credit_note(self):
        """Open the credit note of the remedy.

        :raises AccessError: the user may not read it
        """
        self.ensure_one()
        self.check_access("read")
        self.credit_note_id.check_access("read")
        return self.credit_note_id._get_records_action()

    def _ensure_can_credit(self):
        """Refuse remedies that get no credit note now.

        :raises AccessError: the user is no agent
        :raises UserError: with what is in the way
        """
        self.check_access("write")
        if not self.ticket_id._is_in_group("agent"):
            raise AccessError(
                self.env._("Agents make the credit notes of remedies. Ask one of them.")
            )
        for remedy in self:
            if note := remedy.sudo()._get_credit_note():  # sudo: only its number
                raise UserError(
                    self.env._(
                        "“%(remedy)s” has the credit note %(note)s already.",
                        remedy=remedy.display_name,
                        note=note.display_name,
                    )
                )
            if remedy.kind not in MONEY_KINDS or remedy.state not in CREDIT_STATES:
                raise UserError(
                    self.env._(
                        "“%(remedy)s” is no money that was granted. Grant a refund or "
                        "a compensation first.",
                        remedy=remedy.display_name,
                    )
                )
