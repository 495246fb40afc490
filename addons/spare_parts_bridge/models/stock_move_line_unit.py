import logging

from psycopg2 import IntegrityError

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.crm_service.models.service_guard import without_defaults

from .service_asset_delivery import Delivery

_logger = logging.getLogger(__name__)


class StockMoveLine(models.Model):
    """What a line of a transfer does to a unit."""

    _inherit = "stock.move.line"

    def _register_units(self):
        """Make or change the units of these lines.

        A unit that cannot be made holds nobody up who moves goods: the transfer is
        told of it. Conflicts with other transactions go through.
        """
        lines = self.filtered("lot_id").sorted("id")
        if not lines:
            return
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                # sudo: see `stock.move._action_done`
                units_sudo = without_defaults(lines.env["service.asset"].sudo())
                units_sudo._follow_deliveries(lines._get_deliveries())
        except (UserError, IntegrityError) as error:
            if len(lines) > 1:
                for line in lines:
                    line._register_units()
            else:
                lines._note_unit_problem(error)

    def _get_deliveries(self):
        """Return what these lines did to units; goods within the group are none."""
        owners = {line: line.move_id._get_unit_partner() for line in self}
        ids = {partner.commercial_partner_id.id for partner in owners.values()}
        # sudo: whose company a partner is, is known to the system
        companies_sudo = self.env["res.company"].sudo()
        own = companies_sudo.search([("partner_id", "in", list(ids))]).partner_id
        return [
            line._get_delivery(partner)
            for line, partner in owners.items()
            if partner.commercial_partner_id not in own
        ]

    def _get_delivery(self, partner):
        """Return what this line did to a unit of `partner`."""
        move = self.move_id
        company = move.company_id._get_unit_company()
        # a transfer cannot be written down before it is over where people are
        today = fields.Date.context_today(self)
        day = min(move._get_day(move.date, company), today)
        return Delivery(
            lot=self.lot_id,
            is_out=self.location_dest_id.usage == "customer",
            company=company,
            partner=partner,
            dealer=move._get_unit_dealer(),
            date=day,
            sold_on=move._get_unit_sale_day(company) or day,
            document=move.picking_id.name or move.reference or "",
        )

    def _note_unit_problem(self, error):
        """Tell on the transfer, or in the log, why no unit was made."""
        text = str(error)
        if isinstance(error, IntegrityError):
            text = self.env["service.asset"]._sql_error_to_message(error)
        _logger.warning("Serial number %s became no unit: %s", self.lot_id.name, text)
        picking = self.move_id.picking_id
        if picking:
            picking._message_log(
                body=self.env._(
                    "Serial number %(serial)s was not registered as an installed unit: "
                    "%(problem)s",
                    serial=self.lot_id.name,
                    problem=text,
                )
            )
