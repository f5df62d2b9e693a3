"""Host patterns: which hosts they mean, in which order, and what is said of those that mean none."""

import time

import pytest
from grouped import grouped
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.inventory.patterns import Written, select, select_written

IPV6 = "9a01:7f8:191:7701::9"
PROD = grouped(
    ["bastion", "web-2", "web-1", "canary", "east-1", "db-1", IPV6, "both", "api.example"],
    {
        "web": ["web-2", "web-1", "canary"],
        "east": ["east-1", "web-1"],
        "db": ["db-1", IPV6],
        "prod": ["web-1", "db-1", "web-2"],
        "both": ["web-2"],
        "maintenance": [],
        "api.example": ["db-1"],
    },
    {"web": ["east"]},
)
WEB = ["web-2", "web-1", "canary", "east-1"]
UNGROUPED = ["bastion", "both", "api.example"]
EVERYONE = [*UNGROUPED, "web-2", "web-1", "canary", "db-1", IPV6, "east-1"]


def chosen(pattern: str) -> list[str]:
    problems = Problems()
    found = select(PROD, pattern, None, problems)
    assert problems.sorted() == ()
    return [str(name) for name in found]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("web-1", ["web-1"]),
        ("web", WEB),
        ("all", EVERYONE),
        ("*", EVERYONE),
        ("db-1,web-1", ["db-1", "web-1"]),
        ("web-1,db-1", ["web-1", "db-1"]),
        (" db-1 , web-1 ", ["db-1", "web-1"]),
        ("db-1,,web-1,", ["db-1", "web-1"]),
        ("web,web-1,web*", WEB),
        ("web-1,web", ["web-1", "web-2", "canary", "east-1"]),
        ("prod,web", ["web-1", "db-1", "web-2", "canary", "east-1"]),
        (IPV6, [IPV6]),
        ("!" + IPV6 + ",db", ["db-1"]),
        ("web,!canary", ["web-2", "web-1", "east-1"]),
        ("!canary,web", ["web-2", "web-1", "east-1"]),
        ("! canary , web", ["web-2", "web-1", "east-1"]),
        ("web,&prod", ["web-2", "web-1"]),
        ("prod,&web", ["web-1", "web-2"]),
        ("!web-1,&prod,web,db", ["web-2", "db-1"]),
        ("&prod", ["web-2", "web-1", "db-1"]),
        ("!web", [*UNGROUPED, "db-1", IPV6]),
        ("!web,!~.*b", ["api.example"]),
        ("web-?", ["web-2", "web-1"]),
        ("w*,!*-2", ["web-1", "canary", "east-1"]),
        ("[cd]*", ["db-1", IPV6, "canary"]),
        ("web-[!1]", ["web-2"]),
        ("pro*", ["web-1", "db-1", "web-2"]),
        ("all,!maintenance", EVERYONE),
        ("all,!maint*", EVERYONE),
        ("db,!localhost,!127.0.0.1", ["db-1", IPV6]),
        ("ungrouped", UNGROUPED),
    ],
)
def test_a_pattern_means_hosts_in_an_order(pattern: str, expected: list[str]) -> None:
    """Level by level, each group as it lists its hosts; a host that comes again keeps its first place."""
    assert chosen(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("web:db", [*WEB, "db-1", IPV6]),
        ("web db", [*WEB, "db-1", IPV6]),
        ("web:&prod:!web-1", ["web-2"]),
        (" web : !canary", ["web-2", "web-1", "east-1"]),
        (":web::", WEB),
        ("web[0]:db[0]", ["web-2", "db-1"]),
        ("web[0:1]:!web[0]", ["web-1"]),
        (f"!{IPV6}", [host for host in EVERYONE if host != IPV6]),
        ("~web-1$:db", ["web-1", "db-1", IPV6]),
    ],
)
def test_colons_and_spaces_separate_where_there_is_no_comma(pattern: str, expected: list[str]) -> None:
    assert chosen(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("web[0]", ["web-2"]),
        ("web[1]", ["web-1"]),
        ("web[-1]", ["east-1"]),
        ("web[-4]", ["web-2"]),
        ("web[0:0]", ["web-2"]),
        ("web[0:2]", ["web-2", "web-1", "canary"]),
        ("web[1-2]", ["web-1", "canary"]),
        ("web[1:]", ["web-1", "canary", "east-1"]),
        ("web[2-]", ["canary", "east-1"]),
        ("web[:1]", ["web-2", "web-1"]),
        ("web[0:99]", WEB),
        ("web[03]", ["east-1"]),
        ("web,!web[0]", WEB[1:]),
        ("web,&web[1:2]", ["web-1", "canary"]),
        ("w*[0]", ["web-2"]),
        ("web-*[1]", ["web-1"]),
        ("web*[1:]", ["web-1", "canary", "east-1"]),
        ("*st*[0]", ["east-1"]),
        ("all[0]", ["bastion"]),
        ("db[1],db[0]", [IPV6, "db-1"]),
    ],
)
def test_hosts_are_chosen_by_number(pattern: str, expected: list[str]) -> None:
    """Numbers count each host once, and a slice has its end."""
    assert chosen(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("both", ["both"]),
        ("db-1,!both", ["db-1"]),
        ("web,!both", ["web-1", "canary", "east-1"]),
        ("web,&both", ["web-2"]),
        ("both[0]", ["web-2"]),
        ("both,web-2", ["both", "web-2"]),
        ("api.example", ["api.example"]),
        ("all,&api.example", ["api.example", "db-1"]),
        ("~both", ["web-2", "both"]),
    ],
)
def test_a_name_of_a_host_and_a_group_means_the_host_where_it_adds(pattern: str, expected: list[str]) -> None:
    """A dot in a name makes the hosts of that name count beside the group's, wherever it stands."""
    assert chosen(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("~web", WEB),
        (r"~web-\d", ["web-2", "web-1"]),
        ("~web-", ["web-2", "web-1"]),
        ("~.*eb", WEB),
        ("~^(web|db)-1$", ["web-1", "db-1"]),
        ("~(?i)WEB-1", ["web-1"]),
        ("web,!~.*-1", ["web-2", "canary"]),
        ("all,&~(web|db)-1", ["web-1", "db-1"]),
        ("~web-[12]", ["web-2", "web-1"]),
    ],
)
def test_a_regular_expression_matches_from_the_beginning(pattern: str, expected: list[str]) -> None:
    assert chosen(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "code", "at", "says"),
    [
        ("wbe", "unknown", "wbe", "Did you mean 'web'?"),
        ("web,!canry", "unknown", "!canry", "Did you mean 'canary'?"),
        ("web:!canry", "unknown", "!canry", "Did you mean 'canary'?"),
        ("web,&prd", "unknown", "&prd", "Did you mean 'prod'?"),
        ("Web", "unknown", "Web", "Did you mean 'web'?"),
        ("all,!canary*x", "unknown", "!canary*x", "nothing matches 'canary*x'"),
        ("db,!~eb", "unknown", "!~eb", "nothing matches '~eb'"),
        ("db,!~wbe", "unknown", "!~wbe", "nothing matches '~wbe'"),
        ("maintenance", "unknown", "maintenance", "has no hosts"),
        ("web,&maintenance", "unknown", "&maintenance", "has no hosts"),
        ("maintenance[0]", "unknown", "maintenance[0]", "group 'maintenance' has no hosts"),
        ("localhost", "unknown", "localhost", "'local:'"),
        ("db,!!web", "unknown", "!!web", "Write '!web': a term has one sign."),
        ("web,@file", "unknown", "@file", "--limit"),
        ("prod, web:&db", "unknown", "web:&db", "Write 'web,&db'."),
        ("web db,prod", "unknown", "web db", "Write 'web,db'."),
        ("web-1:22", "unknown", "web-1:22", "there is no host or group 'web-1:22'"),
        ("web[4]", "unknown", "web[4]", "'web' has 4 hosts, [0] to [3]"),
        ("db,!web[-5]", "unknown", "!web[-5]", "[-5] is out of range"),
        ("web[4:]", "unknown", "web[4:]", "[4:] is out of range"),
        ("&canary*[1]", "unknown", "&canary*[1]", "has 1 host, which is [0]"),
        ("web-[1-2]", "unknown", "web-[1-2]", "for characters write '~web-[1-2]$'"),
        ("wbe[0]", "unknown", "wbe[0]", "Did you mean 'web'?"),
        ("web-1[0]", "invalid", "web-1[0]", "is a host and no group"),
        ("db,web[2:1]", "invalid", "web[2:1]", "ends before it begins"),
        ("web[0:-1]", "invalid", "web[0:-1]", "does not choose hosts by number"),
        ("web[-2:]", "invalid", "web[-2:]", "does not choose hosts by number"),
        ("web[:]", "invalid", "web[:]", "does not choose hosts by number"),
        ("web[0:2:1]", "invalid", "web[0:2:1]", "does not choose hosts by number"),
        ("web[1", "invalid", "[", "the bracket '[' has no other half"),
        ("db,web[1", "invalid", "[", "the bracket '[' has no other half"),
        ("db:web]", "invalid", "]", "the bracket ']' has no other half"),
        (f"db:!{IPV6}", "invalid", IPV6, "would separate terms"),
        ("web,!", "invalid", "!", "there is no name behind '!'"),
        ("db,~", "invalid", "~", "no regular expression behind '~'"),
        ("db,~we(b", "invalid", "(", "is not a regular expression"),
        ("db,!~*", "invalid", "*", "nothing to repeat"),
        ("~(w+)+", "invalid", "~(w+)+", "repeats a repetition"),
        ("~(w|e|b)*x", "invalid", "~(w|e|b)*x", "too many ways"),
        ("", "unknown", "", "is empty"),
        (" , ", "unknown", " , ", "is empty"),
        ("web,!web", "empty", "web,!web", "no hosts are left"),
        ("canary,&prod", "empty", "canary,&prod", "no hosts are left"),
    ],
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_term_that_means_nothing_is_pointed_at(pattern: str, code: str, at: str, says: str, quote: str) -> None:
    line = f"hosts: {quote}{pattern}{quote}"
    span = Span(Source("p.yml", line), 1, 8, 1, len(line) + 1)
    problems = Problems()

    assert select(PROD, pattern, span, problems) == ()

    (problem,) = problems.sorted()
    assert problem.code == f"{code}-host-pattern"
    assert says in f"{problem.message} {problem.hint}"
    assert problem.span is not None
    shown = line[problem.span.column - 1 : problem.span.end_column - 1]
    assert shown in {at, f"{quote}{at}{quote}"}
    if code != "empty" and at.strip(" ,"):
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

    assert select(grouped([], {}), "all", None, problems) == ()
    assert [problem.message for problem in problems.sorted()] == ["the inventory has no hosts"]


def test_several_patterns_are_taken_together() -> None:
    problems = Problems()

    found = select_written(PROD, [Written("!web-1"), Written("db"), Written("web,&prod")], problems)

    assert (list(found), problems.sorted()) == (["db-1", "web-2"], ())


@settings(deadline=None)
@given(st.text(max_size=30) | st.text("web-1db*[:]0~!&,() |?+", max_size=20))
def test_no_pattern_is_too_strange(pattern: str) -> None:
    problems = Problems()

    found = select(PROD, pattern, None, problems)

    assert problems.has_errors == (not found)


@pytest.mark.timeout(20)
def test_ten_thousand_hosts_take_no_time() -> None:
    names = [f"web-{number}" for number in range(10_000)]
    groups = {f"rack{rack}": names[rack::100] for rack in range(100)}
    large = grouped(names, groups)
    problems = Problems()

    began = time.monotonic()
    for pattern in ("all", "web*7,!rack3", r"~web-\d+$", "rack*[5:500],&~web-.*9"):
        assert select(large, pattern, None, problems)

    assert time.monotonic() - began < 5
    assert not problems.has_errors
