"""Regular expressions that people write: compiled, refused, and how long they may take."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.regex import MAX_PATTERN, RegexFault, compile_regex, effort

PLENTY = 1_000_000


@pytest.mark.parametrize(
    ("pattern", "says", "position"),
    [
        ("we(b", "is not a regular expression", 2),
        ("*", "nothing to repeat", 0),
        ("[a", "is not a regular expression", 0),
        ("(a+)+", "repeats a repetition", None),
        ("a" * (MAX_PATTERN + 1), "the limit is", None),
    ],
)
def test_a_wrong_pattern_says_what_and_where(pattern: str, says: str, position: int | None) -> None:
    with pytest.raises(RegexFault, match=says) as caught:
        compile_regex(pattern)

    assert caught.value.position == position


@pytest.mark.parametrize(
    "pattern",
    [
        "web", "web-.*", r"web-\d+", r"(web|db)-\d{1,3}\.example\.com$", "(?i)^web", "[abc]+x?",
        "(?:web|db)-[0-9]+", r"ip-\d+-\d+-\d+", "web-(0[1-9]|1[0-2])", ".*-canary", "a{3}", "(ab)+",
    ],
)  # fmt: skip
def test_ordinary_patterns_are_little_work(pattern: str) -> None:
    assert effort(pattern, 60) <= PLENTY


@pytest.mark.parametrize(
    "pattern",
    ["(a|a)*b", "(a|aa)+$", "(a?){30}a{30}", "(x{1,30}){1,30}", ".*.*.*.*.*x", "(a{0,1000}){0,1000}", "a?" * 30],
)
def test_patterns_that_could_run_away_are_much(pattern: str) -> None:
    assert effort(pattern, 60) > PLENTY


@given(st.lists(st.sampled_from(["a", "b", ".", "(", ")", "|", "*", "+", "?", "{2,3}", "[ab]", "(?:"]), max_size=7))
def test_what_is_little_work_is_done_at_once(pieces: list[str]) -> None:
    pattern = "".join(pieces)
    try:
        compiled = compile_regex(pattern)
    except RegexFault:
        return
    if effort(pattern, 20) > PLENTY:
        return

    began = time.monotonic()
    for text in ("a" * 20, "ab" * 10, "a" * 19 + "c"):
        compiled.match(text)
        re.match(compiled.pattern + "$", text)
    assert time.monotonic() - began < 5
