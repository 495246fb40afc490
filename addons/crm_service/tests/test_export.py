# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import csv
import io
import json

import openpyxl

from odoo import http
from odoo.tests import HttpCase, tagged

from .common import ServiceCommon

# What spreadsheet programs would run.
FORMULAS = (
    '=HYPERLINK("http://example.com","Click")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "{=1+1}",
)
FIELDS = [
    {"name": "number", "label": "Acceptance Number", "type": "char"},
    {"name": "name", "label": "Subject", "type": "char"},
    {"name": "partner_id/name", "label": "Customer", "type": "char"},
    {"name": "phase", "label": "Phase", "type": "selection"},
    {"name": "tag_ids", "label": "Tags", "type": "many2many"},
    {"name": "opened_at", "label": "Opened", "type": "datetime"},
]


@tagged("post_install", "-at_install")
class TestExport(ServiceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = cls.tickets.create(
            [
                cls._prepare_ticket(
                    name=name, partner_id=cls._create_partner(name=name.strip()).id
                )
                for name in FORMULAS
            ]
        )
        cls.rows[0].tag_ids = cls.env["crm.tag"].create(
            [{"name": n} for n in ("Test A", "Test B")]
        )

    def _export(self, kind, login="test_supervisor", **values):
        self.authenticate(login, login)
        data = {
            "model": "service.ticket",
            "fields": FIELDS,
            "ids": self.rows.ids,
            "domain": [],
            "groupby": [],
            "import_compat": False,
            **values,
        }
        form = {
            "data": json.dumps(data),
            "csrf_token": http.Request.csrf_token(self),
        }
        return self.url_open(f"/web/export/{kind}", data=form)

    def _read_sheet(self, answer):
        self.assertEqual(answer.status_code, 200)
        return openpyxl.load_workbook(io.BytesIO(answer.content)).active

    def test_csv_has_the_columns_and_no_formula(self):
        answer = self._export("csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode())))
        self.assertEqual(rows[0], [field["label"] for field in FIELDS])
        # as Odoo does it, a second tag is a line of its own
        self.assertEqual(len(rows), 1 + len(FORMULAS) + 1)
        for row in rows[1:]:
            for cell in row:
                self.assertFalse(cell.startswith(("=", "+", "-", "@", "\t")), cell)
        self.assertEqual(rows[1][0], self.rows[0].number)
        self.assertIn("HYPERLINK", rows[1][1])
        self.assertEqual(rows[1][3], "Received")
        self.assertEqual([rows[1][4], rows[2][4]], ["Test A", "Test B"])
        self.assertFalse(rows[2][0])

    def test_xlsx_holds_text_and_dates_and_no_formula(self):
        sheet = self._read_sheet(self._export("xlsx"))
        self.assertEqual(
            [cell.value for cell in sheet[1]], [field["label"] for field in FIELDS]
        )
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
        self.assertNotIn("f", kinds)
        self.assertEqual(sheet.cell(2, 2).value, FORMULAS[0])
        self.assertTrue(sheet.cell(2, 6).is_date)
        self.assertFalse(sheet._hyperlinks)

    def test_a_grouped_list_is_exported_in_its_groups(self):
        sheet = self._read_sheet(
            self._export(
                "xlsx",
                ids=False,
                domain=[["id", "in", self.rows.ids]],
                groupby=["name"],
            )
        )
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
        self.assertNotIn("f", kinds)
        first = [row[0].value for row in sheet.iter_rows(min_row=2)]
        self.assertIn("=1+1 (1)", first)
        self.assertEqual(len(first), 2 * len(FORMULAS) + 1)

    def test_only_what_one_may_read_is_exported(self):
        sheet = self._read_sheet(
            self._export("xlsx", ids=False, domain=[["name", "=", "=1+1"]])
        )
        self.assertEqual(sheet.max_row, 2)
        foreign = self._create_ticket(company_id=self.other_company.id, name="Foreign")
        sheet = self._read_sheet(
            self._export("xlsx", ids=False, domain=[["name", "=", "Foreign"]])
        )
        self.assertTrue(foreign)
        self.assertEqual(sheet.max_row, 1)

    def test_supervisors_export_and_others_are_given_the_right(self):
        right = "base.group_allow_export"
        self.assertTrue(self.supervisor.has_group(right))
        self.assertTrue(self.manager.has_group(right))
        self.assertFalse(self.agent.has_group(right))
