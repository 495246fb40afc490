# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError

DATES = ("manufactured_on", "sold_on", "delivered_on", "installed_on", "registered_on")
UNIT_VALUES = {
    **dict.fromkeys(("serial_number", "product", "state", "parent_serial_number"), str),
    **dict.fromkeys(("partner_name", "phone", "email"), str),
    **dict.fromkeys(DATES, str),
    **dict.fromkeys(("latitude", "longitude"), float),
}


class ServiceApi(models.AbstractModel):
    """Installed units, for other systems."""

    _inherit = "service.api"

    @api.model
    def register_unit(self, values):
        """Register an installed unit; the same serial number and product once.

        Sent again, it completes and corrects what is known of the unit. An owner is
        never changed so: that is a transfer, which has a day of its own.

        :param dict values: `serial_number` is required; `product` (internal
            reference), `state` (sold, installed, out_of_service, returned, scrapped),
            the owner's `partner_name`, `phone` and `email`, `manufactured_on`,
            `sold_on`, `delivered_on`, `installed_on`, `registered_on` (YYYY-MM-DD),
            `latitude` and `longitude` (degrees) and `parent_serial_number` (of the
            unit that it is a component of) may be given
        :return: as `unit_status`
        :raises ValidationError: unknown, missing or wrong values, or the serial
            number is that of another product's unit
        :raises UserError: there is no such product or unit, or the unit is somebody
            else's
        """
        payload = self._check_payload(values, UNIT_VALUES, {"serial_number"})
        assets = self.env["service.asset"]
        assets.check_access("create")
        vals = self._prepare_unit_vals(payload)
        asset = self._find_registered(vals["serial_number"], vals["product_id"])
        if not asset:
            asset = self._create_unit(vals)
        else:
            self._update_unit(asset, vals)
        return self._prepare_unit_answer(asset)

    @api.model
    def unit_status(self, serial_number, product=None):
        """Tell whose a unit is, where, what covers it and what is wrong with it.

        :param str serial_number: as on its type plate
        :param str product: internal reference, if several products have the number
        :return: {serial_number, product, state, state_label, owner: {name, phone,
            email} or False, site, the dates as texts, covers: [{kind, label, until}],
            open_tickets: [{number, name, phase}], readings: [{meter, uom, value,
            total, read_at}], components: [{serial_number, product}]}
        :raises UserError: there is no such unit, or there are several
        """
        serial_number, product = self._check_texts(
            serial_number=serial_number, product=product or ""
        )
        return self._prepare_unit_answer(self._find_unit(serial_number, product))

    # -- helpers ------------------------------------------------------------

    @api.model
    def _prepare_unit_vals(self, payload):
        """Return the values of a unit from a checked `payload`, only what is given."""
        vals = {
            "serial_number": " ".join(payload["serial_number"].split()),
            "product_id": False,
            "company_id": self.env.company.id,
        }
        if "product" in payload:
            label = self.env._("product")
            product = self._lookup(
                "product.product", "default_code", payload["product"], label
            )
            vals["product_id"] = product.id
        if "parent_serial_number" in payload:
            vals["parent_id"] = self._find_unit(payload["parent_serial_number"]).id
        if "state" in payload:
            vals["state"] = self._check_unit_state(payload["state"])
        for name in DATES:
            if name in payload:
                vals[name] = self._read_day(payload[name])
        for name in ("latitude", "longitude"):
            if name in payload:
                vals[name] = payload[name]
        owner = self._find_owner(payload)
        if owner:
            vals["partner_id"] = vals["site_id"] = owner.id
        return vals

    @api.model
    def _check_unit_state(self, state):
        """Return `state` if a unit can have it.

        :raises ValidationError: it is no status of a unit
        """
        choices = self.env["service.asset"]._fields["state"].get_values(self.env)
        if state not in choices:
            raise ValidationError(
                self.env._(
                    "“%(value)s” is no status of a unit. Choose one of: %(choices)s.",
                    value=state,
                    choices=", ".join(choices),
                )
            )
        return state

    @api.model
    def _find_owner(self, payload):
        """Return the customer that a `payload` names, made if there is none."""
        contact = [payload.get(name) for name in ("partner_name", "phone", "email")]
        if not any(contact):
            return self.env["res.partner"]
        return self.env["service.ticket"]._find_or_create_partner(
            self.env.company, *contact
        )

    @api.model
    def _find_registered(self, serial_number, product_id):
        """Return the unit of this company with this number and product, if any."""
        assets = self.env["service.asset"].with_context(active_test=False)
        asset = assets.search(
            [
                ("company_id", "=", self.env.company.id),
                ("serial_number", "=", serial_number),
                ("product_id", "=", product_id),
            ]
        )
        return asset.with_env(self.env)

    @api.model
    def _create_unit(self, vals):
        """Register a unit that is not known yet.

        :raises ConcurrencyError: somebody registers it this moment; Odoo tries again
        """
        try:
            with self.env.cr.savepoint():
                asset = self.env["service.asset"].create(vals)
                asset.flush_recordset()
        except UniqueViolation as error:
            if error.diag.constraint_name != "service_asset_serial_number_unique":
                raise
            raise ConcurrencyError(str(error)) from error
        return asset

    @api.model
    def _update_unit(self, asset, vals):
        """Write what is new of a unit that is known.

        :raises UserError: it is said to be somebody else's
        """
        owner = self.env["res.partner"].browse(vals.pop("partner_id", ()))
        site_id = vals.pop("site_id", False)
        known = asset.partner_id.commercial_partner_id
        if owner and known and owner.commercial_partner_id != known:
            raise UserError(
                self.env._(
                    "Unit %(unit)s belongs to another customer. Transfer it to its "
                    "new owner first, or leave the owner out.",
                    unit=asset.display_name,
                )
            )
        if owner and not known:
            vals.update(partner_id=owner.id, site_id=asset.site_id.id or site_id)
        changed = {
            name: value
            for name, value in vals.items()
            if asset._fields[name].convert_to_write(asset[name], asset) != value
        }
        if changed:
            asset.write(changed)

    @api.model
    def _prepare_unit_answer(self, asset):
        """Return what is known of a unit in plain JSON types."""
        labels = dict(asset._fields["state"]._description_selection(self.env))
        return {
            "serial_number": asset.serial_number,
            "product": asset.product_id.default_code or "",
            "state": asset.state,
            "state_label": labels[asset.state],
            "owner": self._prepare_partner_answer(asset.partner_id),
            "site": asset.site_id.contact_address_inline or "",
            **{name: fields.Date.to_string(asset[name]) or "" for name in DATES},
            "covers": [
                {**cover, "until": cover["until"] or ""}
                for cover in asset.coverage_summary
            ],
            "open_tickets": self._prepare_unit_tickets(asset),
            "readings": self._prepare_unit_readings(asset),
            "components": [
                {
                    "serial_number": component.serial_number,
                    "product": component.product_id.default_code or "",
                }
                for component in asset.child_ids
            ],
        }

    @api.model
    def _prepare_unit_tickets(self, asset):
        """Return the open tickets of a unit that the caller may read."""
        tickets = self.env["service.ticket"].search(
            [("asset_id", "=", asset.id), ("is_open", "=", True)], order="id desc"
        )
        return [
            {"number": ticket.number, "name": ticket.name, "phase": ticket.phase}
            for ticket in tickets
        ]

    @api.model
    def _prepare_unit_readings(self, asset):
        """Return the latest reading of each meter of a unit."""
        usage = self.env["service.asset.reading"]._get_usage(asset)
        meters = self.env["service.asset.meter"].browse(key[1] for key in usage)
        return [
            {
                "meter": meter.name,
                "uom": meter.uom,
                "value": usage[asset.id, meter.id].value,
                "total": usage[asset.id, meter.id].total,
                "read_at": fields.Datetime.to_string(usage[asset.id, meter.id].read_at),
            }
            for meter in meters
        ]
