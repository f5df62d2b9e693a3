"""Inventories on the command line: several, named hosts, programs, vaults, an environment file of its own."""

import json

import pytest
import vaulted
from commanding import Place

PLAYBOOK = """\
runbook: v1
name: look
version: 1.0.0
title: A look
hosts: all
health:
  - check: The value is there
    ssh: echo {{ value }}
"""
LOCAL = "ansible_connection=local"


@pytest.fixture
def here(place: Place) -> Place:
    """Return a folder with a playbook that needs a variable `value` on every host."""
    place.write("playbooks/look.yml", PLAYBOOK)
    place.write("inventories/a/hosts", f"[g]\nw {LOCAL} value=a\n")
    place.write("inventories/b.ini", f"[g]\nv {LOCAL}\n[g:vars]\nvalue=b\n")
    return place


def script(place: Place, name: str, text: str) -> None:
    path = place.write(name, f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_several_inventories_and_formats(here: Place) -> None:
    done = here.run("play", "look", "-i", "a", "-i", "b", "--output", "json")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "value" not in done.stderr


@pytest.mark.parametrize("command", [("lint", "playbooks/look.yml"), ("sweep", "look"), ("play", "look", "--plan")])
def test_every_command_takes_them(here: Place, command: tuple[str, ...]) -> None:
    assert here.run(*command, "-i", "a", "-i", "b").returncode == 0


def test_hosts_can_be_named(here: Place) -> None:
    done = here.run("play", "look", "-i", "a", "-i", "w,w2,", "--plan")

    assert done.returncode == 0, done.stderr
    assert "on w, w2" in done.stdout


def test_an_environment_file_can_be_given(here: Place) -> None:
    here.write("other.yml", "environment: other\npolicy: {max_hosts: few}\n")

    done = here.run("lint", "playbooks/look.yml", "-i", "a", "--environment", "other.yml")

    assert done.returncode == 2
    assert "other.yml:2:21: " in done.stdout


def test_a_program_is_run_once_for_a_whole_sweep(here: Place) -> None:
    here.write("playbooks/again.yml", PLAYBOOK.replace("look", "again", 1))
    said = json.dumps(
        {"g": {"hosts": ["w"], "vars": {"value": 1, "ansible_connection": "local"}}, "_meta": {"hostvars": {}}}
    )
    script(here, "cloud.sh", f"echo run >> {here.folder}/runs; echo '{said}'")

    done = here.run("sweep", "look", "again", "-i", "./cloud.sh")

    assert done.returncode == 0, done.stdout + done.stderr
    assert (here.folder / "runs").read_text() == "run\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("exec sleep 60", "it did not end within 300ms"),
        ("echo rubbish", "it did not print JSON"),
        ("echo '\\033[31mno' >&2; exit 3", "it ended with status 3"),
        ("exec yes 012345678901234567890123456789", "it printed more than 32 MiB"),
    ],
    ids=["hangs", "rubbish", "status", "without end"],
)
def test_a_program_that_is_of_no_use_is_one_error(here: Place, text: str, says: str) -> None:
    script(here, "cloud.sh", text)
    patience = "300ms" if "sleep" in text else "30s"

    done = here.run("play", "look", "-i", "./cloud.sh", environment={"RUNBOOK_INVENTORY_TIMEOUT": patience})

    assert done.returncode == 2
    assert done.stderr.count("error[") == 1
    assert "cloud.sh:1:1: error[dynamic-inventory]: the inventory cloud.sh is of no use" in done.stderr
    assert says in done.stderr
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not here.state.exists()


@pytest.mark.parametrize("given", ["--vault-password-file", "--vault-id", "ANSIBLE_VAULT_PASSWORD_FILE"])
def test_a_password_opens_vaulted_values_which_nobody_sees(here: Place, given: str) -> None:
    here.write("inventories/a/hosts", f"[g]\nw {LOCAL}\n")
    here.write("inventories/a/group_vars/g.yml", vaulted.tagged("value", vaulted.VALUE))
    (here.folder / "pw").write_bytes(vaulted.PASSWORD)
    option = (given, "pw") if given.startswith("--") else ()
    environment = {} if option else {given: "pw"}

    refused = here.run("play", "look", "-i", "a")
    played = here.run("play", "look", "-i", "a", *option, environment=environment)

    assert refused.returncode == 2
    assert "error[vaulted-value]: the value of 'value' is encrypted with ansible-vault" in refused.stderr
    assert played.returncode == 0, played.stdout + played.stderr
    everything = played.stdout + played.stderr + "".join(path.read_text() for path in here.state.rglob("*.jsonl"))
    assert "<secret value>" in everything
    assert "correct horse" not in everything


def test_a_wrong_password_is_one_error(here: Place) -> None:
    here.write("inventories/a/group_vars/g.yml", vaulted.tagged("value", vaulted.VALUE))
    here.write("pw", "wrong")

    done = here.run("lint", "playbooks/look.yml", "-i", "a", "--vault-password-file", "pw")

    assert done.returncode == 2
    assert done.stdout.count("error[") == 1
    assert "cannot be decrypted: no password fits" in done.stdout
    assert "Tried: pw." in done.stdout
