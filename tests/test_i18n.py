"""Translations: complete, sound, of the right language, and up to date."""

import shutil
import subprocess

import pytest

from bringup import catalogues, i18n
from bringup.paths import our_addons

ADDONS = our_addons()
LANGUAGES = catalogues.LANGUAGES
each_catalogue = pytest.mark.parametrize(
    ("addon", "language"), [(a, lang) for a in ADDONS for lang in LANGUAGES]
)
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def translations(addon, language):
    """The translations of an add-on: {message: translation}."""
    text = catalogues.read(catalogues.path_of(addon, language))
    return {entry.msgid: entry.msgstr for entry in catalogues._entries(text)}


def messages(addon):
    """The messages of an add-on's template."""
    text = catalogues.read(catalogues.path_of(addon))
    return {entry.msgid for entry in catalogues._entries(text)}


@each_catalogue
def test_every_message_is_translated_soundly(addon, language):
    path = catalogues.path_of(addon, language)
    assert catalogues.complaints(catalogues.read(path), language) == []
    assert set(translations(addon, language)) == messages(addon)


@each_catalogue
def test_catalogue_is_well_formed(addon, language):
    if not shutil.which("msgfmt"):
        pytest.skip("gettext is not installed: apt-get install gettext")
    path = catalogues.path_of(addon, language)
    done = subprocess.run(
        ["msgfmt", "--check", "--output-file=/dev/null", path],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("addon", ADDONS)
def test_taiwan_has_words_of_its_own(addon):
    mainland, taiwan = (translations(addon, language) for language in LANGUAGES)
    same = [text for text in mainland if mainland[text] == taiwan[text]]
    assert len(same) < len(mainland) / 4


@pytest.mark.parametrize(
    ("mainland", "converted", "taiwan"),
    [
        ("用户", "用戶", "使用者"),
        ("默认", "默認", "預設"),
        ("联系人", "聯繫人", "聯絡人"),
        ("审批", "審批", "簽核"),
        ("过账", "過賬", "過帳"),
        ("短信", "短信", "簡訊"),
    ],
)
def test_taiwan_is_not_the_mainland_in_other_characters(mainland, converted, taiwan):
    for addon in ADDONS:
        cn, tw = (translations(addon, language) for language in LANGUAGES)
        for message, text in cn.items():
            assert converted not in tw[message]
            assert mainland not in text or taiwan in tw[message], message


def test_catalogues_are_up_to_date(database, tmp_path):
    i18n.export(database.runtime, database.name, tmp_path)
    exports = {addon: catalogues.read(tmp_path / f"{addon}.pot") for addon in ADDONS}
    stale = [
        path.name
        for path, text in catalogues.wanted(exports).items()
        if text != catalogues.read(path)
    ]
    assert not stale, "Run bin/i18n and translate what is new."


# The command's own rules -------------------------------------------------------


def entry(msgid, msgstr, flag=""):
    """A catalogue with one message."""
    return f'{HEADER}{flag}msgid "{msgid}"\nmsgstr "{msgstr}"\n'


@pytest.mark.parametrize(
    ("msgid", "msgstr", "complaint"),
    [
        ("Parts", "", "is not translated"),
        ("%(name)s is done", "%(nom)s 已完成", "has other placeholders"),
        ("%s of %s", "%s", "has other placeholders"),
        ("%s: %d days", "%d 天：%s", "in another order"),
        ("<b>New</b>", "新建", "has other tags"),
        ("Warehouse", "倉庫", "not of zh_CN"),
    ],
)
def test_faulty_translation_is_named(msgid, msgstr, complaint):
    found = catalogues.complaints(entry(msgid, msgstr), "zh_CN")
    assert len([fault for fault in found if complaint in fault]) == 1


def test_fuzzy_translation_is_named():
    found = catalogues.complaints(entry("Parts", "配件", "#, fuzzy\n"), "zh_CN")
    assert found == ["'Parts' is marked fuzzy"]


def test_sound_translation_passes():
    text = entry("<b>%(name)s</b> is 100%% done", "<b>%(name)s</b> 已完成 100%%")
    assert catalogues.complaints(text, "zh_CN") == []


def test_merging_keeps_translations_and_drops_what_is_gone():
    pot = entry("New", "") + '\nmsgid "Parts"\nmsgstr ""\n'
    po = entry("Parts", "配件") + '\nmsgid "Gone"\nmsgstr "没有了"\n'
    merged = catalogues.merged(pot, po, "zh_CN")
    entries = catalogues._entries(merged)
    assert {e.msgid: e.msgstr for e in entries} == {"New": "", "Parts": "配件"}
    assert catalogues.merged(pot, merged, "zh_CN") == merged


def test_templates_carry_no_dates():
    exported = HEADER.replace("Content-Type", "POT-Creation-Date: 2026\\nContent-Type")
    text = catalogues.template(exported + 'msgid "Parts"\nmsgstr ""\n')
    assert "Date" not in text
    assert catalogues.template(text) == text
