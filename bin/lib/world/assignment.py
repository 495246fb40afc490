"""What the technicians know, which tickets need it, and who gets the next one."""

from odoo import Command

from . import tables

LEVELS = {"Trained": 40, "Experienced": 70, "Expert": 100}
# The languages come with Odoo.
LANGUAGES = {"mandarin": "hr_skills.hr_skill_mandarin_chinese"}


def load(records):
    """Make skills and rules, then let the teams hand out tickets by themselves.

    That comes after the tickets of the past, which have their people already.
    """
    _load_skills(records)
    _load_staff_skills(records)
    _load_rules(records)
    for row in tables.read("teams"):
        team = records[f"team_{row['key']}"]
        if records.once(f"method_{row['key']}", team):
            team.assignment_method = row["method"]
            capacity = int(row["capacity"])
            if capacity:
                team.team_member_ids.write({"capacity": capacity})


def _load_skills(records):
    """Make a kind of skills with the levels that all of them have."""
    rows = tables.read("skills")
    made = records.ensure(
        "hr.skill.type",
        {
            "skill_type_appliances": {
                "name": "Appliances",
                "skill_ids": [Command.create({"name": row["name"]}) for row in rows],
                "skill_level_ids": [
                    Command.create(
                        {
                            "name": name,
                            "level_progress": progress,
                            "default_level": name == "Trained",
                        }
                    )
                    for name, progress in LEVELS.items()
                ],
            }
        },
    )
    for skill_type in made.values():
        skill_type.update_field_translations("name", {"zh_CN": "家电", "zh_TW": "家電"})
        for skill, row in zip(skill_type.skill_ids.sorted("id"), rows, strict=True):
            skill.update_field_translations("name", tables.translations(row))
            records.remember({f"skill_{row['key']}": skill})


def _skill(records, key):
    """Return the skill that a table calls so."""
    xmlid = LANGUAGES.get(key)
    return records.env.ref(xmlid) if xmlid else records[f"skill_{key}"]


def _level(skill, name):
    """Return the level of a skill by its name."""
    return skill.skill_type_id.skill_level_ids.filtered(lambda it: it.name == name)


def _load_staff_skills(records):
    vals_by_name = {}
    for row in tables.read("staff_skills"):
        skill, login = _skill(records, row["skill"]), row["login"].replace(".", "_")
        vals_by_name[f"staff_skill_{login}_{row['skill']}"] = {
            "employee_id": records[f"employee_{login}"].id,
            "skill_type_id": skill.skill_type_id.id,
            "skill_id": skill.id,
            "skill_level_id": _level(skill, row["level"]).id,
        }
    records.ensure("hr.employee.skill", vals_by_name)


def _load_rules(records):
    repair = records.env.ref("crm_service.ticket_type_repair")
    vals_by_name = {}
    for row in tables.read("skill_rules"):
        skill, category = _skill(records, row["skill"]), row["category"]
        vals_by_name[f"skill_rule_{row['skill']}"] = {
            "company_id": records.companies["service"].id,
            "type_id": repair.id if category else False,
            "categ_id": records[f"category_{category}"].id if category else False,
            "lang": row["lang"] or False,
            "skill_id": skill.id,
            "level_id": _level(skill, row["level"]).id,
        }
    records.ensure("service.skill.rule", vals_by_name)
