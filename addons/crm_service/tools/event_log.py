# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Reading the event log of a help desk: a CSV file with a line per event.

Needs columns `case_id`, `activity` and `completed_at`; knows `resource`, `customer`,
`product`, `seriousness` and `workgroup`; keeps all others too.

>>> lines = [b"case_id,activity,completed_at,shift", b"7,Open,2024-01-02 10:00:00,A",
...          b"7,Close,2024-01-01 10:00:00,A", b"8,Open,yesterday,A", b"8,Open"]
>>> log = EventLog(lines)
>>> log.cases["7"].activities
['Close', 'Open']
>>> for problem in log.errors:
...     print(problem)
line 4: “yesterday” is no date and time; write it as 2024-12-31 23:59:00
line 5: 2 fields instead of 4
>>> print(*log.notes, sep="; ")
line 3: earlier than line 2 of the same case; put in its place by time
"""

import codecs
import csv
from datetime import datetime, timezone
from typing import NamedTuple

CASE, ACTIVITY, TIME = REQUIRED = ("case_id", "activity", "completed_at")
MAX_FIELD = 2000
MAX_LINES = 20  # of one event, when a field in quotes goes on in the next line


class FileProblem(Exception):
    """Nothing of the file can be read; says why."""


class Problem(NamedTuple):
    """What is wrong with a line."""

    line: int
    cause: str

    def __str__(self):
        return f"line {self.line}: {self.cause}"


class Event(NamedTuple):
    """One line: an activity that somebody completed."""

    line: int
    activity: str
    completed_at: datetime
    values: dict

    def get(self, column):
        """Return the value of `column`, or an empty text."""
        return self.values.get(column, "")


class Case:
    """The events of one case, in the order of time."""

    def __init__(self, case_id):
        self.case_id = case_id
        self.events = []

    @property
    def activities(self):
        """The activities in order."""
        return [event.activity for event in self.events]

    @property
    def opened_at(self):
        """When the first activity was completed."""
        return self.events[0].completed_at

    def latest(self, column):
        """Return the last value that is not empty of `column`."""
        values = (event.get(column) for event in reversed(self.events))
        return next(filter(None, values), "")

    def payload(self):
        """Return all that is known of the case, as JSON types."""
        return [event.values for event in self.events]


class EventLog:
    """The cases of a file, and what is wrong with its lines.

    :param lines: the file's lines as bytes
    :param datetime now: events after this are errors
    :raises FileProblem: the file cannot be read at all
    """

    def __init__(self, lines, now=None):
        self.cases = {}
        self.errors, self.notes = [], []
        self.event_count = 0
        self._now = now or datetime.now(timezone.utc).replace(tzinfo=None)
        self._repeated, self._seen = [], set()
        self._lines = _decode(lines)
        self._line = 0
        self._columns = self._read_header()
        while self._line < len(self._lines):
            self._read_row()
        self._sort()

    # -- reading ------------------------------------------------------------

    def _read_header(self):
        """Return the names of the columns."""
        try:
            columns = [name.strip() for name in self._next_fields()]
        except (csv.Error, IndexError) as error:
            raise FileProblem("The file is empty or no CSV file.") from error
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            raise FileProblem(
                "The first line must name the columns; missing: "
                f"{', '.join(missing)}. Found: {', '.join(columns)[:200]}."
            )
        twice = sorted({name for name in columns if columns.count(name) > 1})
        if twice:
            raise FileProblem(f"Columns are named twice: {', '.join(twice)}.")
        return columns

    def _next_fields(self):
        """Return the fields of the next line, or lines when it ends in quotes.

        :raises csv.Error: the line breaks the rules of CSV; only that line is used up
        """
        start = self._line
        self._line += 1
        for stop in range(start + 1, min(start + MAX_LINES, len(self._lines)) + 1):
            try:
                fields = next(csv.reader(self._lines[start:stop], strict=True), [])
            except csv.Error as error:
                if "unexpected end" not in str(error):
                    raise
                fault = error
            else:
                self._line = stop
                return fields
        raise fault

    def _read_row(self):
        """Take in one line, or note what is wrong with it."""
        line = self._line + 1
        try:
            row = self._next_fields()
            if row:
                self._take(line, row)
        except csv.Error as error:
            self.errors.append(Problem(line, f"cannot be read: {error}"))
        except ValueError as error:
            self.errors.append(Problem(line, str(error)))

    def _take(self, line, row):
        """Add an event.

        :raises ValueError: something is wrong with it
        """
        cause = self._find_fault(row)
        if cause:
            raise ValueError(cause)
        values = dict(zip(self._columns, map(str.strip, row), strict=True))
        moment = parse_moment(values[TIME])
        if moment > self._now:
            raise ValueError(f"“{values[TIME]}” lies in the future")
        key = tuple(row)
        if key in self._seen:
            self._repeated.append(line)
        self._seen.add(key)
        case = self.cases.setdefault(values[CASE], Case(values[CASE]))
        case.events.append(Event(line, values[ACTIVITY], moment, values))
        self.event_count += 1

    def _find_fault(self, row):
        """Return what is wrong with the form of `row`, or nothing."""
        if any(_is_undecoded(field) for field in row):
            return "is not in UTF-8; save the file as UTF-8"
        if len(row) != len(self._columns):
            return f"{len(row)} fields instead of {len(self._columns)}"
        if any(len(field) > MAX_FIELD or "\0" in field for field in row):
            return "a field is too long or holds control characters"
        values = dict(zip(self._columns, row, strict=True))
        empty = [name for name in REQUIRED if not values[name].strip()]
        return f"{', '.join(empty)} is empty" if empty else ""

    # -- order --------------------------------------------------------------

    def _sort(self):
        """Put the events of each case in order, and note what was not."""
        for case in self.cases.values():
            for before, event in zip(case.events, case.events[1:], strict=False):
                if event.completed_at < before.completed_at:
                    cause = (
                        f"earlier than line {before.line} of the same case; put in "
                        "its place by time"
                    )
                    self.notes.append(Problem(event.line, cause))
            case.events.sort(key=lambda event: event.completed_at)
        self.notes.sort()
        self._note_repetitions()

    def _note_repetitions(self):
        """Note in one sentence which lines say the same as an earlier one."""
        if self._repeated:
            first, *others = self._repeated
            cause = "says the same as an earlier line; kept as one more event"
            if others:
                cause += f"; so do the lines {', '.join(map(str, others))}"
            self.notes.append(Problem(first, cause))

    def values_of(self, column):
        """Return the distinct values of `column`, in order of appearance."""
        return list(
            dict.fromkeys(
                event.get(column)
                for case in self.cases.values()
                for event in case.events
                if event.get(column)
            )
        )

    def steps(self):
        """Return the distinct (activity, next activity) pairs that happened."""
        return list(
            dict.fromkeys(
                pair
                for case in self.cases.values()
                for pair in zip(case.activities, case.activities[1:], strict=False)
            )
        )


def parse_moment(text):
    """Return `text` as a datetime in UTC; without time zone it is taken as UTC.

    >>> parse_moment("2012-10-09 14:50:17")
    datetime.datetime(2012, 10, 9, 14, 50, 17)
    >>> parse_moment("2012-10-09T14:50:17+02:00")
    datetime.datetime(2012, 10, 9, 12, 50, 17)
    >>> parse_moment("2012-13-09")
    Traceback (most recent call last):
    ...
    ValueError: “2012-13-09” is no date and time; write it as 2024-12-31 23:59:00
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.year < 1970:
        raise ValueError(
            f"“{text}” is no date and time; write it as 2024-12-31 23:59:00"
        )
    return moment.replace(microsecond=0)


def _decode(lines):
    """Return the lines as text; what is not UTF-8 stays visible for the check.

    :raises FileProblem: the file is in UTF-16
    """
    lines = list(lines)
    if lines and lines[0].startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileProblem("The file is in UTF-16. Save it as UTF-8.")
    if lines:
        lines[0] = lines[0].removeprefix(codecs.BOM_UTF8)
    return [line.decode("utf-8", "surrogateescape") for line in lines]


def _is_undecoded(text):
    """Tell whether `text` holds bytes that were not UTF-8."""
    return any("\udc80" <= character <= "\udcff" for character in text)
