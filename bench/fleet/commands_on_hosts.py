"""Commands on hosts: the same work for everybody who is there."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.fleet import contenders, delay, servers
from bench.fleet.contenders import POOL, PYINFRA, RAW, RUNBOOK, SHELL, Prepare, Work
from bench.fleet.peers import Peer
from bench.fleet.results import Budget, Scenario
from bench.fleet.rounds import Course, Entry, best_of, scenario, take_turns
from bench.fleet.running import Program, Run
from bench.fleet.servers import Wanted

RTT_MS: Final = 50.0
POOLS: Final = (10, 20, 50)
"""How many threads the bare script is tried with; it keeps the best."""
_FEW: Final = 5
_DEPENDENT: Final = 5
_ROUND_TRIPS: Final = 6

Peers = Sequence[tuple[str, Peer]]


def on_fleet(sizes: Sequence[tuple[int, int]], peers: Peers, course: Course) -> list[Scenario]:
    """Measure each pair of hosts and commands; Ansible takes part where there are five commands."""
    found = []
    for hosts, commands in sizes:
        slow = [] if commands > _DEPENDENT else [RAW, SHELL]
        wanted = [(who, peer) for who, peer in peers if who in (RUNBOOK, POOL, PYINFRA, *slow)]
        title = f"{hosts} hosts × {commands} commands"
        with servers.running(course.folder / f"fleet-{hosts}", Wanted(answering=hosts)) as fleet:
            work = Work(fleet=fleet, commands=commands)
            found.append(_compare(f"{hosts}x{commands}", title, work, wanted, course))
    return found


def at_a_distance(hosts: int, peers: Peers, course: Course) -> list[Scenario]:
    """Measure where every round trip takes long, and how many of them five dependent commands take."""
    title = f"{hosts} hosts × {_DEPENDENT} commands at {RTT_MS:g} ms round trip"
    alone = f"1 host × {_DEPENDENT} dependent commands at {RTT_MS:g} ms round trip"
    why = delay.objection()
    if why is not None:
        return [Scenario(key="delay", title=title, skipped=tuple((who, why) for who, _ in peers))]
    wanted = Wanted(answering=hosts, network=delay.NETWORK)
    addresses = [host.address for host in wanted.hosts]
    with (
        delay.delayed(addresses, RTT_MS) as sides,
        servers.running(course.folder / "fleet-far", replace(wanted, inside=sides.hosts)) as fleet,
    ):
        work = Work(fleet=fleet, commands=_DEPENDENT, inside=sides.client)
        found = [_compare("delay", title, work, peers, course)]
        if RUNBOOK in dict(peers):
            one = replace(fleet, hosts=fleet.hosts[:1], answering=fleet.answering[:1])
            found.append(_round_trips(alone, replace(work, fleet=one, dependent=True), course))
    return found


def _compare(key: str, title: str, work: Work, peers: Peers, course: Course) -> Scenario:
    entries, skipped = [], []
    for who, peer in peers:
        if peer.missing is None:
            entries.append(_entry(who, peer, work, course))
        else:
            skipped.append((who, peer.missing))
    take_turns(entries, course)
    return scenario(key, title, entries, skipped)


def _entry(who: str, peer: Peer, work: Work, course: Course) -> Entry:
    match who:
        case contenders.RUNBOOK:
            return entry(who, contenders.runbook, work)
        case contenders.POOL:
            return _best_pool(work, course)
        case contenders.PYINFRA:
            return entry(who, contenders.pyinfra(peer.programs), work)
        case _:
            module = "raw" if who == RAW else "ansible.builtin.shell"
            few = contenders.ansible(peer.programs, module, few=_FEW)
            return entry(who, contenders.ansible(peer.programs, module), work, few)


def entry(who: str, prepare: Prepare, work: Work, few: Prepare | None = None) -> Entry:
    """Return somebody who takes part in a work."""

    def complaint(run: Run, folder: Path) -> str | None:
        return work.answered(replace(run, output=run.output + contenders.recorded(folder)))

    warm_up = None if few is None else _bound(few, work)
    return Entry(who=who, start=_bound(prepare, work), objection=complaint, warm_up=warm_up)


def _bound(prepare: Prepare, work: Work) -> Callable[[Path], Program]:
    return lambda folder: prepare(work, folder)


def _best_pool(work: Work, course: Course) -> Entry:
    """Return the bare script with the number of threads that does best here."""
    tried = {threads: entry(POOL, contenders.paramiko_pool(threads), work) for threads in POOLS}
    return best_of(tried, course, "threads")


def _round_trips(title: str, work: Work, course: Course) -> Scenario:
    """Count what five commands that wait for each other take beyond a bare login."""
    ours = entry(RUNBOOK, contenders.runbook, work)
    waits: list[float] = []
    logins: list[float] = []

    def login(folder: Path) -> Program:
        words = [*work.inside, *contenders.script("paramiko_login.py"), str(contenders.write_job(work, folder))]
        return Program(words=words, folder=folder, env=contenders.environment(folder))

    def heard(run: Run, folder: Path) -> str | None:
        del folder
        logins.append(float(run.output.split()[1])) if run.output.startswith("login ") else None
        return None if run.output.startswith("login ") else run.output[-200:]

    def waited(run: Run, folder: Path) -> str | None:
        waits.append(contenders.waited_ms(folder))
        return work.answered(replace(run, output=contenders.recorded(folder)))

    ours.objection = waited
    entries = [ours, Entry(who="bare login", start=login, objection=heard)]
    take_turns(entries, course)
    result = scenario("dependent", title, entries, ())
    if not waits or not logins:
        return result
    trips = (min(waits) - min(logins)) / RTT_MS
    what = f"{title}: round trips after connecting"
    return replace(result, budgets=(Budget(what=what, unit="", value=trips, limit=_ROUND_TRIPS + 0.5),))
