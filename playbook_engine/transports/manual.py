"""Asks the person at the terminal, one question at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from playbook_engine.model.replies import Answer, Fault, FaultKind, ManualReply
from playbook_engine.model.requests import ManualRequest, Request
from playbook_engine.transports.gate import Gate

Ask: TypeAlias = Callable[[ManualRequest], Awaitable[ManualReply | None]]
"""Puts the question; None when nobody is there to answer."""


class ManualTransport:
    """Carries ManualRequests to a person through `ask`; questions of several targets wait for each other."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._turn = asyncio.Lock()
        self._gate = Gate()

    async def perform(self, request: Request) -> Answer:
        """Return the person's answer, or a Fault when there is none within the request's timeout."""
        if not isinstance(request, ManualRequest):
            return Fault(kind=FaultKind.ERROR, message=f"a {request.transport} request cannot be put to a person")
        return await self._gate.through("the terminal", self._put(request))

    async def close(self) -> None:
        """Take back what has been asked, and ask nothing more."""
        await self._gate.shut()

    async def _put(self, request: ManualRequest) -> Answer:
        clock = asyncio.get_running_loop().time
        began = clock()
        deadline = asyncio.timeout(request.timeout.seconds)
        try:
            async with deadline, self._turn:
                reply = await self._ask(request)
        except TimeoutError:
            waited = int((clock() - began) * 1000)
            if deadline.expired():
                return Fault(
                    kind=FaultKind.TIMEOUT, message=f"nobody answered within {request.timeout}", duration_ms=waited
                )
            return _broken("the terminal timed out")
        except (EOFError, OSError):
            return _nobody()
        except Exception as error:  # noqa: BLE001 - `ask` is foreign code; the run must go on
            return _broken(type(error).__name__)
        return _nobody() if reply is None else _checked(reply, request)


def _checked(reply: ManualReply, request: ManualRequest) -> Answer:
    if reply.answer in request.options:
        return reply
    offered = ", ".join(request.options)
    return Fault(kind=FaultKind.ERROR, message=f"'{reply.answer}' is not one of the answers offered: {offered}")


def _nobody() -> Fault:
    return Fault(
        kind=FaultKind.REFUSED,
        message="nobody is here to answer",
        hint="Play it at a terminal to answer the question.",
    )


def _broken(why: str) -> Fault:
    return Fault(kind=FaultKind.ERROR, message=f"the question could not be asked ({why})")
