# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""A process definition as plain data: what a file of one holds.

Records are named by what people know them by (a team's name, a type's code), never by
the ids of a database. Texts are kept by language.

>>> texts = Texts({"en_US": "Close", "de_DE": "Abschließen", "fr_FR": "Close"})
>>> texts.source, texts.translations()
('Close', {'de_DE': 'Abschließen'})
>>> stage = Stage("stage_1", Texts({"en_US": "Closed"}), phase="closed")
>>> stage.is_end
True
>>> Definition("repair", stages=[stage]).get_stage("stage_1") is stage
True
"""

from dataclasses import dataclass, field

SOURCE_LANGUAGE = "en_US"
ENDED_PHASES = ("closed", "cancelled")


class Texts(dict):
    """A text by language; one that says the same as the source is no translation."""

    @property
    def source(self):
        """The text that translations are made from."""
        return self.get(SOURCE_LANGUAGE, "")

    def translations(self):
        """Return {language: text} of what differs from the source, in order."""
        return {
            language: self[language]
            for language in sorted(self)
            if language != SOURCE_LANGUAGE and self[language] != self.source
        }


@dataclass
class Check:
    """A line of a stage's checklist."""

    name: Texts
    required: bool = True


@dataclass
class Stage:
    """An activity.

    `key` is its id in the file, `line` where it stands there, and `order` the place
    among the others that the file gives it, if it does.
    """

    key: str
    name: Texts
    phase: str = "in_progress"
    clock: str = "running"
    team: str = ""
    fold: bool = False
    waits_for_children: bool = False
    required_fields: list = field(default_factory=list)
    instructions: str = ""
    instruction_terms: list = field(default_factory=list)  # (language, source, text)
    checks: list = field(default_factory=list)
    line: int = field(default=0, compare=False)
    order: int | None = field(default=None, compare=False)

    @property
    def is_end(self):
        """Whether nothing more happens here."""
        return self.phase in ENDED_PHASES


@dataclass
class Route:
    """A way between stages; `origin` is empty when it leaves from every open one."""

    key: str
    name: Texts
    origin: str
    target: str
    mode: str = "manual"
    condition: str = "[]"
    team: str = ""
    priority: str = ""
    user: str = ""
    question: str = "none"
    groups: list = field(default_factory=list)
    tags: list = field(default_factory=list)
    child_type: str = ""
    child_team: str = ""
    child_name: Texts = field(default_factory=Texts)
    line: int = field(default=0, compare=False)
    order: int | None = field(default=None, compare=False)


@dataclass
class Definition:
    """A process: its stages and routes in their order."""

    code: str
    version: int = 1
    name: Texts = field(default_factory=Texts)
    description: Texts = field(default_factory=Texts)
    stages: list = field(default_factory=list)
    routes: list = field(default_factory=list)
    line: int = field(default=0, compare=False)

    def get_stage(self, key):
        """Return the stage of that id, or None."""
        return next((stage for stage in self.stages if stage.key == key), None)

    def is_drawn(self, route):
        """Tell whether `route` can be an arrow of BPMN: none leaves an end event."""
        origin = self.get_stage(route.origin)
        return bool(origin) and not origin.is_end
