# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Sheets of labels as shops sell them, in millimetres.

>>> SHEETS["a4_3x8"].per_page
24
>>> SHEETS["a4_3x8"].get_place(4)
(70.0, 40.5)
"""

from typing import NamedTuple


class Sheet(NamedTuple):
    """A sheet of labels: its size, its grid, and where the grid begins."""

    page: tuple  # width and height
    columns: int
    rows: int
    label: tuple  # width and height of a label
    corner: tuple  # left and top margin
    step: tuple  # from one label to the next one

    @property
    def per_page(self):
        """Return how many labels a sheet has."""
        return self.columns * self.rows

    def get_place(self, index):
        """Return left and top edge of a label, counted from 0."""
        row, column = divmod(index % self.per_page, self.columns)
        return (
            round(self.corner[0] + column * self.step[0], 3),
            round(self.corner[1] + row * self.step[1], 3),
        )


A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)
SHEETS = {
    "a4_3x8": Sheet(A4, 3, 8, (70.0, 36.0), (0.0, 4.5), (70.0, 36.0)),
    "a4_3x7": Sheet(A4, 3, 7, (63.5, 38.1), (7.25, 15.15), (66.0, 38.1)),
    "a4_4x10": Sheet(A4, 4, 10, (48.5, 25.4), (8.0, 21.5), (48.5, 25.4)),
    "letter_3x10": Sheet(LETTER, 3, 10, (66.7, 25.4), (4.8, 12.7), (69.8, 25.4)),
    "roll_62x29": Sheet((62.0, 29.0), 1, 1, (62.0, 29.0), (0.0, 0.0), (62.0, 29.0)),
}
