"""Every name with its value and where it comes from, from files."""

from pathlib import Path

import pytest

from playbook_engine.app.explaining import Answer, Question, explain
from playbook_engine.errors import InvalidInput, UsageError
from playbook_engine.model.explanation import Explained
from playbook_engine.model.sources import InventorySources, Place
from playbook_engine.report.explain_view import explain_json, explain_lines
from playbook_engine.report.style import plain
from playbook_engine.values import Secret

PLAYBOOK = """\
runbook: v1
name: disk-full
version: 1.0.0
title: 磁盘将满
hosts: all
inputs:
  limit: {type: percent, default: 80}
  pin: {type: string, secret: true}
  path: {type: string, format: path, required: true}
vars: {memo: own}
health:
  - check: The disk has room
    ssh: df {{ path }} {{ limit }} {{ memo }} {{ secret.KEY }} {{ env.PAGER | default('less') }} {{ pin }}
""".replace("type: percent", "type: integer")
HOSTS = """\
all:
  vars: {limit: 85, ansible_user: ana}
  hosts:
    web-1: {path: /srv, pin: '4711'}
    web-2: {path: /srv, limit: 90}
    web-3: {path: /data, limit: 90}
"""


PROD = InventorySources(places=(Place("prod", Path("prod")),))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a playbook and an inventory, as the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAGER", raising=False)
    (tmp_path / "disk.yml").write_text(PLAYBOOK, encoding="utf-8")
    inventory = tmp_path / "prod"
    inventory.mkdir()
    (inventory / "hosts.yml").write_text(HOSTS)
    (inventory / "environment.yml").write_text("environment: prod\nsecrets: {KEY: {env: THE_KEY}}\n")
    return tmp_path


def ask(**words: object) -> Answer:
    settled: dict[str, object] = {"playbook": Path("disk.yml"), "inventory": PROD, "set_texts": {}, **words}
    return explain(Question(**settled))  # type: ignore[arg-type]  # tests give what fits


def named(answer: Answer) -> dict[str, Explained]:
    return {each.name: each for each in answer.explanation.names}


def chain(explained: Explained) -> list[tuple[object, str]]:
    """Return value and origin of the winner and of all that it overrode."""
    found = explained.resolved
    return [] if found is None else [(each.value, each.origin) for each in (found.winner, *found.overrode)]


def test_steps_that_do_not_run_on_a_host(folder: Path) -> None:
    """Group `all` counts; hosts that see something else are named, one group for each value."""
    (folder / "v.yml").write_text("note_: 1\n")
    found = named(ask(set_texts={"path": "/x"}))

    assert list(found) == ["limit", "pin", "path", "memo", "ansible_user", "env.PAGER", "secret.KEY"]
    assert chain(found["limit"]) == [(85, "hosts.yml:2:10 (group all)"), (80, "disk.yml:7:3 (default)")]
    assert [(each.hosts, [source.value for source in each.sources]) for each in found["limit"].differences] == [
        (("web-2", "web-3"), [90, 90])
    ]
    assert chain(found["path"]) == [("/x", "--set")]
    assert found["path"].differences == ()
    assert chain(found["memo"]) == [("own", "disk.yml:10:8 (vars)")]
    assert chain(found["env.PAGER"]) == []
    assert chain(found["secret.KEY"]) == [
        (Secret("KEY", ""), "the environment variable THE_KEY (prod/environment.yml:2:11)")
    ]


def test_one_host(folder: Path) -> None:
    found = named(ask(host="web-2", set_texts={"limit": "95"}))

    assert chain(found["limit"])[0] == (95, "--set")
    assert chain(found["limit"])[1:] == [
        (90, "hosts.yml:5:25 (host web-2)"),
        (85, "hosts.yml:2:10 (group all)"),
        (80, "disk.yml:7:3 (default)"),
    ]
    assert chain(found["path"]) == [("/srv", "hosts.yml:5:13 (host web-2)")]
    assert all(each.differences == () for each in found.values())


def test_without_an_inventory(folder: Path) -> None:
    """What may come from an inventory is not missing; its secrets are not spoken of."""
    answer = ask(inventory=None)

    assert answer.problems == ()
    assert list(named(answer)) == ["limit", "pin", "path", "memo", "env.PAGER"]
    assert named(answer)["path"].resolved is None


def test_what_is_wrong_with_the_values_is_said_beside_the_explanation(folder: Path) -> None:
    (folder / "prod" / "hosts.yml").write_text("all: {hosts: {web-1: {limit: high}, web-2: {path: srv}}}\n")
    answer = ask(set_texts={"limt": "1"})

    assert [(d.code, d.hint) for d in answer.problems] == [
        ("unknown-input", "Did you mean 'limit'?"),
        ("invalid-input", "It comes from hosts.yml:1:23 (host web-1)."),
        ("invalid-input", "It comes from hosts.yml:1:45 (host web-2)."),
        ("missing-input", "Give it with --set path=… (a text)."),
    ]
    assert len(answer.explanation.names) == 6


@pytest.mark.parametrize(
    "words", [{}, {"host": "web-1"}, {"set_texts": {"pin": "hunter2"}}], ids=["all", "host", "set"]
)
def test_no_secret_is_shown(words: dict[str, object], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not from hosts, not from the person, not from the environment by another road."""
    (folder / "disk.yml").write_text(PLAYBOOK.replace("env.PAGER", "env.RUNBOOK_INPUT_PIN"), encoding="utf-8")
    monkeypatch.setenv("RUNBOOK_INPUT_PIN", "hunter2")
    answer = ask(**words)
    human = "\n".join(map(plain, explain_lines(answer.explanation, 100)))
    machine = str(explain_json(answer.explanation))

    assert "<secret pin>" in human
    assert not any(secret in text for secret in ("4711", "hunter2") for text in (human, machine, repr(answer)))


def test_an_unknown_host_has_a_nearest_name(folder: Path) -> None:
    with pytest.raises(UsageError) as caught:
        ask(host="web-11")

    assert caught.value.hint == "Did you mean 'web-1'?"


def test_files_that_cannot_be_read_come_together(folder: Path) -> None:
    (folder / "disk.yml").write_text("runbook: v1\n")
    with pytest.raises(InvalidInput) as caught:
        ask(vars_files=(Path("nowhere.yml"),))

    assert {d.code for d in caught.value.diagnostics} >= {"missing-key", "no-such-file"}
