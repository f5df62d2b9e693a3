"""Hosts on their own roads, another playbook, and somebody who takes a notice: the real command, real processes."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from commanding import Place

HOSTS = """\
all:
  vars: {{ansible_connection: local}}
  hosts:
    full: {{folder: {folder}/full}}
    tight: {{folder: {folder}/tight}}
    well: {{folder: {folder}/well}}
"""
ENVIRONMENT = """\
environment: test
policy: {{mitigate: auto}}
channels: {{webhook: {{url: "http://127.0.0.1:{port}/"}}}}
contacts: {{oncall: {{webhook: "#oncall"}}}}
"""
OUTAGE = """\
runbook: v1
name: outage
version: 1.0.0
title: 服务不可用
hosts: all
steps:
  - check: The disk has room
    id: disk
    ssh: test ! -e {{ folder }}/disk-full
  - check: There is memory
    id: memory
    ssh: test ! -e {{ folder }}/memory-full
  - branch: What is full?
    for: host
    cases:
      - when: disk.failed
        play: {playbook: disk-full, inputs: {what: disk-full}}
      - when: memory.failed
        steps:
          - mitigate: Restart
            ssh: rm {{ folder }}/memory-full && touch {{ folder }}/restarted
            undo: {ssh: "touch {{ folder }}/memory-full"}
          - verify: There is memory again
            ssh: test ! -e {{ folder }}/memory-full
    else: []
  - check: Left out when it is resolved
    local: touch left-out
"""
DISK_FULL = """\
runbook: v1
name: disk-full
version: 2.0.0
title: A disk is full
hosts: all
inputs: {what: {type: string, required: true}}
health:
  - check: The disk has room
    ssh: test ! -e {{ folder }}/{{ what }}
steps:
  - mitigate: Delete logs
    id: clean
    ssh: rm {{ folder }}/{{ what }}
    undo: {ssh: "touch {{ folder }}/{{ what }}"}
  - verify: The disk has room again
finally:
  - check: Evidence
    ssh: touch {{ folder }}/evidence
"""
WAITING = """\
runbook: v1
name: waiting
version: 1.0.0
title: Nobody knows why
steps:
  - escalate: Look at it
    id: asked
    to: oncall
    wait_for_ack: 1m
  - check: Go on
    when: asked.acknowledged
    local: echo {{ asked.by }} > taken-by
"""


FETCHING = """\
runbook: v1
name: fetching
version: 1.0.0
title: A token is found on the way
steps:
  - check: Where is it
    id: found
    local: cat token
  - branch: Go on with it
    cases:
      - when: found.passed
        play: {playbook: using, inputs: {token: "{{ found.stdout }}"}}
    else: []
"""
USING = """\
runbook: v1
name: using
version: 1.0.0
title: Somebody is told
inputs: {token: {type: string, required: true, secret: true}}
steps:
  - check: It is used
    id: used
    local: echo {{ token }}
  - escalate: Told
    to: oncall
    message: "It answered {{ used.stdout }}"
