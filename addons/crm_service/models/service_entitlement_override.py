# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..const import COST_KINDS, PAYERS
from ..tools.warranty_terms import WHOLE, to_share
from .service_guard import without_defaults
from .service_ticket import FLOW, FLOW_KEY

SUPERVISOR = "crm_service.group_service_supervisor"
SHARE_FIELDS = {payer: f"{payer}_share" for payer, _label in PAYERS}
# What nobody gives a decision but the system.
MARKS = {"user_id", "decided_at", "revoked_at", "revoked_by_id", "revocation"}


class ServiceEntitlementOverride(models.Model):
    """Somebody decided that others pay than warranty and contracts say, and why."""

    _name = "service.entitlement.override"
    _description = "Decision Who Pays"
    _order = "decided_at desc, id desc"
    _rec_name = "reason"

    ticket_id = fields.Many2one(
        "service.ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="ticket_id.partner_id", string="Of Customer", related_sudo=False
    )
    kind = fields.Selection(
        COST_KINDS, "Cost", readonly=True, help="Empty: every kind of cost."
    )
    payer = fields.Selection(
        PAYERS,
        "Pays Most",
        compute="_compute_payer",
        help="Who bears the largest part.",
    )
    customer_share = fields.Float("Customer", digits=(5, 2), readonly=True)
    warranty_share = fields.Float("Warranty", digits=(5, 2), readonly=True)
    extension_share = fields.Float("Extension", digits=(5, 2), readonly=True)
    contract_share = fields.Float("Contract", digits=(5, 2), readonly=True)
    goodwill_share = fields.Float("Goodwill", digits=(5, 2), readonly=True)
    reason = fields.Text(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Decided By", required=True, readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime("Decided On", required=True, readonly=True)
    revoked_at = fields.Datetime("Revoked On", readonly=True)
    revoked_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    revocation = fields.Char("Why Revoked", readonly=True)

    _one_standing = models.UniqueIndex(
        "(ticket_id, COALESCE(kind, '')) WHERE revoked_at IS NULL",
        "Somebody else has just decided who pays for this. Reload the page.",
    )

    @api.depends(*SHARE_FIELDS.values())
    def _compute_payer(self):
        for override in self:
            shares = {p: override[name] for p, name in SHARE_FIELDS.items()}
            override.payer = max(shares, key=shares.get)

    # -- guards -----------------------------------------------------------------

    def _is_flow(self):
        """Tell whether our own methods are at work: no caller can send that object."""
        return self.env.context.get(FLOW_KEY) is FLOW

    @api.model_create_multi
    def create(self, vals_list):
        """Override to note who decides, and to put new decisions in place of old.

        :raises AccessError: the user is no supervisor, or may not see the ticket
        :raises ValidationError: without a reason, or the shares are not the whole
        """
        self._check_may_decide()
        vals_list = [self._prepare_decision(vals) for vals in vals_list]
        tickets = self.env["service.ticket"].browse(v["ticket_id"] for v in vals_list)
        tickets.check_access("read")
        for vals in vals_list:
            self._get_same(vals["ticket_id"], vals.get("kind"))._mark_revoked(
                self.env._("Another decision took its place.")
            )
        overrides = super(ServiceEntitlementOverride, without_defaults(self)).create(
            vals_list
        )
        for override in overrides:
            override._log_decision()
        tickets._after_entitlement_change()
        return overrides

    @api.model
    def _prepare_decision(self, vals):
        """Return the values of a decision of the current user."""
        vals = {name: value for name, value in vals.items() if name not in MARKS}
        vals["reason"] = (vals.get("reason") or "").strip()
        if not vals["reason"]:
            raise ValidationError(
                self.env._("Say why others are to pay: the accountant will ask.")
            )
        now = fields.Datetime.now()
        return {**vals, "user_id": self.env.uid, "decided_at": now}

    def write(self, vals):
        """Override to let nobody change what was decided.

        :raises UserError: somebody tries
        """
        if not self._is_flow():
            raise UserError(
                self.env._(
                    "What was decided stays. Revoke it, or decide once more: the new "
                    "decision takes its place."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Keep what was decided."""
        raise UserError(self.env._("What was decided stays. Revoke it instead."))

    @api.constrains("customer_share", *SHARE_FIELDS.values())
    def _check_shares(self):
        for override in self:
            shares = [to_share(override[name]) for name in SHARE_FIELDS.values()]
            if min(shares) < 0 or sum(shares) != WHOLE:
                raise ValidationError(
                    self.env._(
                        "The shares make %(total)s percent. Nobody pays less than "
                        "nothing, and together they are 100 percent.",
                        total=f"{float(sum(shares)) * 100:g}",
                    )
                )

    @api.model
    def _check_may_decide(self):
        """Refuse users who may not decide who pays.

        :raises AccessError: the user is no supervisor
        """
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(
                self.env._(
                    "Only supervisors decide that others pay than warranty and "
                    "contracts say. Ask one of them."
                )
            )

    # -- what was decided -----------------------------------------------------------

    @api.model
    def _get_same(self, ticket_id, kind):
        """Return what stands for a ticket and a kind of cost."""
        return self.search(
            [
                ("ticket_id", "=", ticket_id),
                ("kind", "=", kind or False),
                ("revoked_at", "=", False),
            ]
        )

    @api.model
    def _get_standing(self, ticket_ids):
        """Return {(id of a ticket, kind): decision}, in one query for all.

        One for a kind goes before one for every kind.
        """
        if not ticket_ids:
            return {}
        # sudo: who pays does not depend on who asks
        found = self.sudo().search_fetch(
            [("ticket_id", "in", list(ticket_ids)), ("revoked_at", "=", False)],
            ["ticket_id", "kind", "reason", "user_id", "decided_at"]
            + list(SHARE_FIELDS.values()),
        )
        standing = {}
        for override in found.sorted(lambda o: bool(o.kind)):
            kinds = [override.kind] if override.kind else dict(COST_KINDS)
            for kind in kinds:
                standing[override.ticket_id.id, kind] = override
        return standing

    def _get_shares(self):
        """Return {payer: Fraction}, exactly one together, without zeros."""
        shares = {p: to_share(self[name]) for p, name in SHARE_FIELDS.items()}
        return {payer: share for payer, share in shares.items() if share}

    def action_revoke(self):
        """Revoke these decisions: warranty and contracts count again.

        :raises AccessError: the user is no supervisor
        :raises UserError: one is revoked already
        """
        self._check_may_decide()
        self.check_access("write")
        for override in self:
            if override.revoked_at:
                raise UserError(
                    self.env._("This decision is revoked already. Reload the page.")
                )
        self._mark_revoked(False)
        for override in self:
            override.ticket_id._message_log(
                body=self.env._(
                    "Revoked: the decision who pays. Warranty and contracts count "
                    "again."
                )
            )
        self.ticket_id._after_entitlement_change()
        return True

    def _mark_revoked(self, text):
        """Note that the decisions do not stand any more."""
        values = {
            "revoked_at": fields.Datetime.now(),
            "revoked_by_id": self.env.uid,
            "revocation": text,
        }
        self.with_context(**{FLOW_KEY: FLOW}).write(values)
        self.flush_recordset()  # before another one is written for the same

    def _log_decision(self):
        """Tell of the decision on the ticket."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        payers = dict(self._fields["payer"]._description_selection(self.env))
        shares = ", ".join(
            f"{payers[payer]} {float(share) * 100:g} %"
            for payer, share in self._get_shares().items()
        )
        self.ticket_id._message_log(
            body=self.env._(
                "Decided who pays for “%(kind)s”: %(shares)s. %(reason)s",
                kind=labels.get(self.kind) or self.env._("Everything"),
                shares=shares,
                reason=self.reason,
            )
        )
