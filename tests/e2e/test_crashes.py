"""What is on record, and what happens on targets, when a run does not end by itself."""

import signal
import time
from pathlib import Path

import pytest
from commanding import Place

INVENTORY = """\
all:
  hosts:
    one: {ansible_connection: local}
"""
ENVIRONMENT = "environment: test\npolicy: {mitigate: auto}\n"


def playbook(steps: str) -> str:
    return f"""\
runbook: v1
name: crash
version: 1.0.0
title: A crash
hosts: all
health:
  - check: Well
    local: "false"
steps:
{steps}"""


SLOW = """\
  - mitigate: First
    ssh: echo first >> {log}
    undo: {{ssh: echo unfirst >> {log}}}
  - mitigate: Slow
    id: slow
    ssh: echo slow >> {log}; sleep 60
    timeout: 2m
    undo: {{ssh: echo unslow >> {log}}}
finally:
  - check: Evidence
    local: echo finally >> {log}
"""


@pytest.fixture
def log(place: Place) -> Path:
    """Return a file that steps write into: the world that is changed."""
    path = place.folder / "log"
    place.write("inv/hosts.yml", INVENTORY)
    place.write("inv/environment.yml", ENVIRONMENT)
    place.write("crash.yml", playbook(SLOW.format(log=path)))
    return path


def wait_for_line(log: Path, line: str) -> None:
    deadline = time.monotonic() + 30
    while not log.exists() or line not in log.read_text().split():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_kill_9_during_a_mitigation_leaves_proof_of_what_had_begun(place: Place, log: Path) -> None:
    """The last lines of the record are the intent; verify says unfinished, not tampered, and names it."""
    process = place.start("play", "./crash.yml", "-i", "./inv")
    wait_for_line(log, "slow")
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    last = place.events()[-1]
    assert (last["type"], last["title"], last["changes"]) == ("step.started", "Slow", True)
    assert "echo slow" in str(last)
    verified = place.run("audit", "verify")
    assert verified.returncode == 1
    assert "unfinished" in verified.stdout
    assert "Slow" in verified.stdout
    assert "NOT what was written" not in verified.stdout


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_undoes_latest_first_and_runs_finally(
    place: Place, log: Path, number: signal.Signals, status: int
) -> None:
    """The slow command is ended, both changes are taken back, `finally` runs, the status says which signal."""
    process = place.start("play", "./crash.yml", "-i", "./inv")
    wait_for_line(log, "slow")
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == status, output
    assert log.read_text().split() == ["first", "slow", "unslow", "unfirst", "finally"]
    assert place.run("audit", "verify").returncode == 0


def test_a_second_run_is_refused_while_the_first_lasts(place: Place, log: Path) -> None:
    """Exit 6, and whose run it is; afterwards the lock is free."""
    process = place.start("play", "./crash.yml", "-i", "./inv")
    wait_for_line(log, "slow")
    refused = place.run("play", "./crash.yml", "-i", "./inv")
    assert refused.returncode == 6
    assert f"process {process.pid}" in refused.stderr
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def test_a_command_that_outlives_its_deadline_is_ended(place: Place, log: Path) -> None:
    """The process group is gone when the step has timed out."""
    place.write(
        "crash.yml", playbook(f"  - check: Slow\n    local: sleep 300 & echo $! > {log}; wait\n    timeout: 1s\n")
    )
    played = place.run("play", "./crash.yml", "-i", "./inv")
    assert played.returncode == 1
    assert "timeout" in played.stdout
    assert not runs(int(log.read_text()))


def runs(pid: int) -> bool:
    """Return whether a process is there and does more than wait to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


ROLLING = """\
  - mitigate: Roll
    id: roll
    ssh: echo {{{{ inventory_hostname }}}} >> {log}; [ {{{{ inventory_hostname }}}} = one ] || sleep 60
    serial: [1, 2]
    timeout: 2m
    irreversible: true
