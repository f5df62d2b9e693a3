"""The live screen of a terminal: what is running below, what is done above. The only importer of rich."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from playbook_engine.model.events import AttemptFinished, Recorded
from playbook_engine.model.repeating import Poll
from playbook_engine.phrases import screen
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.pen import Pen
from playbook_engine.report.progress import Progress
from playbook_engine.report.running import FRAMES_PER_SECOND, running_lines
from playbook_engine.report.story import Storyteller
from playbook_engine.report.style import Glyphs, Line, Piece, Style
from playbook_engine.values import StepPath

STYLES = {
    Style.PLAIN: "",
    Style.GOOD: "green",
    Style.BAD: "bold red",
    Style.WARN: "yellow",
    Style.AWAY: "magenta",
    Style.CHANGE: "bold cyan",
    Style.STRONG: "bold",
    Style.DIM: "dim",
}


def text_of(lines: Sequence[Line], *, color: bool) -> Text:
    """Return lines as rich shows them; they are never wrapped and never read as markup."""
    text = Text(no_wrap=True, overflow="crop", end="")
    for number, line in enumerate(lines):
        text.append("\n" if number else "")
        for piece in line:
            text.append(piece.text, STYLES[piece.style] if color else "")
    return text


class LiveScreen:
    """An event sink that draws. `monotonic_ms` is the clock that elapsed times are shown by.

    `polls` are the steps that ask in rounds; None where nobody knows for how long.
    """

    def __init__(
        self,
        console: Console,
        monotonic_ms: Callable[[], int],
        *,
        glyphs: Glyphs,
        color: bool,
        polls: Mapping[StepPath, Poll | None],
        words: Words = ENGLISH,
    ) -> None:
        self._console = console
        self._now = monotonic_ms
        self._glyphs = glyphs
        self._color = color
        self._polls = polls
        self._words = words
        self._story = Storyteller(glyphs, words)
        self._progress = Progress(polls)
        self._lock = Lock()
        self._live: Live | None = None
        self._questions = 0
        self._held: list[Line] = []

    def start(self) -> None:
        """Begin to draw. Each start has a display of its own: one that was stopped would erase what stands there."""
        self._live = Live(
            self,
            console=self._console,
            refresh_per_second=FRAMES_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def stop(self) -> None:
        """Draw no more; what was running is gone from the terminal, and the cursor is back."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal to a question; what happens meanwhile is told afterwards."""
        self._questions += 1
        self.stop()
        try:
            yield
        finally:
            self._questions -= 1
            if not self._questions:
                # The line of the question may still be open: a signal, or the end of input, ended it.
                self._print([(), *self._held])
                self._held = []
                self.start()

    def emit(self, recorded: Recorded) -> None:
        """Take an event in: what is done is printed above what is running."""
        with self._lock:
            self._progress.take(recorded)
        if isinstance(recorded.event, AttemptFinished):
            return  # there may be thousands, and the next refresh shows them
        self._story.run = recorded.run
        lines = self._story.tell(recorded.event, self._console.width)
        if self._questions:
            self._held += lines
        elif lines:
            self._print(lines)

    def _print(self, lines: Sequence[Line]) -> None:
        self._console.print(text_of(lines, color=self._color), crop=True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw what is running; rich calls this for each refresh, on a thread of its own."""
        lines = self._drawn(Pen(options.max_width, self._glyphs, self._words), max(console.height - 2, 1))
        if lines:
            yield text_of(lines, color=self._color)

    def _drawn(self, pen: Pen, height: int) -> list[Line]:
        now = self._now()
        with self._lock:
            steps = [(self._polls.get(path), step) for path, step in self._progress.running.items()]
            lines = [line for poll, step in steps for line in running_lines(step, poll, now, pen)]
        if len(lines) <= height:
            return lines
        left = len(lines) - height + 1
        more = pen.words(screen.Running.MORE_LINES, ellipsis=pen.glyphs.ellipsis, count=left)
        return [*lines[: height - 1], (Piece(more, Style.DIM),)]
