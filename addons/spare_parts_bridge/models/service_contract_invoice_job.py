# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import retrying

# So many periods are invoiced while the user waits; more are left to the job.
AT_ONCE = 50
# So many periods are invoiced in one transaction.
BATCH = 50
CRON = "spare_parts_bridge.ir_cron_contract_invoice_run"


class ServiceContractInvoiceRun(models.Model):
    """How a run makes invoices: in batches that are resumed, each period once.

    A period, its invoice and the line of the run are written in one transaction, after
    the contract's row: two runs at once cannot both invoice it.
    """

    _inherit = "service.contract.invoice.run"

    def _start(self):
        """Make few invoices now; leave many to the job, which goes on by itself."""
        if self.ready_count <= AT_ONCE:
            while self._run_batch():
                pass
            return True
        # sudo: whoever may invoice may have the job called
        self.env.ref(CRON).sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%(count)s periods are invoiced in the background. Reload the page "
                    "to see how far it is.",
                    count=self.ready_count,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_run(self):
        """Go on with the runs that are under way, batch by batch."""
        cron = self.env["ir.cron"]
        # sudo: each run works with the rights of whoever began it
        for run in self.sudo().search([("state", "=", "running")], order="id"):
            user = run.user_id
            own = run.with_user(user).with_context(
                allowed_company_ids=run.company_id.ids
            )
            while retrying(own._run_batch_safely, own.env):
                left = own._count_left()
                if not cron._commit_progress(BATCH, remaining=left):
                    return

    def _count_left(self):
        """Return how many periods are still to be invoiced."""
        return self.env["service.contract.invoice.line"].search_count(
            self._get_left_domain()
        )

    def _get_left_domain(self):
        return [
            ("run_id", "=", self.id),
            ("state", "=", "ready"),
            ("is_left_out", "=", False),
        ]

    def _run_batch_safely(self):
        """Invoice a batch; a run that may not go on ends, and holds no other up.

        :return: whether something is left
        """
        try:
            with self.env.cr.savepoint():
                return self._run_batch()
        except UserError as error:
            # sudo: whoever began the run may have lost the right to it
            run_sudo = self.sudo()
            lines_sudo = run_sudo.line_ids.search(self._get_left_domain())
            lines_sudo.write({"state": "failed", "reason": str(error)})
            run_sudo.write({"state": "done", "done_at": fields.Datetime.now()})
            return False

    def _run_batch(self, limit=BATCH):
        """Invoice at most so many periods, whole invoices at a time.

        :return: whether something is left
        """
        lines = self.env["service.contract.invoice.line"].search(
            self._get_left_domain(), limit=limit
        )
        groups = lines.grouped(
            lambda r: r.contract_id.sudo()._get_invoice_group(self.grouping)
        )
        for group in groups.values():
            # the rest of the same customer belongs to the same invoice
            (group | self._get_siblings(group))._invoice_safely()
        if self._count_left():
            return True
        # sudo: the state is written by the steps of the run alone
        self.sudo().write({"state": "done", "done_at": fields.Datetime.now()})
        return False

    def _get_siblings(self, group):
        """Return the other lines that belong to the same invoice."""
        first = group[:1]
        domain = [*self._get_left_domain(), ("partner_id", "=", first.partner_id.id)]
        key = first.contract_id.sudo()._get_invoice_group(self.grouping)
        return group.search(domain).filtered(
            lambda r: r.contract_id.sudo()._get_invoice_group(self.grouping) == key
        )
