"""Where rehearsals stand, and how they name their playbook and inventory."""

from pathlib import Path

import pytest
from rehearsed import Shelf

from playbook_engine.errors import UsageError

PLAYBOOK = "health: [{check: A, id: a, ssh: a}]\nhosts: web"
SCENARIOS = """
scenarios:
  - scenario: One
    answers: {a: {}}
    expect: {verdict: healthy, path: [a: {w1: ok}]}
"""
GROUPS = f"groups: {{web: [w1]}}{SCENARIOS}"


@pytest.mark.parametrize("name", ["one", "../one.yml", "./../one.yml"])
def test_a_playbook_by_name_and_by_path(name: str, shelf: Shelf) -> None:
    shelf.playbook(PLAYBOOK)
    shelf.rehearsal(GROUPS, "other", playbook=name)

    assert shelf.test().passed


def test_the_rehearsals_of_one_playbook(shelf: Shelf) -> None:
    for name in ("one", "two"):
        shelf.playbook(PLAYBOOK, name)
        shelf.rehearsal(GROUPS, f"{name}-first", playbook=name)
        shelf.rehearsal(GROUPS, f"{name}-second", playbook=name)
    shelf.rehearsal("nonsense: true", "broken")

    report = shelf.test("two")

    assert [Path(each.span.source.name).name for each in report.scenarios] == ["two-first.yml", "two-second.yml"]
    assert [each.playbook for each in shelf.test(str(shelf.folder / "rehearsals" / "one-second.yml")).scenarios] == [
        "one"
    ]


def test_one_that_cannot_be_read_belongs_to_the_playbook_of_its_name(shelf: Shelf) -> None:
    shelf.playbook(PLAYBOOK)
    shelf.rehearsal("nonsense: true", "one", playbook="x: [")

    assert [each.code for each in shelf.refused("one")] == ["yaml-syntax"]


@pytest.mark.parametrize(
    ("head", "code", "hint"),
    [
        ("playbook: onne", "unknown-playbook", "Did you mean 'one'?"),
        ("playbook: ../onne.yml", "unknown-playbook", "Known: one."),
        ("playbook: one\ninventory: ../nowhere", "unknown-inventory", "Write it as a path from this file"),
        ("playbook: one\ninventory: inventory", "unknown-target", "There are: h, control, operator."),
    ],
)
def test_what_is_not_there(head: str, code: str, hint: str, shelf: Shelf) -> None:
    shelf.playbook(PLAYBOOK)
    path = shelf.rehearsal("", "one")
    path.write_text(f"rehearsal: v1\n{head}{SCENARIOS}", encoding="utf-8")
    inventory = path.parent / "inventory"
    inventory.mkdir()
    (inventory / "hosts.yml").write_text("all: {hosts: {h: {}}}\n", encoding="utf-8")

    found = shelf.refused()

    assert [each.code for each in found] == [code]
    assert hint in (found[0].hint or "")


def test_an_inventory_with_its_groups_and_policy(shelf: Shelf) -> None:
    shelf.playbook("hosts: web\nsteps: [{mitigate: A, id: a, ssh: 'a {{ v }}', irreversible: true}]")
    path = shelf.rehearsal(
        """
        inventory: ../inventory
        vars: {v: rehearsal}
        scenarios:
          - scenario: Nobody is asked
            hosts: {w2: {v: own}}
            answers: {"ssh: a rehearsal": {}, "ssh: a own": {rc: 1}}
            expect: {verdict: unresolved, changed: {a: [w1, w2]}, told: [boss], path: [a: {w1: ok, w2: failed}]}
        """
    )
    folder = path.parent.parent / "inventory"
    folder.mkdir()
    (folder / "hosts.yml").write_text("web: {hosts: {w1: {v: file}, w2: {}}}\n", encoding="utf-8")
    (folder / "environment.yml").write_text(
        "policy: {mitigate: auto}\ncontacts: {boss: {}}\nescalation: [{when: unresolved, to: boss}]\n",
        encoding="utf-8",
    )

    report = shelf.test()

    assert [each.findings for each in report.scenarios] == [()]


def test_a_playbook_that_is_broken_is_told_once(shelf: Shelf) -> None:
    shelf.playbook("steps: [{chek: A}]")
    shelf.rehearsal(GROUPS)
    shelf.rehearsal(GROUPS, "again", playbook="one")

    assert [each.code for each in shelf.refused()] == ["unknown-verb"]


def test_nothing_to_play(shelf: Shelf) -> None:
    shelf.playbook(PLAYBOOK)

    with pytest.raises(UsageError, match="there is no rehearsal for"):
        shelf.test("one")
    assert not shelf.test("one", coverage=True).passed
