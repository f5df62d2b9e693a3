"""The order in which groups have their hosts."""

import pytest

from playbook_engine.inventory import order
from playbook_engine.values import TargetName

CHILDREN: dict[str, tuple[str, ...]] = {
    "all": ("ungrouped", "site", "web"),
    "ungrouped": (),
    "site": ("east", "west"),
    "east": ("rack1",),
    "west": ("rack1", "web"),
    "web": (),
    "rack1": (),
    "empty": (),
}
LISTED = {
    "all": ("direct",),
    "ungrouped": ("lone",),
    "site": ("s2", "s1"),
    "east": ("e1", "s1"),
    "west": ("w1",),
    "web": ("web-2", "web-1", "e1"),
    "rack1": ("r1",),
}


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("all", ["direct", "lone", "s2", "s1", "web-2", "web-1", "e1", "w1", "r1"]),
        ("site", ["s2", "s1", "e1", "w1", "r1", "web-2", "web-1"]),
        ("east", ["e1", "s1", "r1"]),
        ("west", ["w1", "r1", "web-2", "web-1", "e1"]),
        ("web", ["web-2", "web-1", "e1"]),
        ("ungrouped", ["lone"]),
        ("empty", []),
    ],
)
def test_members_come_level_by_level(group: str, expected: list[str]) -> None:
    listed = {name: tuple(TargetName(host) for host in hosts) for name, hosts in LISTED.items()}

    assert list(order.members(CHILDREN, listed)[group]) == expected


def test_the_groups_keep_their_order() -> None:
    assert list(order.members(CHILDREN, {})) == list(CHILDREN)
