"""Each inventory is read as Ansible reads it; the differences are on the list."""

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_cases import folders, ini, sources, yaml
from ansible_cases.case import Case
from ansible_core import Ask
from ansible_differences import CHANGES, INVENTORIES, Difference, Kind
from ansible_reading import Json, listed, read, unlike

from playbook_engine.report import inventory_view

pytestmark = pytest.mark.timeout(900)

CASES: Mapping[str, Case] = {case.name: case for case in (*yaml.CASES, *ini.CASES, *folders.CASES, *sources.CASES)}
ROWS: Mapping[str, Difference] = {case: row for row in INVENTORIES for case in row.cases}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """Return the sources of each case, as they are typed."""
    folder = tmp_path_factory.mktemp("inventories")
    return {name: case.write(folder / str(number)) for number, (name, case) in enumerate(CASES.items())}


GRAPHED = (
    "YAML: three levels", "YAML: diamond", "YAML: priority", "YAML: host of all and of a group", "YAML: anchors and merge keys",
    "YAML: scalars of YAML 1.1", "YAML: order of groups and hosts", "YAML: group in Chinese", "YAML: empty file",
    "INI: children", "INI: types of host variables", "folder: inline and file", "folder: priority in a file",
    "folder: mixed sources", "executable: with _meta", "sources: two folders with variables",
)  # fmt: skip
LIMITED = [
    ("YAML: three levels", "web"),
    ("YAML: three levels", "!web-1,!db"),
    ("folder: mixed sources", "web[0]"),
    ("INI: children", "db-1"),
]

HOSTS = [
    ("YAML: three levels", "web-2"),
    ("INI: types of host variables", "h"),
    ("folder: inline and file", "web-1"),
    ("sources: two folders with variables", "web-2"),
]


@pytest.fixture(scope="module")
def answers(
    ansible: Ask, written: Mapping[str, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Mapping[str, Json]]:
    jobs = [{"ask": "list", "sources": written[name]} for name in CASES]
    return dict(zip(CASES, ansible(jobs, tmp_path_factory.mktemp("home")), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_an_inventory_is_read_as_by_ansible(
    name: str, answers: Mapping[str, Mapping[str, Json]], written: Mapping[str, list[str]]
) -> None:
    theirs, found, row = answers[name], listed(written[name]), ROWS.get(name)
    if "error" in theirs or found is None:
        # Both refuse it, or the row says why only one does.
        assert (row.kind if row else None) == (Kind.REFUSED if found is None and "error" not in theirs else None)
        assert found is None
        return
    whole = theirs["json"]
    assert whole["_meta"].pop("profile") == "inventory_legacy"
    assert tuple(unlike(whole, found)) == (CHANGES[name] if row else ())


@pytest.fixture(scope="module")
def drawn(
    ansible: Ask, written: Mapping[str, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[tuple[str, str], Json]:
    """Return what Ansible prints of some inventories in other ways."""
    jobs: list[dict[str, Any]] = [
        *({"ask": "graph", "case": name, "arguments": [*words]} for name in GRAPHED for words in ((), ("--vars",))),
        {"ask": "graph", "case": "YAML: three levels", "arguments": ["site"]},
        *({"ask": "list", "case": name, "limit": limit} for name, limit in LIMITED),
        *({"ask": "host", "case": name, "host": host} for name, host in HOSTS),
    ]
    said = ansible([{**job, "sources": written[job["case"]]} for job in jobs], tmp_path_factory.mktemp("home"))
    return {
        (job["case"], " ".join(job.get("arguments", ())) or job.get("limit") or job.get("host", "")): answer
        for job, answer in zip(jobs, said, strict=True)
    }


@pytest.mark.parametrize("name", GRAPHED)
@pytest.mark.parametrize("words", ["", "--vars"])
def test_a_graph_is_drawn_as_by_ansible(
    name: str, words: str, drawn: Mapping[tuple[str, str], Json], written: Mapping[str, list[str]]
) -> None:
    """Each line of it, with variables as well."""
    view = read(written[name])
    lines = inventory_view.graph(view.inventory, "all", view.selected, with_variables=words == "--vars")

    assert "\n".join(lines) == drawn[name, words]["text"]


def test_a_graph_can_begin_at_any_group(
    drawn: Mapping[tuple[str, str], Json], written: Mapping[str, list[str]]
) -> None:
    view = read(written["YAML: three levels"])
    lines = inventory_view.graph(view.inventory, "site", view.selected, with_variables=False)

    assert "\n".join(lines) == drawn["YAML: three levels", "site"]["text"]


@pytest.mark.parametrize(("name", "limit"), LIMITED)
def test_a_limited_list_is_that_of_ansible(
    name: str, limit: str, drawn: Mapping[tuple[str, str], Json], written: Mapping[str, list[str]]
) -> None:
    theirs = drawn[name, limit]["json"]
    del theirs["_meta"]["profile"]

    assert tuple(unlike(theirs, listed(written[name], limit))) == ()


@pytest.mark.parametrize(("name", "host"), HOSTS)
def test_a_hosts_variables_are_those_of_ansible(
    name: str, host: str, drawn: Mapping[tuple[str, str], Json], written: Mapping[str, list[str]]
) -> None:
    assert inventory_view.variables(read(written[name]).host(host)) == drawn[name, host]["json"]


def test_enough_is_compared() -> None:
    assert len(CASES) > 150


def test_every_row_has_its_cases() -> None:
    cases = [case for row in INVENTORIES for case in row.cases]

    assert len(cases) == len(set(cases))
    assert set(cases) <= CASES.keys()
    assert {case for row in INVENTORIES if row.kind is Kind.CHANGED for case in row.cases} == CHANGES.keys()
