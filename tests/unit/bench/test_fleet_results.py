"""What the fleet benchmark makes of its samples: medians, ratios, budgets, the page and the JSON."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from bench.fleet import report
from bench.fleet.command import sizes
from bench.fleet.contenders import Work
from bench.fleet.report import Circumstances
from bench.fleet.results import Budget, Measured, Sample, Scenario, judged
from bench.fleet.running import Run
from bench.fleet.servers import Fleet, FleetHost, Wanted, laid_out

AROUND = Circumstances(
    date="2026-11-25",
    command="python -m bench fleet",
    machine="Linux, 2 processors",
    versions=(("A", "1"),),
    load=0.1,
)


def measured(who: str, *walls: float, note: str = "") -> Measured:
    samples = tuple(Sample(wall_s=wall, cpu_s=wall / 2, peak_mib=40 + wall) for wall in walls)
    return Measured(who=who, samples=samples, note=note)


def test_a_figure_is_the_median_and_memory_is_the_worst() -> None:
    one = measured("runbook", 3.0, 1.0, 2.0)

    assert (one.wall_s, one.cpu_s, one.peak_mib, one.spread()) == (2.0, 1.0, 43.0, (1.0, 3.0))


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "holds"),
    [
        (0.9, 0.95, False, True),
        (0.95, 0.95, False, True),
        (0.96, 0.95, False, False),
        (8, 8, True, True),
        (7, 8, True, False),
    ],
)
def test_a_budget_is_at_most_or_at_least(value: float, limit: float, at_least: bool, holds: bool) -> None:
    assert Budget(what="x", unit="×", value=value, limit=limit, at_least=at_least).holds is holds


def test_ratios_are_judged_where_both_were_measured() -> None:
    both = Scenario(
        key="100x5",
        title="100 hosts × 5 commands",
        measured=(measured("runbook", 2.0), measured("paramiko pool", 4.0), measured("ansible raw", 8.0)),
    )
    alone = Scenario(key="100x20", title="100 hosts × 20 commands", measured=(measured("runbook", 2.0),))

    found = [(budget.what, budget.value, budget.holds) for budget in judged([both, alone])]

    assert found == [
        ("100 hosts × 5 commands: runbook / paramiko pool", 0.5, True),
        ("100 hosts × 5 commands: ansible raw / runbook", 4.0, False),
    ]


def test_a_scenario_may_bring_budgets_of_its_own() -> None:
    own = Budget(what="memory", unit="MiB", value=500, limit=400)

    assert judged([Scenario(key="many", title="Many", budgets=(own,))]) == (own,)


def test_the_page_says_plainly_what_was_missed_and_who_was_left_out() -> None:
    scenario = Scenario(
        key="100x5",
        title="100 hosts × 5 commands",
        measured=(measured("runbook", 4.0), measured("paramiko pool", 2.0, note="20 threads")),
        skipped=(("pyinfra", "no network"),),
    )

    page = report.page([scenario], AROUND)

    assert "Written by `python -m bench fleet` on 2026-11-25" in page
    row = next(line for line in page.splitlines() if "runbook / paramiko pool" in line)
    assert [cell.strip() for cell in row.split("|")[2:-1]] == ["2.00 ×", "≤ 0.95 ×", "**missed**"]
    assert "skipped: no network" in page
    assert "paramiko pool: 20 threads." in page
    tables = [line for line in page.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in tables)


def test_json_has_every_run_and_every_budget() -> None:
    scenario = Scenario(key="http", title="HTTP", measured=(measured("runbook", 1.0, 2.0), measured("httpx", 1.0)))

    found = json.loads(report.as_json([scenario], AROUND))

    assert found["versions"] == {"A": "1"}
    assert [run["wall_s"] for run in found["scenarios"][0]["measured"][0]["runs"]] == [1.0, 2.0]
    assert found["budgets"] == [
        {"what": "HTTP: runbook / httpx", "unit": "×", "value": 1.5, "limit": 1.5, "at_least": False, "holds": True}
    ]


def test_every_number_of_hosts_has_the_first_number_of_commands() -> None:
    assert sizes((100, 200), (5, 20)) == [(100, 5), (200, 5), (100, 20)]


def test_the_hosts_that_do_not_answer_are_spread_among_the_others() -> None:
    hosts, answering, silent = laid_out(Wanted(answering=90, refusing=5, silent=5))

    refusing = set(hosts) - set(answering) - set(silent)
    assert (len(hosts), len(answering), len(silent), len(refusing)) == (100, 90, 5, 5)
    places = sorted(hosts.index(host) for host in (*silent, *refusing))
    assert max(after - before for before, after in pairwise(places)) <= 10


@pytest.mark.parametrize(("refusing", "silent"), [(0, 0), (3, 0), (0, 3), (1, 4), (4, 1)])
def test_as_many_hosts_refuse_and_are_silent_as_were_wanted(refusing: int, silent: int) -> None:
    hosts, answering, quiet = laid_out(Wanted(answering=7, refusing=refusing, silent=silent))

    assert (len(answering), len(quiet), len(hosts)) == (7, silent, 7 + refusing + silent)


def test_a_run_that_left_something_out_does_not_count() -> None:
    hosts = tuple(FleetHost(name, address) for name, address in (("a", "127.0.0.1"), ("b", "127.0.0.2")))
    fleet = Fleet(folder=Path(), hosts=hosts, answering=hosts, silent=(), user="me")
    work = Work(fleet=fleet, commands=2)
    whole = [f"answer {number} {address}" for number in range(2) for address in ("127.0.0.1", "127.0.0.2")]

    assert work.answered(printed("\n".join(whole))) is None
    assert work.answered(printed("\n".join(whole[1:]))) == "1 of 4 answers are missing (exit 0)"


def printed(text: str) -> Run:
    return Run(wall_s=1, cpu_s=1, peak_mib=1, output=text)
