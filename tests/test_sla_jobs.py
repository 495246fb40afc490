"""The job that looks after promises, run by two processes at once.

Whatever they do to the same tickets, each level is fired once and nothing is left.
"""

from functools import partial

import pytest

from support.race import MEET, race

TICKETS = 300
# Tickets that are overdue already, each with two clocks and five things to do.
PREPARE = f"""
from datetime import timedelta
from odoo import fields
env["service.sla.policy"].search([]).active = False
policy = env["service.sla.policy"].create({{
    "name": "Fast",
    "first_response_hours": 0.5,
    "resolution_hours": 1,
    "calendar_id": env["resource.calendar"].create({{
        "name": "Round the clock",
        "company_id": False,
        "tz": "UTC",
        "attendance_ids": [(5, 0, 0)] + [
            (0, 0, {{
                "name": "Day", "dayofweek": str(day), "hour_from": 0, "hour_to": 24
            }})
            for day in range(7)
        ],
    }}).id,
}})
kinds = {{"first_response": "2", "resolution": "3"}}
env["service.escalation"].create([
    {{
        "name": kind,
        "policy_id": policy.id,
        "kind": kind,
        "share_percent": 100,
        "priority": priority,
        "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
        "activity_user_id": env.ref("base.user_admin").id,
    }}
    for kind, priority in kinds.items()
])
env["service.ticket"].create([
    {{
        "name": f"Ticket {{place}}",
        "type_id": env.ref("crm_service.ticket_type_repair").id,
        "opened_at": fields.Datetime.now() - timedelta(days=1, minutes=place),
    }}
    for place in range({TICKETS})
])
env.cr.commit()
answer = env["service.sla"].search_count([("next_action_at", "<=", "now")])
"""
# Both wait for the other one; small batches make them meet often.
RUN = f"""
from odoo.addons.crm_service.models import service_sla_job
service_sla_job.SLA_BATCH_SIZE = 25
{MEET}
cron = env.ref("crm_service.ir_cron_service_sla")
env["service.sla"].with_context(cron_id=cron.id)._cron_process_due()
env.cr.commit()
"""


@pytest.fixture
def overdue(database):
    """A database with tickets whose promises are broken and not looked after."""
    assert database.shell(PREPARE) == 2 * TICKETS
    return database


def run_job(database, name):
    """Run the job in a process of its own."""
    database.runtime.shell(
        database.name,
        RUN,
        what="The job failed.",
        log=f"{database.name}_{name}.log",
    )


def test_two_jobs_at_once_fire_each_level_once(overdue):
    race(partial(run_job, overdue, "one"), partial(run_job, overdue, "two"))
    counts = overdue.sql(
        "SELECT escalation_id, count(*) AS n, count(DISTINCT sla_id) AS clocks "
        "FROM service_escalation_event GROUP BY escalation_id"
    )
    assert len(counts) == 3  # two levels and the warning
    for row in counts:
        expected = TICKETS if row["escalation_id"] else 2 * TICKETS
        assert (row["n"], row["clocks"]) == (expected, expected), row
    activities = overdue.sql(
        "SELECT count(*) AS n FROM mail_activity WHERE res_model = 'service.ticket'"
    )
    assert activities[0]["n"] == 2 * TICKETS
    left = overdue.sql(
        "SELECT count(*) AS n FROM service_sla "
        "WHERE state = 'running' AND next_action_at <= now() AT TIME ZONE 'UTC'"
    )
    assert left[0]["n"] == 0
    tickets = overdue.sql(
        "SELECT DISTINCT priority, sla_status FROM service_ticket "
        "WHERE name LIKE 'Ticket %'"
    )
    assert tickets == [{"priority": "3", "sla_status": "breached"}]
