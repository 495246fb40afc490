# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Where the shapes of a process stand on the page, so that every tool can show them.

All stages stand in one line, each to the right of those that lead to it. Arrows to the
next one go straight; arrows further on run above the line, arrows back run below, the
shorter ones nearer to it, and none over another's way.

>>> layout = Layout(["a", "b", "c"], {"r1": ("a", "b"), "r2": ("b", "c"),
...                 "r3": ("a", "c"), "r4": ("c", "a")}, ends={"c"})
>>> [layout.columns[key] for key in "abc"]
[0, 1, 2]
>>> layout.shapes["a"].width, layout.shapes["c"].width
(120, 36)
>>> layout.arrows["r1"] == [layout.shapes["a"].right, layout.shapes["b"].left]
True
>>> min(y for _x, y in layout.arrows["r3"]) < layout.shapes["a"].y
True
>>> max(y for _x, y in layout.arrows["r4"]) > layout.shapes["a"].y + 80
True
"""

from typing import NamedTuple

TASK, EVENT = (120, 80), (36, 36)
COLUMN, LANE = 240, 30
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
        self.shapes = {
            key: self._get_shape(column, key in ends)
            for key, column in self.columns.items()
        }
        self._docked = {}
        self._lanes = {}
        shortest = sorted(ways, key=lambda way: self._get_length(*ways[way]))
        found = {way: self._get_arrow(*ways[way]) for way in shortest}
        self.arrows = {way: found[way] for way in ways}
        self.top = min([y for way in found.values() for _x, y in way] or [MIDDLE])

    def _get_columns(self, keys, ways, ends):
        """Return {node: column}; after what leads there, loose ends last."""
        ranks = dict.fromkeys(keys, 0)
        ahead = [(a, b) for a, b in ways.values() if self._is_ahead(a, b)]
        for key in keys:
            for origin, target in ahead:
                if origin == key:
                    ranks[target] = max(ranks[target], ranks[key] + 1)
        reached = {target for _origin, target in ways.values()}
        loose = [key for key in keys[1:] if key in ends and key not in reached]
        ranks.update(dict.fromkeys(loose, len(keys)))
        order = sorted(keys, key=lambda key: (ranks[key], self._places[key]))
        return {key: column for column, key in enumerate(order)}

    def _is_ahead(self, origin, target):
        return self._places[origin] < self._places[target]

    def _get_shape(self, column, is_end):
        """Return the box of a column."""
        width, height = EVENT if is_end else TASK
        x = LEFT + column * COLUMN + (TASK[0] - width) // 2
        return Shape(x, MIDDLE - height // 2, width, height)

    def _get_length(self, origin, target):
        """Return how many columns a way goes on or back."""
        return abs(self.columns[target] - self.columns[origin])

    def _get_arrow(self, origin, target):
        """Return the corners of the way between two nodes."""
        if self.columns[target] - self.columns[origin] == 1:
            return [self.shapes[origin].right, self.shapes[target].left]
        below = self.columns[target] < self.columns[origin]
        one, other = self.shapes[origin], self.shapes[target]
        start, stop = self._dock(origin, one, below), self._dock(target, other, below)
        lane = self._get_lane(sorted((start, stop)), below)
        return [
            (start, one.y + one.height if below else one.y),
            (start, lane),
            (stop, lane),
            (stop, other.y + other.height if below else other.y),
        ]

    def _get_lane(self, span, below):
        """Return the height of the nearest lane that is free over `span`."""
        number = 1
        while any(
            span[0] <= stop and start <= span[1]
            for start, stop in self._lanes.get((below, number), ())
        ):
            number += 1
        self._lanes.setdefault((below, number), []).append(span)
        distance = TASK[1] // 2 + 10 + LANE * number
        return MIDDLE + distance if below else MIDDLE - distance

    def _dock(self, key, shape, below):
        """Return where on its upper or lower side the next way meets a shape."""
        count = self._docked[key, below] = self._docked.get((key, below), 0) + 1
        step = min(12, shape.width // 6)
        aside = (count // 2) * step * (1 if count % 2 else -1)
        room = shape.width // 2 - 2
        return shape.middle + max(-room, min(room, aside))
