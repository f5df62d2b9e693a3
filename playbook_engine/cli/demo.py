"""`runbook demo`: a small stack is started, broken, healed by a real playbook, and its record verified."""

import os
import shutil
import signal
import sys
from pathlib import Path

import click

from playbook_engine.app import config, demo, planning
from playbook_engine.app.demo import DemoStack
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
    default="jwks",
    show_default=True,
    type=click.Choice(tuple(demo.faults())),
    help="What is broken.",
)
@click.option("--keep", is_flag=True, help="Leave the stack up, broken, for playing by hand; Ctrl-C ends it.")
@click.option("--ask", is_flag=True, help="Ask before each mitigation instead of saying yes.")
@options.output("human", "json", "jsonl")
@options.state_dir
def command(fault: str, keep: bool, ask: bool, output: str, state_dir: str | None) -> None:
    """Start an API, an identity provider, two SSH hosts and a Kubernetes API on this machine, break them, and play.

    Everything listens on the loopback interface only and is gone afterwards; the record of the run stays.
    """
    state = config.state_dir(state_dir, options.here())
    if keep:
        _keep(fault, state)
        return
    with demo.scratch() as folder:
        _say("Starting the demo stack …")
        with demo.stack(folder) as stack:
            _show(stack, fault)
            played = _play(stack, state, output, ask=ask)
            verified = _verify(played, state)
    _say_next(played)
    sys.exit(played.finished.exit_code or (0 if verified else ExitCode.UNRESOLVED))


def _say(text: str = "") -> None:
    """Speak to the person; standard output is left to the run."""
    click.echo(text, err=True)


def _show(stack: DemoStack, fault: str) -> None:
    for what, where in stack.describe():
        _say(f"  {what:<15} {where}")
    stack.break_(fault)
    _say(f"\nBroken: {demo.faults()[fault]}.\n")


def _play(stack: DemoStack, state: Path, output: str, *, ask: bool) -> Played:
    if not ask:
        _say("Playing jwks-outage.yml; the demo says yes to each mitigation (--ask lets you do it).\n")
    settings = RunSettings(yes=not ask, interactive=streams.interactive(), state_dir=state)
    sources = InventorySources(places=(Place(str(stack.inventory), stack.inventory),))
    request = Request(playbook=demo.playbook(), inventory=sources, settings=settings, set_texts={})
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


def _say_next(played: Played) -> None:
    runbook = _runbook()
    _say(
        "\nTry next:\n"
        f"  {runbook} audit show {played.run}\n"
        f"  {runbook} demo --fault stale-pin\n"
        f"  {runbook} demo --keep    (then, in another terminal: {runbook} play jwks-outage -i demo)"
    )


def _runbook() -> str:
    """Return how this program is called from here: by name when the name finds it, else by path."""
    found = shutil.which("runbook")
    me = Path(sys.argv[0])
    if not me.exists() or (found and Path(found).resolve() == me.resolve()):
        return "runbook"
    return os.path.relpath(me)


def _keep(fault: str, state: Path) -> None:
    """Leave the stack up where `-i demo` finds it, until a signal."""
    folder = state / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    with demo.stack(folder) as stack:
        _show(stack, fault)
        _say(
            "The stack is up. In another terminal:\n"
            f"  {_runbook()} sweep jwks-outage -i demo\n"
            f"  {_runbook()} play jwks-outage -i demo\n"
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
