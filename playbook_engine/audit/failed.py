"""The hosts that failed in the last run of a playbook on an environment: what `--limit @failed` means.

A host has failed when a step ended on it with anything but ok or skipped, or began and has no end on record. A verify
that passes on a host clears what was wrong with it before: that is what it is for.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from playbook_engine.audit import reader
from playbook_engine.audit.reader import RunSummary
from playbook_engine.audit.scan import text_of
from playbook_engine.frozen import dataclass
from playbook_engine.model.outcomes import Outcome

_FINE: Final = frozenset({Outcome.OK.value, Outcome.SKIPPED.value})


@dataclass(frozen=True, slots=True)
class LastRun:
    """A run and the hosts that failed in it, in the order of its selection."""

    summary: RunSummary
    failed: tuple[str, ...]


def last_run(state_dir: Path, playbook: str, environment: str) -> LastRun | None:
    """Return the last run of a playbook on an environment; None when there is none on record."""
    for summary in reader.runs(state_dir):
        if (summary.playbook, summary.environment) == (playbook, environment) and not summary.problem:
            return LastRun(summary, failed_hosts(reader.read(summary.path).events))
    return None


def failed_hosts(events: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the hosts that failed, from the events of a run."""
    selected: list[str] = []
    failed: set[str] = set()
    begun: dict[tuple[str | None, str], set[str]] = {}
    for event in events:
        kind = text_of(event, "type") or ""
        if kind == "run.started":
            selected = _selected(event)
        elif kind in {"step.started", "undo.started"}:
            begun[text_of(event, "path"), kind.split(".")[0]] = set(_outcomes(event))
        elif kind in {"step.finished", "undo.finished"}:
            begun.pop((text_of(event, "path"), kind.split(".")[0]), None)
            outcomes = _outcomes(event)
            failed |= {target for target, found in outcomes.items() if found - _FINE}
            if text_of(event, "verb") == "verify":
                failed -= {target for target, found in outcomes.items() if found == {Outcome.OK.value}}
    failed = failed.union(*begun.values())
    return tuple(name for name in selected if name in failed)


def _selected(event: Mapping[str, Any]) -> list[str]:
    inventory = event.get("inventory")
    names = inventory.get("selected") if isinstance(inventory, Mapping) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _outcomes(event: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the outcomes of each target of an event; a verify may have several."""
    found: dict[str, set[str]] = {}
    targets = event.get("targets")
    for each in targets if isinstance(targets, list) else ():
        if isinstance(each, Mapping) and (name := text_of(each, "target")):
            found.setdefault(name, set()).add(text_of(each, "outcome") or "")
    return found
