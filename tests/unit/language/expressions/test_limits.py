"""Nothing a playbook or a host says makes an evaluation run away."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable

import pytest

from playbook_engine.language.expressions import kinds, patience
from playbook_engine.language.expressions.limits import MAX_ITEMS, MAX_TEXT
from playbook_engine.language.expressions.patterns import compile_pattern
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.model.expressions import Expression, ExpressionError
from playbook_engine.values import Value

Compile = Callable[[str], Expression]
BIG_TEXT = "x" * MAX_TEXT
BIG_LIST: list[Value] = [1] * MAX_ITEMS


def nested(depth: int) -> Value:
    value: Value = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("'a' * 10 ** 9", "`*` needs a number"),
        ("2 ** (10 ** 9)", "too large"),
        ("2 ** 99999", "too large"),
        ("2.0 ** 99999", "too large"),
        ("10 ** 600 * 10 ** 900", "too large"),
        ("10 ** 900 * 1.5", "too large"),
        ("10 ** 900 | float", "too large"),
        ("[10 ** 900, 1.5] | sum", "finite"),
        ("(0 - 8) ** 0.5", "finite"),
        ("0 ** -1", "divided by zero"),
        ("big ~ 'x'", "1,048,577 characters"),
        ("big + 'x'", "1,048,577 characters"),
        ("big | replace('x', 'xx')", "2,097,152 characters"),
        ("big.replace('', 'xx')", "characters long"),
        ("[big, big] | join", "2,097,152 characters"),
        ("big.join(['a', 'b', 'c'])", "characters long"),
        ("[big, big]", "2,097,152 characters"),
        ("items + [1]", "100,001 items"),
        ("[items, items]", "items"),
        ("[items, items] == [items, items]", "items"),
        ("[items, items] | tojson", "items"),
        ("[items, items] | unique", "items"),
        ("(big ~ '') | upper ~ 'x'", "characters long"),
        ("many | lines", "items"),
        ("many.split('\\n')", "items"),
        ("many.splitlines()", "items"),
        ("big | regex_replace('x', 'xx')", "characters long"),
        ("big | regex_replace('', big)", "characters long"),
        ("big | regex_findall('x')", "items"),
        ("big | b64encode", "characters long"),
        ("many | split('\\n')", "items"),
        ("[items, items] | flatten", "items"),
        ("deep | flatten | map('since')", "`since` needs"),
        ("[deep] | difference([deep])", "nested too deeply"),
        ("(10 ** 300) | since(0)", "not a point in time"),
        ("deep == deep", "nested too deeply"),
        ("deep | tojson", "nested too deeply"),
        ("deep | unique", "nested too deeply"),
        ("brackets | json", "nested too deeply"),
        ("digits | json", "too large"),
        ("digits | int", "not a whole number"),
        ("'NaN' | json", "NaN"),
        ("(big ~ '')[1:] ~ 'xy' is search('a')", "characters long"),
    ],
)
def test_refuses_what_would_be_too_large(compiled: Compile, text: str, part: str) -> None:
    names: dict[str, Value] = {
        "big": BIG_TEXT,
        "items": BIG_LIST,
        "many": "\n" * (MAX_ITEMS + 5),
        "deep": nested(50_000),
        "brackets": "[" * 100_000,
        "digits": "9" * 5_000,
    }

    with pytest.raises(ExpressionError) as caught:
        compiled(text).evaluate(names)

    assert part in caught.value.message
    assert len(caught.value.message) < 300


def test_a_text_that_is_too_long_is_not_searched(compiled: Compile) -> None:
    with pytest.raises(ExpressionError, match="no more than"):
        compiled("x is search('a')").evaluate({"x": BIG_TEXT + "x"})


@pytest.mark.parametrize(
    "text",
    [
        "overlap is search('^(a|aa)+$')",
        "big is search('x.*y')",
        "big | regex_findall('x*y') | length == 0",
        "big | regex_replace('x*y', '') == big",
        "[big, big] | reject('search', 'x.*y') | length == 2",
        "[big] | map('regex_search', 'x*y') | length == 0",
        "items | reject('in', texts) | length == 0",
        "items | select('in', items) | select('in', items) | length > 0",
    ],
)
@pytest.mark.timeout(100)
def test_what_takes_too_long_is_stopped(compiled: Compile, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these would take between minutes and longer than the universe has been there."""
    monkeypatch.setattr(patience, "PATIENCE_S", 0.25)
    names: dict[str, Value] = {
        "big": BIG_TEXT[: MAX_TEXT // 16],
        "overlap": "a" * 100 + "b",
        "items": [*range(MAX_ITEMS)],
        "texts": [*range(MAX_ITEMS, 2 * MAX_ITEMS)],
    }
    begun = time.process_time()

    with pytest.raises(ExpressionError, match="stopped after"):
        compiled(text).holds(names)

    assert time.process_time() - begun < 10
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_a_trace_that_would_take_too_long_shows_all_names(compiled: Compile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.25)
    expression = compiled("a == 1 and text is search('^(a|aa)+$')")

    assert "(a = 2, text = 'aaaa" in expression.trace({"a": 2, "text": "a" * 100 + "b"})


async def test_a_loop_with_signal_handlers_goes_on(compiled: Compile, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run listens for SIGTERM while it decides; being stopped in between is no signal to it."""
    monkeypatch.setattr(patience, "PATIENCE_S", 0.25)
    heard: list[str] = []
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, heard.append, "SIGUSR1")
    try:
        with pytest.raises(ExpressionError, match="stopped"):
            compiled("x is search('^(a|aa)+$')").holds({"x": "a" * 100 + "b"})
        await asyncio.sleep(0)
        os.kill(os.getpid(), signal.SIGUSR1)
        async with asyncio.timeout(10):
            while not heard:
                await asyncio.sleep(0.01)
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGUSR1)

    assert heard == ["SIGUSR1"]


def test_a_signal_from_elsewhere_stops_nothing(compiled: Compile) -> None:
    """Only the timer's own counts, and only while an expression is evaluated."""
    expression = compiled("x is search('b')")
    assert expression.holds({"x": "ab"})

    os.kill(os.getpid(), signal.SIGVTALRM)

    assert expression.holds({"x": "ab"})


def test_beyond_the_main_thread_there_is_no_bound_and_no_harm(compiled: Compile) -> None:
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(compiled("x is search('b$')").holds({"x": "ab"})))
    thread.start()
    thread.join()

    assert found == [True]


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(a*)*", "((a+))*", "(?:a+b)+", "(a{2,})+", "(x(a+)y)*", "(a|b+)+", r"(\d+\.)+", "([)]a*)+"]
)
def test_a_repeated_repetition_is_refused(pattern: str) -> None:
    with pytest.raises(Refused, match="repeats a repetition"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["a+b+", "(ab)+", "(a+)b", "(a+)?", "(a+){3}", r"\(a+\)+", "[(a+)]+", "a+?", "(a|b)+", "(ab?c)+"]
)
def test_a_plain_repetition_is_fine(pattern: str) -> None:
    assert compile_pattern(pattern).pattern == pattern


