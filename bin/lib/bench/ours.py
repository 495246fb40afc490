"""Our side: crm_service with the two add-ons beside it."""

import io

from . import rows
from .side import Side

BATCH = 5_000


class Ours(Side):
    """service.ticket and its screens."""

    model = "service.ticket"
    table = "service_ticket"
    group = "crm_service.group_service_agent"
    counter_fields = ("service_ticket_count",)
    portal_url = "/my/service"

    # -- tickets ------------------------------------------------------------

    def make_teams(self, agents):
        """Make the teams; returns the id of each agent's."""
        teams = self.env["service.team"].create(
            [
                {"name": f"Team {n}", "member_ids": agents[n :: rows.TEAMS].ids}
                for n in range(rows.TEAMS)
            ]
        )
        return [teams[n % rows.TEAMS].id for n in range(len(agents))]

    def _prepare_story(self, partner, agent, story):
        types = self.env["service.ticket.type"]
        kind = types.search([("code", "=", story.type)], limit=1)
        team = self.env["service.team"].search([("member_ids", "in", agent.id)])
        return {
            "name": "Refrigerator does not cool",
            "description": rows.make_texts()[0],
            "type_id": kind.id,
            "partner_id": partner.id,
            "priority": story.priority,
            "team_id": team[:1].id,
            "user_id": agent.id if story.taken else False,
        }

    def _advance(self, ticket, phase):
        if phase == "resolved" and ticket.category == "complaint":
            ticket._note_outcome("accepted")
        ticket._move_to_phase(phase)

    def _prepare_rows(self, first):
        """Give the rows from a number on acceptance numbers and tracking keys."""
        cr, tickets = self.env.cr, self.env["service.ticket"]
        cr.execute(
            "CREATE TABLE IF NOT EXISTS bench_number "
            "(n integer PRIMARY KEY, number text, track_key text)"
        )
        cr.execute(
            "SELECT b.n, c.e164, y.number_prefix FROM bench_row b "
            "JOIN bench_customer c ON c.n = b.customer "
            "JOIN bench_service_ticket_story s ON s.story = b.story "
            "JOIN service_ticket t ON t.id = s.ticket_id "
            "JOIN service_ticket_type y ON y.id = t.type_id WHERE b.n >= %s",
            [first],
        )
        found = cr.fetchall()
        for place in range(0, len(found), BATCH):
            part = found[place : place + BATCH]
            numbers = tickets._generate_numbers([prefix for _n, _p, prefix in part])
            lines = "".join(
                f"{n}\t{number}\t{tickets._get_track_key(number, phone)}\n"
                for (n, phone, _prefix), number in zip(part, numbers, strict=True)
            )
            cr._obj.copy_expert("COPY bench_number FROM STDIN", io.StringIO(lines))

    def _row_values(self):
        mine = "(SELECT x.{} FROM bench_number x WHERE x.n = b.n)"
        return {
            "number": mine.format("number"),
            "track_key": mine.format("track_key"),
            "partner_phone": "c.phone",
            "phone_sanitized": "c.e164",
        }

    # -- work ---------------------------------------------------------------

    def choose(self, env):
        """Extend it to know the user's team."""
        teams = env["service.team"].search([("member_ids", "in", env.uid)])
        self.team_id = teams[:1].id
        super().choose(env)

    def _prepare_new(self):
        return {"team_id": self.team_id, "channel": "phone"}

    def _number_domain(self):
        number = self.samples["number"]
        return ["|", ("number", "ilike", number), ("name", "ilike", number)]

    def _phone_domain(self):
        return [("phone_search", "=", self.samples["phone"])]

    def _part_domain(self):
        part = self.samples["part"]
        return ["|", ("number", "ilike", part), ("name", "ilike", part)]

    def show_dashboard(self, env):
        """Open the team's dashboard."""
        env["service.dashboard"].get_data()

    def _counted(self, values):
        return values["service_ticket_count"]
