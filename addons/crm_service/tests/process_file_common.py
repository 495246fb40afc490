# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from lxml import etree

from odoo import Command

from .common import ServiceCommon


class ProcessFileCommon(ServiceCommon):
    """A process that has everything, and its file."""

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
