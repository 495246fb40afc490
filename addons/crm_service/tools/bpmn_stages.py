# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Reading the stages of a BPMN file: its tasks and ends.

>>> from lxml import etree
>>> stage = read_stage(etree.fromstring('<task id="a"/>'), is_end=False)
>>> stage.key, stage.name.source, stage.phase, stage.order
('a', 'a', 'in_progress', None)
"""

from .bpmn_names import CLOCKS, OURS, PHASES
from .bpmn_values import get_all, get_choice, get_flag, get_ours, get_texts, get_whole
from .process_definition import ENDED_PHASES, SOURCE_LANGUAGE, Check, Stage, Texts

MAX_ORDER = 1_000_000


def read_stage(element, is_end):
    """Return the stage of a task or an end.

    :param bool is_end: whether it is drawn as an end
    :raises bpmn_xml.BpmnError: a value is none of those that there are
    """
    ours = get_ours(element, "stage")
    phase = get_choice(ours, "phase", PHASES, "")
    if is_end and phase not in ENDED_PHASES:
        phase = "closed"
    key = element.get("id")
    return Stage(
        key=key,
        name=Texts(
            {SOURCE_LANGUAGE: element.get("name") or key, **get_texts(ours, "name")}
        ),
        phase=phase or "in_progress",
        clock=get_choice(ours, "clock", CLOCKS, "paused" if is_end else "running"),
        team=ours.get("team", ""),
        fold=get_flag(ours, "fold"),
        waits_for_children=get_flag(ours, "waitsForChildren"),
        required_fields=get_all(ours, "requiredField", "name"),
        instructions=ours.findtext(f"{{{OURS}}}instructions") or "",
        instruction_terms=_read_terms(ours),
        checks=[_read_check(child) for child in ours.iterfind(f"{{{OURS}}}check")],
        line=element.sourceline or 0,
        order=get_whole(ours, "order", None, MAX_ORDER),
    )


def _read_check(element):
    """Return a line of a checklist."""
    name = {SOURCE_LANGUAGE: element.get("name", ""), **get_texts(element, "name")}
    return Check(Texts(name), get_flag(element, "required", True))


def _read_terms(ours):
    """Return the translations of the instructions: (language, source, text)."""
    return [
        (
            term.get("lang", ""),
            term.findtext(f"{{{OURS}}}source") or "",
            term.findtext(f"{{{OURS}}}target") or "",
        )
        for term in ours.iterfind(f"{{{OURS}}}term")
    ]
