# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import fields, models
from odoo.exceptions import UserError


class ServiceParkedDecision(models.TransientModel):
    """What a decision about parked messages needs: a ticket, or a reason."""

    _name = "service.parked.decision"
    _description = "Decide About Parked Messages"
    _inherit = "service.window.mixin"

    kind = fields.Selection(
        [("attach", "Add to a ticket"), ("discard", "Discard")], required=True
    )
    parked_ids = fields.Many2many(
        "service.parked.mail", string="Messages", required=True
    )
    ticket_id = fields.Many2one("service.ticket", domain=[("is_open", "=", True)])
    reason = fields.Char("Why", help="For whoever looks for the message later.")

    def action_apply(self):
        """Do what was decided.

        :raises UserError: the ticket or the reason is missing
        """
        self.ensure_one()
        self.parked_ids._check_waiting()
        if self.kind == "attach":
            return self._attach()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why the message is of no use."))
        self.parked_ids._note_decision("discarded", discard_reason=self.reason.strip())
        return {"type": "ir.actions.act_window_close"}

    def _attach(self):
        """Add the messages to the ticket."""
        if not self.ticket_id:
            raise UserError(
                self.env._("Choose the ticket that the message belongs to.")
            )
        self.ticket_id.check_access("write")
        for mail in self.parked_ids:
            target = self.ticket_id.sudo()  # sudo: as the gate, rights were checked
            mail._take_in_again(mail._read_incoming(target=target))
            if mail.state == "parked":
                raise UserError(
                    self.env._(
                        "“%(name)s” still cannot be read. Make a ticket of it, which "
                        "keeps its text, and merge that with the other.",
                        name=mail.display_name,
                    )
                )
        return self.parked_ids._get_result_action()
