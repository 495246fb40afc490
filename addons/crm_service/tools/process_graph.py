# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""What is wrong with the stages and routes of a process, without any database.

>>> graph = ProcessGraph(
...     first="new",
...     stages=["new", "work", "lost", "end"],
...     ends=["end"],
...     steps=[("new", "work"), ("work", "new")],
... )
>>> graph.unreachable()
['lost', 'end']
>>> graph.stuck()
['lost']
>>> graph.has_way_out()
False
>>> ProcessGraph("new", ["new", "end"], ["end"], [("new", "end")]).has_way_out()
True
"""


class ProcessGraph:
    """The stages of a process and the steps between them.

    :param first: the stage in which tickets begin, or None
    :param stages: all stages, in order
    :param ends: those of them in which nothing more happens
    :param steps: pairs of (from, to); a route from any stage is given as one pair for
        each stage it leaves from
    """

    def __init__(self, first, stages, ends, steps):
        self.first = first
        self.stages = list(stages)
        self.ends = set(ends)
        self.targets = {stage: set() for stage in self.stages}
        self.origins = {stage: set() for stage in self.stages}
        for origin, target in steps:
            self.targets[origin].add(target)
            self.origins[target].add(origin)

    def reachable(self):
        """Return the stages that a ticket can get to."""
        return _walk([self.first], self.targets) if self.first is not None else set()

    def unreachable(self):
        """Return the stages, in order, that no way from the first one leads to."""
        reachable = self.reachable()
        return [stage for stage in self.stages if stage not in reachable]

    def stuck(self):
        """Return the stages, in order, that are no end and have no way on."""
        return [
            stage
            for stage in self.stages
            if stage not in self.ends and not self.targets[stage]
        ]

    def trapped(self):
        """Return the stages, in order, that have ways on, but none to an end.

        >>> steps = [("a", "b"), ("b", "c"), ("c", "b"), ("a", "end")]
        >>> ProcessGraph("a", ["a", "b", "c", "end"], ["end"], steps).trapped()
        ['b', 'c']
        """
        saved = _walk(self.ends, self.origins)
        return [
            stage for stage in self.stages if stage not in saved and self.targets[stage]
        ]

    def has_way_out(self):
        """Tell whether a ticket can get from the first stage to an end."""
        return bool(self.ends & self.reachable())


def _walk(starts, steps):
    """Return all that can be reached from `starts`, which are part of it."""
    found, waiting = set(starts), list(starts)
    while waiting:
        new = steps[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def find_circle(steps):
    """Return a circle in {stage: next stage} as a list, or an empty one.

    >>> find_circle({"a": "b", "b": "c", "c": "b"})
    ['b', 'c']
    >>> find_circle({"a": "b", "b": "c"})
    []
    """
    cleared = set()
    for start in steps:
        way, stage = [], start
        while stage in steps and stage not in cleared:
            if stage in way:
                return way[way.index(stage) :]
            way.append(stage)
            stage = steps[stage]
        cleared.update(way)
    return []
