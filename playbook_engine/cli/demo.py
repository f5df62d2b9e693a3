"""`runbook demo`: a small stack is started, broken, healed by a real playbook, and its record verified."""

import os
import shutil
import signal
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import click

from playbook_engine.app import config, demo, planning
from playbook_engine.app.demo import DemoStack, Fault
from playbook_engine.app.planning import Request
from playbook_engine.app.playing import Played
from playbook_engine.audit import paths, verdicts, verify
from playbook_engine.audit.findings import Integrity
from playbook_engine.cli import options, play, streams
from playbook_engine.errors import ExitCode
from playbook_engine.model.settings import RunSettings
from playbook_engine.model.sources import InventorySources, Place


@click.command("demo", short_help="See it work: a small stack is started, broken and healed.")
@click.option(
    "--fault",
    "name",
    default="jwks",
    show_default=True,
    metavar="NAME",
    type=click.Choice([fault.name for fault in demo.faults()]),
    help="What is broken; --list shows what can be.",
)
@click.option("--list", "only_list", is_flag=True, help="List the faults and the playbooks that heal them, and end.")
@click.option("--keep", is_flag=True, help="Leave the stack up, broken, for playing by hand; Ctrl-C ends it.")
@click.option("--ask", is_flag=True, help="Ask before each mitigation instead of saying yes.")
@options.output("human", "json", "jsonl")
@options.lang
@options.state_dir
def command(
    name: str, only_list: bool, keep: bool, ask: bool, output: str, lang: str | None, state_dir: str | None
) -> None:
    """Start a small world on this machine, break it, and play the playbook that heals it.

    It has an API with users, a Kubernetes API whose pods are its processes, two SSH hosts, an identity provider, a
    database, an AI and an Alertmanager. Everything listens on the loopback interface only and is gone afterwards; the
    record of the run stays.
    """
    if only_list:
        _list()
        return
    fault = demo.fault(name)
    state = config.state_dir(state_dir, options.here())
    if keep:
        _keep(fault, state)
        return
    with demo.scratch() as folder:
        _say("Starting the demo stack …")
        with demo.stack(folder) as stack:
            _show(stack.services(), stack, fault)
            played = _play(stack, fault, state, output, lang, ask=ask)
            verified = _verify(played, state)
    _say_next(played, fault)
    sys.exit(played.finished.exit_code or (0 if verified else ExitCode.UNRESOLVED))


def _list() -> None:
    """Show each fault in a line, below the playbook that heals it."""
    width = max(len(fault.name) for fault in demo.faults())
    for playbook, faults in groupby(demo.faults(), lambda fault: fault.playbook):
        click.echo(playbook)
        for fault in faults:
            click.echo(f"  {fault.name:<{width}}  {fault.title}{_end(fault)}")


def _end(fault: Fault) -> str:
    return {"resolved": "", "unresolved": " (escalated)"}.get(fault.ends, f" ({fault.ends})")


def _say(text: str = "") -> None:
    """Speak to the person; standard output is left to the run."""
    click.echo(text, err=True)


def _show(lines: Iterable[tuple[str, str]], stack: DemoStack, fault: Fault) -> None:
    for what, where in lines:
        _say(f"  {what:<15} {where}")
    _say("\nBreaking it …")
    stack.break_(fault.name)
    _say(f"Broken: {fault.title}.\n")


def _play(stack: DemoStack, fault: Fault, state: Path, output: str, lang: str | None, *, ask: bool) -> Played:
    if not ask:
        _say(f"Playing {fault.playbook}; each mitigation gets a yes (--ask asks you).\n")
    settings = RunSettings(yes=not ask, interactive=streams.interactive(), state_dir=state)
    sources = InventorySources(places=(Place(str(stack.inventory), stack.inventory),))
    path = demo.playbook(fault.playbook)
    request = Request(
        playbook=path,
        inventory=sources,
        settings=settings,
        set_texts=dict(fault.inputs),
        tongue=options.tongue(lang, path),
    )
    played = play.run(planning.prepare(request), state, output)
    _say()
    for notice in stack.told():
        first = str(notice.body.get("text", "")).splitlines() if isinstance(notice.body, dict) else []
        _say(f"The demo's on-call got a notice: {first[0] if first else notice.body}")
    return played


def _verify(played: Played, state: Path) -> bool:
    if played.record is None:
        _say("There is no record to verify.")
        return False
    verification = verify.verify(played.record, paths.ledger_file(state))
    for line in verdicts.describe(verification):
        _say(line)
    return verification.integrity is Integrity.INTACT


def _say_next(played: Played, fault: Fault) -> None:
    runbook = _runbook()
    _say(
        "\nTry next:\n"
        f"  {runbook} audit show {played.run}\n"
        f"  {runbook} demo --fault {_another(fault)}    (--list shows all of them)\n"
        f"  {runbook} demo --keep    (then, in another terminal: {runbook} play jwks-outage -i demo)"
    )


def _another(fault: Fault) -> str:
    """Return the first fault of the next playbook, so that whoever follows sees all of them."""
    firsts = {one.playbook: one.name for one in reversed(demo.faults()) if one.ends != "healthy"}
    playbooks = list(dict.fromkeys(one.playbook for one in demo.faults()))
    following = playbooks[(playbooks.index(fault.playbook) + 1) % len(playbooks)]
    return firsts[following]


def _runbook() -> str:
    """Return how this program is called from here: by name when the name finds it, else by path."""
    found = shutil.which("runbook")
    me = Path(sys.argv[0])
    if not me.exists() or (found and Path(found).resolve() == me.resolve()):
        return "runbook"
    return os.path.relpath(me)


def _keep(fault: Fault, state: Path) -> None:
    """Leave the stack up where `-i demo` finds it, until a signal."""
    folder = state / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    with demo.stack(folder) as stack:
        _show(stack.describe(), stack, fault)
        inputs = "".join(f" --set {name}={value}" for name, value in fault.inputs.items())
        _say(
            "The stack is up. In another terminal:\n"
            f"  {_runbook()} sweep {fault.playbook} -i demo\n"
            f"  {_runbook()} play {fault.playbook} -i demo{inputs}\n"
            f"  {_runbook()} audit show latest\n"
            "Ctrl-C ends it."
        )
        try:
            signal.pause()
        except KeyboardInterrupt:
            _say("\nClosing.")
    _forget(folder)


def _forget(folder: Path) -> None:
    """Remove the published inventory: its addresses lead nowhere now."""
    shutil.rmtree(folder, ignore_errors=True)
