"""One plain line for each step: for pipes, logs, CI and cron. No control codes, nothing rewritten."""

from collections.abc import Callable

from playbook_engine.model.events import ApprovalRequested, AttemptFinished, Event, Recorded, RunStarted, StepStarted
from playbook_engine.phrases import screen
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.story import Storyteller
from playbook_engine.report.style import UNICODE, Glyphs, plain
from playbook_engine.visible import escape

WIDTH = 140
CLOCK = "%H:%M:%S"


class PlainLines:
    """An event sink that writes lines, each with the time (UTC)."""

    def __init__(
        self,
        write: Callable[[str], object],
        *,
        glyphs: Glyphs = UNICODE,
        width: int = WIDTH,
        words: Words = ENGLISH,
    ) -> None:
        self._write = write
        self._words = words
        self._story = Storyteller(glyphs, words)
        self._width = width

    def emit(self, recorded: Recorded) -> None:
        """Write what the event is worth telling."""
        event = recorded.event
        if isinstance(event, AttemptFinished):
            return
        stamp = recorded.at.strftime(CLOCK)
        self._story.run = recorded.run
        told = [plain(line) for line in self._story.tell(event, self._width - len(stamp) - 1)]
        told += _besides(event, self._words)
        for number, text in enumerate(told):
            lead = " " * len(stamp) if number and text.startswith(" ") else stamp
            self._write(f"{lead} {text}".rstrip() + "\n")


def _besides(event: Event, words: Words) -> list[str]:
    """Return what a log has to say and a live screen shows by itself."""
    match event:
        case RunStarted():
            actor = event.actor
            who = {"user": escape(actor.user), "host": escape(actor.host), "kind": actor.kind}
            return [words(screen.Story.STARTED_BY, **who)]
        case ApprovalRequested():
            return [words(screen.Story.WAITING_FOR_YES, title=escape(event.title))]
        case StepStarted(changes=True):
            return [words(screen.Story.CHANGING, title=escape(event.title))]
        case _:
            return []
