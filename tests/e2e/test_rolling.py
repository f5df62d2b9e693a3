"""A mitigation that rolls over real OpenSSH servers, one of which refuses the change; through the installed command."""

import getpass
import json
from collections.abc import Iterator
from pathlib import Path

import openssh
import pytest
from commanding import Place

pytestmark = pytest.mark.sshd

PLAYBOOK = """\
runbook: v1
name: rolling
version: 1.0.0
title: Workers hang
hosts: all
health:
  - check: No worker hangs
    id: well
    ssh: test -e {{ folder }}/well
  - check: The page is green
    id: green
    local: "false"
    critical: false
steps:
  - check: The lock is free
    id: lock
    ssh: |
      echo x >> {{ folder }}/tries
      test "$(wc -l < {{ folder }}/tries)" -ge 3
    retries: 5
    delay: 50ms
    hosts: h1
  - mitigate: Restart the worker
    id: restart
    ssh: |
      mkdir {{ folder }}/busy.{{ inventory_hostname }}
      ls {{ folder }} | grep -c busy >> {{ folder }}/at-once
      sleep 0.2
      rmdir {{ folder }}/busy.{{ inventory_hostname }}
      echo {{ inventory_hostname }} >> {{ folder }}/restarted
      test {{ inventory_hostname }} != {{ bad }}
    undo: {ssh: "echo {{ inventory_hostname }} >> {{ folder }}/reverted"}
    serial: [1, 2]
    max_failures: MOST
  - mitigate: Mark it well
    ssh: touch {{ folder }}/well
    irreversible: true
    hosts: h1
  - verify: All is well again
"""


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openssh.OpenSsh]:
    """Return a real server, which is all hosts."""
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed: nothing was rolled over real servers")
    with openssh.serve(tmp_path_factory.mktemp("rolling")) as server:
        yield server


@pytest.fixture
def fleet(place: Place, sshd: openssh.OpenSsh) -> Path:
    """Write an inventory of six hosts, the fourth of which fails; return the folder that stands for their state."""
    folder = place.folder / "world"
    folder.mkdir()
    common = {
        "ansible_host": openssh.LOOPBACK,
        "ansible_port": sshd.port,
        "ansible_user": getpass.getuser(),
        "ansible_ssh_private_key_file": str(sshd.key),
        "ansible_ssh_common_args": f"-o UserKnownHostsFile={sshd.folder}/known_hosts",
        "folder": str(folder),
        "bad": "h4",
    }
    hosts: dict[str, dict[str, str]] = {f"h{number}": {} for number in range(1, 7)}
    place.write("inv/hosts.yml", json.dumps({"all": {"vars": common, "hosts": hosts}}))
    place.write("inv/environment.yml", "environment: test\npolicy: {mitigate: auto}\n")
    return folder


def test_one_failure_is_tolerated(place: Place, fleet: Path) -> None:
    """Every host has its turn, two at once at most; the failing one is told, and the run is resolved."""
    place.write("rolling.yml", PLAYBOOK.replace("MOST", "1"))
    played = place.run("play", "./rolling.yml", "-i", "./inv")
    assert played.returncode == 0, played.stdout + played.stderr
    assert sorted((fleet / "restarted").read_text().split()) == ["h1", "h2", "h3", "h4", "h5", "h6"]
    assert max(map(int, (fleet / "at-once").read_text().split())) == 2
    assert not (fleet / "reverted").exists()
    assert len((fleet / "tries").read_text().split()) == 3
    parts = [event for event in place.events() if event["type"] == "batch.finished"]
    assert [(part["targets"], part["failed"], part["goes_on"]) for part in parts] == [
        (["h1"], 0, True),
        (["h2", "h3"], 0, True),
        (["h4", "h5"], 1, True),
        (["h6"], 1, False),
    ]
    assert place.run("audit", "verify").returncode == 0


def test_no_failure_is_tolerated(place: Place, fleet: Path) -> None:
    """The last host is never touched; what was restarted is taken back, the latest batch first."""
    place.write("rolling.yml", PLAYBOOK.replace("MOST", "0"))
    played = place.run("play", "./rolling.yml", "-i", "./inv")
    assert played.returncode == 1, played.stdout + played.stderr
    assert sorted((fleet / "restarted").read_text().split()) == ["h1", "h2", "h3", "h4", "h5"]
    reverted = (fleet / "reverted").read_text().split()
    assert [set(reverted[:2]), set(reverted[2:4]), set(reverted[4:])] == [{"h4", "h5"}, {"h2", "h3"}, {"h1"}]
    assert "not begun: 1 of 6 targets failed, none may" in played.stdout
