"""Message catalogues: the .pot and .po files of the add-ons.

A catalogue's text depends on the sources and the translations alone: there are no
dates, paths or versions of the machine that wrote it in it.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import polib

from .paths import ADDONS, our_addons

# The characters that a language is written with: a character beyond them was
# most likely forgotten when a translation was taken over from the other one.
CHARACTERS = {"zh_CN": "gb2312", "zh_TW": "big5"}
LANGUAGES = tuple(CHARACTERS)
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdfr]|%%")
TAG = re.compile(r"</?[a-z][\w-]*")
HAN = re.compile(r"[\u4e00-\u9fff]")


def path_of(addon, language=None):
    """Where a catalogue is; without a language, the template."""
    name = f"{language}.po" if language else f"{addon}.pot"
    return ADDONS / addon / "i18n" / name


def template(exported):
    """Return the text of a template, from what Odoo exported.

    :param str exported: the text of a .pot file
    """
    return _text_of(_entries(exported), _metadata())


def merged(pot, po, language):
    """Return the text of a .po file brought in line with its template.

    Messages that are new are left empty, those that are gone are dropped.

    :param str pot: the text of the template
    :param str po: the text of the translations so far; may be empty
    """
    known = {entry.msgid: entry.msgstr for entry in _entries(po) if not entry.fuzzy}
    entries = _entries(pot)
    for entry in entries:
        entry.msgstr = known.get(entry.msgid, "")
    return _text_of(entries, _metadata(language))


def complaints(po, language):
    """Return what is wrong with translations, a sentence for each.

    :param str po: the text of a .po file
    """
    found = []
    for entry in _entries(po):
        for fault in _faults(entry, language):
            found.append(f"{entry.msgid[:60]!r} {fault}")
    return found


def wanted(exports):
    """Return the text that each catalogue should have, by path.

    :param dict exports: what Odoo exported, by add-on
    """
    texts = {}
    for addon, exported in exports.items():
        texts[path_of(addon)] = pot = template(exported)
        for language in LANGUAGES:
            path = path_of(addon, language)
            texts[path] = merged(pot, read(path), language)
    return texts


def read(path):
    """The text of a catalogue; empty when there is none yet."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _entries(text):
    return polib.pofile(text or 'msgid ""\nmsgstr ""\n', encoding="utf-8")


def _metadata(language=None):
    plural = "nplurals=1; plural=0;" if language else ""
    return {
        "Project-Id-Version": "Odoo Server 19.0",
        "Report-Msgid-Bugs-To": "",
        "Last-Translator": "After-Sales Service contributors" if language else "",
        "Language-Team": "",
        **({"Language": language} if language else {}),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit" if language else "",
        "Plural-Forms": plural,
    }


def _text_of(entries, metadata):
    """The text of a catalogue with these entries and our header."""
    catalogue = polib.POFile(wrapwidth=78)
    catalogue.header = entries.header
    catalogue.metadata = metadata
    catalogue.extend(entry for entry in entries if not entry.obsolete)
    return f"{str(catalogue).rstrip()}\n"


def _faults(entry, language):
    """What is wrong with one translation."""
    if entry.obsolete:
        yield "is in no template any more"
    elif not entry.msgstr.strip():
        yield "is not translated"
    elif entry.fuzzy:
        yield "is marked fuzzy"
    else:
        yield from _differences(entry)
        yield from _foreign_characters(entry.msgstr, language)


def _differences(entry):
    """What a translation must share with its source and does not."""
    for name, pattern in (("placeholders", PLACEHOLDER), ("tags", TAG)):
        source = Counter(pattern.findall(entry.msgid))
        if source != Counter(pattern.findall(entry.msgstr)):
            yield f"has other {name} than its translation {entry.msgstr[:60]!r}"
    if PLACEHOLDER.findall(entry.msgid) and "%(" not in entry.msgid:
        if PLACEHOLDER.findall(entry.msgid) != PLACEHOLDER.findall(entry.msgstr):
            yield "has its placeholders in another order than its translation"


def _foreign_characters(text, language):
    """Characters that the language is not written with."""
    foreign = {char for char in HAN.findall(text) if not _fits(char, language)}
    if foreign:
        yield f"is translated with {''.join(sorted(foreign))}, not of {language}"


def _fits(char, language):
    try:
        return bool(char.encode(CHARACTERS[language]))
    except UnicodeEncodeError:
        return False


def main(arguments):
    """Write the catalogues, or check them: ``[--check] FOLDER``.

    :param arguments: ``--check`` to write nothing, and the folder of the exports
    :return: 1 when something is to be done by hand
    """
    folder = Path(arguments[-1])
    exports = {addon: read(folder / f"{addon}.pot") for addon in our_addons()}
    texts, said = wanted(exports), []
    for path, text in texts.items():
        name = path.relative_to(ADDONS.parent)
        if text != read(path):
            if "--check" in arguments:
                said.append(f"{name}: is out of date, run bin/i18n")
            else:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
                print(f"    {name} written")
        if path.stem in LANGUAGES:
            said += [f"{name}: {fault}" for fault in complaints(text, path.stem)]
    for sentence in said:
        print(f"    {sentence}")
    if not said:
        print(f"    everything is translated to {' and '.join(LANGUAGES)}")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
