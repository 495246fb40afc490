"""Messages to customers through a real mail server, by processes that fail.

Each arrives, and mail programs show it once: its Message-Id is always the same.
"""

import time
from collections import Counter
from functools import partial

import pytest

from support.race import MEET, race
from support.smtp_server import NO_ANSWER, PUT_OFF, REFUSED, SmtpServer

TICKETS = 60
PREPARE = """
env["ir.mail_server"].create(
    {{"name": "Test", "smtp_host": "127.0.0.1", "smtp_port": {port}}}
)
env.company.email = "service@example.com"
env["service.ticket"].create([
    {{
        "name": f"Ticket {{place}}",
        "type_id": env.ref("crm_service.ticket_type_repair").id,
        "partner_email": f"ann{{place}}@example.com",
    }}
    for place in range({tickets})
])
env.cr.commit()
"""
# As the scheduler calls it: each batch is committed.
RUN = """
cron = env.ref("crm_service.ir_cron_service_notification")
env["service.notification"].with_context(cron_id=cron.id)._cron_send()
env.cr.commit()
"""
# Small batches make the two meet often.
SMALL = """
from odoo.addons.crm_service.models import service_notification_job
service_notification_job.NOTIFY_BATCH_SIZE = 5
"""
KILL = """
import os, threading, time
def watch():
    time.sleep({seconds})
    os.kill(os.getpid(), 9)
threading.Thread(target=watch, daemon=True).start()
"""


def run_job(database, script=RUN, name="job"):
    """Run the job in a process of its own."""
    database.runtime.shell(
        database.name,
        script,
        what="The job failed.",
        log=f"{database.name}_{name}.log",
    )


def get_states(database):
    """Return how many messages are in each state."""
    rows = database.sql("SELECT state, reason, tries FROM service_notification")
    return Counter(row["state"] for row in rows)


def let_time_pass(database):
    """Make everything that waits due."""
    database.sql(
        "UPDATE service_notification SET next_try_at = now() AT TIME ZONE 'UTC' "
        "WHERE state = 'queued'"
    )


def test_three_failures_give_one_arrival(database):
    with SmtpServer([REFUSED, PUT_OFF, NO_ANSWER]) as server:
        database.shell(PREPARE.format(port=server.port, tickets=1))
        for tries in (1, 2, 3):
            run_job(database)
            row = database.sql("SELECT state, tries FROM service_notification")[0]
            assert (row["state"], row["tries"]) == ("queued", tries)
            run_job(database)  # it is not tried again before its time
            let_time_pass(database)
        run_job(database)
        assert get_states(database) == {"sent": 1}
        # the third was taken though the answer got lost: one id, so one is shown
        assert len(server.message_ids) == 2
        assert len(set(server.message_ids)) == 1


def test_two_jobs_at_once_send_nothing_twice(database):
    with SmtpServer(seconds=0.02) as server:
        database.shell(PREPARE.format(port=server.port, tickets=TICKETS))
        script = SMALL + MEET + RUN
        jobs = (partial(run_job, database, script, name) for name in ("one", "two"))
        race(*jobs)
        run_job(database)  # what both left to the other one
        assert get_states(database) == {"sent": TICKETS}
        assert len(server.message_ids) == TICKETS
        assert len(set(server.message_ids)) == TICKETS


def test_a_job_that_is_killed_loses_nothing(database):
    with SmtpServer(seconds=0.2) as server:
        database.shell(PREPARE.format(port=server.port, tickets=TICKETS))
        with pytest.raises(Exception):  # noqa: B017 - the process is gone
            run_job(database, KILL.format(seconds=4) + RUN)
        time.sleep(1)
        assert 0 < len(server.message_ids) < TICKETS, "it was killed on its way"
        run_job(database)
        assert get_states(database) == {"sent": TICKETS}
        assert len(set(server.message_ids)) == TICKETS
        # of the batch that it was killed in, at most
        assert len(server.message_ids) <= TICKETS + 20
