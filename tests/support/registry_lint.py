"""Looks over the models of our add-ons; runs inside Odoo (see test_install_matrix)."""

import re

from odoo.tools.safe_eval import safe_eval

OURS = ("crm_service", "spare_parts_bridge", "service_portal")
OUR_CLASS = re.compile(rf"^odoo\.addons\.({'|'.join(OURS)})\.")


def look(env):
    """Return ``{"problems": [sentence], "methods": [model.method]}``."""
    problems = [
        problem
        for model in _our_models(env)
        for check in (_access, _company_rule, _indexes, _old_constraints, _sql_objects)
        for problem in check(env, model)
    ]
    return {"problems": sorted(problems), "methods": sorted(set(_methods(env)))}


def _our_models(env):
    """Models that one of our add-ons defines."""
    return [env[name] for name in env.registry if env[name]._original_module in OURS]


def _access(env, model):
    """Every model has rows in the access list, also if they grant nothing."""
    if model._abstract:
        return
    rights = env["ir.model.access"].search([("model_id.model", "=", model._name)])
    if not rights:
        yield f"{model._name} has no access rights"
    for right in rights.filtered(lambda row: not row.group_id):
        yield f"{model._name}: {right.name} grants rights to everybody"


def _is_open(env, model):
    """Whether anybody may do anything with a model."""
    rights = env["ir.model.access"].search([("model_id.model", "=", model._name)])
    return any(
        row.perm_read or row.perm_write or row.perm_create or row.perm_unlink
        for row in rights
    )


def _rules(env, model):
    return env["ir.rule"].search([("model_id.model", "=", model._name)])


def _company_rule(env, model):
    """Every stored model that people can reach is bound to companies."""
    if model._abstract or model._transient or not _is_open(env, model):
        return
    rules = _rules(env, model).filtered(lambda rule: not rule.groups)
    if not any("company_ids" in (rule.domain_force or "") for rule in rules):
        yield f"{model._name} has no company rule"


def _indexes(env, model):
    """Fields that rules compare are found by an index, where there is a table."""
    if model._abstract or model._transient or not model._auto:
        return
    leading = _leading_columns(env, model._table)
    for rule in _rules(env, model):
        domain = safe_eval(rule.domain_force or "[]", rule._eval_context())
        for leaf in domain:
            if isinstance(leaf, (list, tuple)) and isinstance(leaf[0], str):
                yield from _path_problem(env, model, leaf[0], leading, rule)


def _path_problem(env, model, path, leading, rule):
    name = path.split(".")[0]
    field = model._fields.get(name)
    if not field or field.type != "many2one" or name in leading:
        return
    yield f"{model._name}.{name} is used in the rule “{rule.name}” and has no index"


def _leading_columns(env, table):
    """First columns of the indexes of a table."""
    env.cr.execute(
        """
        SELECT attribute.attname FROM pg_index index
          JOIN pg_attribute attribute ON attribute.attrelid = index.indrelid
           AND attribute.attnum = index.indkey[0]
         WHERE index.indrelid = to_regclass(%s)
        """,
        [table],
    )
    return {name for (name,) in env.cr.fetchall()}


def _old_constraints(env, model):
    """Odoo 19 ignores ``_sql_constraints``."""
    for cls in type(model).mro():
        if OUR_CLASS.match(cls.__module__) and "_sql_constraints" in vars(cls):
            yield f"{model._name} declares _sql_constraints, which nobody reads"


def _sql_objects(env, model):
    """Declared constraints and indexes are in the database."""
    if model._abstract:
        return
    env.cr.execute(
        "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes"
    )
    there = {name for (name,) in env.cr.fetchall()}
    for name in model._table_objects:
        if name not in there:
            yield f"{name} of {model._name} is not in the database"


def _methods(env):
    """Public methods that our classes define, on whatever model."""
    for name in env.registry:
        model = env[name]
        for cls in type(model).mro():
            if not OUR_CLASS.match(cls.__module__):
                continue
            for method, value in vars(cls).items():
                if not method.startswith("_") and callable(value):
                    if not _is_private(model, method):
                        yield f"{name}.{method}"


def _is_private(model, method):
    """Whether Odoo refuses the method to remote callers."""
    return any(
        getattr(vars(cls).get(method), "_api_private", False)
        for cls in type(model).mro()
    )
