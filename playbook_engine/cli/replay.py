"""`runbook replay`: a recorded run, shown again on the screen."""

import sys
import time
from functools import partial
from pathlib import Path

import click

from playbook_engine.app import config, languages, replaying
from playbook_engine.app.playing import Played
from playbook_engine.app.replaying import Recording
from playbook_engine.app.world import SystemClock
from playbook_engine.audit import verdicts
from playbook_engine.audit.findings import Integrity
from playbook_engine.cli import options, screens
from playbook_engine.errors import ExitCode
from playbook_engine.report import pace, replay_view
from playbook_engine.report.pace import Pace, RunTime
from playbook_engine.report.replay_view import Opening, Trust

_TRUST = {Integrity.INTACT: Trust.WHOLE, Integrity.UNFINISHED: Trust.OPEN, Integrity.BROKEN: Trust.BROKEN}


def _speed(context: click.Context, parameter: click.Parameter, text: str | None) -> Pace | None:
    try:
        return None if text is None else pace.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from None


@click.command("replay", short_help="Show a recorded run again on the screen.")
@click.argument("run", default="latest")
@click.option(
    "--speed",
    callback=_speed,
    metavar="TIMES",
    help="How fast: 10x, 0.5x or max (else at a pace to watch; in a pipe at once).",
)
@options.lang
@options.state_dir
def command(run: str, speed: Pace | None, lang: str | None, state_dir: str | None) -> None:
    """Show RUN again as `runbook play` showed it: its id, a unique part of it, or `latest`.

    Nothing is contacted. The record is verified first. Without --speed, long silences are shortened; Ctrl-C ends it.
    """
    state = config.state_dir(state_dir, options.here())
    recording = replaying.load(state, run)
    chosen = speed or (pace.comfortable(recording.silences_ms) if sys.stdout.isatty() else pace.AT_ONCE)
    screens.say(partial(replay_view.opening_lines, _opening(recording, chosen)))
    clock = RunTime(SystemClock().monotonic_ms)
    reader = languages.of_record(recording.playbooks(), options.tongue(lang, *map(Path, recording.playbooks())))
    screen = screens.replay_screen(recording.run, recording.polls(), clock.now_ms, reader)
    try:
        with screen:
            replaying.show(recording, chosen, screen.audience.sinks, replaying.Stage(clock, time.sleep))
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    _end(screen, recording)


def _opening(recording: Recording, chosen: Pace) -> Opening:
    verification = recording.verification
    return Opening(
        run=recording.run,
        began=recording.events[0].at if recording.events else None,
        pace=chosen.words(recording.silences_ms),
        trust=_TRUST[verification.integrity],
        said=(*verdicts.brief(verification), *(f"  ! {line}" for line in recording.unreadable)),
    )


def _end(screen: screens.Screen, recording: Recording) -> None:
    if recording.finished is None:
        screens.say(replay_view.open_end_lines)
        return
    verification = recording.verification
    record: Path = verification.path
    screen.end(Played(run=recording.run, finished=recording.finished, record=record, head=verification.head))
