"""The command group: help, versions, suggestions, completion."""

import os
import subprocess

import pytest
from commanding import RUNBOOK, Place

from playbook_engine import __version__


@pytest.mark.parametrize(
    "command",
    [
        "play",
        "sweep",
        "ack",
        "lint",
        "test",
        "show",
        "explain",
        "new",
        "inventory",
        "trust",
        "replay",
        "rehearse",
        "audit",
        "schema",
        "demo",
    ],
)
def test_help(command: str, place: Place) -> None:
    whole, own = place.run("--help"), place.run(command, "--help")

    assert (whole.returncode, own.returncode) == (0, 0)
    assert f"  {command} " in whole.stdout
    assert own.stdout.startswith(f"Usage: runbook {command} ")


def test_version(place: Place) -> None:
    assert place.run("--version").stdout == f"runbook {__version__}\n"


def test_as_a_module(place: Place) -> None:
    done = subprocess.run(
        [RUNBOOK.with_name("python"), "-m", "playbook_engine", "--version"],
        cwd=place.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == f"runbook {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("paly",), "there is no command 'paly'. Did you mean 'play'?"),
        (
            ("zebra",),
            "there is no command 'zebra'. Commands: play, sweep, ack, lint, test, show, explain, new, inventory, trust, replay, rehearse, audit, schema, demo.",
        ),
        (("play", "disk", "-i", "prod", "--paralel"), "Did you mean one of: '--parallel'"),
        (("audit", "shwo"), "'shwo'"),
        (("demo", "--fault", "jkws"), "'jwks'"),
    ],
)
def test_suggestions(arguments: tuple[str, ...], said: str, place: Place) -> None:
    done = place.run(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Usage: runbook" in done.stderr


def complete(place: Place, line: str) -> list[str]:
    """Return what the shell would offer for the last word of a line (the protocol of click's bash completion)."""
    words = line.split(" ")
    environment = {"_RUNBOOK_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = place.run(environment=environment)
    assert done.stderr == ""
    return [offer.partition(",")[2] for offer in done.stdout.splitlines() if offer]


@pytest.mark.parametrize(
    ("line", "offers"),
    [
        ("runbook pl", ["play"]),
        (
            "runbook ",
            [
                "play",
                "sweep",
                "ack",
                "lint",
                "test",
                "show",
                "explain",
                "new",
                "inventory",
                "trust",
                "replay",
                "rehearse",
                "audit",
                "schema",
                "demo",
            ],
        ),
        ("runbook show d", ["disk.yml"]),
        ("runbook show disk.yml --format m", ["markdown", "mermaid"]),
        ("runbook schema e", ["environment"]),
        ("runbook play d", ["disk.yml"]),
        ("runbook play x", []),
        ("runbook play disk.yml -i ", ["lab.yml", "prod"]),
        ("runbook play disk.yml -i p", ["prod"]),
        ("runbook sweep d", ["disk.yml"]),
        ("runbook lint d", ["disk.yml"]),
        ("runbook lint -i l", ["lab.yml"]),
        ("runbook play disk.yml --pl", ["--plan"]),
        ("runbook audit v", ["verify"]),
        ("runbook play disk.yml --output js", ["json", "jsonl"]),
    ],
)
def test_completion(line: str, offers: list[str], place: Place) -> None:
    place.write("inventories/lab.yml", "")

    assert complete(place, line) == offers


def test_completion_follows_the_settings(place: Place) -> None:
    place.write("runbook.toml", 'playbooks = "books"\n')
    place.write("books/net.yml", "")

    assert complete(place, "runbook play ") == ["net.yml"]


def test_completion_of_paths_is_left_to_the_shell(place: Place) -> None:
    place.write("runbook.toml", "")
    environment = {"_RUNBOOK_COMPLETE": "bash_complete", "COMP_WORDS": "runbook play ./pl", "COMP_CWORD": "2"}

    assert place.run(environment=environment).stdout == "file,./pl\n"


def test_completion_is_quiet_about_broken_settings(place: Place) -> None:
    place.write("runbook.toml", "[[")

    assert complete(place, "runbook play d") == []


def test_completion_offers_a_demo_that_is_up(place: Place) -> None:
    (place.state / "demo" / "inventories" / "demo").mkdir(parents=True)

    assert complete(place, "runbook sweep -i d") == ["demo"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_for_shells(shell: str, place: Place) -> None:
    done = place.run(environment={"_RUNBOOK_COMPLETE": f"{shell}_source"})

    assert done.returncode == 0
    assert "runbook" in done.stdout


@pytest.mark.parametrize("variable", ["NO_COLOR", "TERM"])
def test_a_pipe_has_no_colours(variable: str, place: Place) -> None:
    done = place.run("lint", "disk", environment={variable: "1" if variable == "NO_COLOR" else "xterm-256color"})

    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_closed_streams_are_no_reason_to_fail(closed: str, place: Place) -> None:
    """Supervisors start programs without standard streams."""
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | place.environment
    done = subprocess.run(
        ["bash", "-c", f"{RUNBOOK} play disk -i prod --plan {closed}"],
        cwd=place.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done
    assert "Traceback" not in done.stderr
