"""Options that several commands share, and what they mean."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from playbook_engine.app import config, finding
from playbook_engine.app.config import Config
from playbook_engine.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


def complete_playbooks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the names of playbooks for the shell."""
    del ctx, param
    return _complete(incomplete, lambda settled: finding.all_playbooks(settled.playbooks))


def complete_inventories(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the names of inventories for the shell, that of a demo that is up included."""
    del ctx, param
    return _complete(incomplete, lambda settled: finding.all_inventories(settled, config.state_dir(None, settled)))


def _complete(incomplete: str, known: Callable[[Config], Iterable[Path]]) -> list[CompletionItem]:
    if "/" in incomplete or incomplete.startswith((".", "~")):
        return [CompletionItem(incomplete, type="file")]
    try:
        names = {path.name for path in known(here())}
    except UsageError:  # a completion is no place for messages
        return []
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]


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


def tags(function: F) -> F:
    """`--tags` and `--skip-tags`."""
    only = click.option(
        "--tags",
        metavar="TAG,…",
        multiple=True,
        help="Of what carries tags, only what carries one of these; repeatable.",
    )
    without = click.option(
        "--skip-tags", metavar="TAG,…", multiple=True, help="Nothing that carries one of these; repeatable."
    )
    return only(without(function))


def listed(texts: tuple[str, ...]) -> frozenset[str]:
    """Return the names in `--tags a,b --tags c`."""
    return frozenset(name.strip() for text in texts for name in text.split(",") if name.strip())


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
