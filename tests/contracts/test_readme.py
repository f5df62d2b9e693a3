"""What the READMEs say to type works, and both say the same."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import RUNBOOK, Place

from playbook_engine.resources import data_path
from playbook_engine.sandbox.stack import DemoStack

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")


def text(readme: str) -> str:
    return (ROOT / readme).read_text(encoding="utf-8")


def blocks(readme: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text(readme), re.DOTALL | re.MULTILINE)


def commands(readme: str) -> list[str]:
    return [line for block in blocks(readme, "sh") for line in block.splitlines() if line.strip()]


def example(readme: str) -> list[str]:
    """Return the lines of the playbook shown, without the titles, which are prose."""
    prose = r"((?:title|check|branch|mitigate|verify|escalate|scenario): ).*"
    return [re.sub(prose, r"\1…", line) for block in blocks(readme, "yaml") for line in block.splitlines()]


COMMANDS = list(dict.fromkeys(commands(READMES[0])))
OURS = [command for command in COMMANDS if command.startswith("runbook ")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Return a state directory in which a demo is up and well: `-i demo` finds it."""
    place = Place(tmp_path_factory.mktemp("readme"))
    demo = place.state / "demo"
    demo.mkdir(parents=True)
    with DemoStack.start(demo, data_path("inventories") / "demo"):
        play = next(command for command in OURS if command.startswith("runbook play"))
        run(play, place)  # so that there is a `latest`, whichever command comes first
        yield place


def run(command: str, place: Place) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [RUNBOOK, *shlex.split(command)[1:]],
        cwd=ROOT,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_both_say_the_same() -> None:
    assert commands(READMES[0]) == commands(READMES[1])
    assert example(READMES[0]) == example(READMES[1])
    assert re.findall(r"^#+", text(READMES[0]), re.MULTILINE) == re.findall(r"^#+", text(READMES[1]), re.MULTILINE)


def test_all_uses_are_shown() -> None:
    assert {command.split()[1] for command in OURS} >= {"play", "sweep", "lint", "test", "audit"}


@pytest.mark.parametrize("command", OURS)
def test_a_command_works(command: str, place: Place) -> None:
    done = run(command, place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in OURS])
def test_another_command_has_what_it_names(command: str) -> None:
    """Building and installing is not done here; what is named is there."""
    match command.split():
        case ["make", target]:
            assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        case ["python3", "-m", "venv", ".venv", "&&", ".venv/bin/pip", "install", "."]:
            assert (ROOT / "pyproject.toml").is_file()
        case _:
            pytest.fail(f"no test knows what '{command}' needs")


@pytest.mark.parametrize("readme", READMES)
def test_what_is_named_in_the_text_exists(readme: str, place: Place) -> None:
    """Commands between backticks have their options; links lead somewhere."""
    for words in (inline.split() for inline in re.findall(r"`runbook ([a-z][^`\n]*)`", text(readme))):
        shown = place.run(words[0], "--help").stdout
        assert all(word in shown for word in words[1:] if word.startswith("--")), words
    for target in re.findall(r"\]\(([^):#]+)\)", text(readme)):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("readme", READMES)
def test_the_examples_lint_clean(readme: str, place: Place) -> None:
    """The first is a whole playbook; the others are steps, and may lead into it; the last rehearses it."""
    folder = f"./examples-{readme}"  # each has its own: the first one's rehearsal would be found by the second
    whole, *steps, rehearsal = blocks(readme, "yaml")
    place.write(f"{folder}/disk-full.yml", whole)
    place.write(f"{folder}/fleet.yml", "".join((whole.replace("name: disk-full", "name: fleet"), *steps)))

    done = place.run("lint", folder)

    assert len(steps) == 2
    assert (done.returncode, done.stdout) == (0, "2 playbooks, no problems\n"), done
    place.write(f"{folder}/rehearsals/disk-full.yml", rehearsal)
    rehearsed = place.run("test", folder)
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    assert "1 scenario in 1 file: 1 passed" in rehearsed.stdout
