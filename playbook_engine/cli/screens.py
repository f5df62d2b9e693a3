"""The screen that an output format asks for: live on a terminal, plain lines in a pipe, JSON for machines."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TextIO

from playbook_engine.app import config
from playbook_engine.app.origin import actor
from playbook_engine.app.planning import Ready
from playbook_engine.app.playing import Audience, Played
from playbook_engine.app.sweeping import Swept, exit_code
from playbook_engine.app.terminal import Terminal
from playbook_engine.app.world import SystemClock
from playbook_engine.audit import paths
from playbook_engine.audit.record_v1 import encode
from playbook_engine.cli import streams
from playbook_engine.model.events import TargetInput
from playbook_engine.model.explanation import Explanation
from playbook_engine.model.repeating import Poll
from playbook_engine.model.rolling import Batches
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.phrases.words import ENGLISH
from playbook_engine.ports import EventSink
from playbook_engine.report import approval, explain_view, plan_view, retelling, sweep_view
from playbook_engine.report.json_output import Json, JsonDocument, JsonLines
from playbook_engine.report.lines import WIDTH, PlainLines
from playbook_engine.report.polls import polls
from playbook_engine.report.retelling import step_result, told_to
from playbook_engine.report.style import Glyphs, Line, glyphs, plain
from playbook_engine.report.summary import Proof, summary
from playbook_engine.values import RunId, StepPath

UNBROKEN = 65_536
"""Columns for text that the terminal itself is to wrap."""


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
    streams.forgive(sys.stdout)
    interactive, reader = ready.plan.settings.interactive, ready.reader
    if output == "json":
        return DocumentScreen(run, reader, interactive=interactive)
    if output == "jsonl":
        return StreamScreen(reader, interactive=interactive)
    if _is_live():
        return TerminalScreen(run, polls(ready.plan), SystemClock().monotonic_ms, reader, interactive=interactive)
    return PipeScreen(run, reader, interactive=interactive)


def replay_screen(
    run: RunId, polling: Mapping[StepPath, Poll | None], monotonic_ms: Callable[[], int], reader: Reader
) -> Screen:
    """Return the screen on which a recorded run is shown again, by a clock of its own."""
    if _is_live():
        return TerminalScreen(run, polling, monotonic_ms, reader, interactive=False)
    return PipeScreen(run, reader, interactive=False)


def _is_live() -> bool:
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def say(lines: Callable[[int, Glyphs], Sequence[Line]]) -> None:
    """Write lines to standard output, made for its width and with its symbols."""
    streams.forgive(sys.stdout)
    write_lines(lines(streams.width(sys.stdout), _glyphs(sys.stdout)), sys.stdout)


def _glyphs(stream: TextIO) -> Glyphs:
    return glyphs(unicode=streams.unicode(stream))


def write_lines(lines: Sequence[Line], stream: TextIO) -> None:
    """Write styled lines: in colour on a terminal that wants it, else plain. Long ones are the terminal's to wrap."""
    streams.put(_rendered(lines, stream), stream)


def _rendered(lines: Sequence[Line], stream: TextIO) -> str:
    """Return lines as text for a stream, with the escapes of its colours if it wants any."""
    if not streams.color(stream):
        return "".join(f"{plain(line)}\n" for line in lines)
    from rich.console import Console  # noqa: PLC0415  rich is for terminals only

    from playbook_engine.report.console import text_of  # noqa: PLC0415  as above

    console = Console(force_terminal=True, highlight=False, width=UNBROKEN)
    with console.capture() as captured:
        console.print(text_of(lines, color=True))
    return captured.get()


class _Paused(Protocol):
    def __call__(self) -> AbstractContextManager[None]: ...


def _terminal(reader: Reader, paused: _Paused) -> Terminal:
    def ask(title: str, inputs: tuple[TargetInput, ...], batches: Batches | None) -> str:
        width, symbols = streams.width(sys.stderr), _glyphs(sys.stderr)
        shown, ways = reader.text(title), retelling.ways_back(inputs, reader)
        lines = approval.question(shown, ways, width, symbols, batches=batches, words=reader.words)
        return _rendered(lines, sys.stderr)

    return Terminal(actor().user, ask, paused=paused, reader=reader)


def audience(
    sinks: Sequence[EventSink], reader: Reader = UNTRANSLATED, *, interactive: bool, paused: _Paused = nullcontext
) -> Audience:
    """Return the audience of a run: its sinks, and the person at the terminal if there is one."""
    if not interactive:
        return Audience(sinks=sinks)
    person = _terminal(reader, paused)
    return Audience(sinks=sinks, approver=person, ask=person.manual)


class _Quiet:
    """What screens share that draw nothing while the run lasts."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing behind: every line is written at once."""


def _show_ending(run: RunId, played: Played, reader: Reader) -> None:
    record = _as_typed(played.record) if played.record else None
    proof = Proof(run=run, record=record, head=played.head, state_dir=_elsewhere(played.record))
    ended = retelling.finished(played.finished, reader)
    width, symbols = streams.width(sys.stdout), _glyphs(sys.stdout)
    write_lines(summary(ended, proof, width, symbols, reader.words), sys.stdout)


def _elsewhere(record: Path | None) -> str | None:
    """Return the state directory of a record when it has to be named: it is not where one looks by itself."""
    if record is None:
        return None
    state = paths.state_dir(record)
    return None if state == config.state_dir(None, config.load(Path.cwd())) else _as_typed(state)


