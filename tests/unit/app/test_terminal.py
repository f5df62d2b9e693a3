"""The person at the terminal: real lines on a pseudo-terminal."""

import asyncio
import io
import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TextIO

import pytest

from playbook_engine.app.terminal import Answer, Terminal
from playbook_engine.model.events import TargetInput
from playbook_engine.model.replies import ManualReply
from playbook_engine.model.requests import ManualRequest
from playbook_engine.model.rolling import Batches
from playbook_engine.model.targets import Person
from playbook_engine.model.translations import Reader, Texts
from playbook_engine.phrases.words import CHINESE
from playbook_engine.values import Duration

END_OF_INPUT = "\x04"
ASK = "Do it? [y]es / [s]kip it / [q]uit here: "


def question(title: str, inputs: tuple[TargetInput, ...], batches: Batches | None) -> str:
    return f"{title}?\n"


@dataclass(slots=True)
class Seat:
    """Both ends of a terminal: where a person types, and where the program reads and writes."""

    master: int
    source: TextIO
    screen: io.StringIO
    paused: int = 0

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    @contextmanager
    def pause(self) -> Iterator[None]:
        self.paused += 1
        try:
            yield
        finally:
            self.paused -= 1

    def terminal(self) -> Terminal:
        return Terminal("ana", question, paused=self.pause, source=self.source, screen=self.screen)


@pytest.fixture
def seat() -> Iterator[Seat]:
    """Return a pseudo-terminal with somebody at it."""
    master, slave = pty.openpty()
    with os.fdopen(slave) as source:
        yield Seat(master, source, io.StringIO())
    os.close(master)


async def approve(seat: Seat) -> Answer:
    async with asyncio.timeout(20):
        return await seat.terminal().approve("Restart", ())


@pytest.mark.parametrize(
    ("typed", "yes", "stop"),
    [
        ("y", True, False),
        ("yes", True, False),
        (" Y ", True, False),
        ("s", False, False),
        ("skip", False, False),
        ("q", False, True),
        ("quit", False, True),
        ("stop", False, True),
    ],
)
async def test_answers(typed: str, yes: bool, stop: bool, seat: Seat) -> None:
    seat.type(f"{typed}\n")

    assert await approve(seat) == Answer(yes=yes, stop=stop, by="ana")
    assert seat.screen.getvalue() == f"Restart?\n{ASK}"
    assert seat.paused == 0


@pytest.mark.parametrize("typed", ["", "   ", "maybe", "yy", "n", "да"])
async def test_what_is_no_answer_is_asked_again(typed: str, seat: Seat) -> None:
    """Above all an empty line: someone who hits return too often has not said yes."""
    seat.type(f"{typed}\ny\n")

    assert (await approve(seat)).yes is True
    assert seat.screen.getvalue() == f"Restart?\n{ASK}{ASK}"


async def test_the_end_of_input_means_stop(seat: Seat) -> None:
    seat.type(END_OF_INPUT)

    assert await approve(seat) == Answer(yes=False, stop=True, by="ana")


async def test_the_run_goes_on_while_nobody_answers(seat: Seat) -> None:
    """Waiting for a person holds nothing up; giving up waiting leaves the terminal as it was."""
    asking = asyncio.create_task(approve(seat))
    while ASK not in seat.screen.getvalue():
        await asyncio.sleep(0)
    assert seat.paused == 1
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert seat.paused == 0

    seat.type("y\n")
    assert (await approve(seat)).yes is True


async def test_one_line_answers_one_question(seat: Seat) -> None:
    """What was typed ahead stays for the next question."""
    terminal = seat.terminal()
    seat.type("y\ns\n")

    async with asyncio.timeout(20):
        first = await terminal.approve("First", ())
        second = await terminal.approve("Second", ())

    assert (first.yes, second.yes) == (True, False)


def manual(*options: str) -> ManualRequest:
    return ManualRequest(target=Person(), instruction="Look at the rack", options=options, timeout=Duration(60_000))


@pytest.mark.parametrize(
    ("options", "typed", "answer", "note", "asked"),
    [
        (("done", "failed"), "done", "done", "", 1),
        (("done", "failed"), "d", "done", "", 1),
        (("done", "failed"), "FAIL", "failed", "", 1),
        (("done", "failed"), "failed the fan is dead", "failed", "the fan is dead", 1),
        (("done", "failed"), "\nwhat\nd", "done", "", 3),
        (("red", "redder"), "redd", "redder", "", 1),
        (("red", "redder"), "r\nred", "red", "", 2),
    ],
    ids=["word", "beginning", "any case", "with a note", "asked again", "the longer word", "ambiguous"],
)
async def test_manual_steps(
    options: tuple[str, ...], typed: str, answer: str, note: str, asked: int, seat: Seat
) -> None:
    seat.type(f"{typed}\n")

    async with asyncio.timeout(20):
        reply = await seat.terminal().manual(manual(*options))

    assert reply == ManualReply(answer=answer, by="ana", note=note)
    prompt = f"Answer [{' / '.join(options)}]: "
    assert seat.screen.getvalue() == "\nLook at the rack\n" + prompt * asked


async def test_nobody_answers_a_manual_step(seat: Seat) -> None:
    seat.type(END_OF_INPUT)

    async with asyncio.timeout(20):
        assert await seat.terminal().manual(manual("done")) is None


async def test_in_the_readers_language(seat: Seat) -> None:
    """What is shown is in their language; an answer is one of the playbook's all the same."""
    reader = Reader(CHINESE, Texts(plain={"yes": "是", "no": "否"}))
    terminal = Terminal("ana", question, paused=seat.pause, reader=reader, source=seat.source, screen=seat.screen)
    request = replace(manual("yes", "no"), shown="查看机架")
    seat.type("是\nye looks fine\ny\n")

    async with asyncio.timeout(20):
        reply = await terminal.manual(request)
        answer = await terminal.approve("Restart", ())

    assert reply == ManualReply(answer="yes", by="ana", note="looks fine")
    assert answer.yes is True
    ask = "回答 [yes（是） / no（否）]："
    assert seat.screen.getvalue() == f"\n查看机架\n{ask}{ask}Restart?\n要执行吗？[y] 是 / [s] 跳过 / [q] 到此结束："
