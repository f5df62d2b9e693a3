"""JSON texts stay on one line and say what they were given."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.audit.jsontext import canonical, one_line
from playbook_engine.values import Secret, SecretText, Value


@given(st.text(st.characters()))
def test_any_text_has_one_line_and_comes_back(text: str) -> None:
    """Line ends of every kind, controls and lone surrogates included."""
    line = one_line({"text": text})
    assert len(line.splitlines()) == 1
    assert json.loads(line.encode("utf-8")) == {"text": text}


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\u0085", "\x9b", "\u202e", "\u2066", "\ufeff", "\ud800"])
def test_what_a_terminal_or_an_editor_obeys_is_escaped(character: str) -> None:
    """A record can be looked at with `cat`."""
    assert one_line({"a": f"é{character}"}) == f'{{"a":"é\\u{ord(character):04x}"}}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (7, "7"),
        (95.8, "95.8"),
        (math.inf, '"inf"'),
        ("ü", '"ü"'),
        ({"b": 1, "a": [1, 2.5, "x"]}, '{"a":[1,2.5,"x"],"b":1}'),
        (("t",), '["t"]'),
        (Secret("KEY", "hunter2222"), '"<secret KEY>"'),
        ({"k": [SecretText(("a ", Secret("KEY", "hunter2222")))]}, '{"k":["a <secret KEY>"]}'),
        (10**2000, '"an integer of 6644 bits"'),
    ],
)
def test_values_have_one_canonical_text(value: Value, text: str) -> None:
    """Sorted keys, no spaces, no secrets."""
    assert canonical(value) == text


@pytest.mark.parametrize("value", [object(), b"bytes", {1: "a"}, {"set": {1}}, [lambda: None]])
def test_what_nobody_has_thought_of_is_refused(value: Value) -> None:
    """Its text could hold a secret."""
    with pytest.raises(TypeError, match="cannot be put on record"):
        canonical(value)
