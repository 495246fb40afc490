"""How a ticket goes through its stages: lived once on each side, by its own code.

The clock is set to the hours at which things happen, so that the history and the
promises that a side keeps are those of real work. ``loading`` then multiplies them.
"""

import datetime
from typing import NamedTuple

from freezegun import freeze_time

HOUR = datetime.timedelta(hours=1)
SHORT = ("triage", "in_progress", "resolved", "closed")
LONG = ("triage", "in_progress", "waiting_parts", "in_progress", "resolved", "closed")
ASKED = ("triage", "waiting_customer", "in_progress", "resolved", "closed")


class Story(NamedTuple):
    """The life of a ticket.

    :param str type: code of its type (ours only)
    :param path: the phases that it goes through after the first
    :param bool taken: whether somebody is responsible
    :param str priority: 0 to 3
    """

    type: str
    path: tuple
    taken: bool = True
    priority: str = "1"

    @property
    def is_open(self):
        """Whether it has not ended."""
        return not self.path or self.path[-1] not in ("closed", "cancelled")


STORIES = (
    Story("repair", (), taken=False),
    Story("repair", (), taken=False, priority="2"),
    Story("inquiry", (), taken=False),
    Story("repair", ("triage",)),
    Story("repair", ("triage", "in_progress"), priority="2"),
    Story("complaint", ("in_progress",), priority="3"),
    Story("repair", ("triage", "waiting_customer")),
    Story("repair", ("triage", "in_progress", "waiting_parts")),
    Story("repair", SHORT),
    Story("repair", SHORT, priority="2"),
    Story("repair", SHORT, priority="0"),
    Story("repair", LONG),
    Story("repair", ASKED),
    Story("inquiry", ("in_progress", "resolved", "closed")),
    Story("complaint", ("in_progress", "resolved", "closed"), priority="3"),
    Story("repair", ("cancelled",)),
)


def live(stories, begin, advance):
    """Live the stories one after another, each at its own hours.

    :param stories: the stories to live
    :param begin: called with (place, story), makes a ticket of it and returns it
    :param advance: called with (ticket, phase), takes it there
    :return: (ticket, moment of its birth) of each story
    """
    lived = []
    with freeze_time(_monday()) as clock:
        for place, story in enumerate(stories):
            born = _monday() + (8 + place % 8) * HOUR
            clock.move_to(born)
            ticket = begin(place, story)
            ticket.env.flush_all()
            for step, phase in enumerate(story.path, 1):
                clock.move_to(born + step * (2 + place) * HOUR)
                advance(ticket, phase)
                ticket.env.flush_all()
            lived.append((ticket, born))
    return lived


def _monday():
    """Monday morning of the week before last: the stories end before today."""
    today = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - datetime.timedelta(days=today.weekday() + 14)
