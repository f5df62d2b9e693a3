"""Several `-i`: later ones win, level by level, as in ansible-core 2.19; and which environment they stand in."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from loading_means import means

from playbook_engine.diagnostics import Diagnostic, Problems
from playbook_engine.inventory import load
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.sources import InventorySources, Place

Write = Callable[[Mapping[str, str]], Path]


def several(
    folder: Path, *places: str, environment: Path | None = None
) -> tuple[Inventory | None, tuple[Diagnostic, ...]]:
    """Load places of a folder; one with a comma is a list of hosts."""
    problems = Problems()
    sources = InventorySources(
        places=tuple(Place(name) if "," in name else Place(name, folder / name) for name in places),
        environment=environment,
    )
    return load.inventory(sources, means(), problems), problems.sorted()


def merged(folder: Path, *places: str) -> Inventory:
    inventory, problems = several(folder, *places)
    assert problems == ()
    assert inventory is not None
    return inventory


def values(inventory: Inventory, host: str = "w") -> dict[str, object]:
    found = inventory.host(host)
    assert found is not None
    return {name: variable.value for name, variable in found.variables.items()}


TWO = {
    "a/hosts": "[g]\nw v=a x=a\n[g:vars]\nz=a\ny=a\n",
    "a/group_vars/g.yml": "y: ga\nq: a\n",
    "b/hosts.yml": "g: {hosts: {w: {v: b}}, vars: {z: b}}\n",
    "b/group_vars/g.yml": "q: b\n",
}


def test_later_ones_win(written: Write) -> None:
    folder = written(TWO)

    assert values(merged(folder, "a", "b")) == {"v": "b", "x": "a", "z": "b", "y": "ga", "q": "b"}
    assert values(merged(folder, "b", "a")) == {"v": "a", "x": "a", "z": "a", "y": "ga", "q": "a"}


def test_what_was_overridden_stays_known(written: Write) -> None:
    inventory = merged(written(TWO), "a", "b/hosts.yml")

    history = {name: inventory.hosts[0].history(name) for name in ("v", "z", "q", "gone")}
    assert {name: [(v.value, v.origin) for v in stack] for name, stack in history.items()} == {
        "v": [("a", "a/hosts:2:3 (host w)"), ("b", "b/hosts.yml:1:17 (host w)")],
        "z": [("a", "a/hosts:4:1 (group g)"), ("b", "b/hosts.yml:1:32 (group g)")],
        "q": [("a", "a/group_vars/g.yml:2:1 (group g)"), ("b", "b/group_vars/g.yml:1:1 (group g)")],
        "gone": [],
    }


def test_every_host_knows_the_history_of_each_of_its_variables(written: Write) -> None:
    """The last of a history is what counts, and hosts of the same groups share what they have in common."""
    files = {
        "hosts": "[all:vars]\nx=0\ny=0\n[p:children]\nc\n[p:vars]\nx=1\n[c]\nw[1:3]\nv x=9\n[c:vars]\nx=2\n",
        "group_vars/all.yml": "x: 3\n",
        "group_vars/c/a.yml": "x: 4\n",
        "group_vars/c/b.yml": "x: 5\n",
        "host_vars/v.yml": "x: 10\n",
    }
    inventory = merged(written({f"a/{name}": text for name, text in files.items()}), "a")

    first, second, _, own = inventory.hosts
    assert [variable.value for variable in first.history("x")] == [0, 1, 2, 3, 4, 5]
    assert [variable.value for variable in own.history("x")] == [0, 1, 2, 3, 4, 5, 9, 10]
    assert all(host.history(name)[-1] is host.variables[name] for host in inventory.hosts for name in host.variables)
    assert all(mine is yours for mine, yours in zip(first.layers, second.layers, strict=True))
    assert [variable.value for variable in inventory.all_history("x")] == [0, 3]
    assert inventory.variable_names() == {"x", "y"}


def test_files_beside_a_later_inventory_win_over_those_of_all_groups_beside_an_earlier(written: Write) -> None:
    folder = written(
        {
            "a/hosts": "[p:children]\nc\n[c]\nw\n",
            "a/group_vars/c.yml": "v: child of a\n",
            "a/group_vars/p.yml": "u: parent of a\n",
            "b/hosts": "",
            "b/group_vars/p.yml": "v: parent of b\n",
            "b/group_vars/all.yml": "v: all of b\nu: all of b\n",
        }
    )

    assert values(merged(folder, "a/hosts", "b/hosts")) == {"v": "parent of b", "u": "parent of a"}


def test_two_inventories_of_one_folder_share_its_files(written: Write) -> None:
    folder = written(
        {
            "a/one": "[g]\nw\n",
            "a/two": "[k]\nw\n",
            "a/group_vars/g.yml": "v: a\n",
            "b/x": "",
            "b/group_vars/g.yml": "v: b\n",
        }
    )

    inventory = merged(folder, "a/one", "b/x", "a/two")
    assert values(inventory) == {"v": "a"}
    assert [variable.value for variable in inventory.hosts[0].history("v")] == ["b", "a"]


@pytest.mark.parametrize(
    ("first", "second", "groups"),
    [
        ("w\n", "[g]\nw\n", {"ungrouped": [], "g": ["w"]}),
        ("[g]\nw\n", "w\n", {"ungrouped": [], "g": ["w"]}),
        ("[q]\nw\n", "[p:children]\nq\n[q:vars]\nx=1\n", {"ungrouped": [], "q": ["w"], "p": ["w"]}),
        ("w:22\n", "w:33\nv\n", {"ungrouped": ["w", "v"]}),
    ],
)
def test_a_later_inventory_goes_on_where_the_earlier_one_stopped(
    written: Write, first: str, second: str, groups: dict[str, list[str]]
) -> None:
    inventory = merged(written({"1": first, "2": second}), "1", "2")

    assert {name: list(members) for name, members in inventory.groups.items() if name != "all"} == groups
    host = inventory.host("w")
    assert host is not None
    assert host.host.port in {None, 22}


def test_a_child_of_a_later_inventory_is_not_declared_yet(written: Write) -> None:
    _, problems = several(written({"1": "[p:children]\nq\n", "2": "[q]\na\n"}), "1", "2")

    assert [(problem.code, str(problem.span)) for problem in problems] == [("unknown-group", "1:2:1")]


def test_a_cycle_through_two_inventories(written: Write) -> None:
    _, problems = several(written({"1": "[a:children]\nb\n[b]\n", "2": "[b:children]\na\n"}), "1", "2")

    assert [problem.message for problem in problems] == ["the groups contain each other: a → b → a"]


def test_hosts_named_on_the_command_line(written: Write) -> None:
    folder = written({"a/hosts": "[g]\nw v=a\n", "a/group_vars/all.yml": "z: 1\n"})

    inventory = merged(folder, "a", "w, y:22,n[1:2],[::1]:5,fe80::2,")

    assert [(str(host.name), host.host.port) for host in inventory.hosts] == [
        ("w", None), ("y", 22), ("n1", None), ("n2", None), ("::1", 5), ("fe80::2", None)
    ]  # fmt: skip
    assert inventory.groups["ungrouped"] == ("y", "n1", "n2", "::1", "fe80::2")
    assert values(inventory, "y") == {"ansible_port": 22, "z": 1}
    assert inventory.name == "a"


def test_a_list_of_hosts_alone_is_an_inventory(tmp_path: Path) -> None:
    inventory = merged(tmp_path, "web1,")

    assert (inventory.name, inventory.path, inventory.environment.name) == ("hosts", "web1,", "hosts")
    assert inventory.groups["all"] == ("web1",)


def test_what_is_wrong_in_a_list_is_pointed_at(tmp_path: Path) -> None:
    _, problems = several(tmp_path, "ok, bad host,w[3:1]")

    assert [(problem.code, problem.span and (problem.span.line, problem.span.column)) for problem in problems] == [
        ("invalid-name", (1, 5)),
        ("invalid-range", (1, 15)),
    ]


def test_a_missing_one_ends_it(written: Write) -> None:
    inventory, problems = several(written({"1": "a\n"}), "1", "2")

    assert inventory is None
    assert [problem.code for problem in problems] == ["no-such-inventory"]


ENVIRONMENTS = {
    "a/hosts": "w\n",
    "a/environment.yml": "environment: prod\npolicy: {mitigate: forbid}\n",
    "b/hosts": "v\n",
    "c.ini": "u\n",
    "c.environment.yml": "environment: lab\n",
}


@pytest.mark.parametrize("places", [("a", "b"), ("b", "a"), ("b", "a/hosts"), ("w,", "a"), ("a", "a/hosts")])
def test_the_only_environment_counts_wherever_it_stands(written: Write, places: tuple[str, ...]) -> None:
    inventory = merged(written(ENVIRONMENTS), *places)

    assert inventory.name == "a"
    assert (inventory.environment.name, inventory.environment.policy.mitigate) == ("prod", "forbid")
    assert inventory.path == ", ".join(places)


def test_two_environments_are_one_too_many(written: Write) -> None:
    folder = written(ENVIRONMENTS)

    inventory, problems = several(folder, "a", "c.ini")
    assert inventory is None
    assert [problem.code for problem in problems] == ["ambiguous-file"]
    assert "a/environment.yml and c.environment.yml: which one counts?" in problems[0].message
    assert "--environment" in (problems[0].hint or "")

    inventory, problems = several(folder, "a", "c.ini", environment=folder / "c.environment.yml")
    assert problems == ()
    assert inventory is not None
    assert (inventory.name, inventory.environment.name) == ("a+c", "lab")


def test_an_environment_that_is_given_takes_the_place_of_the_own_one(written: Write) -> None:
    folder = written(ENVIRONMENTS | {"extra/x.yml": "clusters: {main: {kubeconfig: kube.yml}}\n"})

    inventory, problems = several(folder, "a", environment=folder / "extra" / "x.yml")

    assert problems == ()
    assert inventory is not None
    assert (inventory.name, inventory.environment.name) == ("a", "a")
    assert inventory.environment.clusters[0].kubeconfig == str(folder / "extra" / "kube.yml")


def test_an_environment_that_is_not_there(written: Write) -> None:
    inventory, problems = several(written(ENVIRONMENTS), "b", environment=Path("/nowhere/x.yml"))

    assert inventory is None
    assert [problem.code for problem in problems] == ["no-such-file"]


def test_the_digest_covers_every_place(written: Write) -> None:
    folder = written(ENVIRONMENTS | {"x.yml": "environment: x\n"})
    digests = [
        merged(folder, "a", "b").sha256,
        merged(folder, "b", "a").sha256,
        merged(folder, "a").sha256,
        merged(folder, "a", "w,").sha256,
        merged(folder, "a", "v,").sha256,
        (several(folder, "a", environment=folder / "x.yml")[0] or merged(folder, "a")).sha256,
    ]

    assert len(set(digests)) == len(digests)
    assert merged(folder, "a", "b").sha256 == digests[0]
