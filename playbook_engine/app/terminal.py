"""Asks the person at the terminal: approvals and manual steps."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TextIO

from playbook_engine.frozen import dataclass
from playbook_engine.model.events import TargetInput
from playbook_engine.model.replies import ManualReply
from playbook_engine.model.requests import ManualRequest

Paused = Callable[[], AbstractContextManager[None]]
"""Holds the live screen while a question stands there."""

ANSWERS = {"y": "yes", "yes": "yes", "s": "skip", "skip": "skip", "q": "stop", "quit": "stop", "stop": "stop"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person said to a mitigation."""

    yes: bool
    stop: bool
    by: str


class Terminal:
    """The person at the terminal. Nothing is a yes but a yes: an empty line is asked again."""

    def __init__(
        self,
        user: str,
        question: Callable[[str, tuple[TargetInput, ...]], str],
        *,
        paused: Paused = nullcontext,
        source: TextIO = sys.stdin,
        screen: TextIO = sys.stderr,
    ) -> None:
        self._user = user
        self._question = question
        self._paused = paused
        self._source = source
        self._screen = screen

    async def approve(self, title: str, inputs: tuple[TargetInput, ...]) -> Answer:
        """Show what would be done and ask; end of input means stop."""
        with self._paused():
            self._write(self._question(title, inputs))
            while True:
                self._write("Do it? [y]es / [s]kip it / [q]uit here: ")
                line = await self._line()
                if line is None:
                    return Answer(yes=False, stop=True, by=self._user)
                answer = ANSWERS.get(line.strip().lower())
                if answer is not None:
                    return Answer(yes=answer == "yes", stop=answer == "stop", by=self._user)

    async def manual(self, request: ManualRequest) -> ManualReply | None:
        """Show an instruction and ask for one of its answers; None at the end of input."""
        options = request.options
        with self._paused():
            self._write(f"\n{request.instruction}\n")
            while True:
                self._write(f"Answer [{' / '.join(options)}]: ")
                line = await self._line()
                if line is None:
                    return None
                word, _, note = line.strip().partition(" ")
                chosen = [option for option in options if word and option.lower().startswith(word.lower())]
                if len(chosen) == 1 or word in options:
                    return ManualReply(answer=word if word in options else chosen[0], by=self._user, note=note)

    def _write(self, text: str) -> None:
        self._screen.write(text)
        self._screen.flush()

    async def _line(self) -> str | None:
        """Wait for a line without holding up the run; None at the end of input."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        with _readable(loop, self._source.fileno(), ready):
            await ready
        line = self._source.readline()
        return line or None


@contextmanager
def _readable(loop: asyncio.AbstractEventLoop, descriptor: int, ready: asyncio.Future[None]) -> Iterator[None]:
    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, wake)
    try:
        yield
    finally:
        loop.remove_reader(descriptor)
