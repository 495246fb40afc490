"""Process definitions as BPMN files: what is written is read back, by others too.

HYPOTHESIS_EXAMPLES=5000 makes it try more.
"""

import importlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, is_dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bringup.node_packages import node_modules

ADDON = Path(__file__).parents[1] / "addons" / "crm_service"
MODDLE = Path(__file__).parent / "support" / "bpmn_moddle.mjs"
EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "60"))
TIMES = settings(max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 1000)

# what people type, with all that XML has to escape, and other scripts
letters = st.one_of(
    st.sampled_from("<>&\"'[]{}()=!%éß中文 \n\u2028\U0001f6e0"),
    st.characters(exclude_categories=("Cs", "Cc", "Cn")),
)
words = st.text(letters, min_size=1, max_size=12)
keys = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,6}", fullmatch=True)


@pytest.fixture(scope="module")
def bpmn():
    """The modules, imported without Odoo: they must not need it."""
    sys.path.insert(0, str(ADDON))
    try:
        yield SimpleNamespace(
            definition=importlib.import_module("tools.process_definition"),
            read=importlib.import_module("tools.bpmn_read").read_bpmn,
            write=importlib.import_module("tools.bpmn_write").write_bpmn,
            names=importlib.import_module("tools.bpmn_names"),
            error=importlib.import_module("tools.bpmn_xml").BpmnError,
        )
    finally:
        sys.path.remove(str(ADDON))


@pytest.fixture(scope="module")
def packages():
    """The folder of the node packages."""
    folder = node_modules()
    if not folder:
        pytest.skip("node is not on this machine, so bpmn-moddle cannot be asked")
    return folder


@st.composite
def texts(draw, kind, source=words):
    """A text in some languages; one that says the same is no translation."""
    value = draw(source)
    others = draw(st.dictionaries(st.sampled_from(["de_DE", "zh_CN"]), words))
    return kind(
        {
            "en_US": value,
            **{code: text for code, text in others.items() if text != value},
        }
    )


def uniques(source, size=3):
    """Sorted lists without repetitions, as sets of records are written."""
    return st.lists(source, max_size=size, unique=True).map(sorted)


@st.composite
def stages(draw, bpmn, key):
    """A stage with whatever a stage can have."""
    names, module = bpmn.names, bpmn.definition
    terms = st.tuples(st.sampled_from(["de_DE", "zh_CN"]), words, words)
    return module.Stage(
        key,
        draw(texts(module.Texts)),
        phase=draw(st.sampled_from(names.PHASES)),
        clock=draw(st.sampled_from(names.CLOCKS)),
        team=draw(st.one_of(st.just(""), words)),
        fold=draw(st.booleans()),
        waits_for_children=draw(st.booleans()),
        required_fields=draw(uniques(words)),
        instructions=draw(st.one_of(st.just(""), words)),
        instruction_terms=draw(uniques(terms)),
        checks=[
            module.Check(draw(texts(module.Texts)), draw(st.booleans()))
            for _check in range(draw(st.integers(0, 2)))
        ],
    )


@st.composite
def routes(draw, bpmn, key, stage_keys):
    """A route between two of the stages, or from any of them."""
    names, module = bpmn.names, bpmn.definition
    origin = draw(st.sampled_from(["", *stage_keys]))
    target = draw(st.sampled_from([one for one in stage_keys if one != origin]))
    has_child = draw(st.booleans())
    maybe = st.one_of(st.just(""), words)
    return module.Route(
        key,
        draw(texts(module.Texts)),
        origin,
        target,
        mode=draw(st.sampled_from(names.MODES)),
        condition=draw(st.one_of(st.just("[]"), words.map(str.strip))) or "[]",
        team=draw(maybe),
        priority=draw(st.sampled_from(["", *names.PRIORITIES])),
        user=draw(maybe),
        question=draw(st.sampled_from(names.QUESTIONS)),
        groups=draw(uniques(words)),
        tags=draw(uniques(words)),
        child_type=draw(maybe),
        child_team=draw(maybe),
        child_name=draw(texts(module.Texts)) if has_child else module.Texts(),
    )


