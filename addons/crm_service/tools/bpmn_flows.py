# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Reading the routes of a BPMN file: its arrows, past gateways, and our own ones.

>>> from lxml import etree
>>> from .process_definition import Stage, Texts
>>> process = etree.fromstring('''<process xmlns="%s">
...   <task id="a"/><task id="b"/><task id="c"/><exclusiveGateway id="g"/>
...   <sequenceFlow id="f" sourceRef="a" targetRef="g"/>
...   <sequenceFlow id="yes" name="Yes" sourceRef="g" targetRef="b"/>
...   <sequenceFlow id="no" sourceRef="g" targetRef="c"/>
... </process>''' % MODEL)
>>> nodes = {key: Stage(key, Texts({"en_US": key})) for key in "abc"}
>>> flows = Flows(process, {**nodes, "g": "gateway"})
>>> [(r.key, r.name.source, r.origin, r.target) for r in flows.get_routes()]
[('yes', 'Yes', 'a', 'b'), ('no', 'c', 'a', 'c')]
>>> [stage.key for stage in flows.sort_stages()]
['a', 'b', 'c']
"""

from .bpmn_names import MODEL, MODES, OURS, PRIORITIES, QUESTIONS
from .bpmn_stages import MAX_ORDER
from .bpmn_values import get_all, get_choice, get_ours, get_texts, get_whole
from .bpmn_xml import BpmnError
from .process_definition import SOURCE_LANGUAGE, Route, Stage, Texts

MAX_ROUTES = 2000
# Less than from one place to the next, however many follow each other.
NEXT = 1 / 10_000


class Flows:
    """The arrows between the nodes of a process.

    :param process: the XML element
    :param dict nodes: {id: `Stage`, "start" or "gateway"}; others were left out
    :raises BpmnError: an arrow leads nowhere, or from a stage to itself
    """

    def __init__(self, process, nodes):
        self.nodes = nodes
        self.left_out = []
        self._leaving = {}
        self._entries = []
        ids = {element.get("id") for element in process}
        for flow in process.iterfind(f"{{{MODEL}}}sequenceFlow"):
            self._add(flow, ids)
        self._routes = []
        for key, node in nodes.items():
            if isinstance(node, Stage):
                self._follow(key, key, [], set())
            elif node == "start":
                self._enter(key, set())
        self._read_own_routes(process)

    def _add(self, flow, ids):
        """Sort an arrow in by where it begins."""
        for name in ("sourceRef", "targetRef"):
            if flow.get(name) not in ids:
                raise BpmnError(
                    "loose_flow", flow, name=name, value=flow.get(name) or ""
                )
        ends = flow.get("sourceRef"), flow.get("targetRef")
        if any(key not in self.nodes for key in ends) or (
            self.nodes[ends[1]] == "start"
        ):
            self.left_out.append(flow)
        else:
            self._leaving.setdefault(ends[0], []).append(flow)

    def _enter(self, key, seen):
        """Note the stages that a start leads to."""
        for flow in self._leaving.get(key, ()):
            target = flow.get("targetRef")
            if isinstance(self.nodes[target], Stage):
                self._entries.append(target)
            elif target not in seen:
                seen.add(target)
                self._enter(target, seen)

    def _follow(self, origin, key, way, seen):
        """Add a route for each stage that arrows lead to, past gateways."""
        for flow in self._leaving.get(key, ()):
            target = flow.get("targetRef")
            if isinstance(self.nodes[target], Stage):
                self._add_route(origin, target, [*way, flow])
            elif target not in seen:
                self._follow(origin, target, [*way, flow], {*seen, target})

    def _add_route(self, origin, target, way):
        """Add the route along the arrows of `way`."""
        last = way[-1]
        if origin == target:
            raise BpmnError("circle", last, stage=self.nodes[origin].name.source)
        if len(self._routes) >= MAX_ROUTES:
            raise BpmnError("too_many", last, most=MAX_ROUTES)
        key = last.get("id")
        if any(route.key == key for route in self._routes):
            key = "_".join(flow.get("id") for flow in way)
        ours = get_ours(last, "route")
        texts = [flow.findtext(f"{{{MODEL}}}conditionExpression") for flow in way]
        conditions = [text.strip() for text in texts if text and text.strip()]
        if len(conditions) > 1:
            raise BpmnError("two_conditions", last)
        names = [flow.get("name") for flow in reversed(way) if flow.get("name")]
        condition = conditions[0] if conditions else ""
        name = names[0] if names else ""
        self._append(key, ours, (origin, target), name, condition, last.sourceline)

    def _read_own_routes(self, process):
        """Add the routes of our extension that no arrow stands for."""
        for ours in process.iterfind(f"./{{*}}extensionElements/{{{OURS}}}route"):
            origin, target = ours.get("from", ""), ours.get("to", "")
            for name, key in (("from", origin), ("to", target)):
                if (key or name == "to") and not isinstance(self.nodes.get(key), Stage):
                    raise BpmnError("loose_flow", ours, name=name, value=key)
            if not ours.get("id"):
                raise BpmnError("no_id", ours, tag="route")
            condition = (ours.findtext(f"{{{OURS}}}condition") or "").strip()
            ends = origin, target
            self._append(
                ours.get("id"),
                ours,
                ends,
                ours.get("name"),
                condition,
                ours.sourceline,
            )

    def _append(self, key, ours, ends, name, condition, line):
        """Add a route with what our element says of it."""
        origin, target = ends
        name = name or self.nodes[target].name.source
        route = Route(
            key=key,
            name=Texts({SOURCE_LANGUAGE: name, **get_texts(ours, "name")}),
            origin=origin,
            target=target,
            mode=get_choice(
                ours, "mode", MODES, "automatic" if condition else "manual"
            ),
            condition=condition or "[]",
            team=ours.get("team", ""),
            priority=get_choice(ours, "priority", PRIORITIES, ""),
            user=ours.get("user", ""),
            question=get_choice(ours, "question", QUESTIONS, "none"),
            groups=get_all(ours, "group", "id"),
            tags=get_all(ours, "tag", "name"),
            child_type=ours.get("childType", ""),
            child_team=ours.get("childTeam", ""),
            child_name=self._read_child_name(ours),
            line=line or 0,
            order=get_whole(ours, "order", None, MAX_ORDER),
        )
        self._routes.append(route)

    def _read_child_name(self, ours):
        """Return the name that a route's sub-ticket gets."""
        name = ours.get("childName")
        return Texts(
            {SOURCE_LANGUAGE: name, **get_texts(ours, "childName")} if name else {}
        )

    # -- order ----------------------------------------------------------------

    def get_routes(self):
        """Return the routes in their order; new ones come last."""
        return sorted(self._routes, key=lambda route: route.order or MAX_ORDER + 1)

    def sort_stages(self):
        """Return the stages in order: the entry first, new ones after who leads there.

        The order matters, since tickets begin in the first stage, and are moved to
        the first stage of a phase.
        """
        stages = [node for node in self.nodes.values() if isinstance(node, Stage)]
        places = {stage.key: stage.order for stage in stages if stage.order}
        entry = self._entries[0] if self._entries else None
        for _step in stages:
            for route in self._routes:
                if route.target not in places and route.origin in places:
                    places[route.target] = places[route.origin] + NEXT
        return sorted(
            stages,
            key=lambda stage: (
                stage.key != entry,
                places.get(stage.key, MAX_ORDER + stage.is_end),
            ),
        )
