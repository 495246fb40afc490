"""What a person can read of a complaint about that person, over RPC: nothing.

A complaint is filled with a word that occurs nowhere else; then the person whom it is
about reads every text of every model, as far as the rights reach. Without the record
rules the same search finds it in many places: so it would be noticed.
"""

import json
from xmlrpc.client import Fault, ServerProxy

import pytest
import requests

CANARY = "Quokka7731"
BLAMED = "supervisor"
TEXTS = ("char", "text", "html")
# Tables of Odoo itself that grow with the database and hold nothing of a ticket.
SKIPPED = ("ir.model", "ir.ui", "ir.module", "ir.asset", "res.lang", "res.country")
LIMIT = 3000
MAKE = """
users = env["res.users"]
agent, blamed, chief = (
    users.search([("login", "=", who)]) for who in ("agent", %(blamed)r, "manager")
)
company = agent.company_id
team = env["service.team"].create({
    "name": "Independent Desk", "company_id": company.id,
    "member_ids": [(6, 0, chief.ids)],
})
company.service_complaint_team_id = team
word = %(canary)r
partner = env["res.partner"].create({"name": "Nina Costa", "email": "n@example.com"})
types = env["service.ticket.type"]
kind = types.search([("code", "=", "complaint")], limit=1)
repair = types.search([("code", "=", "repair")], limit=1)
tickets = env["service.ticket"].with_user(agent).with_company(company)
ticket = tickets.create({
    "name": word, "description": "<p>%%s</p>" %% word, "type_id": kind.id,
    "partner_id": partner.id, "company_id": company.id, "complaint_about": "person",
    "complained_user_id": blamed.id, "user_id": agent.id, "immediate_action": word,
    "severity": "serious", "complexity": "simple", "impact": "single",
    "safety_risk": True,
})
note = ticket.message_post(
    body=word, message_type="comment", subtype_xmlid="mail.mt_comment",
    partner_ids=(blamed | chief).partner_id.ids,
    attachments=[(word + ".txt", b"x")],
)
ticket.message_subscribe(blamed.partner_id.ids)
ticket.activity_schedule(
    "mail.mail_activity_data_todo", summary=word, user_id=chief.id
)
ticket.action_urge(word)
env["service.remedy"].with_user(agent).create(
    {"ticket_id": ticket.id, "kind": "refund", "amount": 5, "note": word}
).action_grant()
child = tickets.create({
    "name": word, "type_id": repair.id, "parent_id": ticket.id,
    "partner_id": partner.id, "company_id": company.id,
})
ticket.action_acknowledge()
ticket._answer("<p>%%s</p>" %% word)
env.cr.commit()
answer = {
    "ticket": ticket.id, "number": ticket.number, "child": child.id,
    "partner": partner.id, "attachment": note.attachment_ids.id, "note": note.id,
}
"""
SWITCH = """
rules = env["ir.rule"].with_context(active_test=False).search([
    "|", ("domain_force", "ilike", "is_service_hidden"),
    ("domain_force", "ilike", "excluded_user_ids"),
])
rules.active = %r
env.cr.commit()
env.registry.signal_changes()
answer = len(rules)
"""
MODELS = """
user = env["res.users"].search([("login", "=", %(blamed)r)])
mine = env(user=user.id)
answer = {}
for name, model in mine.items():
    if model._abstract or name.startswith(%(skipped)r) or not model._fields:
        continue
    if model._transient or not mine[name].has_access("read"):
        continue
    names = [
        field.name for field in model._fields.values()
        if field.type in %(texts)r and field.store
        and model._has_field_access(field, "read")
    ]
    names += [
        field.name for field in model._fields.values()
        if field.type == "many2one" and field.comodel_name == "service.ticket"
        and field.store and model._has_field_access(field, "read")
    ]
    answer[name] = names
"""


@pytest.fixture(scope="module")
def made(world):
    """The complaint about the supervisor."""
    return world.shell(MAKE % {"blamed": BLAMED, "canary": CANARY})


@pytest.fixture(scope="module")
def models(world, made):
    """{model: names of its texts} of all that the supervisor may read at all."""
    given = {"blamed": BLAMED, "skipped": SKIPPED, "texts": TEXTS}
    return world.shell(MODELS % given)


@pytest.fixture(scope="module")
def execute(server, world):
    """Call a method as the supervisor, over XML-RPC."""

    def call(model, method, *args, **kwargs):
        with ServerProxy(f"{server.url}/xmlrpc/2/object", allow_none=True) as proxy:
            uid = server.uid(BLAMED)
            return proxy.execute_kw(
                world.name, uid, BLAMED, model, method, args, kwargs
            )

    return call


