"""Their side: OCA's helpdesk_mgmt, by the names of its models and fields only."""

from . import rows, views
from .side import Side

STAGES = {
    "triage": "in_progress",
    "in_progress": "in_progress",
    "waiting_customer": "awaiting",
    "waiting_parts": "awaiting",
    "resolved": "done",
    "closed": "done",
    "cancelled": "cancelled",
}


class Theirs(Side):
    """helpdesk.ticket and its screens."""

    model = "helpdesk.ticket"
    table = "helpdesk_ticket"
    group = "helpdesk_mgmt.group_helpdesk_user"
    counter_fields = (
        "helpdesk_ticket_active_count",
        "helpdesk_ticket_count",
        "helpdesk_ticket_count_string",
    )
    portal_url = "/my/tickets"

    # -- tickets ------------------------------------------------------------

    def make_teams(self, agents):
        """Make the teams; returns the id of each agent's."""
        teams = self.env["helpdesk.ticket.team"].create(
            [
                {
                    "name": f"Team {n}",
                    "alias_name": f"bench-{n}",
                    "user_ids": agents[n :: rows.TEAMS].ids,
                }
                for n in range(rows.TEAMS)
            ]
        )
        return [teams[n % rows.TEAMS].id for n in range(len(agents))]

    def _prepare_story(self, partner, agent, story):
        return {
            "name": "Refrigerator does not cool",
            "description": rows.make_texts()[0],
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
            "priority": story.priority,
            "team_id": agent.helpdesk_team_ids[:1].id,
            "user_id": agent.id if story.taken else False,
            "channel_id": self._ref("channel_phone").id,
        }

    def _advance(self, ticket, phase):
        stage = self._ref(f"stage_{STAGES[phase]}")
        if ticket.stage_id != stage:
            ticket.write({"stage_id": stage.id})

    def _ref(self, name):
        return self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_{name}")

    def grow(self, first, size):
        """Extend it to let their numbers go on after those of the rows."""
        super().grow(first, size)
        self._ref("sequence").number_next_actual = size + 200

    def _row_values(self):
        return {
            "number": "'HT' || lpad((b.n + 100)::text, 5, '0')",
            "commercial_partner_id": "c.partner_id",
        }

    # -- work ---------------------------------------------------------------

    def choose(self, env):
        """Extend it to read the view that is their dashboard."""
        self.kanban = views.read_kanban(env, "helpdesk.ticket.team")
        self.team_id = env.user.helpdesk_team_ids[:1].id
        self.channel_id = self._ref("channel_phone").id
        super().choose(env)

    def _prepare_new(self):
        return {"team_id": self.team_id, "channel_id": self.channel_id}

    def _number_domain(self):
        number = self.samples["number"]
        return ["|", ("number", "ilike", number), ("name", "ilike", number)]

    def _phone_domain(self):
        # They keep no phone on the ticket: it is looked for at the contact.
        return [("partner_id.phone", "ilike", self.samples["phone"])]

    def _part_domain(self):
        return [("name", "ilike", self.samples["part"])]

    def show_dashboard(self, env):
        """Open the team's dashboard: a kanban with a head."""
        teams = env["helpdesk.ticket.team"]
        teams.web_search_read([], self.kanban, limit=40, order="", count_limit=10_001)
        teams.retrieve_dashboard()

    def _counted(self, values):
        return values["helpdesk_ticket_count"]
