# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Which files may come in. What is in a file counts, its name comes second.

What customers send is one of a few kinds, and pictures are drawn anew, so that nothing
rides along in them, not even where they were taken. Staff may add other files, but
none that a browser or computer would run.

>>> detect(b"%PDF-1.7 ...")
'application/pdf'
>>> judge("bill.pdf", b"%PDF-1.7 ...")
>>> judge("bill.html", b"%PDF-1.7 ...")
'name'
>>> judge("photo.jpg", b"<svg onload=alert(1)>")
'type'
>>> is_active("drawing.png", "image/png", b" <svg onload=alert(1)>")
True
>>> is_active("offer.docx", "", b"PK")
False
"""

import io
import re
import unicodedata
from pathlib import PurePosixPath

# Odoo lets Pillow load a few kinds only; this one is asked for by name here.
from PIL import Image, ImageOps, WebPImagePlugin  # noqa: F401

MAX_BYTES = 10 * 2**20
STAFF_MAX_BYTES = 50 * 2**20
MAX_FILES = 5
MAX_PIXELS = 50_000_000
MAX_NAME = 120

# kind: (mimetype, what Pillow calls it, endings; the first is the usual one)
IMAGES = {
    "image/jpeg": ("JPEG", ("jpg", "jpeg", "jpe", "jfif")),
    "image/png": ("PNG", ("png",)),
    "image/webp": ("WEBP", ("webp",)),
    "image/gif": ("GIF", ("gif",)),
    "image/bmp": ("BMP", ("bmp",)),
}
# Drawn anew as another kind.
REDRAWN_AS = {"image/gif": "image/png", "image/bmp": "image/png"}
OTHERS = {"application/pdf": ("pdf",), "video/mp4": ("mp4", "m4v")}
ENDINGS = {
    **{kind: endings for kind, (_name, endings) in IMAGES.items()},
    **OTHERS,
}
IMAGE_ENDINGS = {ending for _name, endings in IMAGES.values() for ending in endings}

MP4_BRANDS = re.compile(rb"(iso.|mp4.|avc1|M4V |MSNV|dash|3gp.)")

# What a browser or a computer may run.
ACTIVE_ENDINGS = {
    *("html", "htm", "xhtml", "xht", "shtml", "mht", "mhtml", "hta", "svg", "svgz"),
    *("xml", "xsl", "xslt", "js", "mjs", "cjs", "jse", "vbs", "vbe", "wsf", "wsh"),
    *("exe", "com", "bat", "cmd", "scr", "pif", "msi", "msp", "cpl", "dll", "ps1"),
    *("jar", "lnk", "reg", "sh", "app", "apk", "desktop", "url", "iso", "img", "vhd"),
    *("swf", "chm", "hlp", "inf", "gadget", "application"),
}
ACTIVE_TYPES = re.compile(
    r"html|svg|xml(?!formats)|javascript|ecmascript|x-msdos|flash"
)
ACTIVE_STARTS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
ACTIVE_TAGS = re.compile(
    rb"^(<!--.*?-->|<\?.*?\?>|<!doctype[^>\[]*|[\s>])*"
    rb"<(!doctype\s+html|html|head|body|script|svg|iframe|math|object|embed|img|style)",
    re.I | re.S,
)


class BrokenFile(Exception):
    """A file is not what it says it is."""


def detect(data):
    """Return the mimetype of `data` if it is of a kind that customers may send.

    >>> detect(b"\\x89PNG\\r\\n\\x1a\\n....")
    'image/png'
    >>> detect(b"....ftypisom....")
    'video/mp4'
    >>> detect(b"PK")
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if data[:2] == b"BM" and data[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data[4:8] == b"ftyp" and MP4_BRANDS.match(data[8:12]):
        return "video/mp4"
    return None


def judge(name, data):
    """Return why a customer's file is not allowed, or None.

    :param str name: as it came
    :param bytes data: what is in it
    :return: `empty`, `size`, `type` or `name`; the last: it ends otherwise
    """
    if not data:
        return "empty"
    if len(data) > MAX_BYTES:
        return "size"
    kind = detect(data)
    if not kind:
        return "type"
    ending = get_ending(name)
    if kind in IMAGES and ending in IMAGE_ENDINGS:
        return None  # it gets the right ending when it is drawn anew
    return None if not ending or ending in ENDINGS[kind] else "name"


def clean(name, data):
    """Return an allowed file as it may be kept: `(name, data, mimetype)`.

    :raises BrokenFile: it is no picture although it begins like one
    """
    kind = detect(data)
    if kind in IMAGES:
        kind, data = redraw(data, kind)
    name = clean_name(name)
    if get_ending(name) not in ENDINGS[kind]:
        stem = (
            name if get_ending(name) not in IMAGE_ENDINGS else name.rpartition(".")[0]
        )
        name = f"{stem or 'file'}.{ENDINGS[kind][0]}"
    return name, data, kind


def redraw(data, kind):
    """Return kind and bytes of the picture alone, without anything beside it.

    :raises BrokenFile: it is no picture, or one that is too large to be drawn
    """
    try:
        with Image.open(io.BytesIO(data), formats=[IMAGES[kind][0]]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BrokenFile
            picture = ImageOps.exif_transpose(image)
            picture = picture.convert(_get_mode(picture, kind))
    except BrokenFile:
        raise
    except Exception as error:  # Pillow raises whatever its decoders raise
        raise BrokenFile from error
    picture.info.clear()
    kind = REDRAWN_AS.get(kind, kind)
    result = io.BytesIO()
    picture.save(result, IMAGES[kind][0], quality=88)
    return kind, result.getvalue()


def _get_mode(image, kind):
    """Return the mode in which an image can be saved as `kind`, colours kept."""
    if kind == "image/jpeg":
        return "L" if image.mode == "L" else "RGB"
    if image.mode in ("P", "PA", "LA", "La", "RGBa", "RGBA"):
        return "RGBA"
    return "L" if image.mode == "L" and kind == "image/png" else "RGB"


def is_active(name, mimetype, data):
    """Tell whether a browser or computer may run what is in a file."""
    if get_ending(name) in ACTIVE_ENDINGS or ACTIVE_TYPES.search(mimetype or ""):
        return True
    if data.startswith(ACTIVE_STARTS):
        return True
    start = data[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode()
    return bool(ACTIVE_TAGS.match(start.removeprefix(b"\xef\xbb\xbf")))


def get_ending(name):
    """Return the ending of a file's name in small letters, without the dot.

    >>> get_ending("Photo.JPG"), get_ending("winmail"), get_ending("x.pdf. ")
    ('jpg', '', 'pdf')
    """
    plain = clean_name(name).rstrip(". ")
    return PurePosixPath(plain).suffix[1:].lower()


def clean_name(name):
    """Return a file's name without folders, control and direction characters.

    >>> clean_name("../../etc/passwd"), clean_name("a\\u202egpj.exe"), clean_name("")
    ('passwd', 'agpj.exe', 'file')
    """
    name = re.split(r"[/\\]", str(name or ""))[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 8:
        return f"{stem[:MAX_NAME]}.{ending}" if stem else name
    return name[:MAX_NAME] or "file"