def find_leaks(execute, models):
    """Return the models in which the supervisor reads the word."""
    leaks = set()
    for model, names in models.items():
        try:
            rows = execute(
                *(model, "search_read", []),
                fields=["display_name", *names],
                limit=LIMIT,
                order="id desc",
            )
        except Fault:
            continue
        if CANARY in json.dumps(rows, default=str):
            leaks.add(model)
    return leaks


def test_no_text_of_any_model_tells_of_it(execute, models):
    assert len(models) > 150
    assert find_leaks(execute, models) == set()


def test_it_is_not_found_counted_or_grouped(execute, made, world):
    ids = [made["ticket"], made["child"]]
    domain = [("id", "in", ids)]
    ticket = "service.ticket"
    assert execute(ticket, "search", domain) == []
    assert execute(ticket, "search_count", domain) == 0
    assert execute(ticket, "name_search", CANARY) == []
    assert execute(ticket, "name_search", made["number"]) == []
    groups = execute(ticket, "formatted_read_group", domain, ["phase"], ["__count"])
    assert groups == []
    owners = {"mail.message": "model", "mail.activity": "res_model"}
    owners |= {"ir.attachment": "res_model", "mail.followers": "res_model"}
    for model, name in owners.items():
        owned = [(name, "=", ticket), ("res_id", "in", ids)]
        assert execute(model, "search_count", owned) == 0, model
    for method in ("read", "web_read", "export_data"):
        given = [["name"]] if method != "web_read" else [{"name": {}}]
        with pytest.raises(Fault):
            execute(ticket, method, ids, *given)
    shown = execute("res.partner", "read", [made["partner"]], ["service_ticket_count"])
    assert shown[0]["service_ticket_count"] == 0


def test_the_web_client_shows_nothing_of_it(server, made):
    session = requests.Session()
    login = {"db": server.database, "login": BLAMED, "password": BLAMED}
    answer = session.post(
        f"{server.url}/web/session/authenticate",
        json={"jsonrpc": "2.0", "method": "call", "params": login},
        timeout=60,
    )
    assert answer.json()["result"]["uid"]
    thread = {"thread_model": "service.ticket", "thread_id": made["ticket"]}
    for path, params in (
        ("/mail/thread/messages", thread),
        ("/mail/data", {"fetch_params": [["mail.thread", thread]]}),
        ("/mail/inbox/messages", {}),
        ("/mail/starred/messages", {}),
    ):
        answer = session.post(
            f"{server.url}{path}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=60,
        )
        assert CANARY not in answer.text, path
    for path in (
        f"/web/content/{made['attachment']}",
        f"/web/content/service.ticket/{made['ticket']}/name",
        f"/mail/message/{made['note']}",
    ):
        answer = session.get(f"{server.url}{path}", timeout=60)
        assert CANARY not in answer.text, path
        assert answer.text != "x", path


def test_nothing_of_it_was_sent_to_that_person(world, made):
    (person,) = world.sql(
        "SELECT p.id, p.email FROM res_users u JOIN res_partner p "
        "ON p.id = u.partner_id WHERE u.login = %s",
        BLAMED,
    )
    told = world.sql(
        "SELECT n.id FROM mail_notification n JOIN mail_message m "
        "ON m.id = n.mail_message_id WHERE n.res_partner_id = %s AND m.res_id IN %s "
        "AND m.model = 'service.ticket'",
        person["id"],
        (made["ticket"], made["child"]),
    )
    mails = world.sql(
        "SELECT r.mail_mail_id FROM mail_mail_res_partner_rel r JOIN mail_mail m "
        "ON m.id = r.mail_mail_id JOIN mail_message x ON x.id = m.mail_message_id "
        "WHERE r.res_partner_id = %s AND (m.body_html LIKE %s OR x.subject LIKE %s)",
        person["id"],
        f"%{CANARY}%",
        f"%{CANARY}%",
    )
    assert not told and not mails


def test_without_the_rules_the_same_search_finds_it(world, execute, models):
    assert world.shell(SWITCH % False) > 15
    try:
        leaks = find_leaks(execute, models)
    finally:
        world.shell(SWITCH % True)
    assert {
        "service.ticket",
        "service.remedy",
        "service.urge",
        "mail.message",
        "mail.activity",
        "ir.attachment",
    } <= leaks
    assert find_leaks(execute, models) == set()
