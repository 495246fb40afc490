# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Invoices and credit notes of service tell the tickets what became of them."""

    _inherit = "account.move"

    def _get_service_tickets(self):
        """Return the tickets that these invoices are for, in the mode of `self`."""
        return self._get_service_lines().order_id.ticket_id

    def _get_service_lines(self):
        """Return the order lines of tickets that these documents invoice."""
        lines = self.invoice_line_ids.sale_line_ids
        return lines.filtered("service_kind")

    def _get_service_action(self):
        """Return how to look at these invoices, which are in superuser mode.

        Who may read invoices opens them; everybody else the customer's page.

        :raises UserError: there is none, or it is still a draft
        """
        readable = self.sudo(False)
        if not self:
            raise UserError(self.env._("There is no invoice yet."))
        if readable.has_access("read"):
            return readable._get_records_action(name=self.env._("Invoices"))
        posted = self.filtered(lambda move: move.state == "posted").sorted("id")[-1:]
        if not posted:
            raise UserError(
                self.env._("The invoice is still a draft. Accounting checks it.")
            )
        return {
            "type": "ir.actions.act_url",
            "target": "new",
            "url": posted.get_portal_url(),
        }

    def _post(self, soft=True):
        """Override of `_post`: a refund frees charges and settles remedies."""
        posted = super()._post(soft)
        refunds = posted.filtered(lambda move: move.move_type == "out_refund")
        if refunds:
            # sudo: the accountant who posts has nothing to do with tickets
            refunds.sudo()._get_service_lines()._follow_invoices()
            refunds._settle_remedies()
        return posted

    def _settle_remedies(self):
        """Note the remedies of these credit notes as done."""
        # sudo: the accountant who posts has nothing to do with complaints
        remedies_sudo = self.env["service.remedy"].sudo()
        remedies_sudo.search(
            [("credit_note_id", "in", self.ids), ("state", "=", "granted")]
        ).action_done()

    def button_cancel(self):
        """Override of `button_cancel` to let the charges be invoiced again."""
        result = super().button_cancel()
        # sudo: see `_post`
        self.sudo()._get_service_lines()._follow_invoices()
        return result

    def button_draft(self):
        """Override of `button_draft` to invoice nothing twice.

        :raises UserError: the charges of a cancelled or credited invoice are on
            another one since
        """
        refunds = self.filtered(lambda move: move.move_type == "out_refund")
        undone = refunds | self.filtered(lambda move: move.state == "cancel")
        # sudo: see `_post`
        lines_sudo = undone.sudo()._get_service_lines()
        before = {line: line._get_settled_quantity() for line in lines_sudo}
        result = super().button_draft()
        lines_sudo._follow_invoices()
        for line in lines_sudo:
            settled = line._get_settled_quantity()
            too_much = line.product_uom_id.compare(settled, line.qty_delivered) > 0
            if settled > before[line] and too_much:
                if refunds:
                    refunds._refuse_again(line.name)
                raise UserError(
                    self.env._(
                        "“%(line)s” was invoiced or changed since this invoice was "
                        "cancelled. Leave it cancelled, and make a new one from the "
                        "ticket.",
                        line=line.name,
                    )
                )
        return result

    def _refuse_again(self, name):
        """Refuse to bring documents back whose place others have taken.

        :raises UserError: always
        """
        raise UserError(
            self.env._(
                "“%(name)s” was invoiced or credited again since. Leave %(moves)s as "
                "it is.",
                name=name,
                moves=", ".join(move.display_name for move in self),
            )
        )

    def unlink(self):
        """Override of `unlink` to let the charges be invoiced again."""
        lines_sudo = self.sudo()._get_service_lines()  # sudo: see `_post`
        result = super().unlink()
        lines_sudo.exists()._follow_invoices()
        return result
