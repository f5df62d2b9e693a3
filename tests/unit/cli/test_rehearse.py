"""`runbook rehearse`, as it is typed: from a run that really happened to a rehearsal that passes."""

import re
import subprocess
from pathlib import Path

import pytest
from commanding import RUNBOOK, Place

PLAYBOOK = """\
runbook: v1
name: disk-full
version: 1.0.0
title: A disk runs full
hosts: all
inputs:
  limit: {type: integer, default: 90}
health:
  - check: The disk has room
    id: disk
    ssh: cat {{ usage }}
    expect: stdout | int < limit
steps:
  - mitigate: Empty the logs
    id: empty
    ssh: echo 40 > {{ usage }}; echo token={{ secret.KEY }}
    irreversible: true
  - verify: It has room again
    within: 10s
    every: 1s
"""
HOSTS = "all: {hosts: {one: {ansible_connection: local, usage: one.txt}, two: {ansible_connection: local, usage: two.txt}}}\n"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a folder in which a run was played that really changed something."""
    place = Place(tmp_path)
    place.write("playbooks/disk-full.yml", PLAYBOOK)
    place.write("inventories/lab/hosts.yml", HOSTS)
    place.write("inventories/lab/environment.yml", "environment: lab\nsecrets: {KEY: {file: key}}\n")
    place.write("inventories/lab/key", "s3cret-s3cret")
    place.write("one.txt", "95\n")
    place.write("two.txt", "12\n")
    done = place.run("play", "disk-full", "-i", "lab", "--yes", "--record", "--set", "limit=80")
    assert done.returncode == 0, done.stdout + done.stderr
    return place


EXPECTED = """\
rehearsal: v1
playbook: disk-full
inventory: ../../inventories/lab
now: NOW

scenarios:
  - scenario: As on THEN, resolved
    inputs: {limit: 80}
    answers:
      disk:
        targets:
          one: [{rc: 0, stdout: "95\\n"}, {rc: 0, stdout: "40\\n"}]
          two: [{rc: 0, stdout: "12\\n"}, {rc: 0, stdout: "40\\n"}]
      empty: {rc: 0, stdout: "token=stand-in for KEY\\n"}
    expect:
      verdict: resolved
      path:
        - disk: {one: failed, two: ok}
        - empty: ok
        - It has room again: ok
      changed: {empty: [one, two]}
      told: []
"""


def without_times(text: str) -> str:
    """Return a rehearsal without what is another time in each run: moments, and answers that took long for once."""
    text = re.sub(r', duration: "\w+"', "", text)
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    lines[3] = "now: NOW\n"
    lines[6] = "  - scenario: As on THEN, resolved\n"
    return "".join(lines)


def test_a_run_becomes_a_rehearsal_that_passes(place: Place) -> None:
    """Beside its playbook, where `runbook test` finds it; the secret that came back is not in it."""
    done = place.run("rehearse", "latest", "-o", "playbooks/rehearsals/disk-full.yml")
    text = (place.folder / "playbooks" / "rehearsals" / "disk-full.yml").read_text(encoding="utf-8")

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        "Written. Played again it goes as the run did: runbook test playbooks/rehearsals/disk-full.yml\n"
    )
    assert without_times(text) == EXPECTED
    tested = place.run("test", "disk-full")
    assert (tested.returncode, "1 passed" in tested.stdout) == (0, True), tested.stdout
    assert place.run("lint", "playbooks").returncode == 0


def test_without_a_file_it_goes_to_standard_output(place: Place) -> None:
    done = place.run("rehearse")
    assert (done.returncode, done.stderr) == (0, "")
    assert without_times(done.stdout) == EXPECTED
    assert done.stdout.startswith(f"# Written from run {place.records()[-1].stem}, played on lab on ")


def test_where_there_is_no_room_for_full_answers_the_run_goes_on(place: Place) -> None:
    """On a disk that takes files of 200 KB: the record has what it has room for, and says that answers are missing."""
    place.write("one.txt", "95\n")
    place.write("playbooks/disk-full.yml", PLAYBOOK.replace("echo 40", "yes | head -c 400000; echo 40"))
    done = subprocess.run(
        [
            "sh",
            "-c",
            'ulimit -f 400; exec "$@"',
            "sh",
            RUNBOOK,
            "play",
            "disk-full",
            "-i",
            "lab",
            "--yes",
            "--record",
        ],
        cwd=place.folder,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    verified = place.run("audit", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "full answers are no longer kept: their file cannot be written: File too large; the run goes on"
        in done.stdout
    )
    assert [event["type"] for event in place.events()].count("answers.lost") == 1
    assert (verified.returncode, "is intact" in verified.stdout) == (0, True), verified.stdout
    assert "! the last full answer is a fragment: a crash, or a full disk" in verified.stdout
    assert "not kept in full any longer" in place.run("audit", "show").stdout


def test_a_file_that_is_there_stays(place: Place) -> None:
    place.write("mine.yml", "mine")
    done = place.run("rehearse", "-o", "mine.yml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "runbook: mine.yml is already there\n  Name a new file.\n"
    assert (place.folder / "mine.yml").read_text(encoding="utf-8") == "mine"


def test_a_playbook_that_has_changed(place: Place) -> None:
    """What the run did is written all the same, and in what the playbook now does something else is said."""
    place.write("playbooks/disk-full.yml", PLAYBOOK.replace("< limit", "< 10").replace("1.0.0", "1.1.0"))
    done = place.run("rehearse")
    assert done.returncode == 1
    assert "# The playbook has changed since the run, which played version 1.0.0.\n" in done.stdout
    assert "Played again it goes another way than the run did:\n" in done.stderr
    assert "    - disk: {one: failed, two: ok}\n" in done.stderr
    assert "    + disk: {one: failed, two: failed}\n" in done.stderr


def test_an_inventory_that_is_gone(place: Place) -> None:
    """Hosts and groups are those of the run; variables are there to be filled in."""
    (place.folder / "inventories" / "lab").rename(place.folder / "gone")
    done = place.run("rehearse")
    assert done.returncode == 0, done.stderr
    assert "hosts: {one: {}, two: {}}\n" in done.stdout
    assert "vars: {usage: unknown}\n" in done.stdout
    assert "the inventory of the run is not there any more" in done.stderr


def test_a_playbook_that_is_gone(place: Place) -> None:
    (place.folder / "playbooks" / "disk-full.yml").unlink()
    done = place.run("rehearse")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the playbook of the run is not there any more: playbooks/disk-full.yml" in done.stderr


def test_a_run_without_an_end(place: Place) -> None:
    record = place.records()[-1]
    record.write_bytes(b"".join(record.read_bytes().splitlines(keepends=True)[:-1]))
    done = place.run("rehearse")
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no end on record" in done.stderr


def test_a_changed_record_says_so(place: Place) -> None:
    record = place.records()[-1]
    record.write_bytes(
        record.read_bytes().replace(b"ansible", b"ansiblE").replace(b'"version":"1.0.0"', b'"version":"9.9.9"')
    )
    done = place.run("rehearse")
    assert "# The record of the run is NOT what was written: see runbook audit verify.\n" in done.stdout
    assert "! the record of the run is NOT what was written" in done.stderr


def test_full_answers_that_were_changed_are_not_believed(place: Place) -> None:
    """The record has what it has room for."""
    answers = place.records()[-1].with_suffix(".answers")
    answers.write_bytes(answers.read_bytes().replace(b"95\\n", b"15\\n"))
    done = place.run("rehearse")
    assert without_times(done.stdout) != ""
    assert '{rc: 0, stdout: "95\\n"}' in done.stdout
    assert "NOT what was written" in done.stderr