@st.composite
def definitions(draw, bpmn):
    """A whole process, sensible or not."""
    module = bpmn.definition
    ids = draw(st.lists(keys, min_size=2, max_size=12, unique=True))
    reserved = {bpmn.names.START, bpmn.names.START_FLOW, bpmn.names.NOTE}
    ids = [f"n{number}_{key}" for number, key in enumerate(ids) if key not in reserved]
    count = draw(st.integers(min(2, len(ids)), len(ids))) if ids else 0
    stage_keys, route_keys = ids[:count], ids[count:]
    if len(stage_keys) < 2:
        stage_keys, route_keys = ["a", "b"], ["c"]
    description = draw(texts(module.Texts)) if draw(st.booleans()) else module.Texts()
    return module.Definition(
        code=draw(words.map(str.strip).filter(bool)),
        version=draw(st.integers(1, 10_000)),
        name=draw(texts(module.Texts)),
        description=description,
        stages=[draw(stages(bpmn, key)) for key in stage_keys],
        routes=[draw(routes(bpmn, key, stage_keys)) for key in route_keys],
    )


def get_schema(packages):
    """The official schema of BPMN 2.0, as bpmn-moddle carries it."""
    folder = packages / "bpmn-moddle" / "resources" / "bpmn" / "xsd"
    return etree.XMLSchema(etree.parse(folder / "BPMN20.xsd"))


def test_what_is_written_is_read_back(bpmn):
    """Every definition, with every character that a database can hold."""

    @TIMES
    @given(definitions(bpmn))
    def check(definition):
        reader = bpmn.read(bpmn.write(definition))
        assert reader.definition == definition
        assert reader.notes == []

    check()


def test_files_follow_the_official_schema(bpmn, packages):
    """Every definition gives a file that the schema of BPMN 2.0 accepts."""
    schema = get_schema(packages)

    @TIMES
    @given(definitions(bpmn))
    def check(definition):
        schema.assertValid(etree.fromstring(bpmn.write(definition).encode()))

    check()


def has_no_blank_text(value):
    """Tell whether no text is of blanks alone, which other tools leave out."""
    if isinstance(value, str):
        return not value or bool(value.strip().strip("\ufeff"))
    if is_dataclass(value):
        value = asdict(value)
    parts = value.values() if isinstance(value, dict) else value
    is_group = isinstance(value, dict | list | tuple | set)
    return not is_group or all(map(has_no_blank_text, parts))


def test_other_tools_open_files_and_keep_what_is_ours(bpmn, packages):
    """bpmn-moddle reads and writes for bpmn.io and Camunda Modeler."""
    made = []
    few = settings(max_examples=min(EXAMPLES, 25), deadline=None, derandomize=True)
    kept = definitions(bpmn).filter(has_no_blank_text)
    few(given(kept)(lambda definition: made.append(definition)))()
    done = subprocess.run(
        ["node", str(MODDLE), str(packages)],
        input=json.dumps([bpmn.write(definition) for definition in made]),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    for definition, result in zip(made, json.loads(done.stdout), strict=True):
        assert result["warnings"] == []
        assert bpmn.read(result["xml"]).definition == definition


def test_anything_else_is_refused_with_a_cause(bpmn):
    """Broken, shortened and nonsensical files never end in another error."""
    module = bpmn.definition
    name = module.Texts({"en_US": "A"})
    whole = bpmn.write(
        module.Definition(
            "code",
            name=name,
            stages=[
                module.Stage("a", name),
                module.Stage("b", name, phase="closed", required_fields=["x"]),
            ],
            routes=[module.Route("c", name, "a", "b", groups=["g.h"])],
        )
    )
    noise = st.sampled_from([*'<>&"=/ \0', "stage", "<!DOCTYPE a>", "&b;", "zzz", ""])

    @TIMES
    @given(st.integers(0, len(whole)), st.integers(0, 60), noise)
    def check(place, length, text):
        try:
            bpmn.read(whole[:place] + text + whole[place + length :])
        except bpmn.error as error:
            assert error.cause

    check()
