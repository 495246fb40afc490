"""What the web client asks a server for, read from a view as it does.

The counterpart of ``getFieldsSpec`` in Odoo's ``relational_model/utils.js`` and of
the list's architecture parser, for the widgets that lists and kanbans have.
"""

import ast

from lxml import etree

# Fields that a widget reads besides its own.
NEEDED_BY = {
    "list_activity": (
        "activity_exception_decoration",
        "activity_exception_icon",
        "activity_state",
        "activity_summary",
        "activity_type_icon",
        "activity_type_id",
    ),
}


def read_list(env, model, view_id=None):
    """Return the specification and the order of a model's list.

    :param env: of the user who looks at it
    :param int view_id: another list than the usual one
    :return: (specification, order) as ``web_search_read`` takes them
    """
    arch = _read_arch(env, model, "list", view_id)
    handle = arch.find("field[@widget='handle']")
    order = arch.get("default_order", "")
    if not order and handle is not None:
        order = f"{handle.get('name')} ASC, id ASC"
    return _specify(env[model], arch.findall("field")), order


def read_kanban(env, model):
    """Return the specification of a model's kanban."""
    arch = _read_arch(env, model, "kanban")
    return _specify(env[model], arch.iter("field"))


def _read_arch(env, model, kind, view_id=None):
    return etree.fromstring(env[model].get_view(view_id, kind)["arch"])


def _specify(records, nodes):
    """What to read for the fields of a view."""
    specification = {}
    for node in nodes:
        specification[node.get("name")] = _specify_field(records, node)
        for name in NEEDED_BY.get(node.get("widget"), ()):
            specification.setdefault(name, _specify_named(records, name))
    return specification


def _specify_field(records, node):
    """What to read for one field node."""
    shown = node.get("column_invisible") not in ("1", "True")
    if records._fields[node.get("name")].type == "many2many" and shown:
        return _specify_tags(node)
    return _specify_named(records, node.get("name"), shown)


def _specify_tags(node):
    """What tags are drawn with."""
    options = ast.literal_eval(node.get("options") or "{}")
    names = ["display_name", *filter(None, [options.get("color_field")])]
    return {"fields": {name: {} for name in names}, "limit": 40}


def _specify_named(records, name, shown=True):
    """What to read of a field without a widget of its own."""
    if records._fields[name].type != "many2one":
        return {}
    return {"fields": {"display_name": {}} if shown else {}}
