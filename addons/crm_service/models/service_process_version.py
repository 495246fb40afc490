# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Who may change the structure of a process that tickets follow: proof is this very
# object in the context, which no remote caller can send.
STRUCTURE = object()
STRUCTURE_KEY = "service_process_structure"
# What only the buttons set; a new version has these values.
STATE_FIELDS = {"state", "published_at"}
DRAFT_VALUES = {"state": "draft", "published_at": False}


class ServiceProcess(models.Model):
    """The life of a version: draft, published, retired."""

    _inherit = "service.process"

    ticket_count = fields.Integer("Tickets", compute="_compute_ticket_counts")
    open_ticket_count = fields.Integer("Open Tickets", compute="_compute_ticket_counts")
    version_count = fields.Integer("Versions", compute="_compute_version_count")
    is_locked = fields.Boolean(
        "Structure Locked",
        compute="_compute_is_locked",
        help="Tickets follow this version, so its stages and routes stay as they are.",
    )

    def _compute_ticket_counts(self):
        groups = self.env["service.ticket"]._read_group(
            [("process_id", "in", self.ids)],
            ["process_id", "is_open"],
            ["__count"],
        )
        counts = {(process.id, is_open): count for process, is_open, count in groups}
        for process in self:
            process.open_ticket_count = counts.get((process.id, True), 0)
            ended = counts.get((process.id, False), 0)
            process.ticket_count = process.open_ticket_count + ended

    @api.depends("code", "company_id")
    def _compute_version_count(self):
        processes = self.with_context(active_test=False)
        groups = processes._read_group(
            [("code", "in", self.mapped("code"))], ["code", "company_id"], ["__count"]
        )
        counts = {(code, company.id): count for code, company, count in groups}
        for process in self:
            process.version_count = counts.get((process.code, process.company_id.id), 0)

    @api.depends("state")
    def _compute_is_locked(self):
        used = self._filter_used()
        for process in self:
            process.is_locked = process.state != "draft" and process in used

    def _filter_used(self):
        """Return those of these processes that a ticket follows or followed."""
        stages = self.with_context(active_test=False).stage_ids
        if not stages:
            return self.browse()
        # sudo: tickets of other companies count too
        groups = (
            self.env["service.stage.log"]
            .sudo()
            ._read_group([("stage_id", "in", stages.ids)], ["process_id"])
        )
        return self.browse(process.id for (process,) in groups) & self

    # -- guards -------------------------------------------------------------

    @api.model
    def _check_state_kept(self, vals):
        """Refuse to write what only the buttons set.

        :raises UserError: the state of a version is among `vals`
        """
        if STATE_FIELDS & vals.keys() and not self._is_structure_free():
            raise UserError(
                self.env._(
                    "A version is published and retired by its buttons, which check it "
                    "first. Leave its state out."
                )
            )

    @api.model
    def _prepare_draft_vals(self, vals):
        """Return `vals` of a version that begins as a draft.

        :raises UserError: `vals` say that it is something else
        """
        if self._is_structure_free():
            return vals
        given = {name: vals[name] or False for name in STATE_FIELDS & vals.keys()}
        if any(given[name] != DRAFT_VALUES[name] for name in given):
            self._check_state_kept(given)
        # said, so that no default of the context says otherwise
        return {**vals, **DRAFT_VALUES}

    def _with_structure(self):
        """Return these processes with the right to change what tickets follow."""
        return self.with_context(**{STRUCTURE_KEY: STRUCTURE})

    @api.model
    def _is_structure_free(self):
        """Tell whether an import is at work, or the add-on's own data are loaded."""
        is_import = self.env.context.get(STRUCTURE_KEY) is STRUCTURE
        return is_import or not self.env.registry.ready

    def _check_unlocked(self):
        """Refuse to change the structure of processes that tickets follow.

        :raises UserError: with the way to a new version
        """
        if self._is_structure_free():
            return
        for process in self.filtered("is_locked"):
            raise UserError(
                self.env._(
                    "Tickets follow “%(process)s”, so its stages and routes stay as "
                    "they are. Choose “New Version”, change that and publish it. "
                    "Names, instructions and teams can be changed here.",
                    process=process.display_name,
                )
            )

    @api.model
    def _check_unlocked_of(self, vals_list):
        """Refuse to add to processes that tickets follow."""
        self.browse(
            {vals["process_id"] for vals in vals_list if vals.get("process_id")}
        )._check_unlocked()

    def _check_published(self):
        """Refuse a change that makes a published process unusable.

        :raises ValidationError: with all its problems
        """
        if not self._is_structure_free():
            self.filtered(lambda p: p.state == "published")._check_problems()

    def _check_problems(self):
        """Refuse processes that cannot be published, with all the reasons.

        :raises ValidationError: with all problems of the first of them
        """
        for process in self:
            problems = process._get_problems()
            if problems:
                raise ValidationError(
                    self.env._(
                        "The process “%(process)s” is not ready for tickets:\n"
                        "%(problems)s",
                        process=process.display_name,
                        problems="\n".join(f"• {text}" for text in problems),
                    )
                )

    @api.constrains("active")
    def _check_active(self):
        for process in self.filtered(lambda p: not p.active):
            # sudo: types and tickets of other companies count too
            process_sudo = process.sudo()
            if process_sudo.type_ids or process_sudo.open_ticket_count:
                raise ValidationError(
                    self.env._(
                        "“%(process)s” is in use: ticket types or open tickets follow "
                        "it. Give the types another process and migrate the tickets "
                        "before you archive it.",
                        process=process.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep processes that tickets follow or followed."""
        for process in self._filter_used():
            raise UserError(
                self.env._(
                    "Tickets have followed “%(process)s”, so it must stay. Retire or "
                    "archive it instead of deleting it.",
                    process=process.display_name,
                )
            )

    # -- buttons ------------------------------------------------------------

    def action_publish(self):
        """Let new tickets start on these versions, and the ticket types use them.

        The version published before is retired: its tickets go on, no new ones start.

        :raises UserError: a version is published already
        :raises ValidationError: with all that is wrong with it
        """
        self.check_access("write")
        for process in self:
            if process.state == "published":
                raise UserError(
                    self.env._(
                        "“%(process)s” is published already.",
                        process=process.display_name,
                    )
                )
        self._check_problems()
        for process in self:
            process._publish()
        return True

    def _publish(self):
        """Publish this version in the place of the one published before."""
        versions = self._get_versions() - self
        published = versions.filtered(lambda p: p.state == "published")
        published._with_structure().state = "retired"
        # two versions are not published at once, not even for a moment
        versions.flush_recordset()
        self._with_structure().write(
            {"state": "published", "published_at": fields.Datetime.now()}
        )
        # sudo: types of other companies that share the process follow it as well
        versions.sudo().type_ids.process_id = self

    def _get_versions(self):
        """Return all versions of this process, this one too, newest first."""
        return self.with_context(active_test=False).search(
            [("code", "=", self.code), ("company_id", "=", self.company_id.id)]
        )

    def _publish_drafts(self):
        """Publish what is a draft still, for the ticket types that shall use it.

        :raises ValidationError: a process has problems, or is retired or archived
        """
        for process in self:
            if process.state == "retired" or not process.active:
                raise ValidationError(
                    self.env._(
                        "“%(process)s” is retired, so no new ticket starts on it. "
                        "Choose its published version.",
                        process=process.display_name,
                    )
                )
        self.filtered(lambda p: p.state == "draft").action_publish()

    def action_retire(self):
        """Let no new ticket start on these versions; those under way go on.

        :raises UserError: one is not published, or ticket types use it
        """
        self.check_access("write")
        for process in self:
            process._ensure_state("published")
            process._ensure_no_types()
        self._with_structure().state = "retired"
        return True

    def action_draft(self):
        """Make drafts again of versions that no ticket has followed.

        :raises UserError: tickets or ticket types use one of them
        """
        self.check_access("write")
        for process in self:
            process._ensure_state("published", "retired")
            process._ensure_no_types()
        for process in self._filter_used():
            raise UserError(
                self.env._(
                    "Tickets follow “%(process)s”. Choose “New Version” and change "
                    "that instead.",
                    process=process.display_name,
                )
            )
        self._with_structure().write(DRAFT_VALUES)
        return True

    def _ensure_state(self, *states):
        """Refuse what does not fit this version's state."""
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(process)s” is “%(state)s”, so this does not apply to it. "
                    "Reload the page to see its buttons.",
                    process=self.display_name,
                    state=labels[self.state],
                )
            )

    def _ensure_no_types(self):
        """Refuse to take a process away from the ticket types that use it."""
        # sudo: types of other companies count too
        types = self.sudo().with_context(active_test=False).type_ids
        if types:
            raise UserError(
                self.env._(
                    "These ticket types use “%(process)s”: %(types)s. Give them "
                    "another process first, or publish a newer version.",
                    process=self.display_name,
                    types=", ".join(types.mapped("name")),
                )
            )

    def action_new_version(self):
        """Make the next version as a draft, and open it."""
        self.ensure_one()
        return self.copy()._get_form_action()

    def _get_form_action(self):
        """Return the action that opens this process."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    def action_open_versions(self):
        """Open all versions of this process."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_process_action"
        )
        action["domain"] = [
            ("code", "=", self.code),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {"active_test": False}
        return action

    def action_open_tickets(self):
        """Open the tickets that follow this version."""
        self.check_access("read")
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_service.service_ticket_action"
        )
        action["domain"] = [("process_id", "=", self.id)]
        return action

    def action_migrate(self):
        """Open the wizard that moves open tickets to another version."""
        self.check_access("write")
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Migrate Open Tickets"),
            "res_model": "service.process.migrate",
            "view_mode": "form",
            "target": "new",
            "context": {"default_process_id": self.id},
        }