def _as_typed(path: Path) -> str:
    """Return a path as people type it: short, below `~` where it is."""
    home = Path.home()
    return str(Path("~", path.relative_to(home))) if path.is_relative_to(home) else str(path)


class PipeScreen(_Quiet):
    """Plain lines on standard output."""

    def __init__(self, run: RunId, reader: Reader = UNTRANSLATED, *, interactive: bool) -> None:
        self._run = run
        self._reader = reader
        width = streams.width(sys.stdout) if sys.stdout.isatty() else WIDTH
        lines = PlainLines(_write, glyphs=_glyphs(sys.stdout), width=width, words=reader.words)
        self.audience = audience([told_to(reader, lines)], reader, interactive=interactive)

    def end(self, played: Played) -> None:
        """Show the verdict."""
        _show_ending(self._run, played, self._reader)


def _write(text: str) -> None:
    streams.put(text, sys.stdout)


class TerminalScreen:
    """A live screen."""

    def __init__(
        self,
        run: RunId,
        polling: Mapping[StepPath, Poll | None],
        monotonic_ms: Callable[[], int],
        reader: Reader,
        *,
        interactive: bool,
    ) -> None:
        from rich.console import Console  # noqa: PLC0415  rich is for terminals only

        from playbook_engine.report.console import LiveScreen  # noqa: PLC0415  as above

        self._run = run
        self._reader = reader
        self._live = LiveScreen(
            Console(highlight=False),
            monotonic_ms,
            glyphs=_glyphs(sys.stdout),
            color=streams.color(sys.stdout),
            polls=polling,
            words=reader.words,
        )
        sinks = [told_to(reader, self._live)]
        self.audience = audience(sinks, reader, interactive=interactive, paused=self._live.paused)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def end(self, played: Played) -> None:
        """Show the verdict."""
        _show_ending(self._run, played, self._reader)


class DocumentScreen(_Quiet):
    """One JSON document on standard output; nothing else goes there."""

    def __init__(self, run: RunId, reader: Reader = UNTRANSLATED, *, interactive: bool) -> None:
        self._run = run
        self._document = JsonDocument()
        self.audience = audience([self._document], reader, interactive=interactive)

    def end(self, played: Played) -> None:
        """Print the document."""
        whole = self._document.document(played.finished, run=self._run, record=played.record, head=played.head)
        _show_json(whole)


class StreamScreen(_Quiet):
    """The stream of events on standard output, as it happens."""

    def __init__(self, reader: Reader = UNTRANSLATED, *, interactive: bool) -> None:
        self.audience = audience([_json_lines()], reader, interactive=interactive)

    def end(self, played: Played) -> None:
        """Say nothing: the last event has said it."""


def show_plan(ready: Ready, output: str) -> None:
    """Print what would be done."""
    streams.forgive(sys.stdout)
    if output == "human":
        width, symbols = streams.width(sys.stdout), _glyphs(sys.stdout)
        lines = plan_view.plan_lines(ready.plan, width, symbols, ready.reader)
        write_lines(lines, sys.stdout)
    else:
        _show_json(plan_view.plan_json(ready.plan), indent=2 if output == "json" else None)


def show_explanation(explanation: Explanation, output: str, reader: Reader = UNTRANSLATED) -> None:
    """Print what every name stands for."""
    streams.forgive(sys.stdout)
    if output == "human":
        width, symbols = streams.width(sys.stdout), _glyphs(sys.stdout)
        lines = explain_view.explain_lines(explanation, width, symbols, reader)
        write_lines(lines, sys.stdout)
    else:
        _show_json(explain_view.explain_json(explanation))


def _show_json(document: Mapping[str, Json], indent: int | None = 2) -> None:
    text = json.dumps(document, ensure_ascii=not streams.unicode(sys.stdout), indent=indent)
    _write(f"{text}\n")


def _json_lines() -> JsonLines:
    return JsonLines(_write, encode, ascii_only=not streams.unicode(sys.stdout))


class SweepScreen:
    """What a sweep shows; `sinks` are for the stream of events only."""

    def __init__(self, output: str) -> None:
        streams.forgive(sys.stdout)
        self._output = output
        self.sinks: Sequence[EventSink] = [_json_lines()] if output == "jsonl" else []

    def end(self, swept: Sequence[Swept]) -> None:
        """Show every playbook's health."""
        if self._output == "json":
            healths = [_health(each, UNTRANSLATED) for each in swept]
            _show_json(sweep_view.sweep_json(healths, int(exit_code(swept))))
        elif self._output == "human":
            healths = [_health(each, each.reader) for each in swept]
            words = next((each.reader.words for each in swept), ENGLISH)
            lines = sweep_view.sweep_lines(healths, streams.width(sys.stdout), _glyphs(sys.stdout), words)
            write_lines(lines, sys.stdout)


def _health(swept: Swept, reader: Reader) -> sweep_view.Health:
    """Return one playbook's health as its reader sees it."""
    checks = (replace(c, title=reader.text(c.title), result=step_result(c.result, reader)) for c in swept.checks)
    return sweep_view.Health(
        run=swept.played.run,
        playbook=swept.plan.playbook.name,
        title=reader.text(swept.plan.playbook.title),
        finished=retelling.finished(swept.played.finished, reader),
        checks=tuple(checks),
    )


def sweep_screen(output: str) -> SweepScreen:
    """Return the screen of a sweep."""
    return SweepScreen(output)
