"""Tickets made up from a fixed seed: the same for both sides, without Odoo.

A customer has about ten tickets and one in fifty is a dealer with a hundred, and
each model is named in ten subjects, however many tickets there are: what a search
finds does not grow with the history.
"""

import random
from typing import NamedTuple

CUSTOMER_TICKETS = 10
DEALER_EVERY = 50
DEALER_SHARE = 0.2
CONTACT_EVERY = 5
AGENTS = 20
TEAMS = 5
OPEN_SHARE = 0.03
WEEKS = 103
APPLIANCES = (
    *("Refrigerator", "Dishwasher", "Washing machine", "Dryer", "Oven", "Freezer"),
    *("Ice maker", "Wine cooler", "Heat pump", "Water heater", "Cooker hood", "Hob"),
)
SYMPTOMS = (
    *("does not start", "makes a loud noise", "leaks water", "shows an error code"),
    *("does not cool", "does not heat", "stops half-way", "trips the fuse"),
    *("smells burnt", "door does not close", "display stays dark", "vibrates"),
)
SENTENCES = (
    "It began yesterday evening after it had worked without trouble for two years.",
    "We have switched it off and on again, cleaned the filters and checked the fuse.",
    "The display shows a code that is not in the manual which came with it.",
    "Our neighbour has the same model and does not have this problem at all.",
    "There is a puddle in front of it every morning, and the floor is wooden.",
    "Somebody is at home on weekdays after four, and all day on Saturday.",
    "Please call before you come, since the bell at the gate does not work.",
    "The invoice and the guarantee card are in the envelope with the manual.",
    "A technician was here last spring and replaced a seal on the left side.",
    "It is the second time this year, so we would like to have it looked at properly.",
    "The noise is loudest in the first minutes and gets weaker when it is warm.",
    "We rent the house, so tell us before anything is done that has to be paid for.",
)
TEXTS = 200


class Row(NamedTuple):
    """One ticket: what both sides are told of it."""

    n: int
    is_open: bool
    story: float  # 0 to 1: which of the stories of that kind
    weeks: int  # how long ago, in whole weeks so that working hours stay
    minutes: int
    subject: str
    customer: int
    by_contact: bool
    agent: int


def make_rows(start, stop):
    """Return the rows with the numbers from `start` up to `stop`, oldest first.

    :param int start: first number
    :param int stop: the number after the last one
    :rtype: list[Row]
    """
    draw = random.Random(f"tickets from {start}")
    drafts = [_make_row(draw, n) for n in range(start, stop)]
    drafts.sort(key=lambda row: (-row.weeks, row.minutes))
    return [row._replace(n=n) for n, row in enumerate(drafts, start)]


def _make_row(draw, n):
    is_open = draw.random() < OPEN_SHARE
    customer = n // CUSTOMER_TICKETS
    if draw.random() < DEALER_SHARE:
        customer -= customer % DEALER_EVERY
    return Row(
        n=n,
        is_open=is_open,
        story=draw.random(),
        weeks=draw.choice((0, 0, 0, 0, 1, 1, 2, 3))
        if is_open
        else draw.randrange(WEEKS),
        minutes=draw.randrange(7 * 60),
        subject=(
            f"{draw.choice(APPLIANCES)} {model_name(n // CUSTOMER_TICKETS)} "
            f"{draw.choice(SYMPTOMS)}"
        ),
        customer=customer,
        by_contact=customer % CONTACT_EVERY == 0 and draw.random() < 0.5,
        agent=draw.randrange(AGENTS),
    )


def make_texts():
    """Return descriptions of the length that customers write, about 700 characters."""
    draw = random.Random("descriptions")
    return [
        "".join(f"<p>{sentence}</p>" for sentence in draw.sample(SENTENCES, 8))
        for _text in range(TEXTS)
    ]


def model_name(number):
    """The name of a model: part of the subjects of ten tickets."""
    return f"KS-{number:05d}"


def phone_of(customer):
    """A customer's phone number in E.164."""
    return f"+3902{10_000_000 + customer}"


def spoken_phone_of(customer):
    """A customer's phone number as people write it."""
    digits = phone_of(customer)
    return f"{digits[:3]} {digits[3:5]} {digits[5:9]} {digits[9:]}"
