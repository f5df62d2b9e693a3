"""One run at a time for a playbook and environment."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from plans import PLAYBOOK, Project

from playbook_engine.app import locking
from playbook_engine.app.planning import prepare
from playbook_engine.errors import Locked
from playbook_engine.model.plan import Plan
from playbook_engine.model.settings import Mode
from playbook_engine.values import RunId

FIRST, SECOND = RunId("01JTEST0000000000000000001"), RunId("01JTEST0000000000000000002")
NAME = "disk-full@test"


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Project(tmp_path).prepare().plan


def test_the_second_holder_is_told_who_the_first_is(plan: Plan, tmp_path: Path) -> None:
    with (
        locking.held(plan, FIRST, tmp_path / "state"),
        pytest.raises(Locked, match=rf"another run holds {NAME}: run {FIRST} of .+ on .+ \(process {os.getpid()}\)"),
        locking.held(plan, SECOND, tmp_path / "state"),
    ):
        pytest.fail("the lock was given twice")


def test_it_is_free_afterwards(plan: Plan, tmp_path: Path) -> None:
    for run in (FIRST, SECOND):
        with locking.held(plan, run, tmp_path / "state"):
            holder = json.loads((tmp_path / "state" / "locks" / f"{NAME}.json").read_text())
            assert holder["run"] == run
    assert not (tmp_path / "state" / "locks" / f"{NAME}.json").exists()


def test_it_is_free_after_a_failure(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), locking.held(plan, FIRST, tmp_path / "state"):
        raise RuntimeError
    with locking.held(plan, SECOND, tmp_path / "state"):
        pass


def test_other_playbooks_and_environments_have_locks_of_their_own(plan: Plan, tmp_path: Path) -> None:
    other = Project(tmp_path, environment="environment: other\n").prepare().plan

    with locking.held(plan, FIRST, tmp_path / "state"), locking.held(other, SECOND, tmp_path / "state"):
        assert len(list((tmp_path / "state" / "locks").glob("*.json"))) == 2


PLAYING = """\
runbook: v1
name: triage
version: 1.0.0
title: Which is it
hosts: all
steps:
  - branch: Which
    cases: [{when: 'true', play: disk-full}]
    else: []
"""


def triage(folder: Path, mode: Mode) -> Plan:
    """Return a plan that may play the playbook of the other plan."""
    folder.mkdir()
    project = Project(folder, playbook=PLAYING)
    project.write()
    (folder / "disk-full.yml").write_text(PLAYBOOK, encoding="utf-8")
    asked = project.request
    return prepare(replace(asked, settings=replace(asked.settings, mode=mode))).plan


def test_what_a_run_may_play_is_held_too(plan: Plan, tmp_path: Path) -> None:
    """Two runs must not change the same things, whichever playbook led to it."""
    playing = triage(tmp_path / "other", Mode.PLAY)

    with locking.held(plan, FIRST, tmp_path / "state"):
        with (
            pytest.raises(Locked, match=f"another run holds {NAME}"),
            locking.held(playing, SECOND, tmp_path / "state"),
        ):
            pytest.fail("the lock was given twice")
        with locking.held(triage(tmp_path / "look", Mode.CHECK), SECOND, tmp_path / "state"):
            pass  # it only looks
    with locking.held(playing, FIRST, tmp_path / "state"), pytest.raises(Locked):  # noqa: SIM117  in this order
        with locking.held(plan, SECOND, tmp_path / "state"):
            pytest.fail("the lock was given twice")


HOLDER = """\
import sys, time
from pathlib import Path
from plans import PLAYBOOK, Project
from playbook_engine.app import locking
from playbook_engine.app.planning import prepare
folder = Path(sys.argv[1])
with locking.held(Project(folder).prepare().plan, "01JTEST0000000000000000001", folder / "state"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_crash_does_not_keep_it(plan: Plan, tmp_path: Path) -> None:
    """The system lets go of what a killed process held; what it left behind is overwritten."""
    support = Path(__file__).parents[2] / "support"
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": str(support)}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(Locked, match=f"process {process.pid}"), locking.held(plan, SECOND, tmp_path / "state"):
            pytest.fail("the lock was given twice")
        process.send_signal(signal.SIGKILL)

    with locking.held(plan, SECOND, tmp_path / "state"):
        holder = json.loads((tmp_path / "state" / "locks" / f"{NAME}.json").read_text())
    assert (holder["run"], holder["pid"]) == (SECOND, os.getpid())


def test_a_holder_that_says_nothing_readable(plan: Plan, tmp_path: Path) -> None:
    with locking.held(plan, FIRST, tmp_path / "state"):
        (tmp_path / "state" / "locks" / f"{NAME}.json").write_text("{")
        with pytest.raises(Locked, match="whose, it did not say"), locking.held(plan, SECOND, tmp_path / "state"):
            pytest.fail("the lock was given twice")


def test_a_state_directory_that_cannot_be_written_has_no_locks(plan: Plan, tmp_path: Path) -> None:
    """Such a run changes nothing anyway, so looking is allowed."""
    (tmp_path / "file").write_text("")

    with locking.held(plan, FIRST, tmp_path / "file" / "state"):
        pass


def test_what_goes_wrong_meanwhile_is_not_taken_for_a_failed_lock(plan: Plan, tmp_path: Path) -> None:
    for state in (tmp_path / "state", tmp_path / "playbook.yml" / "state"):
        with pytest.raises(OSError, match="of the run"), locking.held(plan, FIRST, state):
            raise OSError("of the run")


def test_a_word_that_cannot_be_written_does_not_keep_a_run_from_its_lock(plan: Plan, tmp_path: Path) -> None:
    """As on a disk that is full: the lock holds all the same."""
    (tmp_path / "state" / "locks" / f"{NAME}.json").mkdir(parents=True)

    with (
        locking.held(plan, FIRST, tmp_path / "state"),
        pytest.raises(Locked, match="whose, it did not say"),
        locking.held(plan, SECOND, tmp_path / "state"),
    ):
        pytest.fail("the lock was given twice")
