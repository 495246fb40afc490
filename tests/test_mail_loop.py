"""Mail from a customer's program to a ticket and back, through real servers.

A mail server takes what Odoo and the customer send; Odoo fetches the mailbox of the
teams. Nothing of it leaves this machine.
"""

import smtplib
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest

from support.post_office import HOST, PostOffice

MAILS = Path(__file__).parents[1] / "addons/crm_service/tests/data/mails"
CUSTOMER = "ann@customer.example"
ROBOT = "robot@elsewhere.example"
TEAM = "repairs@service.example"

PREPARE = """
domain = env["mail.alias.domain"].create({{"name": "service.example"}})
company = env.company
company.write({{"alias_domain_id": domain.id, "email": "office@service.example"}})
for name in ("repairs", "installation"):
    env["service.team"].create({{
        "name": name, "alias_name": name, "alias_domain_id": domain.id,
        "company_id": company.id}})
env["ir.mail_server"].search([]).active = False
env["ir.mail_server"].create({{
    "name": "Post office", "smtp_host": "{host}", "smtp_port": {smtp},
    "smtp_encryption": "none"}})
env["fetchmail.server"].create({{
    "name": "Teams", "server_type": "pop", "server": "{host}", "port": {pop3},
    "user": "teams", "password": "x", "state": "done"}})
# whose many messages in an hour are no loop
env["mail.gateway.allowed"].create({{"email": "{customer}"}})
env.cr.commit()
"""
# As the jobs do it: fetch the mailbox, tell the customers, send what waits.
FETCH = """
server = env["fetchmail.server"].search([("state", "=", "done")])
error = server._fetch_mail()
env.cr.commit()
env["service.notification"]._cron_send()
env.cr.commit()
env["mail.mail"].process_email_queue()
env.cr.commit()
tickets = env["service.ticket"].search([], order="id")
answer = {
    "error": str(error or ""),
    "tickets": [
        {"number": t.number, "name": t.name, "email": t.partner_email, "id": t.id,
         "messages": [m.body for m in t.message_ids]} for t in tickets],
    "parked": [
        [p.reason, p.name, p.size] for p in env["service.parked.mail"].search([])],
}
"""
ANSWER = """
ticket = env["service.ticket"].browse({id})
ticket.message_post(
    body="Which oven is it?", message_type="comment", subtype_xmlid="mail.mt_comment",
    partner_ids=ticket.partner_id.ids)
env.cr.commit()
env["mail.mail"].process_email_queue()
env.cr.commit()
"""


@pytest.fixture(scope="module")
def office():
    with PostOffice() as post_office:
        for name in ("repairs", "installation", "catchall", "bounce", "office"):
            post_office.collect(f"{name}@service.example", "teams")
        yield post_office


@pytest.fixture(scope="module")
def service(make_database, office):
    """A committed database whose teams have a mailbox in the post office."""
    database = make_database("addons")
    database.shell(
        PREPARE.format(
            host=HOST,
            smtp=office.smtp_port,
            pop3=office.pop3_port,
            customer=CUSTOMER,
        )
    )
    yield database
    database.drop()


def send(office, raw, sender=CUSTOMER, to=(TEAM,)):
    """Send a message as the customer's program does."""
    with smtplib.SMTP(HOST, office.smtp_port) as server:
        server.sendmail(sender, list(to), raw)


def write(subject, text, sender=CUSTOMER, to=TEAM, **headers):
    """Return a message of a person's mail program."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = make_msgid(domain="customer.example")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def fetch(service):
    """Let Odoo fetch its mailbox and send what waits; return what there is then."""
    return service.shell(FETCH)


def test_a_customer_writes_is_asked_and_answers(service, office):
    send(office, write("Oven stays cold", "It is cold since yesterday."))
    (ticket,) = fetch(service)["tickets"]
    assert ticket["name"] == "Oven stays cold"
    assert ticket["email"] == CUSTOMER
    service.shell(ANSWER.format(id=ticket["id"]))
    question = office.read(CUSTOMER)[-1]
    assert "Which oven is it?" in question.get_body(("plain", "html")).get_content()
    reply_to = question["Reply-To"] or question["From"]
    send(
        office,
        write(
            "Re: " + question["Subject"],
            "The big one.",
            to=reply_to,
            In_Reply_To=question["Message-ID"],
        ),
        to=["catchall@service.example" if "catchall" in reply_to else TEAM],
    )
    (ticket,) = fetch(service)["tickets"]
    assert "The big one." in ticket["messages"][0]


def test_one_broken_message_does_not_stop_the_others(service, office):
    before = fetch(service)
    corpus = sorted(MAILS.glob("*.eml"))
    for path in corpus:
        send(office, path.read_bytes(), f"{path.stem}@corpus.example")
    huge = write("Huge", "x").replace(b"\n\nx", b"\n\n" + b"y" * 30_000_000)
    send(office, huge)
    send(office, write("After all that", "The last one."))
    for _round in range(4):
        found = fetch(service)
        assert not found["error"]
        if not office.get_box("teams"):
            break
    assert not office.get_box("teams"), "the mailbox is empty"
    names = [ticket["name"] for ticket in found["tickets"]]
    assert "After all that" in names
    assert "Huge" in names + [name for _reason, name, _size in found["parked"]]
    new = len(found["tickets"]) - len(before["tickets"])
    assert new + len(found["parked"]) >= len(corpus)


def test_two_machines_that_answer_each_other_stop(service, office):
    """A robot without any manners answers every message with a new one."""
    send(office, write("Hello", "I am a robot.", sender=ROBOT), ROBOT)
    answered = 0
    for _round in range(8):
        found = fetch(service)
        messages = office.get_box(ROBOT)
        if answered == len(messages):
            break
        for message in messages[answered:]:
            send(office, write(f"Thanks {len(message)}", "Got it", sender=ROBOT), ROBOT)
        answered = len(messages)
    made = [ticket for ticket in found["tickets"] if ticket["email"] == ROBOT]
    assert answered <= 3
    assert len(made) <= 4
