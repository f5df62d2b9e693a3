"""How fast a recorded run is shown again."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.report.pace import AT_ONCE, LONGEST_MS, WHOLE_MS, Pace, RunTime, comfortable, parse

SILENCES = st.lists(st.integers(-5_000, 10_000_000), max_size=200)


@pytest.mark.parametrize(("text", "times"), [("10x", 10), ("0.5x", 0.5), ("1x", 1), ("max", math.inf)])
def test_a_speed_is_read(text: str, times: float) -> None:
    assert parse(text) == Pace(times)


@pytest.mark.parametrize("text", ["", "10", "x", "0x", "0.0x", "-1x", "1e3x", "fast", "MAX", "1 x", "infx", "٣x"])
def test_what_is_no_speed_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 10x, 0\.5x or max"):
        parse(text)


@given(SILENCES)
def test_a_comfortable_pace_bores_nobody(silences: list[int]) -> None:
    """No silence is long, nor is the whole, and nothing is faster than it has to be for that."""
    pace = comfortable(silences)
    pauses = [pace.pause_ms(silence) for silence in silences]

    assert max(pauses, default=0) <= LONGEST_MS
    assert sum(pauses) <= WHOLE_MS + 1e-6
    assert pace.times == 1 or sum(pauses) > WHOLE_MS / 3


@given(SILENCES)
def test_a_speed_that_was_asked_for_is_kept_to(silences: list[int]) -> None:
    assert sum(map(parse("10x").pause_ms, silences)) == pytest.approx(sum(s for s in silences if s > 0) / 10)
    assert not any(map(AT_ONCE.pause_ms, silences))


@pytest.mark.parametrize(
    ("silences", "words"),
    [
        ([200, 1_000], "as fast as it was"),
        ([200, 60_000], "as fast as it was, silences of more than 3s shortened"),
        ([2_000] * 40, "5 times as fast"),
        ([10_000] * 500, "50 times as fast, silences of more than 3s shortened"),
    ],
)
def test_it_says_what_it_does(silences: list[int], words: str) -> None:
    assert comfortable(silences).words(silences) == words


def test_a_speed_says_what_it_is() -> None:
    assert [parse(text).words([60_000]) for text in ("1x", "0.5x", "max")] == [
        "as fast as it was",
        "0.5 times as fast",
        "all at once",
    ]


def test_the_clock_of_the_run_goes_evenly_through_a_silence() -> None:
    """A minute in two seconds: seconds are counted quickly then, and none is left out."""
    now = [0.0]
    clock = RunTime(lambda: now[0])
    clock.set(84_000)
    clock.runs_to(144_000, pause_ms=2_000)
    seen = []
    for now[0] in (0, 500, 1_000, 2_000, 9_000):
        seen.append(clock.now_ms())
    assert seen == [84_000, 99_000, 114_000, 144_000, 144_000]


def test_the_clock_of_the_run_never_goes_back() -> None:
    """Not even where that of the record did."""
    clock = RunTime(lambda: 0.0)
    clock.set(84_000)
    clock.runs_to(80_000, pause_ms=10)
    assert clock.now_ms() == 80_000
