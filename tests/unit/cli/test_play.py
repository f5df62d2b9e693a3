"""`runbook play`: what is done, what is not, what is said where, and the exit status."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest
from commanding import RUNBOOK, Place
from trap import Trap

HOSTS = "all: {hosts: {one: {ansible_connection: local}, two: {ansible_connection: local}}}\n"
PLAYBOOK = """\
runbook: v1
name: disk-full
version: 1.0.0
title: A disk runs full
hosts: all
inputs: {{room: {{type: string, default: "no"}}}}
health:
  - check: The disk has room
    local: test -e {folder}/emptied
steps:
  - check: Look around
    local: touch {folder}/looked
  - mitigate: Empty the logs
    id: empty
    ssh: touch {folder}/emptied
    undo: {{ssh: rm -f {folder}/emptied}}
  - verify: The disk has room again
    within: 1s
    every: 100ms
"""


@pytest.fixture
def work(place: Place) -> Place:
    """Return a folder whose playbook really looks, changes and verifies, here."""
    place.write("playbooks/disk.yml", PLAYBOOK.format(folder=place.folder))
    place.write("inventories/prod/hosts.yml", HOSTS)
    return place


def changed(work: Place) -> tuple[bool, bool]:
    """Return whether it looked around, and whether it changed anything."""
    return (work.folder / "looked").exists(), (work.folder / "emptied").exists()


def test_a_plan_says_what_never_happens_here(work: Place) -> None:
    """No cluster is asked for, because nothing will go to one."""
    text = (work.folder / "playbooks/disk.yml").read_text(encoding="utf-8")
    pods = "steps:\n  - {check: Pods, when: platform == 'kubernetes', kubectl: get pods}\n"
    work.write("playbooks/disk.yml", text.replace("steps:\n", pods))
    work.write("inventories/prod/group_vars/all.yml", "platform: docker\n")
    work.write("inventories/prod/environment.yml", "environment: prod\n")

    done = work.run("play", "disk", "-i", "prod", "--plan")

    assert done.returncode == 0, done
    assert [line.strip() for line in done.stdout.splitlines() if "environment" in line] == [
        "never in this environment"
    ]


@pytest.mark.parametrize("saying", [("--yes",), ("--approve", "empty"), ("--approve", "steps/2")])
def test_a_yes_in_advance_resolves(saying: tuple[str, ...], work: Place) -> None:
    done = work.run("play", "disk", "-i", "prod", *saying)

    assert (done.returncode, done.stderr) == (0, ""), done
    assert changed(work) == (True, True)
    granted = [event["how"] for event in work.events() if event["type"] == "approval.granted"]
    assert granted == [saying[0]]


def test_without_a_yes_and_without_a_terminal_it_waits(work: Place) -> None:
    """Looking is done; nothing is changed, whatever stands on standard input."""
    done = work.run("play", "disk", "-i", "prod", given="y\ny\n")

    assert done.returncode == 3
    assert changed(work) == (True, False)
    assert "waiting" in done.stdout
    assert not [event for event in work.events() if event.get("changes") is True]


def test_plan_contacts_nothing_and_writes_nothing(place: Place, trap: Trap) -> None:
    done = place.run("play", "disk", "-i", "prod", "--plan")

    assert (done.returncode, done.stderr) == (0, "")
    for shown in ("The service answers", "Empty the logs", "one"):
        assert shown in done.stdout
    assert trap.contacts() == 0
    assert not place.state.exists()
    assert not (place.folder / "changed").exists()


def test_check_reads_and_changes_nothing(work: Place) -> None:
    done = work.run("play", "disk", "-i", "prod", "--check", "--yes")

    assert done.returncode == 1
    assert changed(work) == (True, False)
    assert "would run" in done.stdout


def test_a_healthy_place_is_left_alone(work: Place) -> None:
    (work.folder / "emptied").touch()

    done = work.run("play", "disk", "-i", "prod")

    assert (done.returncode, "healthy" in done.stdout) == (0, True)
    assert changed(work) == (False, True)


def test_a_failed_mitigation_is_undone_and_stays_unresolved(work: Place) -> None:
    text = (work.folder / "playbooks" / "disk.yml").read_text()
    work.write("playbooks/disk.yml", text.replace("    undo:", "    expect: rc == 7\n    undo:"))

    done = work.run("play", "disk", "-i", "prod", "--yes")

    assert done.returncode == 1, done
    assert changed(work) == (True, False)


def test_hosts_that_cannot_be_reached_are_unknown(place: Place) -> None:
    """The service of the trap never answers: nobody knows whether it is well, so the status is 4 and not 0."""
    text = (place.folder / "playbooks" / "disk.yml").read_text()
    place.write("playbooks/disk.yml", text.split("steps:")[0].replace("timeout: 2s", "timeout: 200ms"))

    assert place.run("play", "disk", "-i", "prod").returncode == 4
    assert place.run("sweep", "disk", "-i", "prod").returncode == 4


def test_a_contact_who_cannot_be_told_is_undelivered(place: Place) -> None:
    """Nothing listens on port 1: every channel was tried, and the status says that nobody knows of it."""
    place.write(
        "playbooks/disk.yml",
        "runbook: v1\nname: d\nversion: '1'\ntitle: T\nhealth: [{check: a, local: 'false'}]\n"
        "steps: [{escalate: Help, to: oncall}]\n",
    )
    place.write(
        "inventories/prod/environment.yml",
        "environment: test\n"
        'channels: {hook: {kind: webhook, url: "http://127.0.0.1:1/", budget: 1s}}\n'
        'contacts: {oncall: {hook: "#oncall"}}\n',
    )

    assert place.run("play", "disk", "-i", "prod").returncode == 5


@pytest.mark.parametrize("how", ["--state-dir", "RUNBOOK_STATE_DIR"])
def test_without_a_record_it_looks_and_changes_nothing(how: str, work: Place) -> None:
    """A path below a file cannot be made, not even by root."""
    work.write("file", "")
    state = str(work.folder / "file" / "state")
    said = ("--state-dir", state) if how == "--state-dir" else ()
    environment = {} if said else {how: state}

    done = work.run("play", "disk", "-i", "prod", "--yes", *said, environment=environment)

    assert done.returncode == 7, done
    assert changed(work) == (True, False)
    assert "Traceback" not in done.stderr
    assert "record" in done.stdout
    assert not work.state.exists()


def test_the_printed_command_verifies_the_record_wherever_it_lies(work: Place) -> None:
    """Copied from the last line, it finds the record that was kept in a folder of one's own."""
    folder = work.folder / "my records"

    done = work.run("play", "disk", "-i", "prod", "--yes", "--state-dir", str(folder))

    command = shlex.split(done.stdout.partition("   runbook ")[2])
    assert command[-2:] == ["--state-dir", str(folder)]
    assert work.run(*command).returncode == 0


