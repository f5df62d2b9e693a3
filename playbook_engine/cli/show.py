"""`runbook show`: a playbook as a document, or as the graph of its decisions."""

import importlib
import os
import sys

import click

from playbook_engine.app import config, finding, showing
from playbook_engine.cli import options, streams
from playbook_engine.diagnostics import Problems
from playbook_engine.errors import UsageError
from playbook_engine.report.handbook.reading import Reading


@click.command("show", short_help="Print a playbook as a document, or as a graph.")
@click.argument("playbook", shell_complete=options.complete_playbooks)
@options.inventory(required=False)
@options.lang
@click.option("--host", metavar="NAME", help="Fill in the values of this host; needs an inventory.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "mermaid", "dot", "svg"]),
    default="markdown",
    show_default=True,
    help="The document, or the graph of its decisions.",
)
def command(
    playbook: str, inventory: finding.InventoryWords | None, lang: str | None, host: str | None, form: str
) -> None:
    """Print PLAYBOOK (a file, or its name within playbooks/) so that a person can follow it by hand.

    Nothing is contacted and no secret is read. With an inventory, values that are known before a run are filled in,
    with the addresses of hosts, clusters and people; without one, `{{ names }}` stay as they are written.
    """
    if host is not None and inventory is None:
        raise UsageError("--host needs an inventory", "Add -i INVENTORY.")
    settled = options.here()
    path, problems = finding.playbook(playbook, settled), Problems()
    tongue = options.tongue(lang, path)
    found = showing.translated(showing.playbook(path), path, tongue, problems)
    streams.show_diagnostics(problems.sorted()) if problems.sorted() else None
    streams.forgive(sys.stdout)
    if form == "markdown":
        where = finding.inventory(inventory, settled, config.state_dir(None, settled)) if inventory else None
        _show_page(showing.reading(found, where, host, tongue.words))
    else:
        graph = showing.graph(found, tongue.words)
        write = importlib.import_module(f"playbook_engine.report.graph.{form}")
        streams.put(getattr(write, form)(graph), sys.stdout)


def _show_page(reading: Reading) -> None:
    from playbook_engine.report.handbook.page import page  # noqa: PLC0415  graphs do without

    text = page(reading)
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        from playbook_engine.report.handbook.terminal import rendered  # noqa: PLC0415  rich is for terminals only

        text = rendered(text, streams.width(sys.stdout), color=streams.color(sys.stdout))
    streams.put(text, sys.stdout)
