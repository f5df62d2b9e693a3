"""`runbook replay`, as it is typed."""

import os
import pty
import re
import signal
import time
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from commanding import RUNBOOK, Place
from recorded_runs import RUN, put_on_record, whole_run

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PLAYBOOK = """\
runbook: v1
name: disk-full
version: 1.0.0
title: A disk runs full
health:
  - {check: The disk has room, id: disk, local: echo 95; false}
steps:
  - {mitigate: Empty the logs, local: "true", irreversible: true}
  - {verify: It has room again, local: "test -e ready || { touch ready; false; }", within: 10s, every: 700ms}
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a folder in which a run was played, with half a second of silence in it."""
    place = Place(tmp_path)
    place.write("playbooks/disk.yml", PLAYBOOK)
    place.write("inventories/lab/hosts.yml", "all: {hosts: {one: {}}}\n")
    place.write("inventories/lab/environment.yml", "environment: lab\n")
    return place


@pytest.fixture
def played(place: Place) -> str:
    """Return what `play` printed."""
    done = place.run("play", "disk", "-i", "lab", "--yes")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_piped_it_is_what_was_printed_and_at_once(place: Place, played: str) -> None:
    """Below what is said of the record."""
    done = place.run("replay")

    heading, _, rest = done.stdout.partition("\n\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert rest == played
    assert re.match(r"Replay  run \w{26} of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, all at once\n", heading)
    assert heading.splitlines()[1:] == ["Its record is intact and sealed (13 lines)."]


def test_a_speed_is_kept_to_in_a_pipe_too(place: Place, played: str) -> None:
    began = time.monotonic()
    done = place.run("replay", "latest", "--speed", "0.5x")

    assert time.monotonic() - began > 1.4
    assert done.stdout.endswith(played)
    assert "0.5 times as fast" in done.stdout


def test_a_run_is_named_as_elsewhere(place: Place, played: str) -> None:
    run = place.records()[-1].stem
    assert {place.run("replay", name).stdout for name in (run, run.lower(), run[-6:])} == {place.run("replay").stdout}
    missing = place.run("replay", "nobody")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "there is no run 'nobody' on record" in missing.stderr


def test_a_speed_that_is_none(place: Place, played: str) -> None:
    done = place.run("replay", "--speed", "quick")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'quick' is not a speed; write 10x, 0.5x or max" in done.stderr


def test_a_changed_record_says_so_first(place: Place, played: str) -> None:
    record = place.records()[-1]
    record.write_bytes(record.read_bytes().replace(b"echo 95", b"echo 15"))

    done = place.run("replay")

    heading = done.stdout.partition("\n\n")[0]
    assert done.returncode == 0
    assert "Its record is NOT what was written (13 lines)." in heading
    assert "✗ line 2 (byte" in heading
    assert heading.endswith("What follows may not be what happened.")


def test_a_torn_record_says_so_first(place: Place, played: str) -> None:
    """As a crash leaves it: without its seal, in the middle of a line."""
    record, ledger = place.records()[-1], place.state / "ledger.jsonl"
    record.write_bytes(record.read_bytes()[:-900])
    ledger.write_bytes(
        b"".join(line for line in ledger.read_bytes().splitlines(keepends=True) if b"sealed" not in line)
    )

    done = place.run("replay")

    heading, _, rest = done.stdout.partition("\n\n")
    assert done.returncode == 0
    assert "Its record is unfinished, and nothing in it was changed" in heading
    assert "! the last line is a fragment of" in heading
    assert rest.endswith("The record ends here, without a verdict: the run goes on, or was cut off.\n")


class Watched:
    """`runbook replay` on a terminal of 80 columns."""

    def __init__(self, place: Place, *arguments: str) -> None:
        self._main, terminal = pty.openpty()
        environment = {**place.environment, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        self.process = Popen(
            [RUNBOOK, "replay", *arguments], cwd=place.folder, env=environment, stdout=terminal, stderr=PIPE
        )
        os.close(terminal)
        self.text = ""

    def until(self, wanted: str) -> None:
        deadline = time.monotonic() + 60
        while wanted not in self.text and time.monotonic() < deadline and self._read():
            pass
        assert wanted in self.text, self.text

    def _read(self) -> bool:
        try:
            data = os.read(self._main, 65_536)
        except OSError:  # the other end is closed
            return False
        self.text += CONTROL.sub("", data.decode())
        return bool(data)

    def end(self) -> int:
        while self._read():
            pass
        os.close(self._main)
        _, errors = self.process.communicate(timeout=60)
        assert errors == b""
        return self.process.returncode


def test_on_a_terminal_it_is_the_live_screen(place: Place, played: str) -> None:
    """Whoever polled is seen polling, though nobody knows any more for how long it was to."""
    watched = Watched(place, "--speed", "1x")
    watched.until("try 1")
    assert watched.end() == 0
    assert "not yet: rc = 1, expected 0" in watched.text
    assert " left" not in watched.text
    assert "resolved  a verify passed" in watched.text


@pytest.fixture
def with_a_long_silence(place: Place) -> Place:
    """Return a folder with the record of a run that was silent for hours."""
    record = put_on_record(place.state, whole_run(), RUN)
    lines = record.read_text(encoding="utf-8").splitlines()
    late = [line.replace('"mono_ms":84000', '"mono_ms":9000000') for line in lines[4:]]
    record.write_text("\n".join((*lines[:4], *late)) + "\n", encoding="utf-8")
    return place


def test_nobody_waits_in_a_pipe(with_a_long_silence: Place) -> None:
    assert "resolved  'Tokens validate again' passed" in with_a_long_silence.run("replay").stdout


def test_a_long_silence_is_short_on_a_terminal(with_a_long_silence: Place) -> None:
    watched = Watched(with_a_long_silence)
    assert watched.end() == 0
    assert re.search(r"as\s+fast as it\s+was,\s+silences\s+of\s+more\s+than\s+3s\s+shortened", watched.text)


def test_ctrl_c_ends_it(with_a_long_silence: Place) -> None:
    """With the status of an interrupt, and no verdict that nobody waited for."""
    watched = Watched(with_a_long_silence, "--speed", "1x")
    watched.until("Keys are served")

    watched.process.send_signal(signal.SIGINT)

    assert watched.end() == 130
    assert "resolved" not in watched.text
