"""The results as tables in Markdown, which also read well on a terminal, and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bench.fleet.results import Budget, Measured, Scenario, judged

_OURS = "runbook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where, when and by which command it was measured."""

    date: str
    command: str
    machine: str
    versions: tuple[tuple[str, str], ...]
    load: float
    """How many processes wanted to run when it began, beside ours."""


def page(scenarios: Sequence[Scenario], around: Circumstances) -> str:
    """Return the whole page."""
    versions = ", ".join(f"{name} {version}" for name, version in around.versions)
    parts = [
        "# Benchmarks",
        f"Written by `{around.command}` on {around.date}; do not edit it by hand.",
        f"{around.machine}; load before the start {around.load:.1f}. {versions}.",
        _METHOD,
        "## Budgets\n\n" + budgets(judged(scenarios)),
        *(f"## {scenario.title}\n\n{table(scenario)}" for scenario in scenarios),
    ]
    return "\n\n".join(parts) + "\n"


_METHOD = """\
Times are those of whole processes, from start to end, on one machine that is client and servers at once. After one
warm-up each, all take turns (A B C, A B C, …), so that a drift of the machine hits all alike; Ansible is run once,
after a warm-up on five hosts. Processor time is user and system time of the client and its children. Memory is the
largest process; for Ansible the whole family, shared pages counted once. Host keys are checked strictly, every
command prints something, and a run whose answers are incomplete does not count. `MaxStartups` is raised for all."""


def budgets(found: Sequence[Budget]) -> str:
    """Return the budgets, those that are missed said plainly."""
    if not found:
        return "None of the budgets could be judged."
    rows = [
        (budget.what, _number(budget.value, budget.unit), _limit(budget), "yes" if budget.holds else "**missed**")
        for budget in found
    ]
    return _rows(("budget", "measured", "limit", "kept"), rows)


def table(scenario: Scenario) -> str:
    """Return everybody's figures, and who was left out."""
    ours = scenario.of(_OURS)
    rows = [_row(measured, ours) for measured in scenario.measured]
    rows += [(who, f"skipped: {reason}", *("",) * 6) for who, reason in scenario.skipped]
    heads = ("who", "median s", "least", "most", "runs", "× runbook", "processor s", "peak MiB")
    notes = [f"{measured.who}: {measured.note}." for measured in scenario.measured if measured.note]
    return "\n\n".join([_rows(heads, rows), *notes])


def _row(measured: Measured, ours: Measured | None) -> tuple[str, ...]:
    least, most = measured.spread()
    times = "" if ours is None else f"{measured.wall_s / ours.wall_s:.2f}"
    return (
        measured.who,
        f"{measured.wall_s:.2f}",
        f"{least:.2f}",
        f"{most:.2f}",
        str(len(measured.samples)),
        times,
        f"{measured.cpu_s:.2f}",
        f"{measured.peak_mib:.0f}",
    )


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    lines = [heads, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def _limit(budget: Budget) -> str:
    return f"{'≥' if budget.at_least else '≤'} {_number(budget.limit, budget.unit)}"


def _number(value: float, unit: str) -> str:
    return f"{value:.2f} {unit}" if value < 100 else f"{value:.0f} {unit}"


def as_json(scenarios: Sequence[Scenario], around: Circumstances) -> str:
    """Return everything for machines, every run included."""
    return json.dumps(
        {
            "date": around.date,
            "command": around.command,
            "machine": around.machine,
            "load": around.load,
            "versions": dict(around.versions),
            "budgets": [_budget_fields(budget) for budget in judged(scenarios)],
            "scenarios": [_scenario_fields(scenario) for scenario in scenarios],
        },
        indent=2,
        ensure_ascii=False,
    )


def _budget_fields(budget: Budget) -> dict[str, object]:
    return {
        "what": budget.what,
        "unit": budget.unit,
        "value": round(budget.value, 4),
        "limit": budget.limit,
        "at_least": budget.at_least,
        "holds": budget.holds,
    }


def _scenario_fields(scenario: Scenario) -> dict[str, object]:
    return {
        "key": scenario.key,
        "title": scenario.title,
        "measured": [_measured_fields(measured) for measured in scenario.measured],
        "skipped": dict(scenario.skipped),
    }


def _measured_fields(measured: Measured) -> dict[str, object]:
    return {
        "who": measured.who,
        "wall_s": round(measured.wall_s, 4),
        "cpu_s": round(measured.cpu_s, 4),
        "peak_mib": round(measured.peak_mib, 1),
        "note": measured.note,
        "runs": [
            {"wall_s": round(run.wall_s, 4), "cpu_s": round(run.cpu_s, 4), "peak_mib": round(run.peak_mib, 1)}
            for run in measured.samples
        ],
    }
