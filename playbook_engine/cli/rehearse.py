"""`runbook rehearse`: the rehearsal of a recorded run, ready to edit."""

import sys
from pathlib import Path

import click

from playbook_engine.app import config, replaying
from playbook_engine.app.rehearsing import from_record
from playbook_engine.app.rehearsing.from_record import Written
from playbook_engine.cli import options, streams
from playbook_engine.errors import ExitCode, UsageError
from playbook_engine.visible import escape


@click.command("rehearse", short_help="Write the rehearsal of a recorded run.")
@click.argument("run", default="latest")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A new file for it (else standard output).",
)
@options.state_dir
def command(run: str, output: Path | None, state_dir: str | None) -> None:
    """Write what RUN met as a rehearsal: its answers, who said yes, and what must come of it.

    RUN is an id, a unique part of it, or `latest`. Nothing is contacted. The rehearsal is played at once: this ends
    with 1 when that goes another way than the run did. Answers are exact when the run was played with --record.
    """
    settled = options.here()
    if output is not None and output.exists():
        raise UsageError(f"{output} is already there", "Name a new file.")
    recording = replaying.load(config.state_dir(state_dir, settled), run)
    written = from_record.rehearsal_of(recording, output, settled)
    if output is None:
        streams.forgive(sys.stdout)
        streams.put(written.text, sys.stdout)
    else:
        _write(output, written.text)
    _say(written, output)
    sys.exit(ExitCode.UNRESOLVED if written.differs else ExitCode.OK)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _say(written: Written, output: Path | None) -> None:
    """Speak to the person; standard output has the rehearsal."""
    for note in written.notes:
        click.echo(f"! {escape(note)}", err=True)
    if written.differs:
        click.echo("Played again it goes another way than the run did:", err=True)
        for line in written.differs:
            click.echo(f"  {escape(line)}", err=True)
    elif output is not None:
        click.echo(f"Written. Played again it goes as the run did: runbook test {escape(str(output))}", err=True)
