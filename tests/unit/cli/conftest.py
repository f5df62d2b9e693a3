"""A folder with a playbook and an inventory that lead to a trap: whoever connects is counted."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import Place
from trap import Trap


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
channels: {{hook: {{kind: webhook, url: "http://127.0.0.1:{port}/", budget: 2s}}}}
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