def test_a_sweep_without_a_record_says_so_too(work: Place) -> None:
    work.write("file", "")

    done = work.run("sweep", "-i", "prod", "--state-dir", str(work.folder / "file" / "state"))

    assert done.returncode in {1, 7}
    assert "Traceback" not in done.stderr
    assert changed(work) == (False, False)


def test_json_is_one_document_and_nothing_else(work: Place) -> None:
    done = work.run("play", "disk", "-i", "prod", "--yes", "--output", "json")
    document = json.loads(done.stdout)

    assert (done.returncode, done.stderr) == (0, "")
    assert (document["verdict"], document["exit_code"]) == ("resolved", 0)
    assert Path(document["record"]) == work.records()[0]


def test_jsonl_is_the_stream_of_events(work: Place) -> None:
    done = work.run("play", "disk", "-i", "prod", "--output", "jsonl")
    events = [json.loads(line) for line in done.stdout.splitlines()]

    assert (done.returncode, done.stderr) == (3, "")
    assert [event["type"] for event in events] == [event["type"] for event in work.events()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_warnings_do_not_disturb_what_machines_read(output: str, work: Place) -> None:
    work.write(
        "inventories/prod/environment.yml",
        "environment: test\nsecrets: {HOOK: {env: NO_SUCH_VARIABLE}}\nchannels: {hook: {kind: webhook, secret: HOOK}}\n"
        "contacts: {oncall: {hook: '#oncall'}}\n",
    )

    done = work.run("play", "disk", "-i", "prod", "--yes", "--output", output)

    assert done.returncode == 0
    assert "warning[missing-secret]" in done.stderr
    for document in [done.stdout] if output == "json" else done.stdout.splitlines():
        json.loads(document)


@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_a_plan_for_machines(output: str, place: Place) -> None:
    done = place.run("play", "disk", "-i", "prod", "--plan", "--output", output)

    assert done.returncode == 0
    assert json.loads(done.stdout)
    assert (len(done.stdout.splitlines()) == 1) == (output == "jsonl")


def test_a_sweep_in_every_format(work: Place) -> None:
    (work.folder / "emptied").touch()
    human = work.run("sweep", "-i", "prod")
    document = json.loads(work.run("sweep", "-i", "prod", "--output", "json").stdout)
    events = [json.loads(line) for line in work.run("sweep", "-i", "prod", "-o", "jsonl").stdout.splitlines()]

    assert (human.returncode, len(human.stdout.splitlines())) == (0, 1)
    assert document["exit_code"] == 0
    assert {event["type"] for event in events} >= {"run.started", "run.finished"}
    assert changed(work) == (False, True)


def test_a_value_for_an_input_and_a_limit(work: Place) -> None:
    text = (work.folder / "playbooks" / "disk.yml").read_text()
    work.write("playbooks/disk.yml", text.replace("ssh: touch", "ssh: echo {{ inventory_hostname }} {{ room }} >"))

    done = work.run("play", "disk", "-i", "prod", "--yes", "--set", "room=a b'; true", "--limit", "two")

    assert done.returncode == 0, done
    assert (work.folder / "emptied").read_text() == "two a b'; true\n"


ON_PROD = ("play", "disk", "-i", "prod")


def into_nothing(work: Place, *arguments: str) -> str:
    """Run the command with a reader that goes away at once; return what it complained about."""
    line = shlex.join([str(RUNBOOK), *arguments])
    complaints = work.folder / "complaints"
    subprocess.run(
        ["bash", "-c", f"{line} 2>{complaints} | true"],
        cwd=work.folder,
        env=work.environment,
        capture_output=True,
        timeout=60,
        check=True,
    )
    return complaints.read_text()


@pytest.mark.parametrize(
    "command",
    [
        (*ON_PROD, "--check", "-o", "jsonl"),
        (*ON_PROD, "--plan", "-o", "json"),
        ("lint", "disk"),
        ("audit", "list"),
        ("--help",),
    ],
    ids=" ".join,
)
def test_a_reader_that_goes_away_is_no_error(command: tuple[str, ...], work: Place) -> None:
    """As in `| head -1`."""
    assert into_nothing(work, *command) == ""


def test_a_run_goes_on_when_nobody_reads(work: Place) -> None:
    """What has begun is brought to its end, and that is on record."""
    assert into_nothing(work, *ON_PROD, "--yes") == ""
    assert work.events()[-1]["verdict"] == "resolved"
    assert changed(work) == (True, True)


def test_the_record_of_a_run_can_be_listed_shown_and_verified(work: Place) -> None:
    work.run("play", "disk", "-i", "prod", "--yes")
    run = work.records()[0].stem

    assert run in work.run("audit", "list").stdout
    assert json.loads(work.run("audit", "list", "--output", "json").stdout)[0]["run"] == run
    assert "Empty the logs" in work.run("audit", "show").stdout
    assert work.run("audit", "show", run, "--output", "jsonl").stdout == work.records()[0].read_text()
    assert json.loads(work.run("audit", "verify", "--output", "json").stdout)["integrity"] == "intact"
    assert work.records()[0].stat().st_mode & 0o077 == 0


def test_expressions_count_from_the_beginning_of_the_run_and_end_in_time(place: Place) -> None:
    """Time comes from the record; a text that would keep a regular expression busy for years is an error."""
    place.write(
        "playbooks/greet.yml",
        "runbook: v1\nname: greet\nversion: 1.0.0\ntitle: T\nhealth:\n"
        "  - check: It is long ago\n    local: echo 2020-01-01T00:00:00Z\n"
        "    expect: (stdout | lines | first | since) > ('365d' | duration)\n"
        "  - check: It ends\n    local: echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n"
        "    expect: stdout is search('^(a|aa)+$')\n",
    )

    done = place.run("play", "greet", "-i", "prod")

    assert "✓ check    It is long ago" in done.stdout
    assert "the expression was stopped after 2 s of computing" in done.stdout
