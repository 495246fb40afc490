# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools.bpmn_names import MODEL, OURS
from .common import ServiceCommon

BPMN, SERVICE = f"{{{MODEL}}}", f"{{{OURS}}}"


@tagged("post_install", "-at_install")
class TestProcessBpmn(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.team = cls._create_team(name="Workshop")
        cls.process = cls._create_process(
            ("New", "received"),
            ("Work", "in_progress"),
            ("Done", "closed"),
            ("Dropped", "cancelled"),
            code="fix",
            name="Fix & <mend>",
            company_id=cls.company.id,
            description="Two\nlines",
        )
        cls.new, cls.work, cls.done, cls.dropped = cls.process.stage_ids
        cls._fill_stages()
        cls._fill_routes()
        cls.processes = cls.env["service.process"].with_user(cls.manager)

    @classmethod
    def _fill_stages(cls):
        """Give a stage everything that a stage can have."""
        field = cls.env["ir.model.fields"]._get("service.ticket", "product_id")
        cls.work.write(
            {
                "team_id": cls.team.id,
                "clock": "paused",
                "fold": True,
                "waits_for_children": True,
                "instructions": "<p>Find the <b>fault</b>.</p><p>Mend it.</p>",
                "required_field_ids": [Command.set(field.ids)],
                "check_ids": [
                    Command.create({"name": "Cover closed"}),
                    Command.create({"name": "Photo", "required": False}),
                ],
            }
        )
        german = cls.work.with_context(lang="de_DE")
        german.name = "Arbeit"
        german.check_ids[0].name = "Deckel zu"
        cls.work.update_field_translations(
            "instructions", {"de_DE": {"Mend it.": "Reparieren."}}
        )

    @classmethod
    def _fill_routes(cls):
        """Give a route everything that a route can have."""
        cls.start = cls._create_route(
            cls.new,
            cls.work,
            name="Start",
            mode="automatic",
            domain="[('priority', '>', '1'), ('name', 'ilike', 'a<b & \"c\"')]",
        )
        cls.finish = cls._create_route(
            cls.work,
            cls.done,
            name="Finish",
            team_id=cls.team.id,
            priority="2",
            user_id=cls.agent.id,
            question="reason",
            tag_ids=cls.env["crm.tag"].create([{"name": "B"}, {"name": "A"}]),
            group_ids=cls.env.ref("crm_service.group_service_supervisor"),
            child_type_id=cls.repair.id,
            child_team_id=cls.team.id,
            child_name="Look at",
        )
        cls.finish.with_context(lang="de_DE").child_name = "Ansehen"
        nowhere = cls.env["service.stage"]
        cls.drop = cls._create_route(nowhere, cls.dropped, name="Drop")
        cls.reopen = cls._create_route(cls.done, cls.work, name="Reopen")

    def _export(self):
        return self.process.with_user(self.manager).export_bpmn()

    def _import(self, xml, company=None):
        company = company or self.company
        processes = self.processes.with_context(allowed_company_ids=company.ids)
        return processes.import_bpmn(xml)

    def _edit(self, change, xml=None):
        """Return a file after `change(root)`, as a tool would write it."""
        root = etree.fromstring((xml or self._export()).encode())
        change(root)
        return etree.tostring(root, encoding="unicode")

    def _find(self, root, key):
        """Return the element of an id; not what is drawn for it."""
        (element,) = root.xpath(f"//*[@id='{key}']")
        return element

    # -- the file -----------------------------------------------------------

    def test_stages_are_tasks_and_ends_and_routes_are_flows(self):
        root = etree.fromstring(self._export().encode())
        tasks = root.findall(f".//{BPMN}userTask")
        ends = root.findall(f".//{BPMN}endEvent")
        self.assertEqual([task.get("name") for task in tasks], ["New", "Work"])
        self.assertEqual([end.get("name") for end in ends], ["Done", "Dropped"])
        flows = root.findall(f".//{BPMN}sequenceFlow")
        self.assertEqual(
            [flow.get("name") for flow in flows], [None, "Start", "Finish"]
        )
        (condition,) = root.findall(f".//{BPMN}conditionExpression")
        self.assertEqual(condition.text, self.start.domain)
        (note,) = root.findall(f".//{BPMN}textAnnotation/{BPMN}text")
        self.assertIn("Every open stage: Drop → Dropped", note.text)
        self.assertIn("Done: Reopen → Work", note.text)

    def test_everything_has_its_place_on_the_page(self):
        root = etree.fromstring(self._export().encode())
        drawn = root.xpath("//@bpmnElement")
        self.assertEqual(len(drawn), len(set(drawn)))
        for element in root.find(f"{BPMN}process"):
            if element.get("id"):
                self.assertIn(element.get("id"), drawn)

    def test_the_same_process_gives_the_same_file(self):
        self.assertEqual(self._export(), self._export())
        self.env.invalidate_all()
        german = self.process.with_user(self.manager).with_context(lang="de_DE")
        self.assertEqual(german.export_bpmn(), self._export())

    def test_no_number_of_a_record_is_in_the_file(self):
        root = etree.fromstring(self._export().encode())
        ours = root.findall(f".//{SERVICE}route")
        (finish,) = [route for route in ours if route.get("team")]
        self.assertEqual(
            (
                finish.get("team"),
                finish.get("user"),
                finish.get("childType"),
                [group.get("id") for group in finish.findall(f"{SERVICE}group")],
            ),
            (
                "Workshop",
                self.agent.login,
                "repair",
                ["crm_service.group_service_supervisor"],
            ),
        )

    def test_groups_without_a_name_for_others_are_told(self):
        group = self.env["res.groups"].create({"name": "Ours"})
        self.finish.group_ids = group
        with self.assertRaisesRegex(UserError, "Ours"):
            self._export()

    def test_the_button_downloads_the_file(self):
        action = self.process.with_user(self.manager).action_export_bpmn()
        self.assertIn(f"/{self.process.id}/bpmn_file/fix-v1.bpmn?", action["url"])
        self.assertEqual(
            base64.b64decode(self.process.bpmn_file).decode(), self._export()
        )

    # -- import -------------------------------------------------------------

    def test_the_same_file_changes_nothing(self):
        before = self._snapshot()
        for _time in range(2):
            result = self._import(self._export())
            self.assertEqual(result["result"], "unchanged")
            self.assertEqual(result["process_id"], self.process.id)
            self.assertIn("nothing was changed", result["message"])
        self.assertEqual(self._snapshot(), before)

    def test_the_ready_processes_are_files_that_change_nothing(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "crm_service"), ("model", "=", "service.process")]
        )
        self.assertGreater(len(data), 1)
        for process in self.processes.browse(data.mapped("res_id")):
            with self.subTest(process=process.code):
                result = self._import(process.export_bpmn())
                self.assertEqual((result["result"], result["notes"]), ("unchanged", []))

    def _snapshot(self):
        """Return all records of processes, with when they were written."""
        self.env.flush_all()
        return [
            self.env[model].with_context(active_test=False).search([]).read()
            for model in (
                "service.process",
                "service.stage",
                "service.stage.check",
                "service.route",
            )
        ]

    def test_another_company_gets_the_same_process(self):
        self._create_twins(self.other_company)
        xml = self._export()
        result = self._import(xml, self.other_company)
        self.assertEqual(result["result"], "created")
        twin = self.env["service.process"].browse(result["process_id"])
        self.assertEqual(twin.company_id, self.other_company)
        self.assertNotEqual(twin.stage_ids.team_id, self.team)
        self.assertEqual(twin.export_bpmn(), xml)
        work = twin.stage_ids[1]
        self.assertEqual(work.with_context(lang="de_DE").name, "Arbeit")
        self.assertIn("Reparieren.", str(work.with_context(lang="de_DE").instructions))
        self.assertEqual(self._import(xml, self.other_company)["result"], "unchanged")

    def _create_twins(self, company):
        """Let `company` have what the file names, and the manager work there."""
        self._create_team(name="Workshop", company_id=company.id)
        self.manager.company_ids += company
        self.agent.company_ids += company

    def test_a_deleted_process_comes_back_whole(self):
        xml = self._export()
        self.process.route_ids.unlink()
        self.process.unlink()
        result = self._import(xml)
        self.assertEqual((result["result"], result["state"]), ("created", "draft"))
        twin = self.env["service.process"].browse(result["process_id"])
        self.assertEqual(twin.export_bpmn(), xml)

    def test_a_draft_is_changed_and_keeps_its_records(self):
        xml = self._edit(lambda root: self._find(root, "stage_2").set("name", "Mend"))
        ids = self.process.stage_ids.ids
        result = self._import(xml)
        self.assertEqual(result["result"], "updated")
        self.assertEqual(self.process.stage_ids.ids, ids)
        self.assertEqual(self.work.name, "Mend")
        self.assertEqual(self.work.with_context(lang="de_DE").name, "Arbeit")
        self.assertEqual(self._import(xml)["result"], "unchanged")

    def test_what_the_file_no_longer_has_is_gone(self):
        def change(root):
            for key in ("route_3", "route_4"):
                self._find(root, key).getparent().remove(self._find(root, key))
            for tag in ("check", "instructions", "term", "text"):
                for element in root.findall(f".//{SERVICE}stage/{SERVICE}{tag}"):
                    element.getparent().remove(element)
            element = self._find(root, "stage_4")
            element.getparent().remove(element)

        self.assertEqual(self._import(self._edit(change))["result"], "updated")
        self.assertEqual(self.process.stage_ids, self.new | self.work | self.done)
        self.assertEqual(self.process.route_ids, self.start | self.finish)
        self.assertFalse(self.work.check_ids)
        self.assertFalse(self.work.instructions)
        self.assertEqual(self.work.with_context(lang="de_DE").name, "Work")

    def test_a_change_to_a_published_process_is_a_new_draft(self):
        self.process._publish()
        before = self._export()
        xml = self._edit(lambda root: self._find(root, "stage_2").set("name", "Mend"))
        result = self._import(xml)
        self.assertEqual(
            (result["result"], result["version"], result["state"]),
            ("new_version", 2, "draft"),
        )
        self.assertEqual(self._export(), before)
        self.assertEqual(self._import(xml)["result"], "unchanged")
        self.assertEqual(self._import(before)["process_id"], self.process.id)
        again = xml.replace("Mend", "Repair")
        result = self._import(again)
        self.assertEqual((result["result"], result["version"]), ("updated", 2))

    def test_parts_keep_their_id_from_version_to_version(self):
        copy = self.process.copy()
        self.assertEqual(
            copy.stage_ids.mapped("element_id"),
            self.process.stage_ids.mapped("element_id"),
        )
        self.assertEqual(self.new.copy().element_id, "stage_5")
        added = copy.stage_ids.create({"name": "More", "process_id": copy.id})
        self.assertEqual(added.element_id, "stage_5")

    # -- files that were edited elsewhere -------------------------------------

    def test_what_a_tool_adds_gets_sensible_values(self):
        def change(root):
            process = root.find(f"{BPMN}process")
            for tag, values in (
                ("task", {"id": "Activity_1", "name": "Call back"}),
                ("endEvent", {"id": "Event_1"}),
                ("exclusiveGateway", {"id": "Gateway_1"}),
                ("sequenceFlow", self._flow("Flow_1", "stage_2", "Gateway_1")),
                ("sequenceFlow", self._flow("Flow_2", "Gateway_1", "Activity_1")),
                ("sequenceFlow", self._flow("Flow_3", "Gateway_1", "stage_1")),
                ("sequenceFlow", self._flow("Flow_4", "Activity_1", "Event_1")),
            ):
                etree.SubElement(process, f"{BPMN}{tag}", values)

        self._import(self._edit(change))
        self.assertEqual(
            self.process.stage_ids.mapped("element_id"),
            ["stage_1", "stage_2", "Activity_1", "Event_1", "stage_3", "stage_4"],
        )
        call, end = self.process.stage_ids[2:4]
        self.assertEqual((call.name, call.phase), ("Call back", "in_progress"))
        self.assertEqual((end.name, end.phase), ("Event_1", "closed"))
        added = self.process.route_ids.filtered(lambda r: "Flow" in r.element_id)
        self.assertEqual(
            [(r.from_stage_id, r.to_stage_id, r.name, r.mode) for r in added],
            [
                (self.work, call, "Call back", "manual"),
                (self.work, self.new, "New", "manual"),
                (call, end, "Event_1", "manual"),
            ],
        )

    def _flow(self, key, origin, target):
        return {"id": key, "sourceRef": origin, "targetRef": target}

    def test_moved_shapes_change_nothing(self):
        def change(root):
            for bounds in root.iter("{http://www.omg.org/spec/DD/20100524/DC}Bounds"):
                bounds.set("x", "7")

        self.assertEqual(self._import(self._edit(change))["result"], "unchanged")

    def test_what_has_no_place_here_is_named(self):
        def change(root):
            process = root.find(f"{BPMN}process")
            etree.SubElement(process, f"{BPMN}subProcess", {"id": "Sub_1"})
            etree.SubElement(
                process, f"{BPMN}sequenceFlow", self._flow("F_9", "stage_1", "Sub_1")
            )

        notes = self._import(self._edit(change))["notes"]
        self.assertTrue(any("“subProcess” “Sub_1”" in note for note in notes), notes)
        self.assertTrue(any("“sequenceFlow” “F_9”" in note for note in notes), notes)

    def test_a_file_without_our_extension_is_enough(self):
        xml = f"""<definitions xmlns="{MODEL}"><process id="plain">
            <startEvent id="s"/><task id="a" name="One"/><endEvent id="e"/>
            <sequenceFlow id="f" sourceRef="s" targetRef="a"/>
            <sequenceFlow id="g" name="Go" sourceRef="a" targetRef="e">
              <conditionExpression>[('priority', '=', '3')]</conditionExpression>
            </sequenceFlow></process></definitions>"""
        result = self._import(xml)
        process = self.env["service.process"].browse(result["process_id"])
        self.assertEqual((process.code, process.version), ("plain", 1))
        self.assertEqual(process.stage_ids.mapped("name"), ["One", "e"])
        self.assertEqual(process.route_ids.mode, "automatic")
        process.route_ids.mode = "manual"
        process.action_publish()

    def test_numbers_of_records_in_conditions_are_told(self):
        self.start.domain = f"[('team_id', '=', {self.team.id})]"
        notes = self._import(self._export())["notes"]
        self.assertTrue(any("team_id" in note for note in notes), notes)

    def test_problems_of_a_draft_are_told(self):
        self.drop.unlink()
        notes = self._import(self._export())["notes"]
        self.assertTrue(any("Dropped" in note for note in notes), notes)

    def test_languages_that_are_not_installed_change_nothing(self):
        xml = self._export().replace('lang="de_DE"', 'lang="fr_FR"')
        result = self._import(xml)
        self.assertEqual(result["result"], "updated")
        self.assertEqual(self._import(xml)["result"], "unchanged")

    # -- refused --------------------------------------------------------------

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
