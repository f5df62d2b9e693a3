"""The screen that an output format asks for: live on a terminal, plain lines in a pipe, JSON for machines."""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Protocol, Self, TextIO

import click

from playbook_engine.app.origin import actor
from playbook_engine.app.planning import Ready
from playbook_engine.app.playing import Audience, Played
from playbook_engine.app.sweeping import Swept, exit_code
from playbook_engine.app.terminal import Terminal
from playbook_engine.app.world import SystemClock
from playbook_engine.audit.record_v1 import encode
from playbook_engine.cli import streams
from playbook_engine.model.events import TargetInput
from playbook_engine.ports import EventSink
from playbook_engine.report import approval, plan_view, sweep_view
from playbook_engine.report.json_output import JsonDocument, JsonLines
from playbook_engine.report.lines import PlainLines
from playbook_engine.report.style import Line, plain
from playbook_engine.report.summary import summary
from playbook_engine.values import RunId


class Screen(Protocol):
    """Watches a run and shows how it ended; a context manager for as long as the run lasts."""

    @property
    def audience(self) -> Audience: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def end(self, played: Played) -> None: ...


def screen(output: str, ready: Ready, run: RunId) -> Screen:
    """Return the screen for an output format."""
    interactive = ready.plan.settings.interactive
    if output == "json":
        return DocumentScreen(run, interactive=interactive)
    if output == "jsonl":
        return StreamScreen(interactive=interactive)
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        return TerminalScreen(run, interactive=interactive)
    return PipeScreen(run, interactive=interactive)


def write_lines(lines: Sequence[Line], stream: TextIO) -> None:
    """Write styled lines: in colour on a terminal that wants it, else plain."""
    if not streams.color(stream):
        stream.writelines(f"{plain(line)}\n" for line in lines)
        return
    from rich.console import Console  # noqa: PLC0415  rich is for terminals only

    from playbook_engine.report.console import text_of  # noqa: PLC0415  as above

    console = Console(file=stream, highlight=False)
    for line in lines:
        console.print(text_of(line), soft_wrap=True)


class _Paused(Protocol):
    def __call__(self) -> AbstractContextManager[None]: ...


def _terminal(paused: _Paused) -> Terminal:
    def ask(title: str, inputs: tuple[TargetInput, ...]) -> str:
        lines = approval.question(title, inputs, streams.width(sys.stderr))
        return "".join(f"{plain(line)}\n" for line in lines)

    return Terminal(actor().user, ask, paused=paused)


def audience(sinks: Sequence[EventSink], *, interactive: bool, paused: _Paused = nullcontext) -> Audience:
    """Return the audience of a run: its sinks, and the person at the terminal if there is one."""
    if not interactive:
        return Audience(sinks=sinks)
    person = _terminal(paused)
    return Audience(sinks=sinks, approver=person, ask=person.manual)


class _Quiet:
    """What screens share that draw nothing while the run lasts."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stdout.flush()


def _ending(run: RunId, played: Played) -> tuple[Line, ...]:
    return summary(played.finished, run=run, record=played.record, head=played.head)


class PipeScreen(_Quiet):
    """Plain lines on standard output."""

    def __init__(self, run: RunId, *, interactive: bool) -> None:
        self._run = run
        sink = PlainLines(_write, unicode=streams.unicode(sys.stdout))
        self.audience = audience([sink], interactive=interactive)

    def end(self, played: Played) -> None:
        """Show the verdict."""
        write_lines(_ending(self._run, played), sys.stdout)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


class TerminalScreen:
    """A live screen."""

    def __init__(self, run: RunId, *, interactive: bool) -> None:
        from rich.console import Console  # noqa: PLC0415  rich is for terminals only

        from playbook_engine.report.console import LiveScreen  # noqa: PLC0415  as above

        self._run = run
        self._live = LiveScreen(Console(highlight=False), SystemClock().monotonic_ms)
        self.audience = audience([self._live], interactive=interactive, paused=self._live.paused)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def end(self, played: Played) -> None:
        """Show the verdict."""
        write_lines(_ending(self._run, played), sys.stdout)


class DocumentScreen(_Quiet):
    """One JSON document on standard output; nothing else goes there."""

    def __init__(self, run: RunId, *, interactive: bool) -> None:
        self._run = run
        self._document = JsonDocument()
        self.audience = audience([self._document], interactive=interactive)

    def end(self, played: Played) -> None:
        """Print the document."""
        whole = self._document.document(played.finished, run=self._run, record=played.record, head=played.head)
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))


class StreamScreen(_Quiet):
    """The stream of events on standard output, as it happens."""

    def __init__(self, *, interactive: bool) -> None:
        self.audience = audience([JsonLines(_write, encode)], interactive=interactive)

    def end(self, played: Played) -> None:
        """Say nothing: the last event has said it."""


def show_plan(ready: Ready, output: str) -> None:
    """Print what would be done."""
    if output == "human":
        write_lines(plan_view.plan_lines(ready.plan, streams.width(sys.stdout)), sys.stdout)
    else:
        indent = 2 if output == "json" else None
        click.echo(json.dumps(plan_view.plan_json(ready.plan), ensure_ascii=False, indent=indent))


class SweepScreen:
    """What a sweep shows; `sinks` are for the stream of events only."""

    def __init__(self, output: str) -> None:
        self._output = output
        self.sinks: Sequence[EventSink] = [JsonLines(_write, encode)] if output == "jsonl" else []

    def end(self, swept: Sequence[Swept]) -> None:
        """Show every playbook's health."""
        healths = [
            sweep_view.Health(
                run=each.played.run,
                playbook=each.plan.playbook.name,
                title=each.plan.playbook.title,
                finished=each.played.finished,
                checks=each.checks,
            )
            for each in swept
        ]
        if self._output == "json":
            document = sweep_view.sweep_json(healths, int(exit_code(swept)))
            click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        elif self._output == "human":
            width, unicode = streams.width(sys.stdout), streams.unicode(sys.stdout)
            write_lines(sweep_view.sweep_lines(healths, width, unicode=unicode), sys.stdout)


def sweep_screen(output: str) -> SweepScreen:
    """Return the screen of a sweep."""
    return SweepScreen(output)
