"""A thousand targets, some of which refuse or say nothing: the run has to end all the same, and soon."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.fleet import contenders, servers
from bench.fleet.commands_on_hosts import entry
from bench.fleet.contenders import RUNBOOK, Work
from bench.fleet.results import Budget, Scenario
from bench.fleet.rounds import Course, Entry, scenario, take_turns
from bench.fleet.running import Program
from bench.fleet.servers import MOST_ADDRESSES, Wanted

CONNECT_S: Final = 10
_ENDING_S: Final = 2
_PEAK_MIB: Final = 400


def measure(answering: int, refusing: int, silent: int, course: Course) -> list[Scenario]:
    """Run one command on all of them, and on those that answer alone: what they take is no fault of the others."""
    wanted = Wanted(answering=answering, refusing=refusing, silent=silent, per_daemon=MOST_ADDRESSES)
    title = f"{answering + refusing + silent:,} targets, {refusing} refuse, {silent} say nothing"
    with servers.running(course.folder / "fleet-many", wanted) as fleet:
        every = entry(RUNBOOK, _impatient, Work(fleet=fleet, commands=1))
        healthy = entry(RUNBOOK, _impatient, Work(fleet=replace(fleet, hosts=fleet.answering), commands=1))
        whole = _measured("many", title, every, course)
        alone = _measured("healthy", f"The {answering} of them that answer, alone", healthy, course)
    ours = whole.of(RUNBOOK)
    if ours is None:
        return [whole, alone]
    budgets = (
        Budget(what=f"{title}: time", unit="s", value=ours.wall_s, limit=CONNECT_S + _ENDING_S),
        Budget(what=f"{title}: memory", unit="MiB", value=ours.peak_mib, limit=_PEAK_MIB),
    )
    return [replace(whole, budgets=budgets), alone]


def _measured(key: str, title: str, only: Entry, course: Course) -> Scenario:
    only.note = f"ConnectTimeout {CONNECT_S}, 16 hosts to a daemon"
    take_turns([only], course)
    return scenario(key, title, [only], ())


def _impatient(work: Work, folder: Path) -> Program:
    """Play as always, with a connect timeout that the user's configuration sets."""
    (folder / ".ssh").mkdir()
    (folder / ".ssh" / "config").write_text(f"ConnectTimeout {CONNECT_S}\n")
    return contenders.runbook(work, folder)
