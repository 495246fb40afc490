from odoo import Command, fields, models
from odoo.exceptions import UserError


class PartsRequisitionApproval(models.Model):
    """From the draft to the last decision."""

    _inherit = "parts.requisition"

    # ------------------------------------------------------------------
    # Submit and withdraw
    # ------------------------------------------------------------------

    def action_submit(self):
        """Send draft requisitions on their way through the approval steps."""
        self._lock_in_order()
        for requisition in self:
            requisition._ensure_draft()
            requisition._ensure_company(
                requisition.company_id, "spare_parts_bridge.group_parts_keeper"
            )
            requisition._check_submittable()
            requisition.sudo()._submit()
        return True

    def _check_submittable(self):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(
                self.env._(
                    "%(name)s has no parts. Add at least one line before you "
                    "submit it.",
                    name=self.name,
                )
            )
        self.line_ids._check_submittable()

    def _submit(self):
        self.line_ids._set_initial_quantities()
        self.write(
            {
                "state": "submitted",
                # Who submits a requisition that replenishment made asks for it.
                "user_id": self.env.uid,
                "submitted_at": fields.Datetime.now(),
                "approval_ids": [
                    Command.create(vals) for vals in self._prepare_approvals_vals()
                ],
            }
        )
        self.approval_ids._take_over_names()
        self.approval_ids._activate_next()
        self.ticket_id._move_to_phase("waiting_parts")

    def _prepare_approvals_vals(self):
        rules = self.env["parts.approval.rule"]._get_rules_for(self)
        if not rules:
            raise UserError(
                self.env._(
                    "No approval rule fits %(name)s. Ask a parts manager to add one "
                    "under Spare Parts / Configuration / Approval Rules.",
                    name=self.name,
                )
            )
        return [rule._prepare_approval_vals(self) for rule in rules]

    def action_withdraw(self):
        """Cancel requisitions of which nothing has been shipped yet."""
        self._lock_in_order()
        for requisition in self:
            requisition._ensure_company(
                requisition.company_id, "spare_parts_bridge.group_parts_keeper"
            )
            requisition._check_withdrawable()
            requisition.sudo()._withdraw()
        return True

    def _check_withdrawable(self):
        if self.state not in ("draft", "submitted", "approved"):
            raise UserError(
                self.env._(
                    "%(name)s cannot be withdrawn any more: it is %(state)s. Settle "
                    "what has been shipped on its receipt.",
                    name=self.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ],
                )
            )

    def _withdraw(self):
        self._get_open_deliveries().action_cancel()
        self.approval_ids._cancel_open()
        self.state = "cancelled"
        self._release_tickets()
        self._message_log(body=self.env._("Withdrawn by %s.", self.env.user.name))

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def action_decide(self):
        """Open the decision of the step that waits for the user."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide %(name)s", name=self.name),
            "res_model": "parts.requisition.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_requisition_id": self.id},
        }

    def _decide(self, decision, quantities=None, comment=None):
        """Decide the pending step as the current user.

        :param str decision: ``approve`` or ``reject``
        :param dict quantities: ``{parts.requisition.line: quantity}`` that cut
            what was asked for, in the product's unit
        :param str comment: why; needed for a rejection
        :raise UserError: when the decision is not possible or not the user's
        """
        self.ensure_one()
        self._lock_in_order()
        approval = self.current_approval_id
        if not approval:
            raise UserError(
                self.env._(
                    "%(name)s has no open approval step; the decision was already "
                    "made. Reload the page to see it.",
                    name=self.name,
                )
            )
        approval._ensure_may_decide()
        if decision == "approve":
            self.sudo()._approve_step(approval.sudo(), quantities or {}, comment)
        else:
            self.sudo()._reject_step(approval.sudo(), comment)

    def _approve_step(self, approval_sudo, quantities, comment):
        self.line_ids._cut_quantities(quantities)
        approval_sudo._record("approved", comment)
        if self.approval_ids._activate_next():
            return
        self.line_ids._freeze_prices()
        self._add_missing_approvals()
        if not self.approval_ids._activate_next():
            self._approve()

    def _add_missing_approvals(self):
        """Add the steps that have become needed, as when a price was raised since."""
        rules = self.env["parts.approval.rule"]._get_rules_for(self)
        missing = rules - self.approval_ids.rule_id
        self.approval_ids = [
            Command.create(rule._prepare_approval_vals(self)) for rule in missing
        ]

    def _reject_step(self, approval_sudo, comment):
        if not (comment or "").strip():
            raise UserError(self.env._("Say why you reject %(name)s.", name=self.name))
        approval_sudo._record("rejected", comment)
        self.approval_ids._cancel_open()
        self.write({"state": "rejected", "reason": comment})
        self._release_tickets()

    def _approve(self):
        """Hand the requisition to the source's warehouse."""
        self.write({"state": "approved", "approved_at": fields.Datetime.now()})
        self._create_delivery({line: line.qty_approved for line in self.line_ids})
