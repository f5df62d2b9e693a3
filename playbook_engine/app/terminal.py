"""Asks the person at the terminal: approvals and manual steps."""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TextIO

from playbook_engine.frozen import dataclass
from playbook_engine.model.events import TargetInput
from playbook_engine.model.replies import ManualReply
from playbook_engine.model.requests import ManualRequest
from playbook_engine.model.rolling import Batches
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.phrases.screen import Approval
from playbook_engine.visible import escape

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
        question: Callable[[str, tuple[TargetInput, ...], Batches | None], str],
        *,
        paused: Paused = nullcontext,
        reader: Reader = UNTRANSLATED,
        source: TextIO = sys.stdin,
        screen: TextIO = sys.stderr,
    ) -> None:
        self._user = user
        self._question = question
        self._paused = paused
        self._reader = reader
        self._source = source
        self._screen = screen
        self._typed = b""
        # There is one person: a second question waits until the first is answered.
        self._attention = asyncio.Lock()

    async def approve(self, title: str, inputs: tuple[TargetInput, ...], batches: Batches | None = None) -> Answer:
        """Show what would be done and ask; end of input means stop."""
        async with self._attention:
            with self._paused():
                return await self._approve(self._question(title, inputs, batches))

    async def _approve(self, question: str) -> Answer:
        self._write(question)
        while True:
            self._write(self._reader.words(Approval.ASK))
            line = await self._line()
            if line is None:
                return Answer(yes=False, stop=True, by=self._user)
            answer = ANSWERS.get(line.strip().lower())
            if answer is not None:
                return Answer(yes=answer == "yes", stop=answer == "stop", by=self._user)

    async def manual(self, request: ManualRequest) -> ManualReply | None:
        """Show an instruction and ask for one of its answers; None at the end of input."""
        async with self._attention:
            with self._paused():
                return await self._manual(request)

    async def _manual(self, request: ManualRequest) -> ManualReply | None:
        options = request.options
        shown = request.instruction if request.shown is None else request.shown
        instruction = "\n".join(escape(line) for line in shown.split("\n"))
        self._write(f"\n{instruction}\n")
        while True:
            offered = " / ".join(map(self._option, options))
            self._write(self._reader.words(Approval.ANSWER, options=offered))
            line = await self._line()
            if line is None:
                return None
            word, _, note = line.strip().partition(" ")
            chosen = [option for option in options if word and option.lower().startswith(word.lower())]
            if len(chosen) == 1 or word in options:
                return ManualReply(answer=word if word in options else chosen[0], by=self._user, note=note)

    def _option(self, option: str) -> str:
        """Return an answer with what it means in the reader's language; what is typed is the answer itself."""
        meaning = self._reader.text(option)
        if meaning == option:
            return escape(option)
        return self._reader.words(Approval.OPTION, option=escape(option), meaning=escape(meaning))

    def _write(self, text: str) -> None:
        self._screen.write(text)
        self._screen.flush()

    async def _line(self) -> str | None:
        """Wait for a line without holding up the run; None at the end of input.

        Bytes are read past Python's own buffer: what it holds back would never wake the loop.
        """
        while b"\n" not in self._typed:
            await _readable(self._source.fileno())
            more = os.read(self._source.fileno(), 4096)
            if not more:
                return None
            self._typed += more
        line, _, self._typed = self._typed.partition(b"\n")
        return line.decode("utf-8", "replace")


async def _readable(descriptor: int) -> None:
    """Wait until there is something to read."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, wake)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
