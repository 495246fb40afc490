# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.crm_service.const import CONTRACT_COVERING_STATES

RUN_STATES = [
    ("draft", "New"),
    ("preview", "Preview"),
    ("running", "Running"),
    ("done", "Done"),
]
# What only the steps of a run write.
GUARDED = {
    "state": "draft",
    "user_id": False,
    "done_at": False,
}


class ServiceContractInvoiceRun(models.Model):
    """Invoices of all contracts that are due: first a preview, then the invoices."""

    _name = "service.contract.invoice.run"
    _description = "Contract Invoicing"
    _inherit = ["parts.guarded.mixin"]
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    until = fields.Date(
        "Due Until",
        required=True,
        default=fields.Date.context_today,
        help="Periods that are to be invoiced on this day or before.",
    )
    invoice_date = fields.Date(required=True, default=fields.Date.context_today)
    grouping = fields.Selection(
        [("contract", "For each contract"), ("customer", "For each customer")],
        "One Invoice",
        required=True,
        default="contract",
    )
    is_posting = fields.Boolean(
        "Post at Once",
        help="Otherwise the invoices are drafts, to be looked at and posted.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "service_contract_invoice_run_partner_rel",
        "run_id",
        "partner_id",
        "Customers",
        help="Empty: all of them.",
    )
    contract_ids = fields.Many2many(
        "service.contract",
        "service_contract_invoice_run_contract_rel",
        "run_id",
        "contract_id",
        "Contracts",
        check_company=True,
        help="Empty: all that are due.",
    )
    state = fields.Selection(
        RUN_STATES, "Status", required=True, readonly=True, default="draft"
    )
    user_id = fields.Many2one(
        "res.users", "Run By", readonly=True, copy=False, ondelete="restrict"
    )
    done_at = fields.Datetime("Done On", readonly=True, copy=False)
    line_ids = fields.One2many("service.contract.invoice.line", "run_id", "Periods")
    ready_count = fields.Integer("To Invoice", compute="_compute_counts")
    blocked_count = fields.Integer("Blocked", compute="_compute_counts")
    done_count = fields.Integer("Invoiced", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    progress = fields.Float("Progress (%)", compute="_compute_counts")
    totals = fields.Char("To Invoice, without Taxes", compute="_compute_counts")
    move_count = fields.Integer("Invoices", compute="_compute_counts")
    draft_count = fields.Integer("Draft Invoices", compute="_compute_counts")

    @api.model
    def _get_guarded_values(self):
        """Override of `_get_guarded_values` to keep what the steps write."""
        return GUARDED

    @api.depends("company_id.name", "until")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Contracts until %(day)s, %(company)s",
                day=format_date(self.env, run.until),
                company=run.company_id.name,
            )

    @api.depends("line_ids.state", "line_ids.is_left_out")
    def _compute_counts(self):
        lines = self.env["service.contract.invoice.line"]
        groups = lines._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "state", "is_left_out", "currency_id"],
            ["__count", "amount:sum", "move_id:count_distinct"],
        )
        for run in self:
            own = [group[1:] for group in groups if group[0] == run]
            run._set_counts(own)
            run.draft_count = 0
        drafts = lines._read_group(
            [("run_id", "in", self.ids), ("move_id.state", "=", "draft")],
            ["run_id"],
            ["move_id:count_distinct"],
        )
        for run, count in drafts:
            run.draft_count = count

    def _set_counts(self, groups):
        """Sum up (state, left out, currency, lines, amount, invoices)."""

        def count(state, left_out=False):
            return sum(g[3] for g in groups if g[0] == state and g[1] == left_out)

        self.ready_count = count("ready")
        self.blocked_count = count("blocked")
        self.done_count = count("done")
        self.failed_count = count("failed")
        self.move_count = sum(g[5] for g in groups)
        asked = self.ready_count + self.done_count + self.failed_count
        self.progress = 100.0 * (asked - self.ready_count) / asked if asked else 0.0
        amounts = [(g[2], g[4]) for g in groups if g[0] == "ready" and not g[1]]
        self.totals = " + ".join(
            currency.format(amount) for currency, amount in amounts if currency
        )

    # -- preview ------------------------------------------------------------------

    def _ensure_state(self, states):
        """Refuse what the state of a run does not allow.

        :raises UserError: one is in none of `states`
        """
        labels = dict(self._fields["state"]._description_selection(self.env))
        for run in self:
            if run.state not in states:
                raise UserError(
                    self.env._(
                        "This run has the status “%(state)s” already. Reload the page, "
                        "or begin a new one.",
                        state=labels[run.state],
                    )
                )

    @api.model
    def _ensure_billing(self):
        """Refuse whoever may not write invoices.

        :raises AccessError: the user has no right to invoices
        """
        self.check_access("write")
        self.env["account.move"].check_access("create")

    def action_preview(self):
        """Show what is due, for whom and how much, and what stands in the way.

        :raises UserError: it runs already
        """
        self._ensure_billing()
        self._ensure_state(("draft", "preview"))
        for run in self:
            # sudo: lines are written by the run alone
            run_sudo = run.sudo()
            left_out = run_sudo.line_ids.filtered("is_left_out")
            left_out = {(r.contract_id.id, r.period_start) for r in left_out}
            run_sudo.line_ids.unlink()
            lines = run_sudo.line_ids.create(run_sudo._prepare_lines())
            lines.filtered(
                lambda r, known=left_out: (r.contract_id.id, r.period_start) in known
            ).is_left_out = True
            run_sudo.state = "preview"
        return True

    def _get_contract_domain(self):
        """Return the domain of contracts that may be due."""
        free = self.env["service.contract.period"]._get_free_domain()
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", CONTRACT_COVERING_STATES)
            & Domain("date_start", "<=", self.until)
            & (
                Domain("is_invoicing_settled", "=", False)
                | Domain("period_ids", "any", free)
            )
        )
        if self.contract_ids:
            domain &= Domain("id", "in", self.contract_ids.ids)
        if self.partner_ids:
            domain &= Domain("partner_id", "child_of", self.partner_ids.ids)
        return domain

    def _prepare_lines(self):
        """Return the values of a line for each period that is due, in sudo mode."""
        contracts = self.env["service.contract"].search(self._get_contract_domain())
        parts = contracts._get_open_parts(self.until)
        self._note_settled(contracts)
        return [
            self._prepare_line_vals(contract, part)
            for contract in contracts
            for part in parts.get(contract.id, ())
        ]

    def _note_settled(self, contracts):
        """Note what is over and wholly invoiced, so that the next run skips it."""
        today = fields.Date.context_today(self)
        over = contracts.filtered(
            lambda c: c.covered_until < today and not c.is_invoicing_settled
        )
        rest = over._get_open_parts()
        over.filtered(lambda c: not rest.get(c.id)).is_invoicing_settled = True

    def _prepare_line_vals(self, contract, part):
        """Return the values of the line of a period."""
        vals = {
            "run_id": self.id,
            "contract_id": contract.id,
            "partner_id": (contract.invoice_partner_id or contract.partner_id).id,
            "currency_id": contract.currency_id.id,
            "period_start": part.start,
            "period_end": part.stop,
            "full_days": part.full_days,
            "state": "ready",
        }
        try:
            vals["amount"] = contract._get_period_amount(part)
            contract._check_can_invoice(self.invoice_date)
            if contract.currency_id.is_zero(vals["amount"]):
                raise UserError(self.env._("It costs nothing: the price is 0."))
        except UserError as error:
            vals.update(state="blocked", reason=str(error))
        return vals

    # -- run ----------------------------------------------------------------------

    def action_run(self):
        """Make the invoices; many of them are made in the background.

        :raises UserError: there is no preview, or nothing is ready
        """
        self._ensure_billing()
        self.ensure_one()
        self._ensure_state(("preview",))
        if not self.ready_count:
            raise UserError(
                self.env._("No period is ready to be invoiced. See why in the list.")
            )
        # sudo: the state is written by the steps of the run alone
        self.sudo().write({"state": "running", "user_id": self.env.uid})
        return self._start()

    def action_continue(self):
        """Go on with a run that was interrupted, or try again what failed.

        :raises UserError: the run was not begun
        """
        self._ensure_billing()
        self.ensure_one()
        self._ensure_state(("running", "done"))
        failed = self.line_ids.filtered(lambda line: line.state == "failed")
        # sudo: lines are written by the run alone
        failed.sudo().write({"state": "ready", "reason": False})
        self.sudo().write({"state": "running", "user_id": self.env.uid})
        return self._start()

    def action_post(self):
        """Post the draft invoices of these runs."""
        self._ensure_billing()
        moves = self.line_ids.move_id.filtered(lambda move: move.state == "draft")
        moves.action_post()
        return True

    def action_open_invoices(self):
        """Open the invoices that these runs made."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.line_ids.move_id.ids)],
            "context": {"create": False},
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_run(self):
        """Keep runs that made invoices."""
        if any(run.state in ("running", "done") for run in self):
            raise UserError(
                self.env._("A run that made invoices stays for the record.")
            )
