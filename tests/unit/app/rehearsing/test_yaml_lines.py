"""Values as lines of YAML: read again they are what they were, by our reader and by one of YAML 1.1."""

import math
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from playbook_engine.diagnostics import Problems, Source
from playbook_engine.language import reader
from playbook_engine.model.document import plain
from playbook_engine.rehearsal.writing.yaml_lines import WIDTH, Block, Noted, Written, document

TRICKY: tuple[str, ...] = (
    "yes",
    "On",
    "null",
    "~",
    "1",
    "0x1F",
    "1e3",
    "1_000",
    ".5",
    "-",
    "- a",
    "a: b",
    "a #b",
    "{x",
    "[",
    "'",
    '"',
    "\\",
    "%a",
)
TRICKY += (
    "",
    " ",
    "a ",
    " a",
    "a\n",
    "a\nb",
    "\n",
    "a\n\n",
    " a\nb",
    "\ta\nb",
    "a\n b\n",
    "a\r\nb",
    "\x1b[2J",
    "\u2028x\ny",
    "é",
    "中文: 是",
    "#a",
    "&a",
    "*a",
)
TRICKY += (
    "!a",
    "|",
    ">",
    "@a",
    "`a",
    "?",
    "? a",
    ":",
    "a:",
    "=",
    "<<",
    "2026-11-23",
    "12:30:45",
    "a,b",
    "a, b",
    "\ufeffa",
    "---",
    "...",
    "x" * 200,
    "a\n---\nb\n",
)
KEYS = tuple(text for text in TRICKY if text)
"""A key is never empty."""
TEXTS = st.sampled_from(TRICKY) | st.text(st.characters(codec="utf-8"), max_size=30)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS.filter(bool), inner, max_size=4),
    max_leaves=12,
)


def with_wishes(value: Any, number: int = 0) -> Written:
    """Return a value with comments here and there, and parts that want lines of their own."""
    match value:
        case dict():
            inner: Written = {name: with_wishes(each, number + 1) for name, each in value.items()}
        case list():
            inner = [with_wishes(each, number + 1) for each in value]
        case _:
            scalar: Written = value
            return scalar
    wished = [inner, Block(inner), Noted(inner, ("a word # of\x1b comment",)), Noted(Block(inner), ("two", "three"))]
    return wished[(number + len(value)) % len(wished)]


def ours(text: str) -> Any:
    problems = Problems()
    read = reader.read(Source("x.yml", text), problems)
    assert read is not None, (problems.sorted(), text)
    assert not problems.has_errors, (problems.sorted(), text)
    assert read.root is not None
    return plain(read.root)


@given(st.dictionaries(TEXTS.filter(bool), VALUES, min_size=1, max_size=4))
@example({name: name for name in KEYS})
@example({"a": [{name: [name]} for name in KEYS]})
def test_what_is_written_is_read_again(value: dict[str, Any]) -> None:
    for text in (document(value), document({name: with_wishes(each) for name, each in value.items()})):
        assert ours(text) == value
        assert yaml.safe_load(text) == value


def test_a_moment_is_a_text_without_quotes() -> None:
    """As people write it; to YAML 1.2 it is a text."""
    text = document({"now": "2026-11-23T03:00:00Z"})
    assert text == "now: 2026-11-23T03:00:00Z\n"
    assert ours(text) == {"now": "2026-11-23T03:00:00Z"}


@pytest.mark.parametrize("number", [1e22, 1.5e-9, -1e300, 0.1, math.pi, -0.0])
def test_numbers_stay_numbers(number: float) -> None:
    text = document({"n": number})
    assert ours(text) == yaml.safe_load(text) == {"n": number}


def test_halves_of_characters_become_a_sign() -> None:
    """They have no bytes in UTF-8."""
    assert ours(document({"a": "x\ud800y"})) == {"a": "x\ufffdy"}


def test_it_reads_as_if_a_person_had_written_it() -> None:
    """Short mappings on one line, long ones broken up, texts with lines as blocks, comments above what they are about."""
    value: dict[str, Written] = {
        "short": {"rc": 1, "stderr": "no such file"},
        "text": {"stdout": "one\n  two\n", "rc": 0},
        "turns": [{"status": 401}, {"status": 200, "json": {"keys": []}}],
        "long": {f"name_{number}": "x" * 20 for number in range(5)},
        "noted": Noted({"rc": 1}, ("This was cut.",)),
        "path": Block([Block({"a": "ok"}), Block({"Where is it?": "case 2"})]),
    }
    text = document(value)
    assert (
        text
        == """\
short: {rc: 1, stderr: no such file}
text:
  stdout: |
    one
      two
  rc: 0
turns: [{status: 401}, {status: 200, json: {keys: []}}]
long:
  name_0: xxxxxxxxxxxxxxxxxxxx
  name_1: xxxxxxxxxxxxxxxxxxxx
  name_2: xxxxxxxxxxxxxxxxxxxx
  name_3: xxxxxxxxxxxxxxxxxxxx
  name_4: xxxxxxxxxxxxxxxxxxxx
# This was cut.
noted: {rc: 1}
path:
  - a: ok
  - Where is it?: case 2
"""
    )
    assert max(map(len, text.splitlines())) <= WIDTH
