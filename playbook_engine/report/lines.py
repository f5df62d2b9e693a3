"""One plain line for each step: for pipes, logs, CI and cron. No control codes, nothing rewritten."""

from collections.abc import Callable

from playbook_engine.model.events import ApprovalRequested, Recorded, RunStarted
from playbook_engine.report.story import Storyteller
from playbook_engine.report.style import plain

WIDTH = 160
CLOCK = "%H:%M:%S"


class PlainLines:
    """An event sink that writes lines, each with the time (UTC)."""

    def __init__(self, write: Callable[[str], object], *, unicode: bool = True) -> None:
        self._write = write
        self._story = Storyteller(WIDTH, unicode=unicode)

    def emit(self, recorded: Recorded) -> None:
        """Write what the event is worth telling."""
        event = recorded.event
        stamp = recorded.at.strftime(CLOCK)
        for line in self._story.tell(event):
            text = plain(line)
            lead = "        " if text.startswith(" ") else stamp
            self._write(f"{lead} {text}\n")
        if isinstance(event, ApprovalRequested):
            self._write(f"{stamp} waiting for a yes: {event.title}\n")
        if isinstance(event, RunStarted):
            self._write(f"{stamp} started by {event.actor.user}@{event.actor.host} ({event.actor.kind})\n")
