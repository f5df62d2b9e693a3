"""Groups and hosts as hosts.yml declares them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from playbook_engine.diagnostics import Diagnostic, Severity
from playbook_engine.model.inventory import Inventory

Load = Callable[[Mapping[str, str]], tuple[Inventory, tuple[Diagnostic, ...]]]


def hosts(text: str) -> dict[str, str]:
    return {"hosts.yml": dedent(text)}


def names(inventory: Inventory) -> list[str]:
    return [str(host.name) for host in inventory.hosts]


def test_nested_groups_hold_their_childrens_hosts_level_by_level(loaded: Load) -> None:
    inventory, problems = loaded(
        hosts("""
            all:
              children:
                api:
                  hosts:
                    api-[1:2]:
                db:
                  hosts: {db-1: , 10.0.0.9: }
                prod: {children: {db: , api: }}
              hosts: {lone: }
            """)
    )

    assert problems == ()
    assert names(inventory) == ["api-1", "api-2", "db-1", "10.0.0.9", "lone"]
    assert {name: list(members) for name, members in inventory.groups.items()} == {
        "all": ["lone", "api-1", "api-2", "db-1", "10.0.0.9"],
        "ungrouped": ["lone"],
        "api": ["api-1", "api-2"],
        "db": ["db-1", "10.0.0.9"],
        "prod": ["db-1", "10.0.0.9", "api-1", "api-2"],
    }
    assert [host.groups for host in inventory.hosts][::4] == [("all", "prod", "api"), ("all", "ungrouped")]


@pytest.mark.parametrize(
    "text",
    ["", "---\n", "all:\n", "all: {hosts: , children: , vars: }\n", "ungrouped: {hosts: }\n", "# nothing\n"],
)
def test_an_empty_inventory_has_no_hosts(loaded: Load, text: str) -> None:
    inventory, problems = loaded({"hosts.yml": text})

    assert problems == ()
    assert inventory.hosts == ()
    assert dict(inventory.groups) == {"all": (), "ungrouped": ()}


def test_a_group_without_a_parent_belongs_to_all(loaded: Load) -> None:
    inventory, _ = loaded(hosts("api: {hosts: {a: }, vars: {x: 1}}\nall: {vars: {y: 2}}"))

    assert inventory.groups["all"] == ("a",)
    assert {name: variable.value for name, variable in inventory.hosts[0].variables.items()} == {"x": 1, "y": 2}


def test_a_single_name_may_stand_where_a_mapping_is_expected(loaded: Load) -> None:
    inventory, problems = loaded(hosts("prod: {children: api}\napi: {hosts: web}"))

    assert problems == ()
    assert inventory.groups["prod"] == ("web",)


def test_names_may_be_numbers_words_and_addresses(loaded: Load) -> None:
    inventory, problems = loaded(
        hosts("""
            42: {hosts: {7: , yes: , "9a01:7f8:191:7701::9": , 数据库: }}
            my-group.v2: {hosts: {a.example.com: }}
            """)
    )

    assert problems == ()
    assert names(inventory) == ["7", "yes", "9a01:7f8:191:7701::9", "数据库", "a.example.com"]
    assert inventory.groups["42"] == ("7", "yes", "9a01:7f8:191:7701::9", "数据库")


def test_a_host_in_two_groups_has_both_and_is_not_ungrouped(loaded: Load) -> None:
    inventory, problems = loaded(
        hosts("""
            api: {hosts: {web: {x: 1}}}
            ungrouped: {hosts: {web: }}
            db: {hosts: {web: {x: 1, y: 2}}}
            """)
    )

    assert problems == ()
    assert names(inventory) == ["web"]
    assert inventory.hosts[0].groups == ("all", "api", "db")
    assert inventory.groups["ungrouped"] == ()
    assert {name: variable.value for name, variable in inventory.hosts[0].variables.items()} == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    ("text", "code", "place", "says"),
    [
        ("just words\n", "invalid-inventory", "1:1", "expected groups"),
        ("- web\n", "invalid-inventory", "1:1", "a mapping of groups"),
        ("- web\n", "invalid-inventory", "1:1", "expected groups"),
        ("plugin: aws_ec2\nregions: [x]\n", "inventory-plugin", "1:1", "'aws_ec2' cannot be run"),
        ("api:\n  hots: {a: }\n", "unknown-key", "2:3", "Did you mean 'hosts'?"),
        ("api:\n  web-1: \n", "unknown-key", "2:3", "A group has hosts, vars and children"),
        ("api: web-1\n", "invalid-inventory", "1:6", "expected hosts, vars or children"),
        ("api: [web-1]\n", "invalid-inventory", "1:6", "expected hosts, vars or children"),
        ("api: {hosts: [a, b]}\n", "invalid-inventory", "1:14", "'web-1:'"),
        ("api: {hosts: {a: 3}}\n", "invalid-inventory", "1:18", "expected variables"),
        ("api: {vars: [x]}\n", "invalid-inventory", "1:13", "expected variables"),
        ("api: {hosts: {'web[3:1]': }}\n", "invalid-range", "1:19", "3 comes after 1"),
        ("api: {hosts: {'a:b': }}\n", "invalid-name", "1:15", "it has a ':'"),
        ("api: {hosts: {'a b': }}\n", "invalid-name", "1:15", "' '"),
        ("api: {hosts: {'a,b': }}\n", "invalid-name", "1:15", "','"),
        ("api: {hosts: {'!a': }}\n", "invalid-name", "1:15", "begins with '!'"),
        ("api: {hosts: {'-oProxyCommand=x': }}\n", "invalid-name", "1:15", "begins with '-'"),
        ("api: {hosts: {'{{ x }}': }}\n", "invalid-name", "1:15", "cannot be the name of a host"),
        ("'a:b': {hosts: {x: }}\n", "invalid-name", "1:1", "cannot be the name of a group"),
        ("'*': {hosts: {x: }}\n", "invalid-name", "1:1", "cannot be the name of a group"),
        ("api: {children: {all: }}\n", "group-cycle", "1:18", "holds every group"),
        ("api: {vars: {ansible_group_priority: high}}\n", "invalid-inventory", "1:38", "whole number"),
    ],
)
def test_what_is_wrong_is_pointed_at(loaded: Load, text: str, code: str, place: str, says: str) -> None:
    _, problems = loaded({"hosts.yml": text})

    assert [(problem.code, str(problem.span)) for problem in problems] == [(code, f"prod/hosts.yml:{place}")]
    assert says in f"{problems[0].message} {problems[0].hint}"
    assert problems[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    ("text", "cycles"),
    [
        ("a: {children: {a: }}", [("1:16", "a → a")]),
        ("a: {children: {b: }}\nb: {children: {a: }}", [("2:16", "a → b → a")]),
        ("a:\n  children:\n    b:\n      children:\n        c:\n          children:\n            a:\n",
         [("7:13", "a → b → c → a")]),
        ("b: {children: {c: }}\nc: {children: {b: }}\nx: {children: {y: }}\ny: {children: {x: }}",
         [("2:16", "b → c → b"), ("4:16", "x → y → x")]),
    ],
)  # fmt: skip
def test_a_cycle_is_shown_at_the_line_that_closes_it(loaded: Load, text: str, cycles: list[tuple[str, str]]) -> None:
    _, problems = loaded({"hosts.yml": text})

    found = [(str(problem.span).removeprefix("prod/hosts.yml:"), problem.message) for problem in problems]
    assert found == [(place, f"the groups contain each other: {way}") for place, way in cycles]


def test_more_than_ten_cycles_end_it(
    written: Callable[[Mapping[str, str]], Path],
    read: Callable[[Path], tuple[Inventory | None, tuple[Diagnostic, ...]]],
) -> None:
    pairs = "".join(f"a{n}: {{children: {{b{n}: }}}}\nb{n}: {{children: {{a{n}: }}}}\n" for n in range(12))

    inventory, problems = read(written({"hosts.yml": pairs}))

    assert inventory is None
    assert len(problems) == 10


def test_a_chain_of_a_thousand_groups_is_no_trouble(loaded: Load) -> None:
    chain = "".join(f"g{n}: {{children: {{g{n + 1}: }}}}\n" for n in range(1000)) + "g1000: {hosts: {deep: }}\n"

    inventory, problems = loaded({"hosts.yml": chain})

    assert problems == ()
    assert inventory.groups["g0"] == ("deep",)
    assert inventory.hosts[0].groups[:2] == ("all", "g0")
    assert len(inventory.hosts[0].groups) == 1002


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("web: {hosts: {web: }}", "1:15", "'web' is a host and a group"),
        ("api: {hosts: {control: }}", "1:15", "the machine that runbook runs on"),
        ("a: {hosts: {w: {x: 1}}}\nb: {hosts: {w: {x: 2}}}", "2:13", "this one counts, not hosts.yml:1:17 (host w)"),
        ("p: {children: {a: {vars: {x: 1}}}}\na: {vars: {x: 2}}", "2:5", "group 'a' gets 'x' twice"),
    ],
)
def test_what_is_easily_mistaken_is_warned_of(loaded: Load, text: str, place: str, says: str) -> None:
    _, problems = loaded({"hosts.yml": text})

    assert [(problem.severity, str(problem.span)) for problem in problems] == [
        (Severity.WARNING, f"prod/hosts.yml:{place}")
    ]
    assert says in problems[0].message


@pytest.mark.no_cover  # the same lines thousands of times
def test_an_inventory_has_bounds(loaded: Load) -> None:
    _, problems = loaded(hosts("api: {hosts: {'a[1:99999]': , 'c[1:2]': }}"))

    assert [problem.code for problem in problems] == ["invalid-name"]
    assert "more than" in problems[0].message


def test_every_problem_is_found_in_one_go(loaded: Load) -> None:
    _, problems = loaded(
        hosts("""\
            api:
              hots: {}
              hosts: {'web[2:1]': , ok: {ansible_port: none, ansible_password: x}}
            """)
    )

    assert [problem.code for problem in problems] == [
        "unknown-key",
        "invalid-range",
        "invalid-connection",
        "password-in-inventory",
    ]


def test_what_each_group_says_itself_is_known(loaded: Load) -> None:
    """Its own hosts and children, in the order of the file; groups without a parent are children of `all`."""
    inventory, _ = loaded(
        hosts("""
            api: {hosts: {b: , a: }}
            all:
              hosts: {lone: , a: }
              children: {prod: {children: {db: , api: }}}
            db: {hosts: {d: }}
            spare:
            """)
    )

    assert {name: list(children) for name, children in inventory.children.items() if children} == {
        "all": ["ungrouped", "prod", "spare"],
        "prod": ["db", "api"],
    }
    assert {name: list(members) for name, members in inventory.listed.items()} == {
        "all": ["lone", "a"],
        "ungrouped": ["lone"],
        "api": ["b", "a"],
        "prod": [],
        "db": ["d"],
        "spare": [],
    }
