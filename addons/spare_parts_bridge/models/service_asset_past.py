from odoo import api, models

PAST_BATCH_SIZE = 200


class ServiceAsset(models.Model):
    """The job that registers what was delivered before anybody registered units."""

    _inherit = "service.asset"

    @api.model
    def _cron_register_past(self):
        """Register the serial numbers that stand at customers, batch by batch.

        Only for companies that asked for it, see `res.config.settings`.
        """
        # sudo: the job works for everybody
        companies_sudo = self.env["res.company"].sudo()
        companies_sudo = companies_sudo.search([("service_past_wanted", "=", True)])
        last = 0
        while companies_sudo and (lots := self._find_past_lots(last)):
            last = lots[-1].id
            lines = self._find_last_lines(lots)
            lines = lines.filtered(lambda line: line.company_id in companies_sudo)
            lines._register_units()
            left = len(self._find_past_lots(last, limit=1))
            if not self.env["ir.cron"]._commit_progress(len(lots), remaining=left):
                return
        companies_sudo.service_past_wanted = False

    @api.model
    def _find_past_lots(self, after, limit=PAST_BATCH_SIZE):
        """Return lots at customers that are no unit yet, in their order.

        :param int after: the id of the last lot that was looked at
        """
        at_customer = [("location_id.usage", "=", "customer"), ("quantity", ">", 0)]
        # sudo: the job works for everybody
        return (
            self.env["stock.lot"]
            .sudo()
            .search(
                [
                    ("id", ">", after),
                    ("quant_ids", "any", at_customer),
                    ("service_asset_ids", "=", False),
                    ("product_id.tracking", "=", "serial"),
                    ("product_id.service_register_unit", "=", True),
                ],
                limit=limit,
                order="id",
            )
        )

    @api.model
    def _find_last_lines(self, lots):
        """Return for each of `lots` the line by which it last went to a customer."""
        lines_sudo = self.env["stock.move.line"].sudo()  # sudo: see above
        lines_sudo = lines_sudo.search(
            [
                ("lot_id", "in", lots.ids),
                ("state", "=", "done"),
                ("location_dest_usage", "=", "customer"),
            ],
            order="date, id",
        )
        last = {line.lot_id: line for line in lines_sudo}
        return lines_sudo.browse(line.id for line in last.values())
