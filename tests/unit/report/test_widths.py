"""Columns: measured, cut, padded, wrapped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.report.widths import display_width, pad, shorten, wrap

TEXTS = st.text(st.sampled_from("ab c无法é\u0301ｘ🚑-"), max_size=60)


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("密钥", 4), ("é", 1), ("e\u0301", 1), ("ｘ", 2), ("🚑", 2), ("각", 2), ("❤\ufe0f", 1)],
)
def test_width(text: str, width: int) -> None:
    """Wide characters take two columns, combining ones none."""
    assert display_width(text) == width


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("无法获取", 8, "无法获取"),
        ("无法获取", 7, "无法获…"),
        ("无法获取", 6, "无法…"),
        ("ab cdef", 4, "ab…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_shorten(text: str, width: int, cut: str) -> None:
    """What is cut says so, and never stands over the edge."""
    assert shorten(text, width) == cut


def test_shorten_with_another_ellipsis() -> None:
    """Where only ASCII can be shown, the ellipsis is ASCII too."""
    assert shorten("abcdef", 4, "~") == "abc~"


@given(TEXTS, st.integers(0, 70))
def test_shortened_text_fits(text: str, width: int) -> None:
    """And a text that fits is left alone."""
    cut = shorten(text, width)
    assert display_width(cut) <= width
    assert cut == text if display_width(text) <= width else cut != text


@given(TEXTS, st.integers(0, 70))
def test_padded_text_has_the_width(text: str, width: int) -> None:
    """Columns line up whatever the script."""
    assert display_width(pad(text, width)) == max(width, display_width(text))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ("one two", "three")),
        ("one two three", 8, ("one two", "three")),
        ("abcdefgh", 3, ("abc", "def", "gh")),
        ("无法获取密钥", 5, ("无法", "获取", "密钥")),
        ("", 5, ("",)),
        ("a  b", 3, ("a", "b")),
    ],
)
def test_wrap(text: str, width: int, lines: tuple[str, ...]) -> None:
    """Lines break behind spaces, and within a word only when there is no other way."""
    assert wrap(text, width) == lines


@given(TEXTS, st.integers(2, 70))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    """Nobody says yes to half a command."""
    lines = wrap(text, width)
    assert all(display_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
