from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class PartsPostingReceipt(models.Model):
    """Both companies' documents of a counted receipt."""

    _inherit = "parts.posting"

    @api.model
    def _post_receipt(self, receipt, moves):
        """Invoice what was accepted in the source and mirror it as a bill.

        :param receipt: the confirmed `parts.receipt`, in superuser mode
        :param moves: its done `stock.move` records
        :return: the two postings; none within one company or when nothing was
            accepted
        """
        requisition = receipt.requisition_id
        lines = receipt.line_ids.filtered("qty_accepted").requisition_line_id
        if not requisition.is_intercompany or not lines:
            return self
        invoice = self._create_document(receipt, moves, "out_invoice")
        bill = self._create_document(receipt, moves, "in_invoice", ref=invoice.name)
        return self.create(
            [
                {
                    "requisition_id": requisition.id,
                    "company_id": move.company_id.id,
                    "event": receipt.name,
                    "receipt_id": receipt.id,
                    "move_id": move.id,
                    "move_name": move.name,
                    "amount": move.amount_total,
                    "currency_id": move.currency_id.id,
                }
                for move in (invoice, bill)
            ]
        )

    @api.model
    def _create_document(self, receipt, stock_moves, move_type, ref=None):
        """Create and post the document of one company.

        :param str move_type: ``out_invoice`` in the source's books, ``in_invoice``
            in the requester's
        :return: the posted `account.move`
        """
        requisition = receipt.requisition_id
        is_sale = move_type == "out_invoice"
        company = requisition.source_company_id if is_sale else requisition.company_id
        other = requisition.company_id if is_sale else requisition.source_company_id
        self._check_accounting(company, other, is_sale)
        self._check_product_accounts(company, receipt.line_ids.product_id, is_sale)
        move = (
            self.env["account.move"]
            .sudo()
            .with_company(company)
            .with_context(default_move_type=move_type)
            .create(
                {
                    "move_type": move_type,
                    "company_id": company.id,
                    "partner_id": other.partner_id.id,
                    "invoice_date": fields.Date.context_today(self),
                    "currency_id": requisition.currency_id.id,
                    "ref": ref or requisition.name,
                    "invoice_origin": f"{requisition.name} / {receipt.name}",
                    "parts_requisition_id": requisition.id,
                    "invoice_line_ids": [
                        Command.create(vals)
                        for vals in self._prepare_lines_vals(
                            receipt, stock_moves, is_sale
                        )
                    ],
                }
            )
        )
        self._set_net_prices(move)
        move.action_post()
        return move

    @api.model
    def _prepare_lines_vals(self, receipt, stock_moves, is_sale):
        accepted = receipt.line_ids.filtered("qty_accepted")
        vals_list = []
        for line, rows in accepted.grouped("requisition_line_id").items():
            received = stock_moves.filtered(
                lambda m, line=line: m.parts_requisition_line_id == line
            )
            moves = rows.delivery_move_ids if is_sale else received
            vals_list.append(
                {
                    "product_id": line.product_id.id,
                    "product_uom_id": line.product_uom_id.id,
                    "quantity": sum(rows.mapped("qty_accepted")),
                    "price_unit": line.price_unit,
                    "parts_stock_move_ids": [Command.set(moves.ids)],
                }
            )
        return vals_list

    @api.model
    def _set_net_prices(self, move):
        """Raise the unit price where a tax is included in it.

        The transfer price is net of taxes; both books must carry the same value.
        """
        for line in move.invoice_line_ids.filtered(
            lambda row: any(
                row.tax_ids.flatten_taxes_hierarchy().mapped("price_include")
            )
        ):
            line.price_unit = line.tax_ids.with_context(
                force_price_include=False
            ).compute_all(
                line.price_unit, currency=line.currency_id, product=line.product_id
            )["total_included"]

    # ------------------------------------------------------------------
    # What must be set up
    # ------------------------------------------------------------------

    @api.model
    def _check_accounting(self, company, partner_company, is_sale):
        """Raise a sentence for the journal or account that is missing.

        :param company: the `res.company` in whose books is posted
        :param partner_company: the other company
        :param bool is_sale: whether it is the customer invoice
        """
        company_sudo = company.sudo()
        if not self._get_journal(company_sudo, is_sale):
            kind = self.env._("sales") if is_sale else self.env._("purchase")
            raise UserError(
                self.env._(
                    "%(company)s has no %(kind)s journal. Ask its accountant to add "
                    "one under Accounting / Configuration / Journals.",
                    company=company_sudo.name,
                    kind=kind,
                )
            )
        partner = partner_company.sudo().partner_id.with_company(company_sudo)
        side = "receivable" if is_sale else "payable"
        if not partner[f"property_account_{side}_id"]:
            kind = self.env._("receivable") if is_sale else self.env._("payable")
            raise UserError(
                self.env._(
                    "%(company)s has no %(kind)s account for %(partner)s. Ask its "
                    "accountant to set it on the contact.",
                    company=company_sudo.name,
                    kind=kind,
                    partner=partner.name,
                )
            )

    @api.model
    def _get_journal(self, company_sudo, is_sale):
        journal_sudo = self.env["account.journal"].sudo()
        return journal_sudo.search(
            [
                *journal_sudo._check_company_domain(company_sudo),
                ("type", "=", "sale" if is_sale else "purchase"),
            ],
            limit=1,
        )

    @api.model
    def _check_product_accounts(self, company, products, is_sale):
        """Raise a sentence for the parts that could not be booked on an account."""
        company_sudo = company.sudo()
        if self._get_journal(company_sudo, is_sale).default_account_id:
            return
        key = "income" if is_sale else "expense"
        for product in products.sudo().with_company(company_sudo):
            if not product._get_product_accounts()[key]:
                raise UserError(
                    self.env._(
                        "%(product)s has no income or expense account in %(company)s. "
                        "Ask its accountant to set it on the product's category.",
                        product=product.display_name,
                        company=company_sudo.name,
                    )
                )
