"""The format is frozen: fields, order, bounds."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from recorded_runs import RUN, attempt, every_event, put_on_record, result, rolled_run, whole_run

from playbook_engine.audit.jsontext import one_line
from playbook_engine.audit.record_v1 import encode, timestamp
from playbook_engine.audit.replies_v1 import EXCERPT, LONGEST
from playbook_engine.model.events import Event, Recorded, RunPaused
from playbook_engine.model.replies import Output, ShellReply
from playbook_engine.values import Secret, StepPath, Value

GOLDEN = Path(__file__).parent / "golden"
AT = datetime(2026, 11, 23, 19, 4, 5, 123456, UTC)


def recorded(event: Event) -> Recorded:
    return Recorded(seq=3, at=AT, mono_ms=77, run=RUN, event=event)


def numbers(value: object) -> Iterator[object]:
    """Yield every value in what was parsed."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from numbers(item)
    else:
        yield value


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.type)
def test_every_event_has_its_envelope_and_no_floats(event: Event) -> None:
    """Fields stand in their order; numbers are integers."""
    fields = encode(recorded(event))
    assert list(fields)[:6] == ["v", "seq", "ts", "mono_ms", "run", "type"]
    assert fields["type"] == event.type
    again = json.loads(one_line(fields))
    assert list(again) == list(fields)
    assert not any(isinstance(value, float) for value in numbers(again))


@pytest.mark.parametrize(
    ("name", "file"), [("record.jsonl", "runs/01JDB8Z5Q2V7N9M4K6T3R1W0XY.jsonl"), ("ledger.jsonl", "ledger.jsonl")]
)
def test_a_run_is_recorded_byte_for_byte_as_ever(tmp_path: Path, name: str, file: str) -> None:
    """Records of this version are read for ever: this file never changes."""
    put_on_record(tmp_path, whole_run())
    assert (tmp_path / file).read_text(encoding="utf-8") == (GOLDEN / name).read_text(encoding="utf-8")


def test_what_came_later_is_recorded_byte_for_byte_too(tmp_path: Path) -> None:
    """Turns, retries, batches, notes, what does not count: fields that are there only where they say something."""
    path = put_on_record(tmp_path, rolled_run())
    assert path.read_text(encoding="utf-8") == (GOLDEN / "rolled.jsonl").read_text(encoding="utf-8")


def test_a_plain_run_has_none_of_the_later_fields(tmp_path: Path) -> None:
    """Readers of the first version see what they know."""
    text = put_on_record(tmp_path, whole_run()).read_text(encoding="utf-8")
    assert not [name for name in ("batches", "notes", "counts", "on", "item") if f'"{name}":' in text]


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (AT, "2026-11-23T19:04:05.123456Z"),
        (AT.replace(microsecond=0), "2026-11-23T19:04:05.000000Z"),
        (datetime(2026, 11, 24, 3, 4, 5, 1, timezone(timedelta(hours=8))), "2026-11-23T19:04:05.000001Z"),
    ],
)
def test_times_are_utc_with_microseconds(at: datetime, text: str) -> None:
    """Whatever zone the clock thinks in."""
    assert timestamp(at) == text


def test_a_time_without_a_zone_is_refused() -> None:
    """Nobody could say when that was."""
    with pytest.raises(ValueError, match="needs its zone"):
        timestamp(datetime(2026, 11, 23))


def excerpt(output: Output) -> dict[str, object]:
    fields = json.loads(one_line(encode(recorded(attempt(ShellReply(rc=0, stdout=output))))))
    found = fields["reply"]["outputs"]["stdout"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("text", ["", "short", "a" * 20_000, "é" * 16_000, "𝄞" * 8_000, "\ud800" * 9_000])
def test_an_output_of_up_to_32_kib_is_kept_whole(text: str) -> None:
    """Beginning and end together are all of it."""
    found = excerpt(Output(head=text, size=99))
    assert str(found["head"]) + str(found["tail"]) == text
    assert (found["bytes"], found["truncated"]) == (99, False)


@pytest.mark.parametrize("unit", ["a", "é", "€", "𝄞"])
@pytest.mark.parametrize("cut_before", [True, False])
def test_a_longer_output_keeps_both_ends(unit: str, *, cut_before: bool) -> None:
    """In whole characters, in at most 16 KiB each, whether or not memory was bounded before."""
    text = f"x{unit * 40_000}"
    output = Output(text, text if cut_before else "", size=500_000, truncated=cut_before)
    found = excerpt(output)
    head, tail = str(found["head"]), str(found["tail"])
    assert found["truncated"] is True
    assert text.startswith(head)
    assert text.endswith(tail)
    assert all(EXCERPT - 4 < len(part.encode()) <= EXCERPT for part in (head, tail))


def test_captured_values_are_texts_of_json() -> None:
    """Floats of hosts stay the digits they were; secrets are masked."""
    captured: dict[str, Value] = {"cpu": 95.80, "key": Secret("KEY", "hunter2222")}
    event = replace(attempt(None), result=replace(result(), captured=captured))
    fields = json.loads(one_line(encode(recorded(event))))
    assert fields["captured"]["cpu"] == {"head": "95.8", "tail": "", "bytes": 4, "truncated": False}
    assert fields["captured"]["key"]["head"] == '"<secret KEY>"'


def test_a_text_beyond_all_reason_is_cut() -> None:
    """No line grows without bounds, and the cut says how much is missing."""
    reason = encode(recorded(RunPaused(path=StepPath("steps/1"), reason="é" * 40_000)))["reason"]
    assert isinstance(reason, str)
    assert reason == "é" * (LONGEST // 2) + "[… 7232 characters more]"


def test_a_reply_of_a_plug_in_is_recorded_by_what_every_reply_has() -> None:
    """Actions are open: their replies need no change here."""

    class Sensor:
        duration_ms = 4
        changed = None

        def names(self) -> dict[str, object]:
            raise AssertionError("not needed for the record")

        def default_expectation(self) -> None:
            return None

        def outputs(self) -> dict[str, Output]:
            return {"reading": Output("21", size=2)}

    fields = encode(recorded(attempt(Sensor())))  # type: ignore[arg-type]  # `names` is narrower than the protocol
    assert fields["reply"] == {
        "kind": "Sensor",
        "changed": None,
        "duration_ms": 4,
        "outputs": {"reading": {"head": "21", "tail": "", "bytes": 2, "truncated": False}},
    }
