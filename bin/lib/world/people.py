"""Users with their roles and companies, technicians as employees, teams."""

from odoo import Command

from . import tables

# Which team a new ticket of a type goes to.
TEAM_OF_TYPE = {
    "repair": "field",
    "installation": "field",
    "maintenance": "field",
    "inquiry": "desk",
    "complaint": "care",
}


def load(records):
    """Make users out of ``users.csv`` and teams out of ``teams.csv``."""
    rows = tables.read("users")
    _load_admin(records, rows)
    _load_users(records, [row for row in rows if row["login"] != "admin"])
    _load_employees(records, rows)
    _load_teams(records)
    _share_transit(records)


def _companies(records, row):
    return [records[f"company_{key}"].id for key in row["companies"].split()]


def _load_admin(records, rows):
    admin = records.env.ref("base.user_admin")
    if records.once("user_admin", admin):
        row = next(row for row in rows if row["login"] == "admin")
        vals = _prepare_vals(records, row)
        # login, password and groups are as Odoo made them
        for name in ("login", "password", "group_ids"):
            del vals[name]
        admin.write(vals)


def _load_users(records, rows):
    records.ensure(
        "res.users",
        {
            f"user_{row['login'].replace('.', '_')}": _prepare_vals(records, row)
            for row in rows
        },
        no_reset_password=True,
        mail_create_nosubscribe=True,
    )
    warehouse = records["warehouse_service"]
    for row in rows:
        user = records.user(row["login"])
        if row["companies"] == "service" and not user.property_warehouse_id:
            user.with_company(warehouse.company_id).property_warehouse_id = warehouse


def _prepare_vals(records, row):
    """Return the values of a user; without a password nobody can log in as them."""
    env = records.env
    groups = [env.ref(xmlid).id for xmlid in row["groups"].split()]
    companies = _companies(records, row)
    vals = {
        "login": row["login"],
        "name": row["name"],
        "email": f"{row['login']}@aurora-service.example.com",
        "group_ids": [Command.set([env.ref("base.group_user").id, *groups])],
        "company_id": companies[0],
        "company_ids": [Command.set(companies)],
        "lang": row["lang"],
        "tz": "Europe/Rome",
        "notification_type": "inbox",
    }
    return {**vals, "password": row["password"]} if row["password"] else vals


def _load_employees(records, rows):
    service = records.companies["service"]
    records.ensure(
        "hr.employee",
        {
            f"employee_{row['login'].replace('.', '_')}": {
                "name": row["name"],
                "user_id": records.user(row["login"]).id,
                "company_id": service.id,
                "job_title": row["job"],
                "work_email": f"{row['login']}@aurora-service.example.com",
            }
            for row in rows
            if row["job"] and row["companies"] == "service"
        },
        mail_create_nosubscribe=True,
    )


def _load_teams(records):
    made = {}
    for row in tables.read("teams"):
        members = [records.user(login).id for login in row["members"].split()]
        made |= records.ensure(
            "service.team",
            {
                f"team_{row['key']}": {
                    "name": row["name"],
                    "user_id": records.user(row["leader"]).id,
                    "member_ids": [Command.set(members)],
                    "color": int(row["color"]),
                }
            },
            mail_create_nosubscribe=True,
        )
        if f"team_{row['key']}" in made:
            team = made[f"team_{row['key']}"]
            team.update_field_translations("name", tables.translations(row))
    types = records.env["service.ticket.type"]
    for code, team in TEAM_OF_TYPE.items():
        ticket_type = types.search([("code", "=", code)])
        if f"team_{team}" in made:
            ticket_type.team_id = made[f"team_{team}"]
    if "team_quality" in made:
        # for complaints about those who would handle them
        service = records.companies["service"]
        service.service_complaint_team_id = made["team_quality"]


def _share_transit(records):
    """Let goods between the companies pass through the transit location.

    Odoo sets this when somebody who works in several companies makes them.
    """
    location = records.env.ref("stock.stock_location_inter_company")
    admin = records.user("admin")
    for company in records.companies.values():
        if records.once(f"transit_{company.id}", company):
            company.with_user(admin)._set_per_company_inter_company_locations(location)
