from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ServiceApi(models.AbstractModel):
    """Requisitions for other systems: ask, decide and look."""

    _inherit = "service.api"

    # ------------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------------

    @api.model
    def submit_requisition(self, values):
        """Ask a source warehouse for parts.

        :param dict values: ``warehouse`` and ``source_warehouse`` (codes), ``lines``
            (``[{product: internal reference, quantity}]``, in the product's unit),
            and optionally ``ticket`` (acceptance number), ``note``,
            ``external_ref`` and ``submit`` (default true)
        :return: ``{name, state}``
        :raise UserError: for an unknown code or a part that cannot be asked for
        """
        payload = values
        values = self._check_payload(
            values,
            allowed={
                "warehouse": str,
                "source_warehouse": str,
                "ticket": str,
                "lines": list,
                "note": str,
                "external_ref": str,
                "submit": bool,
            },
            required={"warehouse", "source_warehouse", "lines"},
        )
        warehouse = self._lookup_warehouse(values["warehouse"])
        model = self.env["parts.requisition"].with_company(warehouse.company_id)
        vals = self._prepare_requisition_vals(values, warehouse)
        requisition, created = model._create_once(
            vals, values.get("external_ref"), payload
        )
        if created and values.get("submit", True):
            requisition.action_submit()
        return self._format_requisition(requisition)

    @api.model
    def requisition_status(self, name):
        """Tell where a requisition stands.

        :param str name: number of the requisition
        :return: ``{name, state, approvals, lines, deliveries, receipts,
            discrepancies, postings}``; postings are those of the caller's companies
        """
        requisition = self._lookup_requisition(name)
        return {
            **self._format_requisition(requisition),
            "approvals": [
                self._format_approval(row) for row in requisition.approval_ids
            ],
            "lines": [self._format_line(line) for line in requisition.line_ids],
            "deliveries": self._format_deliveries(requisition),
            "receipts": [self._format_receipt(row) for row in requisition.receipt_ids],
            "discrepancies": self._format_discrepancies(requisition.discrepancy_ids),
            "postings": self._format_postings(
                [("requisition_id", "=", requisition.id)]
            ),
        }

    @api.model
    def decide_requisition(self, name, decision, lines=None, comment=None):
        """Decide the step of a requisition that waits for the caller.

        :param str name: number of the requisition
        :param str decision: ``approve`` or ``reject``
        :param list lines: ``[{product, quantity}]`` that cut what was asked for
        :param str comment: why; needed to reject
        :return: ``{name, state}``
        """
        if decision not in ("approve", "reject"):
            raise UserError(
                self.env._(
                    "The decision “%(decision)s” is unknown. Send “approve” or "
                    "“reject”.",
                    decision=decision,
                )
            )
        self._check_type("comment", comment or "", str)
        requisition = self._lookup_requisition(name)
        requisition._decide(
            decision, self._parse_cut_lines(requisition, lines or []), comment
        )
        return self._format_requisition(requisition)

    # ------------------------------------------------------------------
    # Reading what was sent
    # ------------------------------------------------------------------

    def _prepare_requisition_vals(self, values, warehouse):
        source = self._lookup_source_warehouse(values["source_warehouse"], warehouse)
        ticket = values.get("ticket") and self._lookup_ticket(values["ticket"])
        lines = self._parse_quantities(values["lines"])
        if not lines:
            raise UserError(
                self.env._("The requisition has no lines. Send at least one part.")
            )
        return {
            "warehouse_id": warehouse.id,
            "source_warehouse_id": source.id,
            "ticket_id": ticket.id if ticket else False,
            "origin": ticket.number if ticket else False,
            "note": values.get("note"),
            "line_ids": [
                Command.create({"product_id": product.id, "qty_requested": quantity})
                for product, quantity in lines.items()
            ],
        }

    def _lookup_ticket(self, number):
        ticket = self.env["service.ticket"]._find_by_number(number)
        if not ticket or not ticket.has_access("read"):
            raise UserError(
                self.env._(
                    "There is no request “%(number)s”. Check the acceptance number.",
                    number=number,
                )
            )
        return ticket

    def _lookup_warehouse(self, code):
        return self._lookup("stock.warehouse", "code", code, self.env._("warehouse"))

    def _lookup_source_warehouse(self, code, warehouse):
        """Return the warehouse with a code that ``warehouse`` may ask.

        The sources a warehouse is allowed to ask belong to other companies, which
        the caller may not read; only those are looked up in superuser mode.
        """
        allowed_sudo = warehouse.sudo()._get_requisition_sources()
        found = allowed_sudo.filtered(lambda source: source.code == code)[:1]
        if not found and code == warehouse.code:
            raise UserError(
                self.env._(
                    "Warehouse %(code)s cannot requisition parts from itself. Choose "
                    "another source warehouse.",
                    code=code,
                )
            )
        if not found:
            raise UserError(
                self.env._(
                    "Warehouse %(warehouse)s does not requisition parts from "
                    "“%(code)s”. It can ask: %(allowed)s.",
                    warehouse=warehouse.code,
                    code=code,
                    allowed=", ".join(allowed_sudo.mapped("code")) or "-",
                )
            )
        return found.sudo(False)

    def _lookup_requisition(self, name):
        return self._lookup(
            "parts.requisition", "name", name, self.env._("requisition")
        )

    def _lookup_product(self, reference):
        return self._lookup(
            "product.product", "default_code", reference, self.env._("part")
        )

    def _parse_quantities(self, lines, key="quantity"):
        """Return ``{product: quantity}`` of lines of another system.

        :raise UserError: for an unknown part or a quantity that is not above zero
        """
        quantities = defaultdict(float)
        self._check_type("lines", lines, list)
        for line in lines:
            line = self._check_payload(
                line,
                allowed={"product": str, key: (int, float), "lots": list},
                required={"product", key},
            )
            if line[key] <= 0:
                raise UserError(
                    self.env._(
                        "%(product)s: the quantity %(quantity)s is not above zero. "
                        "Correct it, or leave the line out.",
                        product=line["product"],
                        quantity=line[key],
                    )
                )
            quantities[self._lookup_product(line["product"])] += line[key]
        return dict(quantities)

    def _parse_cut_lines(self, requisition, lines):
        """Return ``{requisition line: approved quantity}``; zero leaves a part out."""
        cuts = {}
        self._check_type("lines", lines, list)
        for values in lines:
            values = self._check_payload(
                values,
                allowed={"product": str, "quantity": (int, float)},
                required={"product", "quantity"},
            )
            product = self._lookup_product(values["product"])
            rows = requisition.line_ids.filtered(
                lambda line, p=product: line.product_id == p
            )
            if not rows:
                raise UserError(
                    self.env._(
                        "%(product)s is not on %(name)s. Check the internal reference.",
                        product=values["product"],
                        name=requisition.name,
                    )
                )
            cuts.update(rows._share_out(values["quantity"]))
        return cuts

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def _format_requisition(self, requisition):
        return {"name": requisition.name, "state": requisition.state}

    def _format_approval(self, approval):
        return {
            "step": approval.name,
            "company": approval.sudo().company_id.name,
            "state": approval.state,
            "user": approval.sudo().user_id.login or False,
            "decided_at": fields.Datetime.to_string(approval.decided_at) or False,
            "comment": approval.comment or False,
        }

    def _format_line(self, line):
        return {
            "product": line.product_id.default_code or line.product_id.display_name,
            "qty_requested": line.qty_requested,
            "qty_approved": line.qty_approved,
            "qty_shipped": line.qty_shipped,
            "qty_accepted": line.qty_accepted,
            "price_unit": line.price_unit,
            "currency": line.currency_id.name,
        }

    def _format_deliveries(self, requisition):
        # The delivery note is shared by both companies; its transfer is not.
        pickings_sudo = requisition.sudo().delivery_ids.sorted("id")
        return [
            {
                "name": picking.name,
                "state": picking.state,
                "lines": [
                    {
                        "product": move.product_id.default_code
                        or move.product_id.display_name,
                        "quantity": move.quantity,
                        "lots": move.lot_ids.mapped("name"),
                    }
                    for move in picking.move_ids
                ],
            }
            for picking in pickings_sudo
        ]

    def _format_receipt(self, receipt):
        return {
            "name": receipt.name,
            "delivery": receipt.delivery_name,
            "state": receipt.state,
            "lines": [
                {
                    "product": line.product_id.default_code
                    or line.product_id.display_name,
                    "lot": line.lot_id.sudo().name or False,
                    "expected": line.qty_expected,
                    "accepted": line.qty_accepted,
                    "short": line.qty_short,
                    "damaged": line.qty_damaged,
                    "wrong": line.qty_wrong,
                }
                for line in receipt.line_ids
            ],
        }

    def _format_discrepancies(self, discrepancies):
        return [
            {
                "name": row.name,
                "product": row.product_id.default_code or row.product_id.display_name,
                "kind": row.kind,
                "quantity": row.quantity,
                "state": row.state,
                "resolution": row.resolution or False,
            }
            for row in discrepancies
        ]

    def _format_postings(self, domain):
        # Searched, not read from the documents: only the caller's own books show.
        postings = self.env["parts.posting"].search(domain)
        return [
            {
                "company": row.company_id.name,
                "move": row.move_name,
                "amount": row.amount,
                "currency": row.currency_id.name,
                "event": row.event,
            }
            for row in postings
        ]
