# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Writing a process definition as one BPMN 2.0 XML file.

Stages are user tasks, or end events where a ticket's way ends; routes are sequence
flows. Ways that BPMN has no arrow for (from every open stage, out of an end) stand in
the process's extension and in a note on the page.

>>> from .process_definition import Definition, Route, Stage, Texts
>>> name = Texts({"en_US": "Close <it>"})
>>> definition = Definition("repair", 2, stages=[
...     Stage("stage_1", name), Stage("stage_2", name, phase="closed")],
...     routes=[Route("route_1", name, "stage_1", "stage_2")])
>>> xml = write_bpmn(definition)
>>> '<bpmn:endEvent id="stage_2" name="Close &lt;it&gt;">' in xml
True
>>> xml == write_bpmn(definition)
True
"""

import re

from lxml import etree

from .bpmn_layout import Layout, Shape
from .bpmn_names import (
    CONDITION_LANGUAGE,
    DC,
    DD,
    DI,
    MODEL,
    NAMESPACES,
    NOTE,
    OURS,
    START,
    START_FLOW,
    XSI,
)

# what XML 1.0 cannot hold
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write_bpmn(definition):
    """Return `definition` as the text of an XML file.

    :param process_definition.Definition definition: what to write
    """
    return HEADER + etree.tostring(
        Writer(definition).root, encoding="unicode", pretty_print=True
    )


def clean(text):
    """Return `text` with the characters that XML and its tools keep as they are.

    >>> clean("a\\0b\\tc\\r\\nd")
    'ab c\\nd'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return FORBIDDEN.sub("", text)


def process_id(code):
    """Return an id for the process of `code`; XML ids begin with a letter.

    >>> process_id("repair"), process_id("2nd level")
    ('repair', 'process_2nd_level')
    """
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", code)
    taken = name in (START, START_FLOW, NOTE, "definitions", "diagram")
    if taken or not re.match("[A-Za-z_]", name) or re.match("(stage|route)_", name):
        return f"process_{name}"
    return name


