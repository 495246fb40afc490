# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Who gets the next ticket: rules on plain data, without the database.

>>> ann, bob = Person("ann", load=3), Person("bob", load=1, capacity=2)
>>> deal = Distribution(LEAST_LOADED, [ann, bob])
>>> [deal.give().key for _ticket in range(3)]
['bob', 'ann', 'ann']
>>> Distribution(LEAST_LOADED, [Person("bob", load=2, capacity=2)]).give().problem
'full'
>>> Distribution(ROUND_ROBIN, [Person("ann", present=False)]).give().problem
'absent'
>>> deal = Distribution(SKILL, [ann, Person("eve", skills={"compressors": 50})])
>>> deal.give([Demand("compressors", 40)]).key
'eve'
>>> outcome = deal.give([Demand("compressors", 80)])
>>> outcome.problem, outcome.missing
('skill', ('compressors',))
"""

from dataclasses import dataclass, field
from typing import NamedTuple

ROUND_ROBIN, LEAST_LOADED, SKILL = "round_robin", "least_loaded", "skill"

# why nobody gets a ticket
NO_MEMBER, NO_SKILL, ABSENT, FULL = "member", "skill", "absent", "full"
RETURNED = "returned"

STEP = 1e-5  # seconds between the turns of tickets given in one go


class Demand(NamedTuple):
    """A skill that a ticket needs, and the least level in percent."""

    skill: object
    level: int = 0


@dataclass
class Person:
    """Somebody who may get tickets.

    :ivar key: who it is
    :ivar int load: open tickets now
    :ivar int capacity: open tickets at most; 0 is no limit
    :ivar bool present: works now
    :ivar dict skills: level in percent by skill
    :ivar float turn: when the last ticket was given to this person; 0 is never
    """

    key: object
    load: int = 0
    capacity: int = 0
    present: bool = True
    skills: dict = field(default_factory=dict)
    turn: float = 0.0

    @property
    def has_room(self):
        """Whether one more ticket may be given."""
        return not self.capacity or self.load < self.capacity

    def meets(self, demand):
        """Tell whether the person has a skill at the level asked for."""
        return self.skills.get(demand.skill, -1) >= demand.level


class Outcome(NamedTuple):
    """Who gets a ticket and why, or why nobody does.

    :ivar key: who gets it, or None
    :ivar str problem: why nobody gets it, or None
    :ivar tuple missing: skills that nobody has, or that nobody has together
    :ivar tuple able: who could get it if they were there and had room
    :ivar int load: open tickets that the person had before
    :ivar bool only: nobody else could have got it
    :ivar bool tied: somebody else had as few open
    """

    key: object = None
    problem: str | None = None
    missing: tuple = ()
    able: tuple = ()
    load: int = 0
    only: bool = False
    tied: bool = False


class Distribution:
    """Gives tickets one after the other, and remembers what it gave.

    :param str method: ROUND_ROBIN, LEAST_LOADED or SKILL
    :param people: `Person`s; they are changed as they get tickets
    :param float now: the moment, on the scale of their turns
    """

    def __init__(self, method, people, now=0.0):
        self.method = method
        self.people = list(people)
        self._turn = max([now, *(person.turn for person in self.people)])

    def give(self, demands=(), returned_by=()):
        """Return the `Outcome` of the next ticket.

        :param demands: the `Demand`s of the ticket; they count with SKILL only
        :param returned_by: keys of people who do not get it, as they put it back
        """
        able = self._find_able(demands)
        if not able:
            return self._refuse(demands)
        able = [person for person in able if person.key not in returned_by]
        if not able:
            return Outcome(problem=RETURNED)
        free = [person for person in able if person.present and person.has_room]
        if not free:
            somebody_there = any(person.present for person in able)
            return Outcome(
                problem=FULL if somebody_there else ABSENT,
                able=tuple(person.key for person in able),
            )
        chosen = min(free, key=self._rank)
        outcome = Outcome(
            key=chosen.key,
            load=chosen.load,
            only=len(free) == 1,
            tied=sum(person.load == chosen.load for person in free) > 1,
        )
        self._turn += STEP
        chosen.load += 1
        chosen.turn = self._turn
        return outcome

    def _find_able(self, demands):
        """Return who has all skills that are asked for."""
        if self.method != SKILL or not demands:
            return self.people
        return [
            person
            for person in self.people
            if all(person.meets(demand) for demand in demands)
        ]

    def _refuse(self, demands):
        """Return the outcome when nobody is able."""
        if not self.people:
            return Outcome(problem=NO_MEMBER)
        missing = tuple(
            demand.skill
            for demand in demands
            if not any(person.meets(demand) for person in self.people)
        )
        together = tuple(demand.skill for demand in demands)
        return Outcome(problem=NO_SKILL, missing=missing or together)

    def _rank(self, person):
        """Return what the next person is chosen by: the lowest wins."""
        if self.method == ROUND_ROBIN:
            return person.turn
        return person.load, person.turn
