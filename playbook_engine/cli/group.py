"""The command group. A command's module is imported when it is called: `--help` stays quick."""

import gc
import importlib

import click

from playbook_engine import __version__
from playbook_engine.cli import standard
from playbook_engine.cli.failures import reported

GARBAGE_THRESHOLD = 50_000
"""New objects between two looks for garbage; Python's own default is 700."""

COMMANDS = {
    "play": "Play a playbook on an inventory, to its verdict.",
    "sweep": "Ask the health of many playbooks; changes nothing.",
    "ack": "Take what a run has told somebody, so that it goes on.",
    "lint": "Check playbooks without contacting anything.",
    "test": "Play rehearsals of playbooks: no network, no waiting.",
    "show": "Print a playbook as a document, or as a graph.",
    "explain": "Show every value of a playbook and where it comes from.",
    "new": "Write a new playbook to begin with.",
    "inventory": "Show an inventory's hosts, groups and variables.",
    "trust": "Compare the keys of hosts and keep them in known_hosts.",
    "replay": "Show a recorded run again on the screen.",
    "rehearse": "Write the rehearsal of a recorded run.",
    "audit": "List, show and verify the records of runs.",
    "schema": "Print the schemas, for editors.",
    "demo": "See it work: a small stack is started, broken and healed.",
}


class LazyGroup(click.Group):
    """Lists commands from a table and imports each one when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        # Importing makes many objects and no garbage. What it has made stays, and is not looked at later either.
        gc.disable()
        module = importlib.import_module(f"playbook_engine.cli.{cmd_name}")
        gc.freeze()
        gc.enable()
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table: their own help would need their modules."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command for one that does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from playbook_engine.diagnostics import did_you_mean  # noqa: PLC0415  difflib is for mistakes only

            hint = did_you_mean(args[0], COMMANDS) or f"Commands: {', '.join(COMMANDS)}."
            ctx.fail(f"there is no command '{args[0]}'. {hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": None},
    epilog="Exit status: 0 well or resolved, 1 not resolved, 2 invalid input, 3 waiting for a yes, 4 unknown, "
    "5 nobody could be told, 6 locked, 7 no record, 130/143 interrupted.",
)
@click.version_option(__version__, prog_name="runbook", message="%(prog)s %(version)s")
def group() -> None:
    """Play incident playbooks: check, branch, mitigate, verify, escalate. Every step is put on record."""


def main() -> None:
    """Run the command line; every expected failure ends as one message and its exit status."""
    # Importing makes many objects and hardly any garbage: looking for it at the usual rate takes a tenth of the time.
    gc.set_threshold(GARBAGE_THRESHOLD)
    standard.reopen()
    with reported():
        group(prog_name="runbook")
