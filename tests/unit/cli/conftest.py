"""A folder with a playbook and an inventory that lead to a trap: whoever connects is counted."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from commanding import Place


@dataclass(slots=True)
class Trap:
    """A loopback port on which nobody answers and every connection counts."""

    listener: socket.socket
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.listener.setblocking(False)  # noqa: FBT003  a socket has no better word for it
        self.port = self.listener.getsockname()[1]

    def contacts(self) -> int:
        """Return how many connections were made since the last time."""
        count = 0
        while True:
            try:
                connection, _ = self.listener.accept()
            except BlockingIOError:
                return count
            connection.close()
            count += 1


@pytest.fixture
def trap() -> Iterator[Trap]:
    with socket.socket() as listener:
        yield Trap(listener)


PLAYBOOK = """\
runbook: v1
name: disk-full
version: 1.0.0
title: A disk runs full
hosts: all
health:
  - check: The service answers
    http: GET http://127.0.0.1:{port}/
    timeout: 2s
steps:
  - check: The disk has room
    ssh: "true"
  - mitigate: Empty the logs
    id: empty
    ssh: echo emptied >> {folder}/changed
    irreversible: true
  - escalate: It stays full
    to: oncall
"""
HOSTS = """\
all:
  hosts:
    one: {{ansible_host: 127.0.0.1, ansible_port: {port}}}
"""
ENVIRONMENT = """\
environment: test
policy: {{mitigate: approve}}
clusters: {{main: {{kubeconfig: {folder}/kubeconfig}}}}
channels: {{hook: {{kind: webhook, url: "http://127.0.0.1:{port}/"}}}}
contacts: {{oncall: {{hook: "#oncall"}}}}
"""


@pytest.fixture
def place(tmp_path: Path, trap: Trap) -> Place:
    """Return a folder with `playbooks/disk.yml` and `inventories/prod`, all addresses leading to the trap."""
    place = Place(tmp_path)
    for name, text in (
        ("playbooks/disk.yml", PLAYBOOK),
        ("inventories/prod/hosts.yml", HOSTS),
        ("inventories/prod/environment.yml", ENVIRONMENT),
    ):
        place.write(name, text.format(port=trap.port, folder=tmp_path))
    return place
