# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models

PROGRESS = "crm_service.mt_ticket_progress"


class ServiceTicket(models.Model):
    """Watching tickets that somebody else works on."""

    _inherit = "service.ticket"

    is_watched = fields.Boolean(
        "Watched",
        compute="_compute_is_watched",
        search="_search_is_watched",
        groups="crm_service.group_service_technician",
        help="You are told of messages and of every stage of it.",
    )

    @api.depends("message_follower_ids")
    @api.depends_context("uid")
    def _compute_is_watched(self):
        watched = self._get_watchers().get(self.env.user.partner_id, ())
        for ticket in self:
            ticket.is_watched = ticket.id in watched

    def _search_is_watched(self, operator, value):
        if operator != "in":
            return NotImplemented
        kind = self.env["ir.model.data"]._xmlid_to_res_id(PROGRESS)
        # sudo: only what the user follows is asked for
        followed = (
            self.env["mail.followers"]
            .sudo()
            ._search(
                [
                    ("res_model", "=", self._name),
                    ("partner_id", "=", self.env.user.partner_id.id),
                    ("subtype_ids", "in", [kind]),
                ]
            )
        )
        ids = followed.subselect("res_id")
        return [("id", "in" if True in value else "not in", ids)]

    def _get_watchers(self):
        """Return {partner: ids of those of these tickets that they watch}."""
        kind = self.env["ir.model.data"]._xmlid_to_res_id(PROGRESS)
        # sudo: who watches is told to nobody but those who watch
        groups = (
            self.env["mail.followers"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("subtype_ids", "in", [kind]),
                ],
                ["partner_id"],
                ["res_id:array_agg"],
            )
        )
        return {partner: set(ids) for partner, ids in groups}

    def action_watch(self):
        """Tell the user of messages on these tickets and of every stage."""
        self._check_staff()
        kinds = self.env.ref("mail.mt_comment") | self.env.ref("mail.mt_note")
        kinds |= self.env.ref(PROGRESS)
        # sudo: kinds of messages are for everybody; who follows is only oneself
        self.sudo().message_subscribe(
            partner_ids=self.env.user.partner_id.ids, subtype_ids=kinds.ids
        )
        self.invalidate_recordset(["is_watched"])
        return True

    def action_unwatch(self):
        """Stop telling the user; who is responsible hears of messages all the same."""
        self._check_staff()
        partner = self.env.user.partner_id
        # sudo: who follows is only oneself
        tickets = self.sudo()
        mine = tickets.filtered(lambda ticket: ticket.user_id.partner_id == partner)
        (tickets - mine).message_unsubscribe(partner_ids=partner.ids)
        mine.message_subscribe(
            partner_ids=partner.ids, subtype_ids=self.env.ref("mail.mt_comment").ids
        )
        self.invalidate_recordset(["is_watched"])
        return True

    def _enter_stage(self, stage, *args, **kwargs):
        """Override to tell those who watch how far the tickets are."""
        before = {ticket: ticket.stage_id for ticket in self}
        result = super()._enter_stage(stage, *args, **kwargs)
        # nobody watches yet what is made just now
        now = self.env.cr.now().replace(microsecond=0)
        self.filtered(
            lambda t: t.stage_id != before[t] and t.create_date and t.create_date < now
        )._tell_watchers()
        return result

    def _tell_watchers(self):
        """Tell those who watch these tickets that they are in another stage."""
        if not self:
            return
        for partner, ids in self._get_watchers().items():
            if partner == self.env.user.partner_id:
                continue
            for ticket in self.filtered(lambda t, ids=ids: t.id in ids):
                ticket._tell_watcher(partner)

    def _tell_watcher(self, partner):
        """Tell `partner`, by their own right, in which stage this ticket is now."""
        # sudo: whether they may see it is asked for themselves
        user = partner.sudo().main_user_id
        ticket = self.with_user(user).sudo(False) if user and not user.share else None
        if ticket is None or not ticket.has_access("read"):
            return
        # sudo: the process tells it, whoever moved the ticket
        self.sudo().message_notify(
            partner_ids=partner.ids,
            subject=self.display_name,
            body=self.with_context(lang=user.lang).env._(
                "%(number)s is now in the stage “%(stage)s”.",
                number=self.number,
                stage=self.sudo().with_context(lang=user.lang).stage_id.name,
            ),
        )
