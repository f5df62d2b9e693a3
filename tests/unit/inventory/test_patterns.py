"""Host patterns: which hosts they mean, and what is said of those that mean none."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.inventory.patterns import select
from playbook_engine.model.inventory import Environment, Inventory, InventoryHost
from playbook_engine.model.targets import Host
from playbook_engine.values import TargetName


def inventory(hosts: list[str], groups: Mapping[str, list[str]]) -> Inventory:
    return Inventory(
        name="prod",
        path="prod",
        sha256="",
        hosts=tuple(InventoryHost(host=Host(name=TargetName(name)), groups=(), variables={}) for name in hosts),
        groups={
            group: tuple(TargetName(name) for name in hosts if name in members)
            for group, members in {"all": hosts, **groups}.items()
        },
        environment=Environment(name="prod"),
    )


PROD = inventory(
    ["web-1", "web-2", "canary", "db-1", "9a01:7f8:191:7701::9", "both"],
    {
        "ungrouped": [],
        "web": ["web-1", "web-2", "canary"],
        "db": ["db-1", "9a01:7f8:191:7701::9"],
        "prod": ["web-1", "db-1"],
        "both": ["web-2"],
        "maintenance": [],
    },
)


def chosen(pattern: str) -> list[str]:
    problems = Problems()
    found = select(PROD, pattern, None, problems)
    assert problems.sorted() == ()
    return [str(name) for name in found]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("web-1", ["web-1"]),
        ("web", ["web-1", "web-2", "canary"]),
        ("all", ["web-1", "web-2", "canary", "db-1", "9a01:7f8:191:7701::9", "both"]),
        ("*", ["web-1", "web-2", "canary", "db-1", "9a01:7f8:191:7701::9", "both"]),
        ("db-1,web-1", ["web-1", "db-1"]),
        (" db-1 , web-1 ", ["web-1", "db-1"]),
        ("db-1,,web-1,", ["web-1", "db-1"]),
        ("web,web-1,web*", ["web-1", "web-2", "canary"]),
        ("9a01:7f8:191:7701::9", ["9a01:7f8:191:7701::9"]),
        ("web,!canary", ["web-1", "web-2"]),
        ("web,!9a01:7f8:191:7701::9", ["web-1", "web-2", "canary"]),
        ("!canary,web", ["web-1", "web-2"]),
        ("! canary , web", ["web-1", "web-2"]),
        ("web,&prod", ["web-1"]),
        ("!web-1,&prod,web,db", ["db-1"]),
        ("&prod", ["web-1", "db-1"]),
        ("!web", ["db-1", "9a01:7f8:191:7701::9", "both"]),
        ("!web,!both", ["db-1", "9a01:7f8:191:7701::9", "both"]),
        ("web-?", ["web-1", "web-2"]),
        ("w*,!*-2", ["web-1", "canary"]),
        ("[cd]*", ["canary", "db-1", "9a01:7f8:191:7701::9"]),
        ("web-[!1]", ["web-2"]),
        ("pro*", ["web-1", "db-1"]),
        ("both", ["web-2"]),
        ("all,!maintenance", ["web-1", "web-2", "canary", "db-1", "9a01:7f8:191:7701::9", "both"]),
    ],
)
def test_a_pattern_means_hosts_in_the_order_of_the_inventory(pattern: str, expected: list[str]) -> None:
    assert chosen(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "code", "at", "says"),
    [
        ("wbe", "unknown-host-pattern", "wbe", "Did you mean 'web'?"),
        ("web,!canry", "unknown-host-pattern", "!canry", "Did you mean 'canary'?"),
        ("web,&prd", "unknown-host-pattern", "&prd", "Did you mean 'prod'?"),
        ("Web", "unknown-host-pattern", "Web", "Did you mean 'web'?"),
        ("all,!canary*x", "unknown-host-pattern", "!canary*x", "nothing matches 'canary*x'"),
        ("maintenance", "unknown-host-pattern", "maintenance", "has no hosts"),
        ("web,&maintenance", "unknown-host-pattern", "&maintenance", "has no hosts"),
        ("web,!", "unknown-host-pattern", "!", "no host or group ''"),
        ("web:!canary", "unknown-host-pattern", "web:!canary", "Write 'web,!canary'."),
        ("prod, web:&db", "unknown-host-pattern", "web:&db", "Write 'web,&db'."),
        ("~web-.*", "not-yet-supported", "~web-.*", "regular expressions"),
        ("db,!~web", "not-yet-supported", "!~web", "regular expressions"),
        ("web[0]", "not-yet-supported", "web[0]", "by number"),
        ("web[-1]", "not-yet-supported", "web[-1]", "by number"),
        ("db,web[0:1]", "not-yet-supported", "web[0:1]", "by number"),
        ("web[1:]", "not-yet-supported", "web[1:]", "by number"),
        ("web[0-9]", "not-yet-supported", "web[0-9]", "by number"),
        ("", "unknown-host-pattern", "", "is empty"),
        (" , ", "unknown-host-pattern", " , ", "is empty"),
        ("web,!web", "empty-host-pattern", "web,!web", "no hosts are left"),
        ("web-2,&prod", "empty-host-pattern", "web-2,&prod", "no hosts are left"),
    ],
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_term_that_means_nothing_is_pointed_at(pattern: str, code: str, at: str, says: str, quote: str) -> None:
    line = f"hosts: {quote}{pattern}{quote}"
    span = Span(Source("p.yml", line), 1, 8, 1, len(line) + 1)
    problems = Problems()

    assert select(PROD, pattern, span, problems) == ()

    (problem,) = problems.sorted()
    assert problem.code == code
    assert says in f"{problem.message} {problem.hint}"
    assert problem.span is not None
    shown = line[problem.span.column - 1 : problem.span.end_column - 1]
    assert shown in {at, f"{quote}{at}{quote}"}
    if code != "empty-host-pattern" and at.strip(" ,"):
        assert shown == at


def test_every_faulty_term_is_named() -> None:
    problems = Problems()

    assert select(PROD, "wbe,web,!canry", None, problems) == ()

    messages = [problem.message for problem in problems.sorted()]
    assert messages == [
        "host pattern 'wbe,web,!canry': there is no host or group 'wbe'",
        "host pattern 'wbe,web,!canry': there is no host or group 'canry'",
    ]


def test_a_pattern_that_the_source_shows_otherwise_is_pointed_at_as_a_whole() -> None:
    source = Source("p.yml", 'hosts: "w\\x62e"\n')
    span = Span(source, 1, 8, 1, 16)
    problems = Problems()

    select(PROD, "wbe", span, problems)

    assert problems.sorted()[0].span == span


def test_an_inventory_without_hosts_says_so() -> None:
    problems = Problems()

    assert select(inventory([], {}), "all", None, problems) == ()
    assert [problem.message for problem in problems.sorted()] == ["the inventory has no hosts"]


NAMES = ["a1", "a2", "b1", "b2", "c"]
WORDS = st.sampled_from([*NAMES, "ga", "gb", "gempty", "all", "*", "a*", "?1", "[bc]*", "zz", "z*"])
TERMS = st.lists(st.tuples(st.sampled_from(["", "", "&", "!"]), WORDS), min_size=1, max_size=5)
MEMBERS = st.sets(st.sampled_from(NAMES))


def naive(terms: list[tuple[str, str]], groups: Mapping[str, list[str]]) -> list[str]:
    """Say what a pattern means host by host; [] for a pattern that is refused."""

    def meant(word: str) -> set[str]:
        found = {name for name in NAMES if fnmatchcase(name, word)}
        return found.union(*(members for group, members in groups.items() if fnmatchcase(group, word)))

    if any(not meant(word) and (sign != "!" or word not in groups) for sign, word in terms):
        return []
    plain = [word for sign, word in terms if sign == ""]
    return [
        name
        for name in NAMES
        if (not plain or any(name in meant(word) for word in plain))
        and all(name in meant(word) for sign, word in terms if sign == "&")
        and not any(name in meant(word) for sign, word in terms if sign == "!")
    ]


@settings(deadline=None)
@given(TERMS, MEMBERS, MEMBERS)
def test_patterns_agree_with_a_naive_reading(terms: list[tuple[str, str]], ga: set[str], gb: set[str]) -> None:
    groups = {"ga": sorted(ga), "gb": sorted(gb), "gempty": []}
    problems = Problems()

    found = select(inventory(NAMES, groups), ",".join(sign + word for sign, word in terms), None, problems)

    assert list(found) == naive(terms, {"all": NAMES, **groups})
    assert problems.has_errors == (not found)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_pattern_is_too_strange(pattern: str) -> None:
    problems = Problems()

    found = select(PROD, pattern, None, problems)

    assert problems.has_errors == (not found)
