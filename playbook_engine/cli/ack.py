"""`runbook ack`: take what a run has told somebody, so that it goes on."""

import time

import click

from playbook_engine.app import acks, config, world
from playbook_engine.app.origin import actor
from playbook_engine.cli import options
from playbook_engine.ports import Taken
from playbook_engine.visible import escape


@click.command("ack", short_help="Take what a run has told somebody, so that it goes on.")
@click.argument("run")
@click.option("--by", metavar="NAME", help="Who takes it (else the user who runs this).")
@click.option("--note", metavar="TEXT", default="", help="What the others should know; it goes on record.")
@options.state_dir
def command(run: str, by: str | None, note: str, state_dir: str | None) -> None:
    """Take what RUN waits for: its id, a unique part of it, or `latest`.

    A run waits when an escalate says `wait_for_ack`. It goes on as soon as somebody has taken it; who it was stands
    on record. Ends with 2 when no such run waits.
    """
    state = config.state_dir(state_dir, options.here())
    who = Taken(by=by or actor().user, how="runbook ack", note=note)
    for taken in acks.take(state, run, who, world.SystemClock()):
        if taken is None:
            time.sleep(acks.LOOK_S)
        else:
            click.echo(f"'{escape(taken.title)}' is taken by {escape(who.by)}; run {taken.run} goes on.")
