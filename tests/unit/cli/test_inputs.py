"""Values for inputs on the command line: files, the environment, `--set`; checked before anything is contacted."""

import json

import pytest
from commanding import Place
from trap import Trap

PLAYBOOK = """\
runbook: v1
name: greet
version: 1.0.0
title: Greet
inputs:
  whom: {type: string, required: true, pattern: "^[a-z]+$", description: Who is greeted}
  times: {type: integer, default: 1, maximum: 3}
  pin: {type: string, secret: true}
health:
  - check: It greets
    local: echo {{ whom }} {{ times }} {{ pin | default('') }} "$RUNBOOK_INPUT_PIN." | tee {{ out }}
"""
OTHER = """\
runbook: v1
name: other
version: 1.0.0
title: Other
inputs: {colour: {type: string, default: red}}
health: [{check: It is there, local: "echo {{ colour }} > {{ out }}.colour"}]
"""


@pytest.fixture
def greeting(place: Place) -> Place:
    """Return a folder with two playbooks that write what they were given into files."""
    (place.folder / "playbooks" / "disk.yml").unlink()
    out = str(place.folder / "out")
    place.write("playbooks/greet.yml", PLAYBOOK.replace("{{ out }}", out))
    place.write("playbooks/other.yml", OTHER.replace("{{ out }}", out))
    return place


def out(place: Place) -> str:
    return (place.folder / "out").read_text(encoding="utf-8").strip()


def test_everything_at_once(greeting: Place) -> None:
    """The environment, then the files, then `--set`; local commands do not get a secret input's variable."""
    greeting.write("a.yml", "whom: ann\ntimes: 2\n")
    greeting.write("b.json", '{"whom": "bob"}')
    environment = {"RUNBOOK_INPUT_WHOM": "eve", "RUNBOOK_INPUT_PIN": "hunter2", "RUNBOOK_INPUT_TIMES": "1"}

    done = greeting.run(
        "play", "greet", "-i", "prod", "--vars-file", "a.yml", "--vars-file", "b.json", "--set", "times=3",
        environment=environment,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert out(greeting) == "bob 3 hunter2 ."
    assert "hunter2" not in done.stdout + done.stderr + greeting.records()[-1].read_text(encoding="utf-8")


def test_mistakes_of_all_places_come_together_and_nothing_is_contacted(greeting: Place, trap: Trap) -> None:
    greeting.write("a.yml", "whom: Ann\nwhmo: ann\npin: [hunter2]\n")

    done = greeting.run(
        "play", "greet", "-i", "prod", "--vars-file", "a.yml", "--vars-file", "nowhere.yml", "--set", "times=4",
        environment={"RUNBOOK_INPUT_TIMS": "1"},
    )  # fmt: skip
    again = greeting.run(
        "play", "greet", "-i", "prod", "--vars-file", "a.yml", "--set", "times=4",
        environment={"RUNBOOK_INPUT_TIMS": "1"},
    )  # fmt: skip

    assert (done.returncode, again.returncode) == (2, 2)
    assert "error[no-such-file]: nowhere.yml" in done.stderr
    assert "RUNBOOK_INPUT_TIMS: the playbook has no input 'tims'\n  hint: Did you mean 'times'?" in again.stderr
    assert "--set times: 4 is above the maximum of 3" in again.stderr
    assert 'a.yml:1:7: error[invalid-input]: whom: "Ann" does not match the pattern ^[a-z]+$' in again.stderr
    assert "hint: Who is greeted" in again.stderr
    assert "a.yml:2:1: error[unknown-input]: the playbook has no input 'whmo'" in again.stderr
    assert "a.yml:3:6: error[invalid-input]: pin: expected a text\n" in again.stderr
    assert "5 errors" in again.stderr
    assert "hunter2" not in again.stderr
    assert trap.contacts() == 0
    assert not greeting.state.exists()


def test_a_text_without_a_name_is_not_shown(greeting: Place) -> None:
    done = greeting.run("play", "greet", "-i", "prod", "--set", "whom=ann", "--set", "hunter2")

    assert done.returncode == 2
    assert "--set number 2: expected NAME=VALUE" in done.stderr
    assert "hunter2" not in done.stderr


def test_a_sweep_gives_each_playbook_its_own(greeting: Place) -> None:
    """An input of one playbook is no mistake for another; one that nobody has is."""
    greeting.write("a.yml", "whom: ann\ncolour: blue\n")
    done = greeting.run("sweep", "-i", "prod", "--vars-file", "a.yml", environment={"RUNBOOK_INPUT_TIMES": "2"})

    assert done.returncode == 0, done.stdout + done.stderr
    assert out(greeting) == "ann 2  ."
    assert (greeting.folder / "out.colour").read_text(encoding="utf-8") == "blue\n"

    wrong = greeting.run("sweep", "-i", "prod", "--vars-file", "a.yml", "--set", "color=x", "--set", "times=9")
    assert wrong.returncode == 2
    assert wrong.stderr.count("--set color: none of the playbooks has an input 'color'") == 1
    assert "Did you mean 'colour'?" in wrong.stderr
    assert "--set times: 9 is above the maximum of 3" in wrong.stderr
    assert "2 errors" in wrong.stderr


def test_explain(greeting: Place, trap: Trap) -> None:
    greeting.write("a.yml", "whom: ann\n")
    human = greeting.run("explain", "greet", "-i", "prod", "--vars-file", "a.yml", "--set", "pin=hunter2")
    machine = greeting.run("explain", "greet", "-o", "json", "--set", "times=2")
    names = {each["name"]: each for each in json.loads(machine.stdout)["names"]}

    assert (human.returncode, machine.returncode) == (0, 0)
    assert '  whom   "ann"  a.yml:1:1\n' in human.stdout
    assert "  times  1  playbooks/greet.yml:7:3 (default)\n" in human.stdout
    assert "  pin    <secret pin>  --set\n" in human.stdout
    assert "hunter2" not in human.stdout
    assert names["times"] == {
        "name": "times",
        "kind": "input",
        "has_value": True,
        "value": 2,
        "secret": False,
        "level": "person",
        "origin": "--set",
        "overrode": [
            {"value": 1, "secret": False, "level": "playbook", "origin": "playbooks/greet.yml:7:3 (default)"}
        ],
        "hosts": [],
    }
    assert (names["whom"]["has_value"], names["whom"]["origin"]) == (False, None)
    assert trap.contacts() == 0
    assert not greeting.state.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("greet", "-i", "prod"), "the input 'whom' has no value"),
        (("greet", "-i", "prod", "--host", "oen"), "there is no host 'oen' in the inventory"),
        (("greet", "--host", "one"), "--host and --limit need an inventory"),
        (("greet", "-i", "prod", "--host", "one", "-l", "all"), "--host and --limit exclude each other"),
        (("gret",), "Did you mean 'greet'?"),
    ],
)
def test_explain_says_what_is_wrong(arguments: tuple[str, ...], said: str, greeting: Place) -> None:
    done = greeting.run("explain", *arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
