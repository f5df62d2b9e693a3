"""The timeline tells a run to a person, calmly and completely."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_runs import put_on_record, rolled_run, whole_run

from playbook_engine.audit.reader import read
from playbook_engine.audit.show import show
from playbook_engine.model.translations import Reader, Texts
from playbook_engine.phrases.words import CHINESE

GOLDEN = Path(__file__).parent / "golden" / "timeline.txt"


def step(*targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    event = {"ts": "2026-11-23T19:04:05.000000Z", "type": "step.finished", "path": "steps/1", "verb": "check"}
    return {**event, "title": "Disk", "outcome": "failed", "duration_ms": 1200, "targets": list(targets), **more}


def target(name: str, outcome: str = "ok", message: str | None = None) -> dict[str, Any]:
    cause = None if message is None else {"kind": "expect", "message": message, "hint": None, "at": "p.yml:3:5"}
    return {"target": name, "outcome": outcome, "cause": cause}


def timeline(*events: dict[str, Any]) -> list[str]:
    """Return the lines without those that say that there is no end."""
    return show(events)[:-2]


def test_a_whole_run_reads_as_ever(tmp_path: Path) -> None:
    """One event of every type."""
    events = read(put_on_record(tmp_path, whole_run())).events
    assert "\n".join(show(events)) + "\n" == GOLDEN.read_text(encoding="utf-8")


def test_a_rolling_run_reads_as_ever(tmp_path: Path) -> None:
    """Turns, batches, notes."""
    events = read(put_on_record(tmp_path, rolled_run())).events
    assert "\n".join(show(events)) + "\n" == GOLDEN.with_name("timeline-rolled.txt").read_text(encoding="utf-8")


IN_CHINESE = Reader(
    CHINESE,
    Texts(
        plain={
            "JWKS cannot be fetched": "无法获取 JWKS",
            "Restart the API": "重启 API",
            "Serve the pinned signing key": "使用固定的签名密钥",
        }
    ),
)


@pytest.mark.parametrize(("name", "run"), [("timeline-zh", whole_run), ("timeline-rolled-zh", rolled_run)])
def test_a_run_in_chinese(name: str, run: Callable[[], Any], tmp_path: Path) -> None:
    """Titles where they are translated, the engine's sentences, and the timeline's own words."""
    text = "\n".join(show(read(put_on_record(tmp_path, run())).events, IN_CHINESE)) + "\n"
    file = GOLDEN.with_name(f"{name}.txt")
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")

    assert text == file.read_text(encoding="utf-8")


def test_targets_that_ended_alike_stand_together() -> None:
    """The ones that differ are what one looks for."""
    full = "used < 90 (used = 97)"
    names = [target(f"web-{number}") for number in range(12)]
    lines = timeline(step(*names, target("db-1", "failed", full), target("db-2", "failed", full)))
    assert lines == [
        "19:04:05Z  check     Disk: failed (1.2s)",
        f"{'':21}web-0, web-1, web-2, web-3, web-4, web-5, web-6, web-7 and 4 more: ok",
        f"{'':21}db-1, db-2: failed {full} [p.yml:3:5]",
    ]


def test_a_step_that_went_well_everywhere_is_one_line() -> None:
    """No news needs no detail."""
    assert timeline(step(target("a"), target("b"), outcome="ok")) == ["19:04:05Z  check     Disk: ok (1.2s)"]


def test_a_steps_own_cause_is_said_once() -> None:
    """Also when it is that of its targets."""
    cause = {"kind": "within", "message": "it did not hold within 3m"}
    assert timeline(step(cause=cause))[1:] == [f"{'':21}it did not hold within 3m"]
    alike = step(target("a", "failed", "it did not hold within 3m"), cause=cause)
    assert timeline(alike)[1:] == [f"{'':21}a: it did not hold within 3m [p.yml:3:5]"]


def test_tries_are_counted() -> None:
    """Polling is one line, not a hundred."""
    tries = [{"type": "attempt.finished", "path": "steps/1", "attempt": number} for number in (1, 2, 3)]
    assert timeline(*tries, step(duration_ms=65_000))[0] == "19:04:05Z  check     Disk: failed (1m5s, 3 tries)"


def test_a_type_of_a_later_version_is_shown_as_it_is() -> None:
    """Old tools read new records."""
    event = {"v": 1, "seq": 1, "ts": "2026-11-23T19:04:05.000000Z", "type": "run.resumed", "by": "ana", "hash": "x"}
    assert timeline(event) == ['19:04:05Z  run.resumed {"by": "ana"}']


def test_a_record_without_an_end_says_so() -> None:
    """Nobody takes the last line for the last thing that happened."""
    assert show([step()])[-1] == "There is no run.finished on record: the run goes on, or it was cut off here."


def test_nothing_from_a_host_reaches_the_terminal_as_it_is() -> None:
    """Escapes, line ends, direction marks and surrogates are written out."""
    evil = "\x1b[31mred\r\nnext\u202e\ud800\u200b"
    text = "\n".join(timeline(step(target("a", "failed", evil), title=evil)))
    assert text.count("\\x1b[31mred\\r\\nnext\\u202e\\ud800\\u200b") == 2
    assert text.encode("utf-8")


def test_a_long_text_is_cut() -> None:
    """A timeline is for reading; the record has it all."""
    (line,) = timeline(step(title="x" * 5000))
    assert "x" * 300 + "…" in line
    assert len(line) < 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    *(
        "path",
        "title",
        "playbook",
        "inventory",
        "actor",
        "targets",
        "cause",
        "reasons",
        "attempt",
        "selected",
        "inputs",
    ),
    *("duration_ms", "changed", "not_taken", "ts", "changes", "again", "stop", "verb", "outcome", "contact"),
]
TYPES = [*sorted({event.type for event in whole_run()}), "", "later"]


@settings(max_examples=50)
@given(
    st.lists(st.fixed_dictionaries({"type": st.sampled_from(TYPES)}, optional=dict.fromkeys(NAMES, JSON)), max_size=3)
)
def test_no_shape_of_an_event_is_a_traceback(events: list[dict[str, Any]]) -> None:
    """A record may have been written by anybody."""
    lines = show(events)
    assert all(len(line.splitlines()) <= 1 for line in lines)


@pytest.mark.parametrize("depth", [10, 100_000])
def test_deep_nesting_is_no_traceback(depth: int) -> None:
    """Whatever the parser let through."""
    nested: Any = 0
    for _ in range(depth):
        nested = [nested]
    assert len(timeline({"type": "later", "deep": nested})) == 1


def test_events_are_what_json_gives() -> None:
    """No other type is needed."""
    assert show(json.loads("[]")) == [
        "",
        "There is no run.finished on record: the run goes on, or it was cut off here.",
    ]
