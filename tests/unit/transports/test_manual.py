"""ManualTransport: answers, nobody, deadlines, one question at a time."""

import asyncio

import pytest

from playbook_engine.model.replies import Fault, FaultKind, ManualReply
from playbook_engine.model.requests import HttpRequest, ManualRequest
from playbook_engine.model.targets import Control, Person
from playbook_engine.transports.manual import ManualTransport
from playbook_engine.values import Duration


def question(timeout_ms: int = 5000) -> ManualRequest:
    return ManualRequest(
        target=Person(), instruction="Is the light green?", options=("yes", "no"), timeout=Duration(timeout_ms)
    )


async def test_the_answer_of_a_person_is_the_reply() -> None:
    async def ask(request: ManualRequest) -> ManualReply:
        return ManualReply(answer=request.options[0], by="ana")

    reply = await ManualTransport(ask).perform(question())

    assert reply == ManualReply(answer="yes", by="ana")


async def test_when_nobody_is_there_it_is_refused() -> None:
    async def ask(_: ManualRequest) -> None:
        return None

    fault = await ManualTransport(ask).perform(question())

    assert isinstance(fault, Fault)
    assert (fault.kind, fault.begun, fault.message) == (FaultKind.REFUSED, False, "nobody is here to answer")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (EOFError(), FaultKind.REFUSED),
        (OSError("no tty"), FaultKind.REFUSED),
        (TimeoutError(), FaultKind.ERROR),
        (ValueError("x"), FaultKind.ERROR),
    ],
)
async def test_a_terminal_that_fails_is_a_fault(error: Exception, kind: FaultKind) -> None:
    async def ask(_: ManualRequest) -> None:
        raise error

    fault = await ManualTransport(ask).perform(question())

    assert isinstance(fault, Fault)
    assert fault.kind is kind


async def test_an_answer_that_was_not_offered_is_an_error() -> None:
    async def ask(_: ManualRequest) -> ManualReply:
        return ManualReply(answer="maybe", by="ana")

    fault = await ManualTransport(ask).perform(question())

    assert isinstance(fault, Fault)
    assert fault.message == "'maybe' is not one of the answers offered: yes, no"


async def test_nobody_answers_for_longer_than_the_timeout() -> None:
    async def ask(_: ManualRequest) -> None:
        await asyncio.Event().wait()

    fault = await ManualTransport(ask).perform(question(30))

    assert isinstance(fault, Fault)
    assert (fault.kind, fault.message) == (FaultKind.TIMEOUT, "nobody answered within 30ms")


async def test_questions_wait_for_each_other() -> None:
    open_questions, most = 0, 0

    async def ask(_: ManualRequest) -> ManualReply:
        nonlocal open_questions, most
        open_questions += 1
        most = max(most, open_questions)
        await asyncio.sleep(0)
        open_questions -= 1
        return ManualReply(answer="no", by="ana")

    transport = ManualTransport(ask)
    await asyncio.gather(*(transport.perform(question()) for _ in range(5)))
    await transport.close()

    assert most == 1


async def test_a_request_of_another_kind_is_an_error() -> None:
    async def ask(_: ManualRequest) -> None:
        return None

    other = HttpRequest(target=Control(), method="GET", url="http://127.0.0.1/", timeout=Duration(1))
    fault = await ManualTransport(ask).perform(other)

    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.ERROR
