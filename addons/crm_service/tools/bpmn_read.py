# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Reading a process definition from a BPMN 2.0 XML file, our own or a tool's.

What our extension does not say gets a sensible value: a task is work in progress, an
end is closed, an arrow is a button, or automatic when it has a condition. Gateways that
choose one way become routes past them. Elements that a process here has no place for
are left out, and told.

>>> xml = '''<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
...   <process id="repair" name="Repair"><startEvent id="s"/>
...     <sequenceFlow id="f" sourceRef="s" targetRef="a"/><task id="a" name="Look"/>
...     <sequenceFlow id="g" sourceRef="a" targetRef="b"/><endEvent id="b"/>
...     <timer id="t" name="Wait"/>
... </process></definitions>'''
>>> reader = read_bpmn(xml)
>>> [(stage.name.source, stage.phase) for stage in reader.definition.stages]
[('Look', 'in_progress'), ('b', 'closed')]
>>> [(route.key, route.origin, route.target) for route in reader.definition.routes]
[('g', 'a', 'b')]
>>> reader.notes
[Note(tag='timer', element='t', line=5)]
"""

import re
from typing import NamedTuple

from lxml import etree

from .bpmn_flows import Flows
from .bpmn_names import MODEL, NOTE, OURS
from .bpmn_stages import read_stage
from .bpmn_values import get_texts, get_whole
from .bpmn_xml import BpmnError, open_bpmn
from .process_definition import SOURCE_LANGUAGE, Definition, Texts

TASKS = {
    "task",
    "userTask",
    "manualTask",
    "sendTask",
    "receiveTask",
    "serviceTask",
    "scriptTask",
    "businessRuleTask",
}
ENDS = {"endEvent"}
STARTS = {"startEvent"}
GATEWAYS = {"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"}
PLAIN = {"documentation", "extensionElements", "sequenceFlow"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
MAX_VERSION = 10_000


class Note(NamedTuple):
    """An element that was left out."""

    tag: str
    element: str
    line: int


def read_bpmn(data):
    """Read a file.

    :param data: bytes or text
    :return: a `Reader` with `definition` and `notes` on what was left out
    :raises BpmnError: it cannot be taken in
    """
    return Reader(open_bpmn(data))


class Reader:
    """Takes a definition from an XML tree.

    :raises BpmnError: the tree is no process, or is broken
    """

    def __init__(self, root):
        self.notes = []
        if root.tag != f"{{{MODEL}}}definitions":
            raise BpmnError("no_bpmn", line=root.sourceline, tag=_plain(root))
        self.process = self._find_process(root)
        self._check_ids(root)
        self.definition = self._read_process()
        self.nodes = self._read_nodes()
        flows = Flows(self.process, self.nodes)
        self.notes += [Note(_plain(flow), *_place(flow)) for flow in flows.left_out]
        self.definition.stages = flows.sort_stages()
        self.definition.routes = flows.get_routes()
        self.notes.sort(key=lambda note: (note.line, note.element))
        if not self.definition.stages:
            raise BpmnError("no_stage", self.process)

    def _find_process(self, root):
        """Return the one process of the file."""
        processes = root.findall(f"{{{MODEL}}}process")
        if len(processes) != 1:
            cause = "several_processes" if processes else "no_process"
            raise BpmnError(cause, *processes[1:2], count=len(processes))
        for element in root:
            if _plain(element) not in ("process", "BPMNDiagram"):
                self.notes.append(Note(_plain(element), *_place(element)))
        return processes[0]

    def _check_ids(self, root):
        """Refuse ids that stand twice, are missing or are no XML names."""
        seen = set()
        loose = self.process.iterfind(f".//{{{OURS}}}route[@id]")
        own = [root, self.process, *self.process, *loose]
        for element in own:
            key = element.get("id")
            if key in seen:
                raise BpmnError("same_id", element, id=key)
            if _plain(element) in TASKS | ENDS | STARTS | GATEWAYS | {"sequenceFlow"}:
                if not key:
                    raise BpmnError("no_id", element, tag=_plain(element))
                if not NAME.match(key):
                    raise BpmnError("bad_id", element, id=key)
            seen.update([key] if key else [])

    def _read_process(self):
        """Return the definition, without stages and routes yet."""
        process = self.process
        ours = process.find(f"{{{MODEL}}}extensionElements/{{{OURS}}}process")
        known = ours if ours is not None else etree.Element("none")
        documentation = process.find(f"{{{MODEL}}}documentation")
        code = known.get("code") or process.get("id") or ""
        if not code.strip():
            raise BpmnError("no_id", process, tag="process")
        text = "" if documentation is None else documentation.text or ""
        description = Texts({SOURCE_LANGUAGE: text} if text else {})
        description.update(get_texts(known, "description"))
        return Definition(
            code=code.strip(),
            version=get_whole(known, "version", 1, MAX_VERSION),
            name=Texts(
                {
                    SOURCE_LANGUAGE: process.get("name") or code,
                    **get_texts(known, "name"),
                }
            ),
            description=description,
            line=process.sourceline,
        )

    def _read_nodes(self):
        """Return {id: stage, or the word for another node}, in order."""
        nodes = {}
        for element in self.process:
            tag, key = _plain(element), element.get("id")
            if element.tag != f"{{{MODEL}}}{tag}":
                self.notes.append(Note(tag, *_place(element)))
            elif tag in TASKS | ENDS:
                nodes[key] = read_stage(element, tag in ENDS)
            elif tag in STARTS:
                nodes[key] = "start"
            elif tag in GATEWAYS:
                nodes[key] = "gateway"
            elif tag not in PLAIN and key != NOTE:
                self.notes.append(Note(tag, *_place(element)))
        return nodes


def _plain(element):
    """Return an element's tag without its namespace."""
    return etree.QName(element).localname


def _place(element):
    """Return where an element is: its id and line."""
    return element.get("id", ""), element.sourceline or 0
