"""Patterns against a naive reading: every host in turn is asked for each term, slowly, and without the code's help."""

import itertools
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

import pytest
from grouped import grouped
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.inventory.patterns import select

HOSTS = ["a1", "b1", "a2", "b2", "c", "gx"]
GROUPS = ["ga", "gb", "gc", "gx"]
BASES = [*HOSTS, *GROUPS, "all", "ungrouped", "*", "a*", "?1", "[bc]*", "g*", "zz", "z*"]
PREFIXES = ["a", "g", "[ab]", "b1"]


@dataclass(frozen=True, slots=True)
class World:
    """Which hosts groups list, and which groups they hold."""

    listed: Mapping[str, list[str]]
    children: Mapping[str, list[str]]

    def members(self, group: str) -> list[str]:
        """Return a group's hosts, level by level."""
        if group == "all":
            return self.first_places(["ungrouped", *self.top()])
        return self.first_places([group])

    def top(self) -> list[str]:
        held = set(itertools.chain(*self.children.values()))
        return [group for group in GROUPS if group not in held]

    def first_places(self, level: list[str]) -> list[str]:
        found: list[str] = []
        while level:
            found += [host for group in level for host in self.own(group) if host not in found]
            level = [child for group in level for child in self.children.get(group, ())]
        return list(dict.fromkeys(found))

    def own(self, group: str) -> list[str]:
        if group == "ungrouped":
            return [host for host in HOSTS if not any(host in found for found in self.listed.values())]
        return self.listed.get(group, [])


@dataclass(frozen=True, slots=True)
class Term:
    """One term as it is generated: `number` is a text such as `[1:2]`, and what it does to a list."""

    sign: str
    base: str
    number: str
    cut: Callable[[list[str]], list[str]]

    def __str__(self) -> str:
        return f"{self.sign}{self.base}{self.number}"


def index(number: int) -> tuple[str, Callable[[list[str]], list[str]]]:
    return f"[{number}]", lambda hosts: [hosts[number]] if -len(hosts) <= number < len(hosts) else []


def part(first: int, last: int | None) -> tuple[str, Callable[[list[str]], list[str]]]:
    text = f"[{first}:{'' if last is None else last}]"
    return text, lambda hosts: hosts[first : len(hosts) if last is None else last + 1]


NUMBERS = st.one_of(
    st.just(("", list)),
    st.just(("", list)),
    st.integers(-4, 4).map(index),
    st.tuples(st.integers(0, 3), st.none() | st.integers(0, 4)).map(lambda ends: part(*ends)),
)
NAMED = st.tuples(st.sampled_from(["", "", "&", "!"]), st.sampled_from(BASES), NUMBERS)
REGEXES = st.tuples(st.sampled_from(["", "", "&", "!"]), st.sampled_from([f"~{each}" for each in PREFIXES]))
TERMS = st.lists(
    NAMED.map(lambda made: Term(made[0], made[1], *made[2])) | REGEXES.map(lambda made: Term(*made, "", list)),
    min_size=1,
    max_size=5,
)
LISTED = st.fixed_dictionaries({group: st.lists(st.sampled_from(HOSTS), unique=True, max_size=4) for group in GROUPS})
# A group holds only groups that come later: so none holds itself.
CHILDREN = st.fixed_dictionaries(
    {
        group: st.lists(st.sampled_from(GROUPS[number + 1 :]), unique=True, max_size=2)
        for number, group in enumerate(GROUPS[:-1])
    }
)


def meant(term: Term, world: World) -> list[str] | None:
    """Return the hosts of a term; None when it is refused."""
    name = term.base
    if term.sign == "" and term.number == "" and name in HOSTS:
        return [name]
    if term.number and name in HOSTS and name not in GROUPS:
        return None
    fits = fits_regex(name[1:]) if name.startswith("~") else lambda text: fnmatchcase(text, name)
    groups = [group for group in ("all", "ungrouped", *GROUPS) if fits(group)]
    found = [host for group in groups for host in world.members(group)]
    if not groups or any(character in name for character in "~*?["):
        found += [host for host in HOSTS if fits(host)]
    hosts = term.cut(list(dict.fromkeys(found)))
    allowed_empty = term.sign == "!" and groups and not found
    return hosts if hosts or allowed_empty else None


def fits_regex(prefix: str) -> Callable[[str], bool]:
    return lambda text: fnmatchcase(text, f"{prefix}*")


def naive(terms: list[Term], world: World) -> list[str]:
    """Say what a pattern means; [] for one that is refused."""
    found = [(term.sign, meant(term, world)) for term in terms]
    if any(hosts is None for _, hosts in found):
        return []
    added = [host for sign, hosts in found if sign == "" for host in hosts or ()]
    if all(sign for sign, _ in found):
        added = world.members("all")
    kept = [hosts or [] for sign, hosts in found if sign == "&"]
    dropped = [host for sign, hosts in found if sign == "!" for host in hosts or ()]
    return [host for host in dict.fromkeys(added) if all(host in hosts for hosts in kept) and host not in dropped]


@pytest.mark.no_cover  # the same lines thousands of times
@settings(deadline=None, max_examples=500)
@given(TERMS, LISTED, CHILDREN, st.sampled_from([",", ", ", ":"]))
def test_patterns_agree_with_a_naive_reading(
    terms: list[Term], listed: dict[str, list[str]], children: dict[str, list[str]], separator: str
) -> None:
    world = World({group: listed[group] for group in GROUPS}, {group: children.get(group, []) for group in GROUPS})
    pattern = separator.join(str(term) for term in terms)
    problems = Problems()

    found = select(grouped(HOSTS, world.listed, world.children), pattern, None, problems)

    assert list(found) == naive(terms, world)
    assert problems.has_errors == (not found)
