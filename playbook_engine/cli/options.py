"""Options that several commands share, and what they mean."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from playbook_engine.app import config
from playbook_engine.app.config import Config
from playbook_engine.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


def complete_playbooks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Complete the names of playbooks for the shell."""
    del ctx, param
    found = config.load(Path.cwd()).playbooks
    return [path.name for path in sorted(found.glob("*.y*ml")) if path.name.startswith(incomplete)]


def complete_inventories(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Complete the names of inventories for the shell."""
    del ctx, param
    found = config.load(Path.cwd()).inventories
    return [path.name for path in sorted(found.glob("*")) if path.name.startswith(incomplete)]


def inventory(*, required: bool = True) -> Callable[[F], F]:
    """`-i/--inventory`."""
    return click.option(
        "-i",
        "--inventory",
        metavar="INVENTORY",
        required=required,
        shell_complete=complete_inventories,
        help="Folder or file of the inventory, or its name within inventories/.",
    )


def state_dir(function: F) -> F:
    """`--state-dir`."""
    return click.option(
        "--state-dir",
        metavar="DIR",
        help="Where records are kept (else RUNBOOK_STATE_DIR, else the user's state directory).",
    )(function)


def output(*formats: str) -> Callable[[F], F]:
    """`--output`."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="For people, as one JSON document, or as the stream of events.",
    )


def pairs(texts: tuple[str, ...]) -> dict[str, str]:
    """Return `--set NAME=VALUE` as a mapping.

    Raises:
        UsageError: one has no `=`.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {text}: expected NAME=VALUE")
        if name in found:
            raise UsageError(f"--set {name}: given twice")
        found[name] = value
    return found


def here() -> Config:
    """Return the settings of the current folder."""
    return config.load(Path.cwd())
