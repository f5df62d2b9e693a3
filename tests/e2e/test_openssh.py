"""A playbook on real OpenSSH servers, one of several hosts dead, through the installed command."""

import getpass
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import openssh
import pytest
from commanding import Place

pytestmark = pytest.mark.sshd

PLAYBOOK = """\
runbook: v1
name: fleet
version: 1.0.0
title: A fleet of hosts
hosts: alive
health:
  - check: The flag is there
    id: present
    ssh: test -e {{ flag }}
steps:
  - check: Every host answers
    id: answers
    hosts: all
    ssh: printf '%s' {{ inventory_hostname }}
    timeout: 3s
    expect: stdout == inventory_hostname
  - branch: Where
    cases:
      - when: answers.unreachable
        steps:
          - mitigate: Raise the flag
            ssh: touch {{ flag }} && echo "with {{ secret.TOKEN }}" > {{ flag }}.log
            undo: {ssh: "rm -f {{ flag }}"}
          - verify: The flag is there on each host
            within: 10s
            every: 1s
    else:
      - escalate: Nobody is dead
        to: nobody
"""
ENVIRONMENT = """\
environment: fleet
policy: {mitigate: auto}
secrets: {TOKEN: {file: ../token}}
contacts: {nobody: {log: someone}}
channels: {log: {kind: webhook, url: "http://127.0.0.1:9/"}}
"""


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openssh.OpenSsh]:
    """Return a real server."""
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed: no playbook was played on a real server")
    with openssh.serve(tmp_path_factory.mktemp("fleet")) as server:
        yield server


@pytest.fixture
def silent() -> Iterator[int]:
    """Return a port that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def inventory(place: Place, sshd: openssh.OpenSsh, silent: int, flag: Path) -> None:
    """Write an inventory of eight living hosts, one that refuses and one that is silent."""
    known = f"ansible_ssh_common_args: -o UserKnownHostsFile={sshd.folder}/known_hosts"
    living = "\n".join(f"        web-{n:02}: {{ansible_port: {sshd.port}, flag: {flag}-{n}}}" for n in range(1, 9))
    place.write(
        "inv/hosts.yml",
        f"""\
all:
  vars:
    ansible_host: 127.0.0.1
    ansible_user: {getpass.getuser()}
    ansible_ssh_private_key_file: {sshd.key}
    {known}
  children:
    alive:
      hosts:
{living}
    dead:
      hosts:
        gone: {{ansible_port: {openssh.free_port()}, flag: none}}
        mute: {{ansible_port: {silent}, flag: none}}
""",
    )
    place.write("inv/environment.yml", ENVIRONMENT)
    place.write("token", "s3cret-token-value\n")
    place.write("fleet.yml", PLAYBOOK)


def test_a_fleet_with_dead_hosts(place: Place, sshd: openssh.OpenSsh, silent: int) -> None:
    """The dead are told apart, the living are healed, the secret arrives and is nowhere on record."""
    flag = place.folder / "flag"
    inventory(place, sshd, silent, flag)
    played = place.run("play", "./fleet.yml", "-i", "./inv", "--output", "json")
    assert played.returncode == 0, played.stdout + played.stderr
    document = json.loads(played.stdout)
    answers = next(step for step in document["steps"] if step.get("id") == "answers")
    outcomes = {each["target"]: each["outcome"] for each in answers["targets"]}
    assert outcomes == {f"web-{n:02}": "ok" for n in range(1, 9)} | {"gone": "unreachable", "mute": "unreachable"}
    assert answers["duration_ms"] < 6_000
    assert document["changed"] == ["Raise the flag"]
    assert (place.folder / "flag-1.log").read_text() == "with s3cret-token-value\n"
    for artifact in (played.stdout, played.stderr, place.records()[0].read_text()):
        assert "s3cret-token-value" not in artifact
