# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .service_guard import without_defaults
from .service_ticket_independence import COMPLAINED_FIELDS


def convert(record, name):
    """Return the value of a field as another record can be given it."""
    return record._fields[name].convert_to_write(record[name], record)


class ServiceTicket(models.Model):
    """The tickets that a ticket has to do with: linked, merged, copied."""

    _inherit = "service.ticket"

    related_tickets = fields.Json(
        compute="_compute_related_tickets",
        help="The linked and merged tickets that the user may see.",
        groups="crm_service.group_service_technician",
    )

    @api.depends_context("uid", "su", "lang")
    def _compute_related_tickets(self):
        phases = dict(self._fields["phase"]._description_selection(self.env))
        for ticket in self:
            rows = ticket._get_related() if ticket.id else []
            ticket.related_tickets = [
                {
                    "id": other.id,
                    "link_id": link.id,
                    "relation": relation,
                    "number": other.number,
                    "name": other.name,
                    "phase": other.phase,
                    "phase_label": phases[other.phase],
                }
                for relation, other, link in rows
            ]

    def _get_related(self):
        """Return (relation, ticket, link or none) of what the user may see."""
        links = self._get_links()
        others = {link: link._get_other(self) for link in links}
        seen = links._filter_seen(self)
        no_link = links.browse()
        merged = self.with_context(active_test=False).search(
            [("merged_into_id", "=", self.id)]
        )
        return [
            *((self.env._("Merged"), ticket, no_link) for ticket in merged),
            *((link._get_relation(self), others[link], link) for link in seen),
        ]

    def _get_links(self):
        """Return the links of these tickets, whichever end they are at."""
        domain = Domain("ticket_id", "in", self.ids) | Domain(
            "other_id", "in", self.ids
        )
        return self.env["service.ticket.link"].search(domain)

    # -- buttons ------------------------------------------------------------

    def action_link(self):
        """Open the window that links this ticket to another one."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link %(number)s", number=self.number),
            "res_model": "service.ticket.link",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def action_follow_up(self):
        """Open a new ticket about what goes on after this one, linked to it.

        :return: the action that shows it
        """
        self.ensure_one()
        self.check_access("read")
        self.check_access("create")
        ticket = self._open_follow_up()
        return ticket._get_form_action()

    def _get_form_action(self):
        """Return the action that shows this ticket."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.ticket",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _open_follow_up(self, **values):
        """Open a ticket for the same customer and unit, linked to this one.

        :param values: what it has of its own
        """
        ticket = without_defaults(self).create(
            {**self._prepare_follow_up_vals(), **values}
        )
        self._keep_from_former_members(ticket)
        self._check_kept_away(ticket)
        self.env["service.ticket.link"]._link(ticket, self, "follow_up")
        ticket._message_log(
            body=self.env._("This goes on from ticket %(number)s.", number=self.number)
        )
        return ticket

    def _prepare_follow_up_vals(self):
        """Return the values of a ticket that goes on from this one."""
        names = (
            *("company_id", "type_id", "channel", "priority", "team_id"),
            *("partner_id", "partner_name", "partner_phone", "partner_email"),
            *("site_id", "asset_id", "product_id", "serial_number"),
        )
        vals = {name: convert(self, name) for name in names}
        vals.update(self._prepare_confidential_vals())
        vals["name"] = self.env._("Follow-up: %(subject)s", subject=self.name)
        vals["tag_ids"] = [Command.set(self.tag_ids.ids)]
        return vals

    # -- kept from the same people --------------------------------------------

    def _prepare_confidential_vals(self):
        """Return the values by which a ticket made from this one is hidden as it is."""
        # sudo: whom a complaint is about is known to few; they stay the same
        ticket = self.sudo()
        names = (*COMPLAINED_FIELDS, "parent_id") if ticket.is_confidential else ()
        return {name: convert(ticket, name) for name in names if ticket[name]}

    def _keep_from_former_members(self, made):
        """Keep `made` from this ticket away from who has left the team it is about."""
        # sudo: whom a complaint is about is known to few
        ticket, made = self.sudo(), made.sudo()
        people = ticket.excluded_user_ids | made.excluded_user_ids
        team = ticket.complained_team_id
        if not team or team != made.complained_team_id:
            return
        if people != made.excluded_user_ids:
            made._with_flow().excluded_user_ids = people
            made._take_from(people)

    def _check_kept_away(self, other):
        """Refuse to show on `other` what people are kept away from on these tickets.

        :raises UserError: some of them would see it there
        """
        # sudo: whom a complaint is about is known to few
        ticket, other = self.sudo(), other.sudo()
        if ticket.excluded_user_ids - other.excluded_user_ids:
            raise UserError(
                self.env._(
                    "Ticket %(number)s is kept from people who see %(other)s. Say on "
                    "that one, too, whom the complaint is about, or link the tickets.",
                    number=ticket.number,
                    other=other.number,
                )
            )

    # -- copying ------------------------------------------------------------

    def copy_data(self, default=None):
        """Override to say in the subject that it is a copy."""
        vals_list = super().copy_data(default=default)
        for ticket, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(subject)s (copy)", subject=ticket.name)
            vals.update(ticket._prepare_confidential_vals())
        return vals_list

    def copy(self, default=None):
        """Override to link each copy to the ticket that it was made from."""
        copies = super().copy(default)
        for ticket, copy in zip(self, copies, strict=True):
            ticket._keep_from_former_members(copy)
            ticket._check_kept_away(copy)
            if ticket.company_id == copy.company_id:
                self.env["service.ticket.link"]._link(copy, ticket, "related")
        return copies
