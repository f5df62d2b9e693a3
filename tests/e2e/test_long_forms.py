"""The long forms of ssh, local and http in one playbook, played on a real OpenSSH server by the installed command."""

import getpass
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import openssh
import pytest
from commanding import Place

pytestmark = pytest.mark.sshd

PLAYBOOK = """\
runbook: v1
name: long
version: 1.0.0
title: Long forms
hosts: api
vars: {word: "it's"}
steps:
  - check: The API answers on the host's own address
    id: own
    http:
      request: GET http://localhost:{{ port }}/health
      query: {who: "{{ word }} {{ secret.TOKEN }}"}
      auth: {basic: {user: ops, password: "{{ secret.TOKEN }}"}}
      via: ssh
      follow: 1
    expect:
      - status == 200
      - json.path == '/moved'
  - check: A command reads what it is given
    id: fed
    ssh:
      command: '[[ $MODE == "a b" ]] && cat && printf "|%s|%s" {{ word }} "$TOKEN"'
      shell: /bin/bash
      env: {MODE: a b, TOKEN: "{{ secret.TOKEN }}"}
      stdin: "in {{ word }} {{ secret.TOKEN }}"
    expect: stdout | length == 46
  - check: So does a local one
    local: {argv: [wc, -c], stdin: "{{ secret.TOKEN }}", env: {LC_ALL: C}}
    expect: stdout | int == 16
  - check: The fault of a step is said
    ssh: {command: "true", shell: /nowhere/bash}
    id: lost
  - mitigate: Write a line
    ssh: {command: "cat > {{ flag }}", stdin: "{{ secret.TOKEN }}"}
    undo: {ssh: {argv: [rm, -f, "{{ flag }}"]}}
  - verify: The line is there
    ssh: {command: "cmp - {{ flag }}", stdin: "{{ secret.TOKEN }}"}
"""
SECRET = "s3cret-t0ken+val"


class Api(BaseHTTPRequestHandler):
    """Redirects /health, and answers with the path that it was asked for."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Authorization"] or ""))
        moved = self.path.startswith("/health")
        body = json.dumps({"path": self.path, "echo": self.headers["Authorization"]}).encode()
        self.send_response(302 if moved else 200)
        if moved:
            self.send_header("Location", "/moved")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    Api.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openssh.OpenSsh]:
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed: no playbook was played on a real server")
    with openssh.serve(tmp_path_factory.mktemp("long")) as server:
        yield server


def write(place: Place, sshd: openssh.OpenSsh, port: int, flag: Path) -> None:
    place.write(
        "inv/hosts.yml",
        f"""\
all:
  vars:
    ansible_host: 127.0.0.1
    ansible_port: {sshd.port}
    ansible_user: {getpass.getuser()}
    ansible_ssh_private_key_file: {sshd.key}
    ansible_ssh_common_args: -o UserKnownHostsFile={sshd.folder}/known_hosts
    port: {port}
    flag: {flag}
  children:
    api: {{hosts: {{api-1: }}}}
""",
    )
    place.write(
        "inv/environment.yml", "environment: long\npolicy: {mitigate: auto}\nsecrets: {TOKEN: {file: ../token}}\n"
    )
    place.write("token", SECRET + "\n")
    place.write("long.yml", PLAYBOOK)


def test_the_long_forms(place: Place, sshd: openssh.OpenSsh, port: int) -> None:
    """Everything arrives as it was written, and no secret is in any artifact."""
    flag = place.folder / "flag"
    write(place, sshd, port, flag)
    played = place.run("play", "./long.yml", "-i", "./inv", "--output", "json")
    assert played.returncode == 0, played.stdout + played.stderr
    document = json.loads(played.stdout)
    outcomes = {step["title"]: step["targets"][0]["outcome"] for step in document["steps"] if "targets" in step}
    assert outcomes == {
        "The API answers on the host's own address": "ok",
        "A command reads what it is given": "ok",
        "So does a local one": "ok",
        "The fault of a step is said": "error",
        "Write a line": "ok",
        "The line is there": "ok",
    }
    assert flag.read_text() == SECRET
    assert Api.asked[0][0] == "/health?who=it%27s%20s3cret-t0ken%2Bval"
    assert [header for _, header in Api.asked] == [Api.asked[0][1]] * 2

    record = place.records()[0].read_text()
    for artifact in (played.stdout, played.stderr, record):
        for written in (SECRET, "s3cret-t0ken%2Bval", Api.asked[0][1].removeprefix("Basic ")):
            assert written not in artifact
    asked = [
        each["request"]
        for event in place.events()
        if event["type"] == "step.started"
        for each in event["targets"]  # type: ignore[attr-defined]  # a list in this event
    ]
    assert asked[0] == (
        f"GET http://localhost:{port}/health?who=it%27s%20<secret TOKEN> auth: basic ops follow: 1 via: ssh"
    )
    assert asked[1].endswith(
        'shell: /bin/bash env: {"MODE": "a b", "TOKEN": "<secret TOKEN>"} stdin: "in it\'s <secret TOKEN>"'
    )
    assert asked[2] == 'wc -c env: {"LC_ALL": "C"} stdin: "<secret TOKEN>"'
    assert asked[4] == f'cat > {flag} stdin: "<secret TOKEN>"'
    assert place.run("audit", "verify", place.records()[0].stem).returncode == 0