"""
RECEIVED: list[bytes] = []


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        RECEIVED.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
        """Say nothing."""


PLAYBOOKS = {
    "outage": OUTAGE,
    "disk-full": DISK_FULL,
    "waiting": WAITING,
    "fetching": FETCHING,
    "using": USING,
}


@pytest.fixture
def ready(place: Place) -> Iterator[Place]:
    """Return a folder in which one host has a full disk, one no memory, one is well; notices are received."""
    server = HTTPServer(("127.0.0.1", 0), _Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    for name, text in (("hosts", HOSTS), ("environment", ENVIRONMENT)):
        place.write(f"inventories/prod/{name}.yml", text.format(folder=place.folder, port=server.server_port))
    for name, text in PLAYBOOKS.items():
        place.write(f"playbooks/{name}.yml", text)
    for mark in ("full/disk-full", "tight/memory-full", "well/nothing"):
        place.write(mark, "")
    yield place
    server.shutdown()
    server.server_close()


def marks(place: Place) -> list[str]:
    return sorted(
        str(path.relative_to(place.folder))
        for host in ("full", "tight", "well")
        for path in (place.folder / host).iterdir()
    )


def test_three_hosts_take_three_roads(ready: Place) -> None:
    """Each is changed as its own case says; when both roads are proven, the rest is left out."""
    done = ready.run("play", "outage", "-i", "prod", "-o", "json")

    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads(done.stdout)
    branch = next(step for step in document["steps"] if step["verb"] == "branch")
    assert [(road["taken"], road["hosts"]) for road in branch["roads"]] == [
        ("case 1", ["full"]),
        ("case 2", ["tight"]),
        ("else", ["well"]),
    ]
    assert document["verdict"] == "resolved"
    assert document["changed"] == ["Delete logs", "Restart"]
    assert marks(ready) == ["full/evidence", "tight/restarted", "well/nothing"]
    assert not (ready.folder / "left-out").exists()
    assert ready.run("audit", "verify").returncode == 0
    shown = ready.run("audit", "show").stdout
    assert "case 1: full because disk.failed" in shown
    assert "A disk is full: resolved" in shown


def test_undo_goes_back_over_all_roads(ready: Place) -> None:
    """The second road fails: what the other playbook changed on the first one is taken back, too."""
    ready.write(
        "playbooks/outage.yml",
        OUTAGE.replace(
            "        ssh: test ! -e {{ folder }}/memory-full\n    else", "        ssh: 'false'\n    else"
        ).replace("            ssh: test ! -e {{ folder }}/memory-full\n", "            ssh: 'false'\n"),
    )
    done = ready.run("play", "outage", "-i", "prod", "-o", "json")

    assert done.returncode == 1, done.stdout + done.stderr
    assert json.loads(done.stdout)["undone"] == ["Restart", "Delete logs"]
    assert {"full/disk-full", "tight/memory-full"} <= set(marks(ready))


def test_a_check_shows_what_each_road_would_change(ready: Place) -> None:
    """Nothing is changed, on no road and in no other playbook."""
    done = ready.run("play", "outage", "-i", "prod", "--check")

    assert "would run: local: rm" in done.stdout
    assert {"full/disk-full", "tight/memory-full", "well/nothing"} == set(marks(ready)) - {"full/evidence"}


def test_tags_and_approvals_reach_the_other_playbook(ready: Place) -> None:
    ready.write(
        "inventories/prod/environment.yml",
        (ready.folder / "inventories/prod/environment.yml").read_text().replace("auto", "approve"),
    )
    waiting = ready.run("play", "outage", "-i", "prod", "--approve", "steps/3/case 2/1")
    assert (waiting.returncode, "(--approve 'disk-full:clean')" in waiting.stdout) == (3, True)
    unknown = ready.run("play", "outage", "-i", "prod", "--tags", "zebra")
    assert (unknown.returncode, "no step carries the tag 'zebra'" in unknown.stderr) == (2, True)
    done = ready.run("play", "outage", "-i", "prod", "--approve", "disk-full:clean", "--approve", "steps/3/case 2/1")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_run_goes_on_when_somebody_takes_its_notice(ready: Place) -> None:
    """From another process; who it was stands on record and in the names of later steps."""
    run = ready.start("play", "waiting", "-i", "prod")
    ready.wait_for("escalation.delivered", wait_ms=60_000)
    _until_waiting(ready)
    taken = ready.run("ack", "latest", "--by", "小明", "--note", "on my way")

    assert taken.returncode == 0, taken.stderr
    assert "'Look at it' is taken by 小明" in taken.stdout
    out, _ = run.communicate(timeout=30)
    assert "taken by 小明" in out
    assert (ready.folder / "taken-by").read_text().strip() == "小明"
    event = next(event for event in ready.events() if event["type"] == "escalation.acknowledged")
    assert (event["by"], event["how"], event["note"]) == ("小明", "runbook ack", "on my way")
    again = ready.run("ack", "latest")
    assert (again.returncode, "No run waits for anybody." in again.stderr) == (2, True)


def _until_waiting(place: Place) -> None:
    """Wait until the run has opened its box; that comes right after what stands on record."""
    for _ in range(500):
        if list((place.state / "acks").glob("*.json")):
            return
        place.run("--version")
    pytest.fail("the run never waited")


def test_nobody_takes_what_a_killed_run_waited_for(ready: Place) -> None:
    """Its box is still there, and nobody looks into it."""
    run = ready.start("play", "waiting", "-i", "prod")
    _until_waiting(ready)
    run.kill()
    run.communicate(timeout=30)

    refused = ready.run("ack", "latest")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "no run 'latest' waits" in refused.stderr


def test_a_signal_ends_the_wait(ready: Place) -> None:
    """And leaves nothing that somebody could take."""
    run = ready.start("play", "waiting", "-i", "prod")
    _until_waiting(ready)
    run.terminate()
    out, _ = run.communicate(timeout=30)

    assert run.returncode == 143, out
    assert "a signal ended the wait" in out
    assert not list((ready.state / "acks").glob("*.json"))


def test_a_run_that_is_not_there(ready: Place) -> None:
    done = ready.run("ack", "01ZZZZ")
    assert done.returncode == 2
    assert done.stderr.startswith("runbook: no run '01ZZZZ' waits for somebody to take a notice")


def test_a_secret_that_comes_to_light_on_the_way_is_told_to_nobody(ready: Place) -> None:
    """What a secret input of another playbook is given is masked from there on: on the screen and in notices too."""
    ready.write("token", "tok-3f9a77c1")
    RECEIVED.clear()

    done = ready.run("play", "fetching", "-i", "prod")

    assert "told" in done.stdout
    (notice,) = RECEIVED
    assert b"It answered" in notice
    assert b"tok-3f9a77c1" not in notice
    since = json.dumps(ready.events()).partition("play.started")[2]
    assert "tok-3f9a77c1" not in since
    assert "tok-3f9a77c1" not in done.stdout.partition("play ")[2]
