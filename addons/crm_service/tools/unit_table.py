# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Tables that people send: CSV or XLSX, in whatever charset and order.

>>> [row for row in read_rows("Serial;Model\\nS-1;Fridge\\n".encode())]
[['Serial', 'Model'], ['S-1', 'Fridge']]
>>> match_headers(["Serial No.", "序列号", "?"], {"serial": ("serial no", "序列号")})
['serial', None, None]
>>> parse_date("3.5.2026"), parse_date("05/03/2026", "mdy"), parse_date("2026年5月3日")
(datetime.date(2026, 5, 3), datetime.date(2026, 5, 3), datetime.date(2026, 5, 3))
"""

import csv
import io
import re
import unicodedata
import zipfile
from datetime import date, datetime, time

from . import mail_charset

DELIMITERS = ",;\t|"
# A sheet of so many bytes when unpacked is no list of units.
MAX_UNPACKED = 1024 * 2**20
MAX_COLUMNS = 200


class TableProblem(Exception):
    """A file cannot be read as a table: `reason` is `type`, `size` or `broken`."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def is_xlsx(data):
    """Tell whether `data` is a workbook of today's spreadsheet programs."""
    return data.startswith(b"PK\x03\x04")


def read_rows(data):
    """Yield the rows of a table as lists of text, without spaces around.

    :param bytes data: a CSV file in any charset, or an XLSX file (its first sheet)
    :raises TableProblem: it is neither
    """
    if is_xlsx(data):
        return _read_xlsx(data)
    if data.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG")):
        raise TableProblem("type")
    return _read_csv(decode(data))


def decode(data):
    """Return a CSV file as text.

    >>> decode("冰箱".encode("gb18030")), decode("\\ufeffKühl".encode())
    ('冰箱', 'Kühl')
    >>> decode("Kühl".encode("utf-16"))
    'Kühl'
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return mail_charset.decode(data, None)


def _read_csv(text):
    if "\x00" in text:
        raise TableProblem("type")
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=find_delimiter(text))
    try:
        for cells in reader:
            yield [cell.strip() for cell in cells[:MAX_COLUMNS]]
    except csv.Error as error:
        raise TableProblem("broken") from error


def find_delimiter(text):
    """Return what parts the cells of the first line.

    >>> find_delimiter('a;"b,c,d";e'), find_delimiter("a\\tb"), find_delimiter("a")
    (';', '\\t', ',')
    """
    line = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    return max(DELIMITERS, key=line.count)


def _read_xlsx(data):
    # only whoever reads a workbook needs the library
    import openpyxl  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise TableProblem("size")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS):
            row = [format_cell(cell) for cell in cells]
            while row and not row[-1]:
                row.pop()
            yield row
    except TableProblem:
        raise
    except Exception as error:  # whatever the library stumbles over
        raise TableProblem("broken") from error


def format_cell(value):
    """Return the value of a cell as the text that people see there.

    >>> format_cell(8000123.0), format_cell(None), format_cell(datetime(2026, 5, 3))
    ('8000123', '', '2026-05-03')
    >>> format_cell(45.5), format_cell(" S-1 ")
    ('45.5', 'S-1')
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def fold(text):
    """Return `text` without what people write in different ways.

    >>> fold("Serial No."), fold(" serial_no "), fold("Ｓｅｒｉａｌ　ＮＯ")
    ('serialno', 'serialno', 'serialno')
    """
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    return "".join(char for char in plain if char.isalnum())


def match_headers(headers, names):
    """Return for each header the column that it names, or None; each column once.

    :param headers: texts of the first row
    :param dict names: `{column: texts that name it}`
    """
    known = {}
    for column, texts in names.items():
        for text in texts:
            known.setdefault(fold(text), column)
    known.pop("", None)
    result, taken = [], set()
    for header in headers:
        column = known.get(fold(header))
        result.append(column if column not in taken else None)
        taken.add(column)
    return result


def parse_date(text, order="dmy"):
    """Return the day that `text` names.

    >>> parse_date("2026-05-03 00:00:00"), parse_date("20260503")
    (datetime.date(2026, 5, 3), datetime.date(2026, 5, 3))
    >>> parse_date("3/5/26")
    datetime.date(2026, 5, 3)
    >>> parse_date("31.2.2026")
    Traceback (most recent call last):
    ...
    ValueError: 31.2.2026

    :param str order: `dmy` or `mdy`, where the year comes last; with points between
        them the day is the first everywhere
    :raises ValueError: it is no day
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"\d{8}", text):
        numbers = [text[:4], text[4:6], text[6:]]
    else:
        day = re.sub(r"[T ]\d{1,2}:\d{2}.*$", "", text)
        numbers = re.findall(r"\d+", day)
        if re.search(r"[^\d./年月日\- ]", day):
            raise ValueError(text)
    if len(numbers) != 3:
        raise ValueError(text)
    first, second, third = map(int, numbers)
    order = "dmy" if "." in text else order
    if len(numbers[0]) == 4:
        parts = (first, second, third)
    else:
        year = third + 2000 if len(numbers[2]) <= 2 else third
        parts = (year, second, first) if order == "dmy" else (year, first, second)
    try:
        return date(*parts)
    except ValueError as error:
        raise ValueError(text) from error


def parse_number(text):
    """Return the number that `text` names, with a point or a comma.

    >>> parse_number("45,4642"), parse_number("-9.19")
    (45.4642, -9.19)

    :raises ValueError: it is no number
    """
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not re.fullmatch(r"[+-]?\d+([.,]\d+)?", plain):
        raise ValueError(text)
    return float(plain.replace(",", "."))


def count_levels(parents):
    """Return for each serial number how many others it is a part of.

    What is a part of itself counts as deeper than all others.

    >>> count_levels({"c": "b", "b": "a", "a": ""})
    {'c': 2, 'b': 1, 'a': 0}
    >>> count_levels({"x": "y", "y": "x", "z": ""})
    {'x': 4, 'y': 4, 'z': 0}

    :param dict parents: `{serial number: serial number of what it is a part of}`
    """
    return {serial: _count_above(serial, parents) for serial in parents}


def _count_above(serial, parents):
    seen = set()
    while parents.get(serial):
        if serial in seen:
            return len(parents) + 1
        seen.add(serial)
        serial = parents[serial]
    return len(seen)


def write_workbook(sheets):
    """Return an XLSX file in which every cell is text.

    :param sheets: pairs of a name and rows (lists of text; the first one is bold)
    """
    import xlsxwriter  # noqa: PLC0415

    output = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(output, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E7E9ED"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 20, 22)
            for index, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(index, column, cell, None if index else bold)
    return output.getvalue()
