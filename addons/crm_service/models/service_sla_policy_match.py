# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import ast
from typing import NamedTuple

from odoo import api, models, tools
from odoo.fields import Domain

from ..const import SLA_KINDS
from ..tools.sla_policy import Criteria, Facts


class Level(NamedTuple):
    """When a level of a policy is due; the id 0 is the warning before a breach."""

    id: int
    share_percent: int
    overdue_seconds: int

    def get_due_seconds(self, target):
        """Return the working seconds after which the level is due.

        :param int target: working seconds that were promised
        """
        return round(target * self.share_percent / 100) + self.overdue_seconds


class Rule(NamedTuple):
    """A policy as the engine needs it: plain values, remembered for everybody."""

    id: int
    active: bool
    criteria: Criteria
    targets: dict
    levels: dict
    warning_percent: int
    calendar_id: int
    is_retroactive: bool


class ServiceSlaPolicy(models.Model):
    """Which promise applies to which ticket, found without a query per ticket."""

    _inherit = "service.sla.policy"

    @api.model
    @tools.ormcache()
    def _get_rules(self):
        """Return {policy id: Rule} in the order in which policies are tried."""
        # as superuser and without context: the answer is remembered for everybody
        model = self.env(su=True, context={"active_test": False})[self._name]
        return {policy.id: policy._prepare_rule() for policy in model.search([])}

    def _prepare_rule(self):
        """Return this policy as a Rule."""
        levels = self.escalation_ids.filtered(
            lambda level: level.active and level.trigger != "safety"
        )
        return Rule(
            id=self.id,
            active=self.active,
            criteria=self._prepare_criteria(),
            targets=self._get_targets(),
            levels={
                kind: tuple(level._prepare_level() for level in rows)
                for kind, rows in levels.grouped("kind").items()
            },
            warning_percent=self.warning_percent,
            calendar_id=self.calendar_id.id,
            is_retroactive=self.is_retroactive,
        )

    def _get_targets(self):
        """Return {kind: working seconds} of what this policy promises."""
        return {
            kind: round(self[f"{kind}_hours"] * 3600)
            for kind, _label in SLA_KINDS
            if self[f"has_{kind}"]
        }

    def _prepare_criteria(self):
        """Return the Criteria of this policy; what is archived is one too."""
        self = self.with_context(active_test=False)
        domain = "" if self._get_domain().is_true() else self.domain
        return Criteria(
            company=self.company_id.id or 0,
            priority_min=int(self.priority_min or 0),
            priority_max=int(self.priority_max or 9),
            domain=domain,
            types={record.id: frozenset({record.id}) for record in self.type_ids},
            teams={record.id: frozenset({record.id}) for record in self.team_ids},
            partners={r.id: _get_partner_line(r) for r in self.partner_ids},
            partner_categories={r.id: _get_line(r) for r in self.partner_category_ids},
            product_categories={r.id: _get_line(r) for r in self.product_category_ids},
            segments={record.id: frozenset({record.id}) for record in self.segment_ids},
        )

    def _get_domain(self):
        """Return the further condition as a domain on tickets.

        :raises ValueError, SyntaxError: it cannot be read
        """
        self.ensure_one()
        return Domain(ast.literal_eval(self.domain or "[]"))

    def _get_criteria_labels(self, ticket):
        """Return what this policy asks for and how `ticket` fits, for people."""
        self = self.with_context(active_test=False)
        names = {
            "type_ids": ticket.type_id,
            "partner_ids": ticket.partner_id,
            "partner_category_ids": ticket.partner_id,
            "team_ids": ticket.team_id,
            "product_category_ids": ticket.product_id.categ_id,
            "segment_ids": _get_segment(ticket),
            "company_id": ticket.company_id,
        }
        labels = [
            f"{self._fields[name]._description_string(self.env)}: {value.display_name}"
            for name, value in names.items()
            if self[name]
        ]
        if self.priority_min or self.priority_max:
            field = ticket._fields["priority"]
            label = field._description_string(self.env)
            value = dict(field._description_selection(self.env))[ticket.priority]
            labels.insert(0, f"{label}: {value}")
        if self._prepare_criteria().domain:
            labels.append(self._fields["domain"]._description_string(self.env).lower())
        return labels

    # -- matching -----------------------------------------------------------

    @api.model
    def _find_for(self, tickets):
        """Return {ticket id: policy id}: the first policy that fits each ticket.

        A ticket that no policy fits is left out.

        :param tickets: `service.ticket` records, of any number
        """
        found = tickets._get_own_sla_policies()
        wanted = self._get_wanted_lines()
        left = {t: _get_facts(t, wanted) for t in tickets if t.id not in found}
        for rule in self._get_rules().values():
            if not left:
                break
            for ticket in self._filter_fits(rule, left):
                found[ticket.id] = rule.id
                del left[ticket]
        return found

    @api.model
    def _filter_fits(self, rule, facts):
        """Return the tickets of `facts` ({ticket: Facts}) that `rule` fits."""
        if not rule.active:
            return []
        fits = [ticket for ticket, known in facts.items() if rule.criteria.fits(known)]
        if not fits or not rule.criteria.domain:
            return fits
        tickets = self.env["service.ticket"].browse(ticket.id for ticket in fits)
        # sudo: the policy may be one that the user does not see
        return self.browse(rule.id).sudo()._filter_by_domain(tickets)

    @api.model
    @tools.ormcache()
    def _get_wanted_lines(self):
        """Return the names of the lines that some rule asks for."""
        rules = [rule for rule in self._get_rules().values() if rule.active]
        return tuple(
            name
            for name in READERS
            if any(getattr(rule.criteria, name) for rule in rules)
        )

    @api.model
    @tools.ormcache()
    def _get_domain_fields(self):
        """Return the names of ticket fields that the conditions look at."""
        # sudo: the answer is remembered for everybody
        return frozenset(
            condition.field_expr.split(".")[0]
            for policy_id, rule in self._get_rules().items()
            if rule.active and rule.criteria.domain
            for condition in self.browse(policy_id)
            .sudo()
            ._get_domain()
            .iter_conditions()
        )


