# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
from dataclasses import dataclass, field


@dataclass
class Draft:
    """A row of an import on its way to be a unit."""

    number: int  # as the spreadsheet counts rows
    twin: int  # an earlier row with the same unit, or 0
    level: int  # how many units it is a part of
    cells: dict  # what the row says, without empty cells
    vals: dict = field(default_factory=dict)
    asset: object = None  # the unit, if it is known already
    partner: object = None
    problem: str = ""
    result: str = ""

    @classmethod
    def make(cls, targets, row):
        """Return the draft of a row that the job reads.

        :param targets: what the cells say
        :param row: number, twin, level and cells
        """
        number, twin, level, *cells = row
        said = {name: cell for name, cell in zip(targets, cells, strict=True) if cell}
        return cls(int(number), int(twin or 0), int(level), said)

    @property
    def serial(self):
        """Return the serial number that the row names."""
        return self.cells.get("serial_number", "")

    def get(self, target):
        """Return what the row says for `target`, or an empty text."""
        return self.cells.get(target, "")

    def reset(self):
        """Forget what was found out: the batch is tried again."""
        self.vals, self.asset, self.partner = {}, None, None
        self.problem, self.result = "", ""

    def fail(self, problem):
        """Note why the row is not taken in; the first reason counts."""
        self.problem = self.problem or problem
        self.result = "error"
