# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Opening a BPMN file from anywhere without being harmed by it.

>>> open_bpmn("<a/>").tag
'a'
>>> try:
...     open_bpmn("<a>\\n <b></c></a>")
... except BpmnError as error:
...     error.cause, error.line, error.column
('syntax', 2, 9)
"""

from lxml import etree

MAX_BYTES = 2_000_000


class BpmnError(Exception):
    """The file cannot be taken in; says why, and where.

    :param str cause: one word for what is wrong, see `service.process`
    :param element: the XML element at which it is, if one could be read
    :param dict values: what a sentence about it needs besides the place
    """

    def __init__(self, cause, element=None, line=0, column=0, **values):
        self.cause = cause
        self.line = line or (element.sourceline if element is not None else 0) or 0
        self.column = column
        self.element = element.get("id", "") if element is not None else ""
        self.values = values
        super().__init__(str(self))

    def __str__(self):
        place = [f"line {self.line}"] if self.line else []
        place += [f"column {self.column}"] if self.column else []
        place += [self.element] if self.element else []
        details = ", ".join(map(str, self.values.values()))
        return f"{self.cause} ({', '.join(place)}): {details}"


def open_bpmn(data):
    """Return the root element of an XML file.

    :param data: the file as bytes, or its text
    :raises BpmnError: it is too large, no XML, or declares a document type, which
        could hide entities that grow without end or read other files
    """
    encoding = None
    if isinstance(data, str):
        # a text has been decoded already, whatever its first line says
        data, encoding = data.encode("utf-8", "surrogatepass"), "utf-8"
    if len(data) > MAX_BYTES:
        raise BpmnError("too_large", size=len(data), most=MAX_BYTES)
    if not data.strip():
        raise BpmnError("empty")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        marks = (data.find(mark) for mark in (b"<!DOCTYPE", b"<!ENTITY"))
        first = min(place for place in marks if place >= 0)
        raise BpmnError("doctype", line=data[:first].count(b"\n") + 1)
    root = _parse(data, encoding)
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        # written in an encoding in which the search above does not find it
        raise BpmnError("doctype", line=1)
    return root


def _parse(data, encoding):
    """Return the root element.

    :raises BpmnError: this is no XML
    """
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line, column = getattr(error, "position", (0, 0))
        raise BpmnError(
            "syntax", line=line, column=column, error=getattr(error, "msg", "") or error
        ) from error
