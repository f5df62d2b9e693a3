"""Options that several commands share, and what they mean."""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from click.shell_completion import CompletionItem

from playbook_engine.app import config, finding
from playbook_engine.app.config import Config
from playbook_engine.app.finding import InventoryWords
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
    """`-i/--inventory` and the options that go with it; the command gets them as one `inventory`.

    Where it is not required, None stands for none.
    """

    def decorate(function: F) -> F:
        @wraps(function)
        def with_words(
            *args: object,
            inventory: tuple[str, ...],
            environment: str | None,
            vault_password_file: tuple[str, ...],
            vault_id: tuple[str, ...],
            **others: object,
        ) -> object:
            words = InventoryWords(
                names=inventory, environment=environment, password_files=vault_password_file, vault_ids=vault_id
            )
            return function(*args, inventory=words if inventory else None, **others)

        decorated: Callable[..., object] = with_words
        for option in reversed(_inventory_options(required=required)):
            decorated = option(decorated)
        return cast("F", decorated)

    return decorate


def _inventory_options(*, required: bool) -> tuple[Callable[[Callable[..., object]], Callable[..., object]], ...]:
    return (
        click.option(
            "-i",
            "--inventory",
            metavar="INVENTORY",
            required=required,
            multiple=True,
            shell_complete=complete_inventories,
            help="Folder or file of the inventory, its name within inventories/, or 'host,host,'; repeatable.",
        ),
        click.option(
            "--environment",
            metavar="FILE",
            type=click.Path(),
            help="The environment file, in place of the inventory's own.",
        ),
        click.option(
            "--vault-password-file",
            metavar="FILE",
            multiple=True,
            type=click.Path(),
            help="Password of vaulted values (else ANSIBLE_VAULT_PASSWORD_FILE); repeatable.",
        ),
        click.option(
            "--vault-id",
            metavar="LABEL@FILE",
            multiple=True,
            help="Password of the values vaulted under this label; repeatable.",
        ),
    )


def limit(function: F) -> F:
    """`--limit`."""
    return click.option(
        "-l",
        "--limit",
        metavar="PATTERN",
        help="Only these hosts: a pattern, @FILE with one on each line, or @failed (in the last run).",
    )(function)


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
