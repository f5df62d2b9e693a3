"""The live screen of a terminal: what is running below, what is done above."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from playbook_engine.model.events import Recorded
from playbook_engine.report.escape import escape, pad, shorten
from playbook_engine.report.grouping import compact
from playbook_engine.report.progress import Progress, Running, fold
from playbook_engine.report.story import VERB_WIDTH, Storyteller
from playbook_engine.report.style import Line, Piece, Style, seconds

STYLES = {
    Style.PLAIN: "",
    Style.GOOD: "green",
    Style.BAD: "bold red",
    Style.WARN: "yellow",
    Style.AWAY: "magenta",
    Style.CHANGE: "bold cyan",
    Style.STRONG: "bold",
    Style.DIM: "bright_black",
}
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
ASCII_SPINNER = "|/-\\"
REFRESH_PER_SECOND = 8
NAMED = 3
"""How many slow targets are named when few are left."""


def text_of(line: Line) -> Text:
    """Return a line with its styles as rich shows it; it is never wrapped and never read as markup."""
    text = Text(no_wrap=True, overflow="ellipsis", end="")
    for piece in line:
        text.append(piece.text, STYLES[piece.style])
    return text


class LiveScreen:
    """An event sink that draws. `monotonic_ms` is the clock that elapsed times are shown by."""

    def __init__(self, console: Console, monotonic_ms: Callable[[], int]) -> None:
        self._console = console
        self._now = monotonic_ms
        self._progress = Progress()
        self._unicode = (console.encoding or "").lower().startswith("utf")
        self._live = Live(
            self, console=console, refresh_per_second=REFRESH_PER_SECOND, transient=True, redirect_stderr=False
        )

    def start(self) -> None:
        """Begin to draw."""
        self._live.start()

    def stop(self) -> None:
        """Draw no more; the terminal is as it was."""
        self._live.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the terminal to a question."""
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def emit(self, recorded: Recorded) -> None:
        """Take an event in: what is done is printed above what is running."""
        self._progress = fold(self._progress, recorded)
        story = Storyteller(self._console.width, unicode=self._unicode)
        for line in story.tell(recorded.event):
            self._console.print(text_of(line), soft_wrap=False)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw what is running; rich calls this for each refresh."""
        width, height = options.max_width, max(console.height - 2, 1)
        now = self._now()
        running = [each for each in self._progress.running.values() if not each.asking]
        for step in running[:height]:
            yield text_of(self._line(step, now, width))

    def _line(self, step: Running, now: int, width: int) -> Line:
        frames = SPINNER if self._unicode else ASCII_SPINNER
        frame = frames[now * REFRESH_PER_SECOND // 1000 % len(frames)]
        said = self._said(step, now)
        room = max(width - VERB_WIDTH - 4 - len(said), 8)
        verb_style = Style.CHANGE if step.verb in ("mitigate", "undo") else Style.DIM
        return (
            Piece(f"{frame} ", Style.STRONG),
            Piece(pad(step.verb, VERB_WIDTH) + " ", verb_style),
            Piece(shorten(escape(step.title), room)),
            Piece(f"  {said}", Style.DIM),
        )

    def _said(self, step: Running, now: int) -> str:
        """Return how far a step is: time, tries, and who is still missing."""
        parts = [seconds(max(now - step.since_ms, 0) // 1000 * 1000 or 0) if now - step.since_ms >= 1000 else "0s"]
        if step.attempt > 1 or (step.answered and not step.pending):
            parts.append(f"try {step.attempt}")
        if len(step.targets) > 1:
            pending = step.pending
            parts.append(f"{len(step.targets) - len(pending)}/{len(step.targets)}")
            if 0 < len(pending) <= NAMED:
                parts.append(f"waiting for {compact(map(str, pending))}")
        return ", ".join(parts)
