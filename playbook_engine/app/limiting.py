"""`--limit`: the hosts that a run may touch, from patterns, files and the record of the last run."""

from pathlib import Path
from typing import Final

from playbook_engine.audit import failed
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import limit as limits
from playbook_engine.inventory import patterns
from playbook_engine.inventory.patterns import Written
from playbook_engine.model.inventory import Inventory
from playbook_engine.values import TargetName

NO_RUN: Final = "no-such-run"
NONE_FAILED: Final = "nothing-failed"
IDLE: Final = frozenset({NO_RUN, NONE_FAILED})
"""Codes of the problems that say that a playbook has nothing to do within `@failed`."""
SHOWN: Final = 3
"""How many hosts are named that are not there any more."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Whose last run `@failed` means: that of a playbook, on record under a state directory."""

    state_dir: Path
    playbook: str


def selected(
    inventory: Inventory, limit: str | None, runs: Runs | None, problems: Problems
) -> tuple[TargetName, ...]:
    """Return the hosts within a limit, all without one; () when something is wrong with it.

    A limit only takes hosts away: their order is that of all hosts, and within a step that of its own pattern.
    """
    everyone = patterns.everyone(inventory)
    if limit is None:
        return everyone
    read = limits.read(limit, problems)
    if read is None:
        return ()
    written = read.written
    if read.failed:
        again = _failed(inventory, runs, problems)
        if again is None:
            return ()
        written = (*written, *(Written(name) for name in again))
    within = set(patterns.select_written(inventory, written, problems))
    return tuple(name for name in everyone if name in within)


def _failed(inventory: Inventory, runs: Runs | None, problems: Problems) -> tuple[str, ...] | None:
    """Return the hosts that failed last time and are still there; None when there are none, which is reported."""
    if runs is None:
        message = f"{limits.FAILED} means the hosts that failed in the last run of a playbook, and none is given"
        problems.error("invalid-limit", message, None, "Use it with 'runbook play' or 'runbook sweep'.")
        return None
    environment = inventory.environment.name
    last = failed.last_run(runs.state_dir, runs.playbook, environment)
    if last is None:
        message = f"{limits.FAILED}: there is no run of '{runs.playbook}' on '{environment}' on record"
        problems.error(NO_RUN, message, None, "List the runs with: runbook audit list")
        return None
    known = {str(host.name) for host in inventory.hosts}
    there = tuple(name for name in last.failed if name in known)
    run = f"the last run of '{runs.playbook}' on '{environment}' ({last.summary.run}, {last.summary.state})"
    if not last.failed:
        message = f"{limits.FAILED}: no host failed in {run}"
        problems.error(NONE_FAILED, message, None, "Name the hosts instead.")
        return None
    if len(there) < len(last.failed):
        gone = [name for name in last.failed if name not in known]
        named = ", ".join(gone[:SHOWN]) + (f" and {len(gone) - SHOWN} more" if len(gone) > SHOWN else "")
        message = f"{limits.FAILED}: {named} failed in {run} and is no host of this inventory any more"
        (problems.warning if there else problems.error)("unknown-host", message, None)
    return there or None
