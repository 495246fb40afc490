# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Where the shapes of a process stand on the page, so that every tool can show them.

Stages stand in columns, each to the right of those that lead to it. Arrows to the next
column go straight; arrows further on run above all stages, arrows back run below.

>>> layout = Layout(["a", "b", "c"], {"r1": ("a", "b"), "r2": ("b", "c"),
...                 "r3": ("a", "c"), "r4": ("c", "a")}, ends={"c"})
>>> [layout.columns[key] for key in "abc"]
[0, 1, 2]
>>> layout.shapes["a"].width, layout.shapes["c"].width
(120, 36)
>>> layout.arrows["r1"][0] == layout.shapes["a"].right
True
>>> min(y for _x, y in layout.arrows["r3"]) < layout.shapes["a"].y
True
>>> max(y for _x, y in layout.arrows["r4"]) > layout.shapes["a"].y + 80
True
"""

from typing import NamedTuple

TASK, EVENT = (120, 80), (36, 36)
COLUMN, ROW, LANE = 230, 130, 28
LEFT, MIDDLE = 300, 400


class Shape(NamedTuple):
    """A box on the page, by its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self):
        """The middle of the right side."""
        return self.x + self.width, self.y + self.height // 2

    @property
    def left(self):
        """The middle of the left side."""
        return self.x, self.y + self.height // 2

    @property
    def middle(self):
        """The middle of the box, from the left."""
        return self.x + self.width // 2


class Layout:
    """Shapes and arrows of a graph.

    :param list keys: the nodes in their order
    :param dict ways: {arrow: (from, to)}
    :param set ends: the nodes that are drawn as events, small and round
    """

    def __init__(self, keys, ways, ends):
        self._places = {key: place for place, key in enumerate(keys)}
        self.columns = self._get_columns(keys, ways, ends)
        self.shapes = self._get_shapes(keys, ends)
        self._docked = {}
        self._lanes = [0, 0]
        self.top = min((shape.y for shape in self.shapes.values()), default=MIDDLE)
        self.bottom = max(
            (shape.y + shape.height for shape in self.shapes.values()), default=MIDDLE
        )
        self.arrows = {way: self._get_arrow(*ends) for way, ends in ways.items()}

    def _get_columns(self, keys, ways, ends):
        """Return {node: column}, longest way first; ends that hang loose go last."""
        columns = dict.fromkeys(keys, 0)
        ahead = [(a, b) for a, b in ways.values() if self._is_ahead(a, b)]
        for key in keys:
            for origin, target in ahead:
                if origin == key:
                    columns[target] = max(columns[target], columns[key] + 1)
        last = max(columns.values(), default=0)
        reached = {target for _origin, target in ways.values()}
        loose = [key for key in keys[1:] if key not in reached]
        columns.update((key, last) for key in loose if key in ends)
        return columns

    def _is_ahead(self, origin, target):
        return self._places[origin] < self._places[target]

    def _get_shapes(self, keys, ends):
        """Return {node: shape}; those of a column stand below each other."""
        shapes = {}
        for column in set(self.columns.values()):
            members = [key for key in keys if self.columns[key] == column]
            for row, key in enumerate(members):
                width, height = EVENT if key in ends else TASK
                x = LEFT + column * COLUMN + (TASK[0] - width) // 2
                y = MIDDLE + (2 * row - len(members) + 1) * ROW // 2 - height // 2
                shapes[key] = Shape(x, y, width, height)
        return shapes

    def _get_arrow(self, origin, target):
        """Return the corners of the way between two nodes."""
        one, other = self.shapes[origin], self.shapes[target]
        steps = self.columns[target] - self.columns[origin]
        if steps == 1:
            return self._straight(one.right, other.left)
        return self._around(origin, target, below=steps < 1)

    def _straight(self, start, stop):
        """Return the corners of a way to the next column."""
        if start[1] == stop[1]:
            return [start, stop]
        bend = (start[0] + stop[0]) // 2
        return [start, (bend, start[1]), (bend, stop[1]), stop]

    def _around(self, origin, target, below):
        """Return the corners of a way above or below all shapes, each on its own."""
        one, other = self.shapes[origin], self.shapes[target]
        self._lanes[below] += 1
        distance = 20 + LANE * self._lanes[below]
        lane = self.bottom + distance if below else self.top - distance
        start, stop = self._dock(origin, one, below), self._dock(target, other, below)
        return [
            (start, one.y + one.height if below else one.y),
            (start, lane),
            (stop, lane),
            (stop, other.y + other.height if below else other.y),
        ]

    def _dock(self, key, shape, below):
        """Return where on its upper or lower side the next way meets a shape."""
        count = self._docked[key, below] = self._docked.get((key, below), 0) + 1
        step = min(12, shape.width // 6)
        aside = (count // 2) * step * (1 if count % 2 else -1)
        room = shape.width // 2 - 2
        return shape.middle + max(-room, min(room, aside))
