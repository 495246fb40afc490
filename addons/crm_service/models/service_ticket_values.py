# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .service_ticket import FLOW_FIELDS

# What a ticket keeps from its creation on.
FIXED_FIELDS = ("company_id", "opened_at")


class ServiceTicket(models.Model):
    """Which values people may give a ticket, and what is filled into a new one."""

    _inherit = "service.ticket"

    @api.model
    def _check_vals_allowed(self, vals, creating=False):
        """Refuse values that only the process may set."""
        forbidden = FLOW_FIELDS & set(vals)
        if creating:
            # computed and copied, or given by `_create_once` and the import
            forbidden -= {"external_ref", "external_digest"}
            self._check_opened_at(vals)
        else:
            # the promises of a retroactive policy count from when it was opened
            forbidden |= {
                name
                for name in FIXED_FIELDS
                if name in vals and self._differs_from(name, vals[name])
            }
        if forbidden:
            raise UserError(
                self.env._(
                    "“%(fields)s” is set by the ticket's process. Use the ticket's "
                    "buttons to change it.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(forbidden)
                    ),
                )
            )

    def _differs_from(self, name, value):
        """Tell whether one of these tickets has another value in the field `name`."""
        convert = self._fields[name].convert_to_write
        return any(convert(t[name], t) != convert(value, t) for t in self)

    @api.model
    def _check_opened_at(self, vals):
        """Refuse a new ticket that was opened in the future."""
        default = self.env.context.get("default_opened_at")
        opened_at = fields.Datetime.to_datetime(vals.get("opened_at") or default)
        if opened_at and opened_at > fields.Datetime.now():
            raise UserError(
                self.env._(
                    "“%(field)s” has yet to come. Enter when the customer asked, or "
                    "leave it out for now.",
                    field=self._fields["opened_at"]._description_string(self.env),
                )
            )

    @api.model
    def _complete_basics(self, vals_list):
        """Fill type, company, process and number into `vals_list`."""
        company_id = self.default_get(["company_id"])["company_id"]
        type_ids = {}
        for vals in vals_list:
            vals["company_id"] = vals.get("company_id") or company_id
            if not vals.get("type_id"):
                vals["type_id"] = self._get_default_type_id(vals, type_ids)
        types = self.env["service.ticket.type"].browse(
            vals["type_id"] for vals in vals_list
        )
        # sudo: a process or prefix of the type counts, whoever may read types
        prefixes = [ticket_type.sudo().number_prefix for ticket_type in types]
        numbers = self._generate_numbers(prefixes)
        for vals, ticket_type, number in zip(vals_list, types, numbers, strict=True):
            vals["process_id"] = ticket_type.sudo().process_id.id
            vals["number"] = number

    @api.model
    def _get_default_type_id(self, vals, known):
        """Return the type of a ticket that names none, remembered in `known`.

        :raises ValidationError: its company has no ticket type
        """
        company = self.env["res.company"].browse(vals["company_id"])
        if company not in known:
            default = self.env.context.get("default_type_id")
            known[company] = default or self._default_type(company).id
        if not known[company]:
            raise ValidationError(
                self.env._("Choose a ticket type, or create one first.")
            )
        return known[company]

    @api.model
    def _complete_assets(self, vals_list):
        """Find the installed units that serial numbers in `vals_list` name."""
        serials = {
            vals["serial_number"]
            for vals in vals_list
            if vals.get("serial_number") and not vals.get("asset_id")
        }
        if not serials:
            return
        companies = {vals["company_id"] for vals in vals_list}
        assets = self.env["service.asset"]._search_serials(serials, companies)
        by_serial = assets.grouped(lambda a: (a.company_id.id, a.serial_number))
        for vals in vals_list:
            key = (vals["company_id"], vals.get("serial_number"))
            found = by_serial.get(key)
            if found and len(found) == 1 and not vals.get("asset_id"):
                vals["asset_id"] = found.id

    @api.model
    def _complete_sites(self, vals_list):
        """Fill in where the unit stands, if it belongs to the customer."""
        lacking = [v for v in vals_list if v.get("asset_id") and "site_id" not in v]
        units = self.env["service.asset"].browse({v["asset_id"] for v in lacking})
        partners = self.env["res.partner"].browse(
            {v["partner_id"] for v in lacking if v.get("partner_id")}
        )
        customers = {p.id: p.commercial_partner_id for p in partners}
        places = {unit.id: unit for unit in units}
        for vals in lacking:
            unit = places[vals["asset_id"]]
            owner = unit.partner_id.commercial_partner_id
            if owner and owner == customers.get(vals.get("partner_id")):
                vals["site_id"] = unit.site_id.id
