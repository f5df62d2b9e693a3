"""`--limit` on the command line: patterns, files, and the hosts that failed last time."""

import json

import pytest
from commanding import Place

HOSTS = """\
all:
  children:
    web: {hosts: {web-2: , web-1: }}
    db: {hosts: {db-1: }}
  vars: {ansible_connection: local}
"""
PLAYBOOK = """\
runbook: v1
name: ill
version: 1.0.0
title: Some host is ill
hosts: db,web
health:
  - check: No host is ill
    ssh: test ! -e {folder}/{{{{ inventory_hostname }}}}
steps:
  - check: Look around
    ssh: "true"
"""


@pytest.fixture
def work(place: Place) -> Place:
    """Return a folder in which a host is ill when there is a file of its name."""
    place.write("playbooks/ill.yml", PLAYBOOK.format(folder=place.folder))
    place.write("inventories/prod/hosts.yml", HOSTS)
    return place


def selection(work: Place) -> list[str]:
    inventory = work.events()[0]["inventory"]
    assert isinstance(inventory, dict)
    return list(inventory["selected"])


def asked(work: Place) -> list[str]:
    """Return the hosts of the health check, in the order of the step."""
    step = next(event for event in work.events() if event["type"] == "step.started")
    targets = step["targets"]
    assert isinstance(targets, list)
    return [target["target"] for target in targets]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, ["db-1", "web-2", "web-1"]),
        ("!web-2", ["db-1", "web-1"]),
        ("web[0],db", ["db-1", "web-2"]),
        ("~.*-1$", ["db-1", "web-1"]),
        ("@hosts.txt", ["db-1", "web-1"]),
        ("@hosts.txt,!db", ["web-1"]),
    ],
)
def test_a_step_keeps_the_order_of_its_pattern_within_the_limit(
    work: Place, limit: str | None, expected: list[str]
) -> None:
    work.write("hosts.txt", "# canaries\nweb-1\n\ndb-1\n")

    done = work.run("play", "ill", "-i", "prod", *(("--limit", limit) if limit else ()))

    assert (done.returncode, done.stderr) == (0, ""), done
    assert asked(work) == expected


@pytest.mark.parametrize("command", [("play", "ill"), ("sweep", "ill")])
def test_failed_means_the_hosts_that_failed_in_the_last_run(work: Place, command: tuple[str, ...]) -> None:
    for name in ("web-2", "db-1"):
        work.write(name, "ill")
    first = work.run(*command, "-i", "prod")
    assert first.returncode == 1, first
    (work.folder / "db-1").unlink()

    again = work.run(*command, "-i", "prod", "--limit", "@failed")
    assert (again.returncode, sorted(selection(work))) == (1, ["db-1", "web-2"])

    third = work.run(*command, "-i", "prod", "--limit", "@failed")
    assert (third.returncode, selection(work)) == (1, ["web-2"])

    fourth = work.run(*command, "-i", "prod", "--limit", "@failed,db")
    assert fourth.returncode == 1
    assert sorted(selection(work)) == ["db-1", "web-2"]


def test_a_sweep_leaves_out_the_playbooks_in_which_nothing_failed(work: Place) -> None:
    text = (work.folder / "playbooks/ill.yml").read_text(encoding="utf-8")
    work.write("playbooks/well.yml", text.replace("name: ill", "name: well").replace("test ! -e", "test x !="))
    (work.folder / "playbooks/disk.yml").unlink()
    work.write("web-2", "ill")
    assert work.run("sweep", "-i", "prod").returncode == 1

    again = work.run("sweep", "-i", "prod", "--limit", "@failed", "-o", "json")
    assert (again.returncode, again.stderr) == (1, "")
    assert [each["playbook"] for each in json.loads(again.stdout)["playbooks"]] == ["ill"]

    (work.folder / "web-2").unlink()
    assert work.run("sweep", "-i", "prod").returncode == 0
    none = work.run("sweep", "-i", "prod", "--limit", "@failed")
    assert none.returncode == 2
    assert none.stderr.count("no host failed in the last run") == 2


def test_failed_says_why_there_is_nobody(work: Place) -> None:
    never = work.run("play", "ill", "-i", "prod", "--limit", "@failed")
    assert never.returncode == 2
    assert "there is no run of 'ill' on 'test' on record" in never.stderr

    assert work.run("play", "ill", "-i", "prod").returncode == 0
    well = work.run("play", "ill", "-i", "prod", "--limit", "@failed")
    assert well.returncode == 2
    assert "no host failed in the last run of 'ill' on 'test'" in well.stderr


def test_a_host_that_failed_and_is_gone_is_named(work: Place) -> None:
    for name in ("web-2", "db-1"):
        work.write(name, "ill")
    assert work.run("play", "ill", "-i", "prod").returncode == 1
    work.write("inventories/prod/hosts.yml", HOSTS.replace("web-2: , ", ""))

    some = work.run("play", "ill", "-i", "prod", "--limit", "@failed")
    assert (some.returncode, selection(work)) == (1, ["db-1"])
    assert "web-2 failed in the last run" in some.stderr

    work.write("inventories/prod/hosts.yml", HOSTS.replace("db-1", "db-2"))
    none = work.run("play", "ill", "-i", "prod", "--limit", "@failed")
    assert none.returncode == 2
    assert "db-1 failed in the last run" in none.stderr


@pytest.mark.parametrize(
    ("limit", "says"),
    [("@hots.txt", "no limit file 'hots.txt'"), ("wbe", "Did you mean 'web'?"), ("web[2]", "'web' has 2 hosts")],
)
def test_a_wrong_limit_stops_before_anything_starts(work: Place, limit: str, says: str) -> None:
    done = work.run("play", "ill", "-i", "prod", "--limit", limit)

    assert done.returncode == 2
    assert says in done.stderr
    assert work.records() == []