"""


def rolling_fleet(place: Place, log: Path) -> None:
    names = ("one", "two", "three", "four", "five")
    hosts = ", ".join(f"{name}: {{ansible_connection: local}}" for name in names)
    place.write("inv/hosts.yml", f"all: {{hosts: {{{hosts}}}}}\n")
    place.write("crash.yml", playbook(ROLLING.format(log=log)))


def test_kill_9_during_the_second_batch(place: Place, log: Path) -> None:
    """The record tells the batch that was under way from the one that was done and the one that had not begun."""
    rolling_fleet(place, log)
    process = place.start("play", "./crash.yml", "-i", "./inv")
    wait_for_line(log, "two")
    wait_for_line(log, "three")
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    intent = next(event for event in place.events() if event["type"] == "step.started" and event["changes"])
    assert intent["batches"] == [1, 2, 2]
    assert [given["target"] for given in intent["targets"]] == ["one", "two", "three", "four", "five"]  # type: ignore[attr-defined]  # a list
    verified = place.run("audit", "verify")
    assert verified.returncode == 1
    said = "begun, end unknown: mitigate 'Roll' on two, three (batch 2 of 3); not begun on four, five"
    assert said in " ".join(verified.stdout.split())
    assert log.read_text().split() == ["one", "two", "three"]


def test_a_cooldown_counts_what_a_killed_run_may_have_done(place: Place, log: Path) -> None:
    """The next run does it only where nobody did, and says why not elsewhere."""
    rolling_fleet(place, log)
    process = place.start("play", "./crash.yml", "-i", "./inv")
    wait_for_line(log, "two")
    wait_for_line(log, "three")
    process.kill()
    process.communicate()
    steps = ROLLING.format(log=log).replace("    timeout: 2m\n", "    cooldown: 15m\n").replace("sleep 60", "true")
    place.write("crash.yml", playbook(steps))
    run = str(place.events()[0]["run"])
    played = place.run("play", "./crash.yml", "-i", "./inv")
    assert log.read_text().split() == ["one", "two", "three", "four", "five"]
    assert f"by run {run}; not again within 15m" in " ".join(played.stdout.split())
    again = place.run("play", "./crash.yml", "-i", "./inv")
    assert log.read_text().split() == ["one", "two", "three", "four", "five"]
    assert again.returncode == 1
    last = next(event for event in place.events() if event["type"] == "step.finished" and event["id"] == "roll")
    assert last["outcome"] == "skipped"
    assert {target["cause"]["kind"] for target in last["targets"]} == {"cooldown"}  # type: ignore[attr-defined]  # a list


def test_a_cooldown_leaves_nobody_to_ask(place: Place, log: Path) -> None:
    """When nothing is left to do nobody is asked for a yes: without a terminal the run does not wait."""
    place.write("inv/environment.yml", "environment: test\n")
    place.write(
        "crash.yml",
        playbook(
            f"  - mitigate: Once\n    id: once\n    ssh: echo once >> {log}\n    irreversible: true\n    cooldown: 1h\n"
        ),
    )
    assert place.run("play", "./crash.yml", "-i", "./inv").returncode == 3
    assert place.run("play", "./crash.yml", "-i", "./inv", "--yes").returncode == 1
    assert place.run("play", "./crash.yml", "-i", "./inv").returncode == 1
    assert log.read_text().split() == ["once"]


def test_a_record_that_cannot_be_read_is_a_warning_and_blocks_nothing(place: Place, log: Path) -> None:
    """On the screen and on record; the mitigation is made."""
    steps = f"  - mitigate: Once\n    ssh: echo once >> {log}\n    irreversible: true\n    cooldown: 1h\n"
    place.write("crash.yml", playbook(steps))
    place.write("state/runs/01ZZZZZZZZZZZZZZZZZZZZZZZZ.jsonl", "rubbish\n")
    played = place.run("play", "./crash.yml", "-i", "./inv", "--state-dir", str(place.folder / "state"))
    assert "a cooldown may be missed: the record 01ZZZZZZZZZZZZZZZZZZZZZZZZ.jsonl" in " ".join(played.stdout.split())
    assert log.read_text().split() == ["once"]