class Writer:
    """Builds the XML tree of a definition."""

    def __init__(self, definition):
        self.definition = definition
        keys = {item.key for item in definition.stages + definition.routes}
        self.process_id = process_id(definition.code)
        while self.process_id in keys:
            self.process_id = f"process_{self.process_id}"
        self.drawn = [r for r in definition.routes if definition.is_drawn(r)]
        self.others = [r for r in definition.routes if not definition.is_drawn(r)]
        self.root = etree.Element(f"{{{MODEL}}}definitions", nsmap=NAMESPACES)
        self.root.set("id", "definitions")
        self.root.set("targetNamespace", OURS)
        self.root.set("exporter", "After-Sales Service")
        self._add_process()
        self._add_diagram()

    def _add(self, parent, tag, namespace=MODEL, text=None, **attributes):
        """Add an element; what is empty or False is left out."""
        element = etree.SubElement(parent, f"{{{namespace}}}{tag}")
        for name, value in attributes.items():
            if value not in ("", None, False):
                plain = "true" if value is True else clean(str(value))
                element.set(name.rstrip("_"), plain)
        if text is not None:
            element.text = clean(text)
        return element

    # -- the process ----------------------------------------------------------

    def _add_process(self):
        """Add the process with its stages and routes."""
        definition = self.definition
        process = self._add(
            self.root,
            "process",
            id=self.process_id,
            name=definition.name.source,
            isExecutable="false",
        )
        if definition.description.source:
            self._add(process, "documentation", text=definition.description.source)
        self._add_process_extension(process)
        if definition.stages:
            self._add(process, "startEvent", id=START)
            first = definition.stages[0].key
            self._add_flow(process, START_FLOW, START, first)
        for place, stage in enumerate(definition.stages, 1):
            self._add_stage(process, place, stage)
        for place, route in enumerate(definition.routes, 1):
            if definition.is_drawn(route):
                self._add_route(process, place, route)
        self._add_note(process)

    def _add_process_extension(self, process):
        """Add code, version, translations, and the ways that are no arrows."""
        definition = self.definition
        extension = self._add(process, "extensionElements")
        ours = self._add(
            extension,
            "process",
            OURS,
            code=definition.code,
            version=definition.version,
        )
        self._add_translations(ours, "name", definition.name)
        self._add_translations(ours, "description", definition.description)
        for place, route in enumerate(definition.routes, 1):
            if not definition.is_drawn(route):
                self._add_loose_route(extension, place, route)

    def _add_loose_route(self, parent, place, route):
        """Add a route that no arrow of BPMN can stand for."""
        ours = self._add(
            parent,
            "route",
            OURS,
            id=route.key,
            name=route.name.source,
            from_=route.origin,
            to=route.target,
        )
        self._fill_route(ours, place, route)
        if route.condition != "[]":
            self._add(ours, "condition", OURS, text=route.condition)

    def _add_translations(self, parent, name, texts):
        """Add a text in the other languages."""
        for language, text in texts.translations().items():
            self._add(parent, "text", OURS, field=name, lang=language, text=text)

    def _add_stage(self, process, place, stage):
        """Add a stage as a task or as an end."""
        tag = "endEvent" if stage.is_end else "userTask"
        element = self._add(process, tag, id=stage.key, name=stage.name.source)
        extension = self._add(element, "extensionElements")
        ours = self._add(
            extension,
            "stage",
            OURS,
            order=place,
            phase=stage.phase,
            clock=stage.clock,
            team=stage.team,
            fold=stage.fold,
            waitsForChildren=stage.waits_for_children,
        )
        self._add_translations(ours, "name", stage.name)
        for name in stage.required_fields:
            self._add(ours, "requiredField", OURS, name=name)
        for check in stage.checks:
            self._add_check(ours, check)
        if stage.instructions:
            self._add(ours, "instructions", OURS, text=stage.instructions)
        for language, source, text in stage.instruction_terms:
            term = self._add(ours, "term", OURS, lang=language)
            self._add(term, "source", OURS, text=source)
            self._add(term, "target", OURS, text=text)

    def _add_check(self, parent, check):
        """Add a line of a checklist."""
        required = "true" if check.required else "false"
        element = self._add(
            parent, "check", OURS, name=check.name.source, required=required
        )
        self._add_translations(element, "name", check.name)

    def _add_route(self, process, place, route):
        """Add a route as a sequence flow."""
        flow = self._add_flow(
            process, route.key, route.origin, route.target, route.name.source
        )
        extension = self._add(flow, "extensionElements")
        self._fill_route(self._add(extension, "route", OURS), place, route)
        if route.condition != "[]":
            condition = self._add(
                flow,
                "conditionExpression",
                text=route.condition,
                language=CONDITION_LANGUAGE,
            )
            condition.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")

    def _add_flow(self, process, key, origin, target, name=""):
        """Add a sequence flow."""
        return self._add(
            process,
            "sequenceFlow",
            id=key,
            name=name,
            sourceRef=origin,
            targetRef=target,
        )

    def _fill_route(self, ours, place, route):
        """Write what BPMN does not know of a route into our element."""
        values = {
            "order": place,
            "mode": route.mode,
            "team": route.team,
            "priority": route.priority,
            "user": route.user,
            "question": "" if route.question == "none" else route.question,
            "childType": route.child_type,
            "childTeam": route.child_team,
            "childName": route.child_name.source,
        }
        for name, value in values.items():
            if value != "":
                ours.set(name, clean(str(value)))
        self._add_translations(ours, "name", route.name)
        self._add_translations(ours, "childName", route.child_name)
        for group in route.groups:
            self._add(ours, "group", OURS, id=group)
        for tag in route.tags:
            self._add(ours, "tag", OURS, name=tag)

    def _add_note(self, process):
        """Add a note that tells of the ways that are no arrows."""
        if not self.others:
            return
        note = self._add(process, "textAnnotation", id=NOTE)
        lines = [self._describe(route) for route in self.others]
        self._add(note, "text", text="\n".join(lines))

    def _describe(self, route):
        """Return a line of the note."""
        origin = self.definition.get_stage(route.origin)
        start = origin.name.source if origin else "Every open stage"
        target = self.definition.get_stage(route.target)
        return f"{start}: {route.name.source} → {target.name.source}"

    # -- the page -------------------------------------------------------------

    def _add_diagram(self):
        """Add where everything stands on the page."""
        self.layout = Layout(
            [stage.key for stage in self.definition.stages],
            {route.key: (route.origin, route.target) for route in self.drawn},
            {stage.key for stage in self.definition.stages if stage.is_end},
        )
        diagram = self._add(self.root, "BPMNDiagram", DI, id="diagram")
        self.plane = self._add(
            diagram, "BPMNPlane", DI, id="plane", bpmnElement=self.process_id
        )
        if self.definition.stages:
            self._draw_start()
        for stage in self.definition.stages:
            self._draw_stage(stage)
        for route in self.drawn:
            self._draw_arrow(route.key, self.layout.arrows[route.key], route.name)
        self._draw_note()

    def _draw_start(self):
        """Draw where tickets come in."""
        first = self.layout.shapes[self.definition.stages[0].key]
        start = Shape(first.x - 120, first.left[1] - 18, 36, 36)
        self._draw_shape(START, start)
        self._draw_arrow(START_FLOW, [start.right, first.left], {})

    def _draw_stage(self, stage):
        """Draw a stage; the name of an end stands below it."""
        shape = self.layout.shapes[stage.key]
        element = self._draw_shape(stage.key, shape)
        if stage.is_end:
            label = self._add(element, "BPMNLabel", DI)
            self._bounds(label, Shape(shape.middle - 45, shape.y + 40, 90, 27))

    def _draw_shape(self, key, shape):
        """Draw a box."""
        element = self._add(
            self.plane, "BPMNShape", DI, id=f"{key}_di", bpmnElement=key
        )
        self._bounds(element, shape)
        return element

    def _bounds(self, parent, shape):
        """Write the place and size of a box."""
        self._add(
            parent,
            "Bounds",
            DC,
            x=str(shape.x),
            y=str(shape.y),
            width=shape.width,
            height=shape.height,
        )

    def _draw_arrow(self, key, corners, name):
        """Draw a way, with its name at the middle of its longest part."""
        edge = self._add(self.plane, "BPMNEdge", DI, id=f"{key}_di", bpmnElement=key)
        for x, y in corners:
            self._add(edge, "waypoint", DD, x=str(x), y=str(y))
        if name:
            middle = len(corners) // 2
            (x1, y1), (x2, y2) = corners[middle - 1], corners[middle]
            label = self._add(edge, "BPMNLabel", DI)
            x, y = (x1 + x2) // 2 - 58, (y1 + y2) // 2 - 18
            self._bounds(label, Shape(x, y, 116, 14))

    def _draw_note(self):
        """Draw the note in the upper left corner."""
        if not self.others:
            return
        lines = [self._describe(route) for route in self.others]
        width, height = 8 * max(map(len, lines)) + 20, 20 + 16 * len(lines)
        self._draw_shape(NOTE, Shape(160, self.layout.top - height - 30, width, height))
