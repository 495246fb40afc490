# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import logging
from datetime import date, datetime

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .service_guard import has_changed

_logger = logging.getLogger(__name__)

# What reading or trying a condition may end in.
UNREADABLE = (
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)
# What a record may hold that a condition is tried on.
SAMPLES = {
    "char": "sample",
    "date": date(2020, 1, 1),
    "datetime": datetime(2020, 1, 1),
    "float": 1.0,
    "html": "<p>sample</p>",
    "integer": 1,
    "monetary": 1.0,
    "text": "sample",
}


class ServiceConditionMixin(models.AbstractModel):
    """A condition on tickets: tried when it is saved, harmless when it fails.

    It is evaluated as superuser, so whoever writes it may ask only for what they may
    read. A model that inherits this needs `name`, `domain` and `_get_domain`.
    """

    _name = "service.condition.mixin"
    _description = "Condition on Tickets"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to refuse conditions on what the user may not read."""
        records = super().create(vals_list)
        records._check_domain_access()
        return records

    def write(self, vals):
        """Override to refuse conditions on what the user may not read."""
        changed = self.filtered(lambda record: has_changed(record, vals, {"domain"}))
        result = super().write(vals)
        changed._check_domain_access()
        return result

    def _check_domain_access(self):
        """Refuse to ask for what the user may not read; constraints are superuser.

        :raises ValidationError: a condition does
        """
        if self.env.su:
            return
        for record in self:
            try:
                paths = list(_get_paths(record._get_domain()))
            except UNREADABLE:
                continue  # told when it is tried
            for path in paths:
                record._check_path_access(path)

    def _check_path_access(self, path):
        """Refuse to ask for what the user may not read.

        :param path: names of fields, from a ticket on
        """
        model = self.env["service.ticket"]
        for name in path:
            field = model._fields.get(name)
            if field is None:
                return
            if not (
                model._has_field_access(field, "read") and model.has_access("read")
            ):
                raise ValidationError(
                    self.env._(
                        "The condition of “%(name)s” asks for “%(field)s”, which is "
                        "not for you to read. Choose another field.",
                        name=self.name,
                        field=".".join(path),
                    )
                )
            if not field.relational:
                return
            model = self.env[field.comodel_name]

    def _try_domain(self):
        """Try each part of the condition on a ticket that holds what it asks for.

        :raises Exception: one of `UNREADABLE`: it does not work
        """
        domain = self._get_domain()
        # sudo: the sample is nobody's, and never saved
        tickets = self.env["service.ticket"].sudo()
        domain.validate(tickets)
        wanted = {}
        for path in _get_paths(domain):
            branch = wanted
            for name in path:
                branch = branch.setdefault(name, {})
        sample = tickets.new(_prepare_sample(tickets, wanted))
        for condition in domain.iter_conditions():
            sample.filtered_domain(condition)

    def _filter_by_domain(self, tickets):
        """Return those of `tickets` that fit; one on which it fails does not."""
        # sudo: the condition may look at what the user does not see
        tickets_sudo = tickets.sudo()
        try:
            fitting = tickets_sudo.filtered_domain(self._get_domain())
        except (TypeError, ValueError) as error:
            if len(tickets) > 1:
                parts = [self._filter_by_domain(ticket) for ticket in tickets]
                return tickets.browse().union(*parts)
            _logger.warning(
                "The condition %s of %s fails on %s, which does not fit therefore: %s",
                self.domain,
                self,
                tickets,
                error,
            )
            return tickets.browse()
        return tickets.browse(fitting.ids)


def _get_paths(domain):
    """Yield the names of fields, from a ticket on, of each field in `domain`."""
    for condition in domain.iter_conditions():
        path = condition.field_expr.split(".")
        yield path
        if "any" in condition.operator:
            for rest in _get_paths(Domain(condition.value)):
                yield path + rest


def _prepare_sample(model, wanted):
    """Return the values of a record of `model` that holds what is `wanted`.

    :param dict wanted: {name of a field: what is wanted of the records it leads to}
    """
    vals = {}
    for name, rest in wanted.items():
        field = model._fields.get(name)
        if field is None:
            continue
        if field.relational and rest:
            comodel = model.env[field.comodel_name]
            vals[name] = comodel.new(_prepare_sample(comodel, rest))
        elif field.type == "selection":
            vals[name] = field.get_values(model.env)[0]
        elif field.type in SAMPLES:
            vals[name] = SAMPLES[field.type]
    return vals
