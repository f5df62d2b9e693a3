"""Options that several commands share, and what they mean."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from playbook_engine.app import config, finding, tongues
from playbook_engine.app.config import Config
from playbook_engine.app.finding import InventoryWords
from playbook_engine.app.tongues import Tongue
from playbook_engine.cli.grouping import grouped
from playbook_engine.errors import UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.model.settings import Mode

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
    return grouped(
        InventoryWords,
        "inventory",
        click.option(
            "-i",
            "--inventory",
            "names",
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
            "password_files",
            metavar="FILE",
            multiple=True,
            type=click.Path(),
            help="Password of vaulted values (else ANSIBLE_VAULT_PASSWORD_FILE); repeatable.",
        ),
        click.option(
            "--vault-id",
            "vault_ids",
            metavar="LABEL@FILE",
            multiple=True,
            help="Password of the values vaulted under this label; repeatable.",
        ),
        absent=lambda words: not words.names,
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
        help="For people, as one JSON document, or as the stream of events."
        if "jsonl" in formats
        else "For people, or as one JSON document.",
    )


@dataclass(frozen=True, slots=True)
class TagWords:
    """What the command line says about tags."""

    tags: tuple[str, ...]
    skip_tags: tuple[str, ...]

    @property
    def wanted(self) -> frozenset[str]:
        return _listed(self.tags)

    @property
    def unwanted(self) -> frozenset[str]:
        return _listed(self.skip_tags)


def _listed(texts: tuple[str, ...]) -> frozenset[str]:
    """Return the names in `--tags a,b --tags c`."""
    return frozenset(name.strip() for text in texts for name in text.split(",") if name.strip())


def tags(function: F) -> F:
    """`--tags` and `--skip-tags`, as one parameter `tags`."""
    return grouped(
        TagWords,
        "tags",
        click.option(
            "--tags",
            metavar="TAG,…",
            multiple=True,
            help="Of what carries tags, only what carries one of these; repeatable.",
        ),
        click.option(
            "--skip-tags", metavar="TAG,…", multiple=True, help="Nothing that carries one of these; repeatable."
        ),
    )(function)


@dataclass(frozen=True, slots=True)
class InputWords:
    """What the command line says about inputs."""

    sets: tuple[str, ...] = ()
    vars_files: tuple[Path, ...] = ()

    def set_texts(self) -> dict[str, str]:
        """Return `--set NAME=VALUE` as a mapping.

        Raises:
            UsageError: one has no `=`, or a name is there twice. The text is not shown: it may be a secret.
        """
        found: dict[str, str] = {}
        for number, text in enumerate(self.sets, 1):
            name, equals, value = text.partition("=")
            if not equals or not name:
                which = "--set" if len(self.sets) == 1 else f"--set number {number}"
                raise UsageError(f"{which}: expected NAME=VALUE", "The text is not shown, for it may be a secret.")
            if name in found:
                raise UsageError(f"--set {name}: given twice")
            found[name] = value
        return found


def given_inputs(function: F) -> F:
    """`--set` and `--vars-file`, as one parameter `inputs`."""
    return grouped(
        InputWords,
        "inputs",
        click.option(
            "--set",
            "sets",
            metavar="NAME=VALUE",
            multiple=True,
            help="A value for an input (else RUNBOOK_INPUT_NAME); repeatable.",
        ),
        click.option(
            "--vars-file",
            "vars_files",
            metavar="FILE",
            multiple=True,
            type=click.Path(path_type=Path),
            help="Values for inputs, YAML or JSON; repeatable, the later wins; --set wins over all.",
        ),
    )(function)


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person says yes to in advance."""

    yes: bool
    approved: tuple[str, ...]


def consent(function: F) -> F:
    """`--yes` and `--approve`, as one parameter `consent`."""
    return grouped(
        Consent,
        "consent",
        click.option("-y", "--yes", is_flag=True, help="Say yes to every mitigation in advance."),
        click.option(
            "--approve", "approved", metavar="ID", multiple=True, help="Say yes to one mitigation; repeatable."
        ),
    )(function)


@dataclass(frozen=True, slots=True)
class Restraint:
    """Whether less than everything is to be done."""

    plan_only: bool
    check_only: bool

    def mode(self) -> Mode:
        """Return how the run is carried out.

        Raises:
            UsageError: both are asked for.
        """
        if self.plan_only and self.check_only:
            raise UsageError("--plan and --check exclude each other", "--plan contacts nothing; --check reads.")
        return Mode.CHECK if self.check_only else Mode.PLAY


def restraint(function: F) -> F:
    """`--plan` and `--check`, as one parameter `restraint`."""
    return grouped(
        Restraint,
        "restraint",
        click.option("--plan", "plan_only", is_flag=True, help="Show what would be done; contact nothing."),
        click.option(
            "--check", "check_only", is_flag=True, help="Run the reading steps only; show what would be changed."
        ),
    )(function)


def parallel(function: F) -> F:
    """`--parallel`."""
    return click.option(
        "--parallel", default=50, show_default=True, type=click.IntRange(1, 1000), help="Targets at once."
    )(function)


def lang(function: F) -> F:
    """`--lang`."""
    return click.option(
        "--lang",
        metavar="LANG",
        help="Speak this language to people, such as zh (else RUNBOOK_LANG, else that of the locale).",
    )(function)


def tongue(said: str | None, *playbooks: Path) -> Tongue:
    """Return the language of `--lang`, else of the surroundings; translations beside the playbooks count."""
    folders = tuple(dict.fromkeys(path.parent for path in playbooks))
    return tongues.chosen(said, os.environ, folders)


def here() -> Config:
    """Return the settings of the current folder."""
    return config.load(Path.cwd())
