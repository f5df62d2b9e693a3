"""Inventories and patterns that nobody thought of, always the same ones, read by both.

Left out is what is on the list of differences: names that are a host and a group, numbers behind globs
and hosts.
"""

import json
import random  # noqa: TID251  the seed is fixed
from pathlib import Path
from typing import Any

import pytest
from ansible_core import Ask
from ansible_reading import listed, read, unlike

from playbook_engine.diagnostics import Problems
from playbook_engine.inventory.patterns import select
from playbook_engine.model.inventory import Inventory

pytestmark = pytest.mark.timeout(900)

INVENTORIES = 80
PATTERNS = 25
HOSTS = ("web-1", "web-2", "db-1", "db-2", "x.y", "10.0.0.1", "w")
GROUPS = ("ga", "gb", "web", "w.x", "g-d", "x")
NAMES = (*HOSTS, *GROUPS, "all", "ungrouped")
COUNTED = ("ga", "gb", "web", "g-d", "x", "all", "ungrouped")
"""What may have a number behind it: groups without a dot, which hosts could match as well."""
GLOBS = ("*", "w*", "?b", "g*", "*1", "web-?", "[wd]*", "x*", "*.*", "~w", "~.*b", "~g|d", "~web-[12]$")
NUMBERS = ("", "", "", "[0]", "[-1]", "[1:]", "[0:1]", "[0-1]", "[2]")


def declared(chance: random.Random, level: int = 0) -> dict[str, Any]:
    """Make groups; those below hold only groups that come later, so that none holds itself."""
    return {
        group: _shuffled(chance, _parts(chance, level + GROUPS[level:].index(group) + 1))
        for group in chance.sample(GROUPS[level:], min(len(GROUPS) - level, chance.randint(1, 3)))
    }


def _parts(chance: random.Random, level: int) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if chance.random() < 0.8:
        names = chance.sample(HOSTS, chance.randint(0, 4))
        parts["hosts"] = {name: {"v": chance.randint(0, 9)} if chance.random() < 0.3 else None for name in names}
    if level < len(GROUPS) and chance.random() < 0.5:
        parts["children"] = declared(chance, level)
    if chance.random() < 0.3:
        priority = {"ansible_group_priority": chance.randint(0, 5)} if chance.random() < 0.3 else {}
        parts["vars"] = {chance.choice("abv"): chance.randint(0, 9), **priority}
    return parts


def _shuffled(chance: random.Random, parts: dict[str, Any]) -> dict[str, Any]:
    return {key: parts[key] for key in chance.sample(sorted(parts), len(parts))}


def pattern(chance: random.Random) -> str:
    terms = []
    for _ in range(chance.randint(1, 3)):
        base = chance.choice((*NAMES, *GLOBS))
        number = chance.choice(NUMBERS) if base in COUNTED else ""
        terms.append(f"{chance.choice(('', '', '&', '!'))}{base}{number}")
    return chance.choice((",", ":", ", ")).join(terms)


def is_ordered(inventory: Inventory) -> bool:
    """Tell whether Ansible has an order for every group: no two groups of a level may have children."""
    for top in inventory.groups:
        level: tuple[str, ...] = (top,)
        while level:
            parents = [group for group in level if inventory.children[group]]
            if len(parents) > 1:
                return False
            level = tuple(child for group in parents for child in inventory.children[group])
    return True


@pytest.mark.no_cover  # the same lines thousands of times
def test_both_read_and_select_the_same(ansible: Ask, tmp_path: Path) -> None:
    chance = random.Random(20261125)  # noqa: S311  no secret hangs on it
    jobs: list[dict[str, Any]] = []
    for number in range(INVENTORIES):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps({"all": {"children": declared(chance)}, **declared(chance, 3)}))
        wanted = sorted({pattern(chance) for _ in range(PATTERNS)})
        jobs.append({"ask": "list", "sources": [str(file)]})
        jobs.append({"ask": "patterns", "sources": [str(file)], "patterns": wanted})
    answers = ansible(jobs, tmp_path)

    compared = [
        _compare(job["sources"], whole["json"], selected["hosts"])
        for job, whole, selected in zip(jobs[::2], answers[::2], answers[1::2], strict=True)
    ]
    assert sum(compared) > 500


def _compare(sources: list[str], whole: dict[str, Any], selected: dict[str, list[str] | str]) -> int:
    """Compare one inventory; return how many patterns selected the same in the same order."""
    del whole["_meta"]["profile"]
    assert tuple(unlike(whole, listed(sources))) == ()
    inventory = read(sources).inventory
    ordered = is_ordered(inventory)
    same = 0
    for wanted, theirs in selected.items():
        problems = Problems()
        ours = [str(host) for host in select(inventory, wanted, None, problems)]
        if not problems.has_errors:
            assert sorted(ours) == sorted(theirs), wanted
            assert ours == theirs or not ordered, wanted
            same += ours == theirs
        elif theirs and isinstance(theirs, list):
            # Ansible has left out a term; it has to be one that means nothing.
            assert any(problem.code == "unknown-host-pattern" for problem in problems.sorted()), wanted
    return same