def _get_facts(ticket, wanted):
    """Return the Facts of a ticket, as far as some rule asks for them.

    :param wanted: names of the lines that are asked for
    """
    lines = {name: READERS[name](ticket) for name in wanted}
    return Facts(ticket.company_id.id, int(ticket.priority), **lines)


def _get_tags(ticket):
    """Return the tags of the customer and of the company they belong to."""
    partner = ticket.partner_id
    return partner.category_id | partner.commercial_partner_id.category_id


def _get_segment(ticket):
    """Return the segment of the customer for the company of a ticket."""
    return ticket.partner_id.with_company(ticket.company_id).service_segment_id


def _join_lines(records):
    """Return the lines of all `records` together."""
    return frozenset().union(*(_get_line(record) for record in records))


def _get_line(record):
    """Return the ids of a record with a `parent_path` and of those above it."""
    return frozenset(map(int, filter(None, (record.parent_path or "").split("/"))))


def _get_partner_line(partner):
    """Return the ids of a customer and of those it belongs to."""
    line = set()
    while partner and partner.id not in line:
        line.add(partner.id)
        partner = partner.parent_id
    return frozenset(line)


READERS = {
    "types": lambda ticket: frozenset(ticket.type_id.ids),
    "teams": lambda ticket: frozenset(ticket.team_id.ids),
    "partners": lambda ticket: _get_partner_line(ticket.partner_id),
    "partner_categories": lambda ticket: _join_lines(_get_tags(ticket)),
    "product_categories": lambda ticket: _get_line(ticket.product_id.categ_id),
    "segments": lambda ticket: frozenset(_get_segment(ticket).ids),
}
