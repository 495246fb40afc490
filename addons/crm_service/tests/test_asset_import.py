# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64
import io
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from ..models import service_asset_import_job as job
from ..tools import unit_table
from .common import ServiceCommon


class ImportCommon(ServiceCommon):
    """A product, a customer, and files of units."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {"name": "Fridge", "default_code": "F1", "barcode": "4006381333931"}
        )
        cls.ann = cls._create_partner(ref="C1", phone="+39 02 1234 5678")
        cls.imports = cls.env["service.asset.import"].with_env(
            cls.env(
                user=cls.supervisor.id,
                context={"allowed_company_ids": cls.company.ids},
            )
        )

    def _file(self, *rows, sep=";"):
        return base64.b64encode("\n".join(sep.join(row) for row in rows).encode())

    def _create(self, *rows, **values):
        return self.imports.create(
            {"file": self._file(*rows), "file_name": "units.csv", **values}
        )

    def _run(self, record):
        record.action_start()
        self.imports._cron_run()
        record.invalidate_recordset()
        return record

    def _import(self, *rows, **values):
        return self._run(self._create(*rows, **values))

    def _counts(self, record):
        return (
            record.created_count,
            record.updated_count,
            record.same_count,
            record.error_count,
        )

    def _units(self, *serials):
        domain = [
            ("serial_number", "in", serials),
            ("company_id", "=", self.company.id),
        ]
        return self.env["service.asset"].search(domain)


HEADER = ("Serial Number", "Product", "Customer", "Installed On")


@tagged("post_install", "-at_install")
class TestAssetImport(ImportCommon):
    def test_columns_are_found_by_their_headers_in_any_language(self):
        record = self._create(
            ("机号", "型号", "客户", "Colour"), ("S", "F1", "Ann", "x")
        )
        self.assertEqual(
            record.column_ids.mapped("target"),
            ["serial_number", "product", "partner", False],
        )
        self.assertIn("Colour", record.warning)
        self.assertEqual(record.column_ids[0].sample, "S")

    def test_rows_become_units_with_the_rights_of_who_started(self):
        record = self._import(
            HEADER,
            ("S-1", "F1", "Ann", "2026-03-31"),
            ("S-2", "4006381333931", "Ann", ""),
            ("S-3", "[F1] Fridge", "", ""),
        )
        self.assertEqual(record.state, "done")
        self.assertEqual(self._counts(record), (3, 0, 0, 0))
        unit = self._units("S-1")
        self.assertEqual((unit.product_id, unit.partner_id), (self.product, self.ann))
        self.assertEqual(str(unit.installed_on), "2026-03-31")
        self.assertEqual(unit.create_uid, self.supervisor)
        self.assertEqual(unit.import_id, record)

    def test_the_same_file_twice_changes_nothing(self):
        rows = (HEADER, ("S-1", "F1", "Ann", "2026-03-31"), ("S-2", "F1", "", ""))
        self._import(*rows)
        before = self._units("S-1", "S-2").mapped("write_date")
        second = self._create(*rows)
        self.assertIn("imported before", second.warning)
        self._run(second)
        self.assertEqual(self._counts(second), (0, 0, 2, 0))
        self.assertEqual(self._units("S-1", "S-2").mapped("write_date"), before)

    def test_known_units_take_over_what_the_file_says_otherwise(self):
        unit = self._create_asset(
            serial_number="S-1", product_id=self.product.id, partner_id=self.ann.id
        )
        rows = (HEADER, ("S-1", "F1", "", "2026-03-31"))
        kept = self._import(*rows, update_known=False)
        self.assertEqual(self._counts(kept), (0, 0, 1, 0))
        self.assertFalse(unit.installed_on)
        changed = self._import(*rows)
        self.assertEqual(self._counts(changed), (0, 1, 0, 0))
        self.assertTrue(unit.installed_on)
        self.assertEqual(unit.partner_id, self.ann)

    def test_each_bad_row_is_reported_with_its_reason(self):
        other = self.env["product.product"].create({"name": "Oven"})
        self._create_asset(serial_number="S-9", product_id=other.id)
        self._create_partner(name="Bea")
        self._create_partner(name="Bea")
        record = self._import(
            HEADER,
            ("", "F1", "", ""),
            ("S-1", "F9", "", ""),
            ("S-2", "F1", "Nobody", ""),
            ("S-3", "F1", "", "31.2.2026"),
            ("S-4", "F1", "Bea", ""),
            ("S-5", "F1", "", ""),
            ("S-5", "F1", "Ann", ""),
            ("S-9", "F1", "", ""),
        )
        self.assertEqual(self._counts(record), (1, 0, 0, 7))
        self.assertEqual(record.line_ids.mapped("row_number"), [2, 3, 4, 5, 6, 8, 9])
        words = ("missing", "F9", "Nobody", "31.2.2026", "2 contacts", "Row 7", "Oven")
        for line, word in zip(record.line_ids, words, strict=True):
            self.assertIn(word, line.message)

    def test_one_unit_that_is_refused_holds_up_no_other(self):
        rows = [(f"S-{n}", "F1", "", "") for n in range(20)]
        model = type(self.env["service.asset"])
        create = model.create

        def refuse(records, vals_list):
            if any(vals["serial_number"] == "S-13" for vals in vals_list):
                raise ValidationError(records.env._("Not this one."))
            return create(records, vals_list)

        record = self._create(HEADER, *rows)
        with patch.object(model, "create", refuse):
            self._run(record)
        self.assertEqual(self._counts(record), (19, 0, 0, 1))
        self.assertEqual(record.line_ids.row_number, 15)
        self.assertIn("Not this one.", record.line_ids.message)

    def test_components_find_what_they_are_a_part_of_wherever_it_stands(self):
        record = self._import(
            ("Serial", "Part of"), ("C", "B"), ("B", "A"), ("A", ""), ("X", "X")
        )
        self.assertEqual(self._counts(record), (3, 0, 0, 1))
        self.assertEqual(self._units("C").parent_id.parent_id, self._units("A"))

    # -- customers --------------------------------------------------------------------

    def test_customers_are_found_by_reference_phone_or_name(self):
        record = self._import(
            ("Serial", "Customer", "Customer No", "Phone"),
            ("S-1", "", "C1", ""),
            ("S-2", "Somebody", "", "02 1234 5678"),
            ("S-3", "Ann", "", ""),
        )
        self.assertEqual(self._counts(record), (3, 0, 0, 0))
        self.assertEqual(self._units("S-1", "S-2", "S-3").partner_id, self.ann)

    def test_unknown_customers_are_made_once_where_wanted(self):
        header = ("Serial", "Customer", "Phone", "City", "Site", "Site Street")
        rows = (
            ("S-1", "Carla", "02 9999 1111", "Milano", "Shop", "Via Po 1"),
            ("S-2", "Carla", "+39 02 9999 1111", "Milano", "Shop", "Via Po 1"),
        )
        record = self._import(header, *rows, create_customers=True)
        self.assertEqual(self._counts(record), (2, 0, 0, 0))
        units = self._units("S-1", "S-2")
        self.assertEqual(len(units.partner_id), 1)
        self.assertEqual(units.partner_id.city, "Milano")
        self.assertEqual(units.site_id.parent_id, units.partner_id)
        self.assertEqual(len(units.site_id), 1)
        again = self._import(header, *rows, create_customers=True)
        self.assertEqual(self._counts(again), (0, 0, 2, 0))

    # -- going on ---------------------------------------------------------------------

    def test_an_import_that_was_stopped_goes_on_where_it_was(self):
        rows = [(f"S-{n}", "F1", "", "") for n in range(7)]
        record = self._create(HEADER, *rows)
        record.action_start()
        take_in = type(record)._take_in
        batches = []

        def stop_after_two(self_, drafts):
            if len(batches) == 2:
                record.action_stop()
                self_.flush_recordset()
            batches.append(len(drafts))
            return take_in(self_, drafts)

        with patch.object(job, "BATCH_SIZE", 2):
            with patch.object(type(record), "_take_in", stop_after_two):
                self.imports._cron_run()
            self.assertEqual((record.state, record.done_count), ("paused", 4))
            record.action_continue()
            self.imports._cron_run()
        self.assertEqual((record.state, record.done_count), ("done", 7))
        self.assertEqual(self._counts(record), (7, 0, 0, 0))

    def test_the_job_commits_batches_and_ends(self):
        record = self._create(HEADER, *[(f"S-{n}", "F1", "", "") for n in range(5)])
        record.action_start()
        cron = self.env.ref("crm_service.ir_cron_service_asset_import")
        with patch.object(job, "BATCH_SIZE", 2), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        record.invalidate_recordset()
        self.assertEqual((record.state, record.created_count), ("done", 5))
        self.assertIn("5 units are new", record._get_summary())

    def test_a_leaver_takes_no_rows_in(self):
        record = self._create(HEADER, ("S-1", "F1", "", ""))
        record.action_start()
        self.supervisor.active = False
        self.env["service.asset.import"]._cron_run()
        self.assertEqual(record.sudo().state, "failed")
        self.assertIn("Continue it yourself", record.sudo().problem)

    # -- files ------------------------------------------------------------------------

    def test_workbooks_are_read_and_the_rows_with_problems_come_back(self):
        rows = [list(HEADER), ["S-1", "F9", "=1+1", ""], ["S-2", "F1", "", ""]]
        data = unit_table.write_workbook([("Units", rows)])
        record = self.imports.create({"file": base64.b64encode(data)})
        self._run(record)
        self.assertEqual(self._counts(record), (1, 0, 0, 1))
        back = list(unit_table.read_rows(record._make_problem_file()))
        self.assertEqual(back[0], [*HEADER, "Problem"])
        self.assertEqual(back[1][:3], ["S-1", "F9", "=1+1"])
        self.assertEqual(len(back), 2)

    def test_the_template_can_be_imported(self):
        (headers, *_rest) = unit_table.read_rows(self.imports._make_template())
        names = self.env["service.asset.import.column"]._get_target_names()
        targets = unit_table.match_headers(headers, names)
        self.assertTrue(all(targets))
        self.assertEqual(len(set(targets)), len(headers))

    def test_what_is_no_table_is_refused(self):
        for data in (b"%PDF-1.4", b"PK\x03\x04nothing", b"\xd0\xcf\x11\xe0old", b""):
            with self.subTest(data), self.assertRaises(UserError):
                record = self.imports.create({"file": base64.b64encode(data)})
                record.action_start()

    def test_a_file_without_serial_numbers_is_not_started(self):
        record = self._create(("Product", "Customer"), ("F1", "Ann"))
        with self.assertRaisesRegex(UserError, "serial number"):
            record.action_start()

    # -- rights -----------------------------------------------------------------------

    def test_state_and_counts_are_written_by_nobody(self):
        record = self._create(HEADER, ("S-1", "F1", "", ""))
        for values in ({"state": "done"}, {"created_count": 9}, {"user_id": 1}):
            with self.subTest(values), self.assertRaises(UserError):
                record.write(values)
        made = self.imports.with_context(default_state="done").create(
            {"state": "done", "user_id": self.manager.id}
        )
        self.assertEqual((made.state, made.user_id), ("draft", self.supervisor))
        self._run(record)
        with self.assertRaisesRegex(UserError, "has begun"):
            record.update_known = False

    def test_only_supervisors_of_the_company_import(self):
        record = self._create(HEADER, ("S-1", "F1", "", ""))
        for user in (self.technician, self.agent, self.stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                record.with_env(self._as(user)).action_start()
        boss = self._create_user("supervisor", self.other_company, login="boss2")
        with self.assertRaises(AccessError):
            record.with_env(self._as(boss)).action_start()


@tagged("post_install", "-at_install")
class TestAssetImportFiles(ImportCommon, HttpCase):
    def test_files_are_for_who_may_import(self):
        record = self._import(HEADER, ("S-1", "F9", "", ""))
        problems = f"/service/unit-import/{record.id}/problems"
        self.authenticate("test_agent", "test_agent")
        self.assertIn(self.url_open(problems).status_code, (403, 404))
        self.authenticate("test_supervisor", "test_supervisor")
        for path in (problems, "/service/unit-import/template"):
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 200)
            self.assertTrue(
                list(unit_table.read_rows(io.BytesIO(answer.content).read()))
            )
