"""The live screen, on a terminal made of a string."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from reported_runs import Run, http, result
from rich.console import Console
from scenes import crowd, resolved

from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.repeating import Poll
from playbook_engine.report.console import LiveScreen, text_of
from playbook_engine.report.story import Storyteller
from playbook_engine.report.style import ASCII, UNICODE, Piece, Style, plain
from playbook_engine.values import Duration, StepPath

SGR = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
POLLS = {StepPath("steps/5"): Poll(within=Duration(60_000), every=Duration(2_000))}


class Terminal:
    """A terminal of 80 columns, and the run's own clock."""

    def __init__(self, *, color: bool = True, height: int = 24) -> None:
        self.file = StringIO()
        self.now = 84_000
        self.console = Console(
            file=self.file, force_terminal=True, width=80, height=height, color_system="standard", _environ={}
        )
        self.live = LiveScreen(self.console, lambda: self.now, glyphs=UNICODE, color=color, polls=POLLS)

    def see(self, run: Run) -> None:
        for recorded in run.events:
            self.now = recorded.mono_ms
            self.live.emit(recorded)

    @property
    def lines(self) -> list[str]:
        """Return every line that was ever written, without the escapes."""
        return [line.rstrip() for line in CONTROL.sub("", self.file.getvalue()).replace("\r", "").split("\n")]

    def drawn(self) -> list[str]:
        """Return what the live part shows now."""
        with self.console.capture() as captured:
            self.console.print(self.live)
        return CONTROL.sub("", captured.get()).rstrip("\n").split("\n")


@contextmanager
def started(terminal: Terminal) -> Iterator[Terminal]:
    terminal.live.start()
    try:
        yield terminal
    finally:
        terminal.live.stop()


def begun() -> Run:
    return Run().begin().start("steps/5", "verify", "Works").start("steps/6", "check", "CPU", ("a", "b"))


def test_what_is_done_is_told_above() -> None:
    """The same lines as everywhere, in the same order."""
    run, terminal = resolved(), Terminal()
    with started(terminal):
        terminal.see(run)
    story = Storyteller()
    told = [plain(line) for recorded in run.events for line in story.tell(recorded.event, 80)]
    assert [line for line in terminal.lines if line in told] == told


def test_what_is_running_is_drawn_below() -> None:
    """One line each, and why a polling verify is not content."""
    run = begun().after(2_000)
    bad = result("control", Outcome.FAILED, http(401), "status == 200 (status = 401)")
    run.answer("steps/5", bad, settled=False)
    terminal = Terminal()
    terminal.see(run)
    assert [line[2:] for line in terminal.drawn()] == [
        "verify   Works  2s, try 1, 58s left",
        "  not yet: status == 200 (status = 401)",
        "check    CPU  2s, 0/2, waiting for a, b",
    ]


def test_nothing_is_drawn_when_nothing_runs() -> None:
    """Not even an empty line."""
    terminal = Terminal()
    terminal.see(resolved())
    assert terminal.drawn() == [""]


def test_more_steps_than_lines_are_counted() -> None:
    """A live part that is higher than the terminal cannot be erased."""
    run = Run().begin()
    for number in range(20):
        run.start(f"steps/{number}", "check", f"Step {number}")
    terminal = Terminal(height=10)
    terminal.see(run)
    drawn = terminal.drawn()
    assert len(drawn) == 8
    assert drawn[-1] == "… and 13 more lines"


def test_the_cursor_comes_back() -> None:
    """However the screen ends."""
    terminal = Terminal()

    def break_off() -> None:
        with started(terminal):
            terminal.see(begun())
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        break_off()
    text = terminal.file.getvalue()
    assert text.count(HIDE) == 1
    assert text.rindex(SHOW) > text.rindex(HIDE)


def test_stopping_twice_is_stopping_once() -> None:
    """A question may be on the screen when the run ends."""
    terminal = Terminal()
    with started(terminal):
        terminal.live.stop()
    assert terminal.file.getvalue().count(SHOW) == 1


def test_a_question_has_the_terminal_for_itself() -> None:
    """What happens meanwhile is told afterwards, and nothing that stands there is erased."""
    terminal = Terminal()
    with started(terminal):
        terminal.see(begun())
        with terminal.live.paused():
            asked = len(terminal.file.getvalue())
            assert terminal.file.getvalue().endswith(SHOW) or SHOW in terminal.file.getvalue()[asked - 60 :]
            terminal.see(Run().step("steps/7", "check", "Meanwhile", result("a")))
            assert terminal.file.getvalue()[asked:] == ""
        after = terminal.file.getvalue()[asked:]
    assert after.startswith("\n")
    assert "Meanwhile" in after
    assert "\x1b[1A" not in after[: after.index("Meanwhile")]


def test_questions_within_questions() -> None:
    """The screen goes on when the last one is answered."""
    terminal = Terminal()
    with started(terminal):
        with terminal.live.paused(), terminal.live.paused():
            pass
        assert terminal.file.getvalue().count(HIDE) == 2


def test_without_colour_there_is_no_colour_escape() -> None:
    """NO_COLOR means none at all: no bold, no dim."""
    colourful, sober = Terminal(), Terminal(color=False)
    for terminal in (colourful, sober):
        with started(terminal):
            terminal.see(resolved())
    assert SGR.search(colourful.file.getvalue())
    assert not SGR.search(sober.file.getvalue())


def test_text_is_never_markup() -> None:
    """Brackets in a title are brackets."""
    text = text_of([(Piece("[bold]not[/bold] [link=x]", Style.BAD),), (), (Piece("second"),)], color=True)
    assert text.plain == "[bold]not[/bold] [link=x]\n\nsecond"


def test_answers_alone_write_nothing() -> None:
    """Thousands of them must cost nothing; the next refresh shows how far it is."""
    run, terminal = crowd(50, steps=1), Terminal()
    for recorded in run.events[:-2]:
        terminal.now = recorded.mono_ms
        before = len(terminal.file.getvalue())
        terminal.live.emit(recorded)
        assert recorded.event.type == "run.started" or len(terminal.file.getvalue()) == before
    assert terminal.drawn()[0].endswith("check    Step 1  0s, 50/50")


def test_ascii_terminals_get_ascii() -> None:
    """The spinner too."""
    terminal = Terminal()
    terminal.live = LiveScreen(terminal.console, lambda: 0, glyphs=ASCII, color=False, polls={})
    terminal.see(begun())
    assert "".join(terminal.drawn()).isascii()
