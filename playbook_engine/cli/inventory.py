"""`runbook inventory`: hosts, groups and variables, printed as `ansible-inventory` prints them."""

import sys
from collections.abc import Mapping

import click

from playbook_engine.app import config, finding, viewing
from playbook_engine.app.finding import InventoryWords
from playbook_engine.app.viewing import View
from playbook_engine.cli import options, streams
from playbook_engine.report import inventory_view
from playbook_engine.report.inventory_view import Json


@click.group("inventory", short_help="Show an inventory's hosts, groups and variables.")
def command() -> None:
    """Look at an inventory; nothing is contacted. What is printed can be compared with ansible-inventory's."""


@command.command("list", short_help="Groups and variables as JSON.")
@options.inventory()
@options.limit
def list_all(inventory: InventoryWords, limit: str | None) -> None:
    """Print all groups and the variables of every host as JSON, as `ansible-inventory --list` does."""
    view = _view(inventory, limit)
    _print_json(inventory_view.listing(view.inventory, view.selected))


@command.command("graph", short_help="The tree of groups and hosts.")
@click.argument("group", default=inventory_view.ALL)
@options.inventory()
@options.limit
@click.option("--vars", "with_variables", is_flag=True, help="Show variables too.")
def show_graph(group: str, inventory: InventoryWords, limit: str | None, with_variables: bool) -> None:
    """Print the tree below GROUP (else below `all`), as `ansible-inventory --graph` does."""
    view = _view(inventory, limit)
    for line in inventory_view.graph(view.inventory, view.group(group), view.selected, with_variables=with_variables):
        click.echo(line)


@command.command("host", short_help="One host's variables as JSON.")
@click.argument("name")
@options.inventory()
@click.option("--origins", is_flag=True, help="Show where each value comes from, and what it overrode.")
def show_host(name: str, inventory: InventoryWords, origins: bool) -> None:
    """Print the variables of the host NAME as JSON, as `ansible-inventory --host` does."""
    host = _view(inventory, None).host(name)
    _print_json(inventory_view.origins(host) if origins else inventory_view.variables(host))


def _view(inventory: InventoryWords, limit: str | None) -> View:
    settled = options.here()
    view = viewing.view(finding.inventory(inventory, settled, config.state_dir(None, settled)), limit)
    if view.warnings:
        streams.show_diagnostics(view.warnings)
    return view


def _print_json(document: Mapping[str, Json]) -> None:
    streams.forgive(sys.stdout)
    click.echo(inventory_view.json_text(document, unicode=streams.unicode(sys.stdout)))
