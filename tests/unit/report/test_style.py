"""Durations and symbols."""

import pytest

from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.report.style import ASCII, OUTCOMES, UNICODE, VERDICTS, Glyphs, elapsed, glyphs, seconds
from playbook_engine.report.widths import display_width


@pytest.mark.parametrize(
    ("ms", "took", "going_on"),
    [
        (0, "0ms", "0s"),
        (35, "35ms", "0s"),
        (999, "999ms", "0s"),
        (1_000, "1.0s", "1s"),
        (1_250, "1.2s", "1s"),
        (59_999, "59.9s", "59s"),
        (60_000, "1m00s", "1m00s"),
        (125_000, "2m05s", "2m05s"),
        (3_600_000, "1h00m", "1h00m"),
        (90_061_000, "25h01m", "25h01m"),
    ],
)
def test_durations(ms: int, took: str, going_on: str) -> None:
    """What is over is told in tenths, what goes on in whole seconds."""
    assert (seconds(ms), elapsed(ms)) == (took, going_on)


def test_time_never_runs_backwards() -> None:
    """Clocks of two threads can differ by a little."""
    assert elapsed(-20) == "0s"


@pytest.mark.parametrize("chosen", [UNICODE, ASCII])
def test_every_outcome_has_a_symbol_of_one_column(chosen: Glyphs) -> None:
    """Colour is never all that tells outcomes apart."""
    symbols = [chosen.outcomes[outcome] for outcome in Outcome]
    assert len(set(symbols)) == len(Outcome)
    assert {display_width(symbol) for symbol in symbols} == {1}


def test_ascii_is_ascii() -> None:
    """A stream that cannot show more gets nothing more."""
    drawn = (*ASCII.outcomes.values(), ASCII.spinner, ASCII.ellipsis, ASCII.arrow, ASCII.bullet, ASCII.beside)
    assert "".join(drawn).isascii()
    assert glyphs(unicode=False) is ASCII


def test_every_outcome_and_verdict_has_a_style() -> None:
    """The tables are complete."""
    assert set(OUTCOMES) == set(Outcome)
    assert set(VERDICTS) == set(Verdict)
