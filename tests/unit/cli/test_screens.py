"""What goes to standard output: lines, colours or data, as the stream and the format ask."""

import io
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from rehearsing import Rehearsal
from reported_runs import HEAD, RUN, Run
from scenes import chinese, resolved

from playbook_engine.app.planning import Ready
from playbook_engine.app.playing import Played
from playbook_engine.app.sweeping import Swept
from playbook_engine.cli import screens
from playbook_engine.report.style import Piece, Style

PLAYBOOK = "health:\n  - check: 健康\n    http: GET http://127.0.0.1/health\n"


class Stream(TextIOWrapper):
    """Standard output as a test wants it."""

    def __init__(self, *, encoding: str = "utf-8", tty: bool = False) -> None:
        super().__init__(BytesIO(), encoding=encoding)
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    @property
    def written(self) -> str:
        self.flush()
        raw = self.buffer
        assert isinstance(raw, BytesIO)
        return raw.getvalue().decode(self.encoding)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> "Use":
    """Put a stream in the place of standard output; within the test, for pytest has its own between the phases."""
    return partial(monkeypatch.setattr, sys, "stdout")


Use = Callable[[TextIOWrapper], None]


def ready() -> Ready:
    return Ready(plan=Rehearsal(PLAYBOOK).executor.state.plan, secrets={}, warnings=(), inputs=())


def played(run: Run, record: Path | None = Path("/state/runs/r.jsonl")) -> Played:
    return Played(run=RUN, finished=run.finished, record=record, head=HEAD)


def play(output: str, run: Run) -> None:
    """Show a whole run on the screen of an output format."""
    screen = screens.screen(output, ready(), RUN)
    with screen:
        for recorded in run.events:
            for sink in screen.audience.sinks:
                sink.emit(recorded)
    screen.end(played(run))


def test_a_pipe_gets_plain_lines(use: Use) -> None:
    """With the verdict at the end, and no escape anywhere."""
    stdout = Stream()
    use(stdout)
    play("human", resolved())
    assert "\x1b" not in stdout.written
    assert "19:04:05 ✓ check    The name of the identity provider resolves  36ms\n" in stdout.written
    assert "\nresolved  a verify passed" in stdout.written


@pytest.mark.parametrize("options", [{"encoding": "ascii"}, {"encoding": "latin-1"}])
def test_a_stream_that_cannot_show_a_title_shows_its_numbers(options: dict[str, Any], use: Use) -> None:
    """No screen fails for the language of a title."""
    stdout = Stream(**options)
    use(stdout)
    play("human", chinese())
    assert "+ verify   \\u771f\\u5b9e" in stdout.written
    assert f"runbook audit verify {RUN} " in stdout.written


def test_a_terminal_gets_colours_and_its_cursor_back(use: Use) -> None:
    """Hidden while it draws, shown again before the verdict."""
    stdout = Stream(tty=True)
    use(stdout)
    play("human", resolved())
    assert "\x1b[1;36m" in stdout.written
    assert stdout.written.count("\x1b[?25l") == stdout.written.count("\x1b[?25h") == 1
    assert stdout.written.index("\x1b[?25h") < stdout.written.index("a verify passed")


def test_no_color_means_none(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither while it runs nor at the end."""
    stdout = Stream(tty=True)
    use(stdout)
    monkeypatch.setenv("NO_COLOR", "1")
    play("human", resolved())
    assert "m" not in {part[:8].lstrip("0123456789;?")[:1] for part in stdout.written.split("\x1b[")[1:]}


def test_a_dumb_terminal_is_a_pipe(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could not move its cursor."""
    stdout = Stream(tty=True)
    use(stdout)
    monkeypatch.setenv("TERM", "dumb")
    play("human", resolved())
    assert "\x1b" not in stdout.written


@pytest.mark.parametrize("options", [{}, {"encoding": "ascii"}, {"tty": True}])
def test_json_is_one_document(options: dict[str, Any], use: Use) -> None:
    """Nothing else goes to standard output, in whatever encoding."""
    stdout = Stream(**options)
    use(stdout)
    play("json", chinese())
    document: dict[str, Any] = json.loads(stdout.written)
    assert document["verdict"] == "resolved"
    assert document["steps"][-1]["title"] == "真实的令牌重新被接受"


@pytest.mark.parametrize("options", [{}, {"encoding": "ascii"}])
def test_jsonl_is_the_stream_of_events(options: dict[str, Any], use: Use) -> None:
    """One line for each event, in order; nothing after the last."""
    stdout = Stream(**options)
    use(stdout)
    run = chinese()
    play("jsonl", run)
    lines = [json.loads(line) for line in stdout.written.splitlines()]
    assert [line["type"] for line in lines] == [recorded.event.type for recorded in run.events]
    assert lines[0]["playbook"]["title"] == run.title


@pytest.mark.parametrize("output", ["human", "json", "jsonl"])
def test_plans(output: str, use: Use) -> None:
    """For people, or as one document."""
    stdout = Stream()
    use(stdout)
    screens.show_plan(ready(), output)
    if output == "human":
        assert stdout.written.endswith("Nothing was contacted.\n")
    else:
        assert json.loads(stdout.written)["health"][0]["title"] == "健康"
    assert output != "jsonl" or stdout.written.count("\n") == 1


@pytest.mark.parametrize("output", ["human", "json", "jsonl"])
def test_sweeps(output: str, use: Use) -> None:
    """The title of each playbook is there for people."""
    stdout = Stream()
    use(stdout)
    screen = screens.sweep_screen(output)
    screen.end([Swept(plan=ready().plan, played=played(resolved()), checks=())])
    match output:
        case "human":
            assert "ill          test  A test" in stdout.written
        case "json":
            assert json.loads(stdout.written)["playbooks"][0]["title"] == "A test"
        case _:
            assert stdout.written == ""
            assert len(screen.sinks) == 1


def test_a_record_below_home_is_written_as_people_type_it(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter, and it fits on a line."""
    stdout = Stream()
    use(stdout)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ana"))
    screens.PipeScreen(RUN, interactive=False).end(played(resolved(), Path("/home/ana/.local/r.jsonl")))
    assert "  record     ~/.local/r.jsonl\n" in stdout.written


def test_lines_for_a_string_are_plain() -> None:
    """A stream that is no terminal gets no colours."""
    stream = io.StringIO()
    screens.write_lines([(Piece("changed", Style.CHANGE), Piece("  ")), ()], stream)
    assert stream.getvalue() == "changed\n\n"


def test_a_reader_that_went_away_changes_nothing(use: Use) -> None:
    """The run goes on to its verdict, and its status is that of the verdict."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        use(stream)
        play("human", resolved())


@pytest.mark.parametrize(("interactive", "someone"), [(True, True), (False, False)])
def test_a_person_is_asked_only_where_one_sits(interactive: bool, someone: bool) -> None:
    """Elsewhere the run waits instead."""
    assert (screens.audience([], interactive=interactive).approver is not None) is someone