@pytest.mark.parametrize("pattern", ["(", "*a", "[", "a" * 1_001, "a{99999999999}"])
def test_a_wrong_pattern_says_so(pattern: str) -> None:
    with pytest.raises(Refused):
        compile_pattern(pattern)


@pytest.mark.no_cover  # the same lines thousands of times
@pytest.mark.timeout(60)
def test_large_but_permitted_work_ends_soon(compiled: Compile) -> None:
    """A guard against quadratic work: each takes a fraction of a second."""
    names: dict[str, Value] = {"items": [*range(MAX_ITEMS)], "lines": "some line\n" * 90_000}

    for text in (
        "items | sort | unique | sum > 0",
        "items | percentile(99) > 0",
        "lines | lines | select('search', 'nothing') | length == 0",
        "5 in items and -1 not in items",
    ):
        assert compiled(text).holds(names)


def test_code_of_others_is_not_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may hold a lock that nobody would give back; the next code of ours is."""
    monkeypatch.setattr(patience, "PATIENCE_S", 0.02)
    through: list[bool] = []

    def go_on_and_on() -> None:
        until = time.process_time() + 0.1
        while time.process_time() < until:
            pass
        through.append(True)
        while time.process_time() < until + 30:
            kinds.describe("x")

    with pytest.raises(Refused, match="was stopped"), patience.bounded():
        go_on_and_on()
    assert through
