"""What the loop prints: numbered chapters, facts and tables, for a person to read."""

WIDTH = 88


class Printout:
    """Prints to the terminal."""

    def __init__(self):
        self.chapters = 0

    def say(self, text=""):
        """Print a line at once."""
        print(text, flush=True)

    def title(self, text, *more):
        """Print the title of the whole, with lines below it."""
        self.say("=" * WIDTH)
        for line in (text, *more):
            self.say(line)
        self.say("=" * WIDTH)

    def chapter(self, text, who=""):
        """Print the head of a chapter.

        :param str who: the user who acts
        """
        self.chapters += 1
        head = f"{self.chapters:>2}. {text}"
        self.say(f"\n{head}" + (f"{'as ' + who:>{WIDTH - len(head)}}" if who else ""))
        self.say("-" * WIDTH)

    def fact(self, name, value):
        """Print a named value."""
        self.say(f"    {name:<26} {value}")

    def table(self, columns, rows):
        """Print rows under their column names; numbers go to the right.

        :param list columns: names; one that begins with ``>`` holds numbers
        :param list rows: lists of cells
        """
        cells = [[name.lstrip(">") for name in columns]]
        cells += [[format_cell(cell) for cell in row] for row in rows]
        widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
        for number, row in enumerate(cells):
            line = "  ".join(
                f"{cell:>{width}}" if name.startswith(">") else f"{cell:<{width}}"
                for cell, name, width in zip(row, columns, widths, strict=True)
            )
            self.say("    " + line.rstrip())
            if not number:
                self.say("    " + "  ".join("-" * width for width in widths))


def format_cell(value):
    """Return a cell as text: amounts with two digits, quantities without zeros."""
    if isinstance(value, Amount):
        return f"{value:,.2f}" if value else ""
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None or value is False else str(value)


class Amount(float):
    """A number that is money."""
