"""Taking what a run waits for: files under the state directory."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rehearsing import FrozenClock

from playbook_engine.app import acks
from playbook_engine.app.acks import FileAcks, Waiting
from playbook_engine.errors import UsageError
from playbook_engine.ports import AckBox, Awaited, Taken
from playbook_engine.values import Duration, RunId, StepPath

ONE, TWO = RunId("01JAAA0000000000000000000A"), RunId("01JBBB0000000000000000000B")
AWAITED = Awaited(path=StepPath("steps/1"), contact="ana", title="没有人知道原因", wait=Duration(60_000))
WHO = Taken(by="小明", how="runbook ack", note="我来处理")


@contextmanager
def waiting(state: Path, run: RunId = ONE) -> Iterator[AckBox]:
    with FileAcks(state, run).opened(AWAITED) as box:
        assert not isinstance(box, str)
        yield box


def take(state: Path, wanted: str, box: AckBox | None = None) -> tuple[Waiting | None, Taken | None]:
    """Take something; the run looks into its box after the first wait."""
    seen: Taken | None = None
    clock = FrozenClock()
    for found in acks.take(state, wanted, WHO, clock):
        if found is not None:
            return found, seen
        clock.ms += 1_000
        seen = box.taken() if box is not None else None
    return None, seen


@pytest.mark.parametrize("wanted", [ONE, "01jaaa", "000A", "latest", "LATEST"])
def test_a_run_that_waits(wanted: str, tmp_path: Path) -> None:
    """Named by its id, a part of it, or as the latest; who takes it is what the run reads."""
    with waiting(tmp_path) as box:
        assert box.taken() is None
        assert take(tmp_path, wanted, box) == (Waiting(ONE, "ana", AWAITED.title), WHO)
        assert box.taken() is None


def test_of_several_one_must_be_named(tmp_path: Path) -> None:
    with waiting(tmp_path, ONE), waiting(tmp_path, TWO) as box:
        assert [each.run for each in acks.waiting(tmp_path)] == [ONE, TWO]
        with pytest.raises(UsageError, match="fits 2 runs that wait"):
            take(tmp_path, "01J")
        found, _ = take(tmp_path, "latest", box)
        assert found is not None
        assert found.run == TWO


@pytest.mark.parametrize(
    ("wanted", "hint"), [("01JAAB0000000000000000000A", f"Did you mean '{ONE}'?"), ("zzz", f"Waiting are: {ONE}.")]
)
def test_another_run(wanted: str, hint: str, tmp_path: Path) -> None:
    with waiting(tmp_path), pytest.raises(UsageError) as caught:
        take(tmp_path, wanted)
    assert caught.value.hint == hint


def test_when_no_run_waits(tmp_path: Path) -> None:
    """Nor is there anything left that somebody could take by mistake."""
    with waiting(tmp_path):
        pass
    for wanted in ("latest", ONE):
        with pytest.raises(UsageError) as caught:
            take(tmp_path, wanted)
        assert caught.value.hint == "No run waits for anybody."
    assert [path.name for path in (tmp_path / "acks").iterdir() if path.suffix != ".lock"] == []


def test_a_run_that_does_not_look_has_not_noticed(tmp_path: Path) -> None:
    """What was not read was not taken, and does not lie around for the next one."""
    with waiting(tmp_path) as box:
        with pytest.raises(UsageError, match="no longer waits"):
            take(tmp_path, ONE)
        assert box.taken() is None


def test_a_run_that_goes_on_meanwhile(tmp_path: Path) -> None:
    """Its time was up between two looks."""
    with waiting(tmp_path):
        taking = acks.take(tmp_path, ONE, WHO, FrozenClock())
        assert next(taking) is None
    with pytest.raises(UsageError, match="no longer waits"):
        next(taking)


def test_what_was_left_for_a_run_before_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "acks").mkdir()
    (tmp_path / "acks" / f"{ONE}.taken").write_text(json.dumps({"by": "mallory"}))
    with waiting(tmp_path) as box:
        assert box.taken() is None


@pytest.mark.parametrize("content", ["", "{", "[]", "5", '{"by": 5}', "\x00", "{" * 100_000])
def test_rubbish_in_the_box(content: str, tmp_path: Path) -> None:
    """A file that is none of ours is nobody, or somebody without a name; never a traceback."""
    with waiting(tmp_path) as box:
        (tmp_path / "acks" / f"{ONE}.taken").write_text(content)
        found = box.taken()
        assert found is None or found.by == "somebody"


def test_long_texts_are_cut(tmp_path: Path) -> None:
    with waiting(tmp_path) as box:
        taking = acks.take(tmp_path, ONE, Taken(by="b" * 9_999, how="", note="n" * 9_999), FrozenClock())
        assert next(taking) is None
        taken = box.taken()
        assert next(taking) is not None
    assert taken is not None
    assert (len(taken.by), len(taken.note)) == (acks.LONGEST, acks.LONGEST)


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    with waiting(tmp_path):
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "acks").iterdir()}
    assert set(modes.values()) == {0o600}
    assert (tmp_path / "acks").stat().st_mode & 0o777 == 0o700


def test_where_nothing_can_be_written_nobody_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "acks").write_text("a file where the folder should be")
    with FileAcks(tmp_path, ONE).opened(AWAITED) as box:
        assert isinstance(box, str)
        assert box.startswith("nobody can take it: ")
    assert (tmp_path / "acks").is_file()
