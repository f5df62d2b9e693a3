"""Each pattern selects the hosts that it selects in Ansible, in the same order; the differences are on the list."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from ansible_cases.patterns import LIMIT_FILES, SELECTIONS
from ansible_core import Ask
from ansible_differences import LIMITS, PATTERNS, SELECTED, Difference, Kind
from ansible_reading import read

from playbook_engine.app import limiting
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import patterns
from playbook_engine.model.inventory import Inventory

pytestmark = pytest.mark.timeout(900)

BY_NAME = {selection.case.name: selection for selection in SELECTIONS}
TRIED = [(name, pattern) for name, selection in BY_NAME.items() for pattern in selection.patterns]
LIMITED = [(name, limit) for name, selection in BY_NAME.items() for limit in selection.limits]
ROWS: Mapping[str, Difference] = {case: row for row in PATTERNS for case in row.cases}
LIMIT_ROWS: Mapping[str, Difference] = {case: row for row in LIMITS for case in row.cases}


@dataclass(frozen=True, slots=True)
class Answers:
    """What Ansible selects (a text is an error), and the inventories as runbook reads them."""

    selected: Mapping[tuple[str, str], list[str] | str]
    limited: Mapping[tuple[str, str], list[str] | str]
    inventories: Mapping[str, Inventory]
    folder: Path


@pytest.fixture(scope="module")
def answers(ansible: Ask, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    folder = tmp_path_factory.mktemp("patterns")
    for name, text in LIMIT_FILES.items():
        (folder / name).write_bytes(text.encode())
    sources = {name: selection.case.write(folder / name) for name, selection in BY_NAME.items()}
    jobs = [
        {"ask": "patterns", "sources": sources[name], "patterns": selection.patterns}
        for name, selection in BY_NAME.items()
    ]
    limits = [
        {"ask": "patterns", "sources": sources[name], "patterns": ["all"], "limit": limit} for name, limit in LIMITED
    ]
    said = ansible([*jobs, *limits], folder)
    return Answers(
        {
            (name, pattern): hosts
            for name, answer in zip(BY_NAME, said, strict=False)
            for pattern, hosts in answer["hosts"].items()
        },
        {
            key: answer["hosts"]["all"] if "hosts" in answer else answer["error"]
            for key, answer in zip(LIMITED, said[len(jobs) :], strict=True)
        },
        {name: read(found).inventory for name, found in sources.items()},
        folder,
    )


def compare(theirs: list[str] | str, ours: list[str] | None, row: Difference | None, case: str) -> None:
    """Hold an answer against Ansible's, or against its row."""
    if row is None:
        # Both refuse it, or both select the same.
        assert ours == (None if isinstance(theirs, str) else theirs)
        return
    assert ours == (list(SELECTED[case]) if row.kind is Kind.OTHERWISE else None)
    assert isinstance(theirs, list)
    assert bool(theirs) == (row.kind is Kind.PARTLY) or row.kind is Kind.OTHERWISE
    assert theirs != ours


@pytest.mark.parametrize(("name", "pattern"), TRIED)
def test_a_pattern_selects_the_same_hosts_in_the_same_order(name: str, pattern: str, answers: Answers) -> None:
    problems = Problems()
    found = patterns.select(answers.inventories[name], pattern, None, problems)
    ours = None if problems.has_errors else [str(host) for host in found]

    compare(answers.selected[name, pattern], ours, ROWS.get(pattern), pattern)


@pytest.mark.parametrize(("name", "limit"), LIMITED)
def test_a_limit_leaves_the_same_hosts(
    name: str, limit: str, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(answers.folder)
    problems = Problems()
    found = limiting.selected(answers.inventories[name], limit, None, problems)
    ours = None if problems.has_errors else [str(host) for host in found]

    compare(answers.limited[name, limit], ours, LIMIT_ROWS.get(limit), limit)


FOREST = "a: {children: {a1: {hosts: {h1: }}, a2: {hosts: {h2: }}}}\nb: {children: {b1: {hosts: {h3: }}}}\n"


def test_ansible_has_no_order_where_several_groups_of_one_level_have_children(ansible: Ask, tmp_path: Path) -> None:
    """There the place of its groups in memory decides; runbook has the order that is written."""
    (tmp_path / "hosts.yml").write_text(FOREST)
    jobs = [
        {"ask": "scattered", "sources": ["hosts.yml"], "patterns": ["all", "a"], "reverse": reverse}
        for reverse in (False, True)
    ]
    one, other = (answer["hosts"] for answer in ansible(jobs, tmp_path))
    found = read([str(tmp_path / "hosts.yml")]).inventory

    assert one["a"] == other["a"] == list(found.groups["a"]) == ["h1", "h2"]
    assert one["all"] != other["all"]
    assert list(found.groups["all"]) == ["h1", "h2", "h3"]
    assert list(found.groups["all"]) in (one["all"], other["all"])


def test_enough_is_compared() -> None:
    assert len(set(TRIED)) == len(TRIED) > 250


@pytest.mark.parametrize(("rows", "tried"), [(PATTERNS, TRIED), (LIMITS, LIMITED)], ids=["patterns", "limits"])
def test_every_row_has_its_cases(rows: tuple[Difference, ...], tried: list[tuple[str, str]]) -> None:
    cases = [case for row in rows for case in row.cases]

    assert len(cases) == len(set(cases))
    assert set(cases) <= {case for _, case in tried}
    assert {case for row in rows if row.kind is Kind.OTHERWISE for case in row.cases} <= SELECTED.keys()
