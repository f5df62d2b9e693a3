"""Text from outside never moves the cursor, changes direction or hides."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.visible import escape


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, 100%", "plain text, 100%"),
        ("无法获取密钥", "无法获取密钥"),
        ("naïve café ✓ 🚑", "naïve café ✓ 🚑"),
        ("two\nlines\tand\r", "two\\nlines\\tand\\r"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("user\u202egnp.exe", "user\\u202egnp.exe"),
        ("zero\u200bwidth\u2066", "zero\\u200bwidth\\u2066"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("line\u2028separator", "line\\u2028separator"),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    """Letters of any script stay; what a terminal would obey is spelled out."""
    assert escape(text) == shown


@given(st.text(st.characters()))
def test_nothing_harmful_comes_through(text: str) -> None:
    """No control, formatting, surrogate or private character is left, whatever came in."""
    categories = {unicodedata.category(char) for char in escape(text)}
    assert not categories & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(st.text(st.characters()))
def test_escaping_twice_changes_nothing_more(text: str) -> None:
    """A text can pass through several hands."""
    assert escape(escape(text)) == escape(text)
