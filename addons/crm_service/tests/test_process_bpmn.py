# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import base64

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.bpmn_names import MODEL, OURS
from .process_file_common import ProcessFileCommon

BPMN, SERVICE = f"{{{MODEL}}}", f"{{{OURS}}}"


@tagged("post_install", "-at_install")
class TestProcessBpmn(ProcessFileCommon):
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
