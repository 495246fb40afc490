# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Reading our attributes and texts from the elements of a BPMN file.

>>> from lxml import etree
>>> element = etree.fromstring('<stage id="a" fold="yes" order="2" clock="stopped"/>')
>>> get_whole(element, "order", 1, 9)
2
>>> try:
...     get_choice(element, "clock", ("running", "paused"), "running")
... except BpmnError as error:
...     print(error)
bad_value (line 1, a): clock, stopped, running, paused
"""

from .bpmn_names import OURS
from .bpmn_xml import BpmnError

FLAGS = {"true": True, "1": True, "false": False, "0": False}


def get_choice(element, name, choices, default):
    """Return an attribute that must be one of `choices`.

    :raises BpmnError: it is something else
    """
    value = element.get(name, default)
    if value not in choices and value != default:
        raise BpmnError(
            "bad_value", element, name=name, value=value, allowed=", ".join(choices)
        )
    return value


def get_flag(element, name, default=False):
    """Return an attribute that is true or false.

    :raises BpmnError: it is something else
    """
    value = element.get(name)
    if value is None:
        return default
    if value not in FLAGS:
        raise BpmnError(
            "bad_value", element, name=name, value=value, allowed="true, false"
        )
    return FLAGS[value]


def get_whole(element, name, default, most):
    """Return an attribute that is a number from 1 to `most`.

    :raises BpmnError: it is something else
    """
    value = element.get(name)
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= most:
        raise BpmnError(
            "bad_value", element, name=name, value=value, allowed=f"1-{most}"
        )
    return int(value)


def get_texts(element, name):
    """Return {language: text} of the translations of `name`."""
    return {
        text.get("lang", ""): text.text or ""
        for text in element.iterfind(f"{{{OURS}}}text[@field='{name}']")
        if text.get("lang")
    }


def get_all(element, tag, attribute):
    """Return that attribute of all our elements `tag` inside `element`, in order.

    :raises BpmnError: one of them lacks it
    """
    result = []
    for child in element.iterfind(f"{{{OURS}}}{tag}"):
        if not child.get(attribute):
            raise BpmnError(
                "bad_value", child, name=f"{tag}/{attribute}", value="", allowed="…"
            )
        result.append(child.get(attribute))
    return result


def get_ours(element, tag):
    """Return our element `tag` in the extension of `element`; may be an empty one."""
    ours = element.find(f"./{{*}}extensionElements/{{{OURS}}}{tag}")
    return ours if ours is not None else element.makeelement(f"{{{OURS}}}{tag}")
