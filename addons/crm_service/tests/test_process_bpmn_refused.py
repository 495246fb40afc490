# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools.bpmn_names import MODEL, OURS
from .process_file_common import ProcessFileCommon

BPMN, SERVICE = f"{{{MODEL}}}", f"{{{OURS}}}"


@tagged("post_install", "-at_install")
class TestProcessBpmnRefused(ProcessFileCommon):
    def test_broken_files_say_where_and_change_nothing(self):
        xml = self._export()
        cases = [
            ("", "empty"),
            ("  \n", "empty"),
            ("no XML", "Line 1, column 1"),
            (xml[:-30], "Line .*, column "),
            (xml.replace("</bpmn:process>", ""), "Line .*, column "),
            ("<html/>", "Line 1: .*html"),
            (f'<definitions xmlns="{MODEL}"/>', "no process"),
            (self._edit(self._double), "2 processes"),
            (xml.replace('id="route_1"', 'id="stage_1"', 1), "“stage_1” is given tw"),
            (xml.replace('id="route_1" ', "", 1), "sequenceFlow.* has no id"),
            (xml.replace('targetRef="stage_2"', 'targetRef="x y"'), "“x y”"),
            (xml.replace('targetRef="stage_3"', 'targetRef="stage_2"'), "back to it"),
            (xml.replace('phase="received"', 'phase="lost"'), "“lost”.*waiting_parts"),
            (xml.replace('clock="paused"', 'clock="3"', 1), "running, paused"),
            (xml.replace('fold="true"', 'fold="yes"'), "true, false"),
            (xml.replace('version="1"', 'version="-1"', 2), "Line "),
            (xml.replace('team="Workshop"', 'team="Moon"'), "stage_2.*team “Moon”"),
            (xml.replace('childType="repair"', 'childType="x"'), "ticket type “x”"),
            (xml.replace("group_service_supervisor", "nobody"), "group .*nobody"),
            (xml.replace(f'user="{self.agent.login}"', 'user="x"'), "user “x”"),
            (xml.replace('tag name="A"', 'tag name="x"'), "tag “x”"),
            (xml.replace('name="product_id"', 'name="nothing"'), "“nothing” is no f"),
            (xml.replace('name="product_id"', 'name="number"'), "“number” is no f"),
            (xml.replace("('priority', '&gt;', '1')", "oops"), "route_1.*condition"),
            (xml.replace("('priority',", "('colour',"), "route_1.*colour"),
            (xml.replace('name="Start"', 'name=" "'), "route_1.*name is empty"),
        ]
        before = self._snapshot()
        for text, message in cases:
            with self.subTest(message=message):
                self.assertNotEqual(text, xml)
                with self.assertRaisesRegex(UserError, message):
                    self._import(text)
        self.assertEqual(self._snapshot(), before)

    def _double(self, root):
        etree.SubElement(root, f"{BPMN}process", {"id": "other"})

    def test_hostile_files_are_refused_before_they_can_do_harm(self):
        head = '<?xml version="1.0"?>'
        secret = "file:///etc/hostname"
        rows = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
        bomb = f'<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">{rows}]>'
        cases = {
            "external entity": f'{head}<!DOCTYPE a [<!ENTITY x SYSTEM "{secret}">]>'
            "<a>&x;</a>",
            "external document type": f'{head}<!DOCTYPE a SYSTEM "{secret}"><a/>',
            "entities without end": f"{head}{bomb}<a>&a11;</a>",
            "hidden in another encoding": f'<!DOCTYPE a SYSTEM "{secret}"><a/>'.encode(
                "utf-16"
            ),
            "too large": f"<a>{'b' * 2_000_001}</a>",
            "too deep": "<a>" * 5000 + "</a>" * 5000,
            "control characters": "<a>\0</a>",
            "lone surrogates": "<a>\ud800</a>",
        }
        for name, text in cases.items():
            declares = "DOCTYPE" in str(text) or "encoding" in name
            cause = "declares a document type" if declares else "."
            with (
                self.subTest(name=name),
                self.assertRaisesRegex(UserError, cause) as caught,
            ):
                self.processes.import_bpmn(text)
            self.assertNotIn("hostname", str(caught.exception))

    def test_names_that_two_records_have_are_refused(self):
        self._create_team(name="Workshop")
        xml = self._edit(lambda root: self._find(root, "stage_2").set("name", "Mend"))
        with self.assertRaisesRegex(UserError, "several records.*Workshop"):
            self._import(xml)

    def test_active_content_in_instructions_is_cleaned(self):
        xml = self._export().replace(
            "&lt;b&gt;fault", "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;fault"
        )
        self._import(xml)
        self.assertNotIn("script", str(self.work.instructions))
        self.assertEqual(self._import(xml)["result"], "unchanged")

    def test_only_managers_import(self):
        xml = self._export()
        for user in (self.technician, self.agent, self.supervisor):
            processes = self.env["service.process"].with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                processes.import_bpmn(xml)

    def test_processes_of_other_companies_are_not_exported(self):
        with self.assertRaises(AccessError):
            self.process.with_user(self.stranger).with_context(
                allowed_company_ids=self.other_company.ids
            ).export_bpmn()

    def test_what_is_no_text_is_refused(self):
        for value in (None, 7, ["<a/>"], {"a": 1}):
            with self.subTest(value=value), self.assertRaises(UserError):
                self.processes.import_bpmn(value)

    # -- the wizard -----------------------------------------------------------

    def test_a_file_is_uploaded_and_the_process_opened(self):
        xml = self._edit(lambda root: self._find(root, "stage_2").set("name", "Mend"))
        wizard = self.env["service.process.import"].with_user(self.manager)
        wizard = wizard.create({"file": base64.b64encode(xml.encode())})
        action = wizard.action_import()
        self.assertIn("was changed", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["res_id"], self.process.id)
        self.assertEqual(self.work.name, "Mend")

    def test_what_is_no_file_is_refused(self):
        wizard = self.env["service.process.import"].with_user(self.manager)
        wizard = wizard.create({"file": base64.b64encode(b"\x89PNG")})
        with self.assertRaisesRegex(UserError, "no XML"):
            wizard.action_import()
