"""A transport that answers from a script: for tests of playbooks, of plug-ins, and of this project.

    fake = FakeTransport()
    fake.on(shell("active"), transport="ssh", target="api-1", asks="systemctl is-active")
    fake.on(http(503), http(200), asks="/health")             # first 503, then 200 for ever
    fake.on(Delayed(shell(), Duration(200)), target="slow-1")  # answers late
    fake.on(unreachable("no route"), target="gone-1")
    fake.on(SILENT, target="hung-1")                           # never answers: the request's deadline does
    fake.on(lost(), shell(), each_target=True)                 # every target is lost once, and then well
    fake.on(Timeline(shell("starting"), (Duration(30_000), shell("active"))), asks="is-active")

    answer = await fake.perform(request)
    assert [r.summary() for r in fake.requests] == ["systemctl is-active api"]

Rules are tried in the order in which they were given, and the first that fits answers. Each request takes the
rule's next answer; the last one repeats. A request that no rule fits gets the default answer, or a Fault that
names the request. One fake can stand for all transports at once, and keeps to what `ports.Transport` promises.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from playbook_engine.model.replies import Answer, Fault, FaultKind, HttpReply, Output, ShellReply
from playbook_engine.model.requests import Request
from playbook_engine.transports.fake_script import SILENT, Computed, Delayed, Rule, Scripted, Single, Timeline
from playbook_engine.transports.gate import Gate

__all__ = [
    "SILENT",
    "Computed",
    "Delayed",
    "FakeTransport",
    "Timeline",
    "http",
    "lost",
    "output",
    "shell",
    "unreachable",
]

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Now: TypeAlias = Callable[[], float]


class FakeTransport:
    """A scripted ports.Transport that remembers what it was asked.

    `sleep` stands for the passing of time in `Delayed` answers, and `now` tells the time for a Timeline; tests give
    such that do not really wait.
    """

    def __init__(
        self,
        *,
        default: Single | None = None,
        sleep: Sleep = asyncio.sleep,
        now: Now | None = None,
    ) -> None:
        self._default = default
        self._sleep = sleep
        self._now = now
        self._gate = Gate()
        self._rules: list[Rule] = []
        self._requests: list[Request] = []
        self._cancelled: list[Request] = []
        self._in_flight = 0
        self._busiest = 0
        self._closed = False

    def on(
        self,
        *answers: Scripted,
        transport: str | None = None,
        target: str | None = None,
        asks: str | Callable[[Request], bool] | None = None,
        each_target: bool = False,
    ) -> "FakeTransport":
        """Add a rule; what is not given fits everything.

        Args:
            answers: what to answer, in turn; the last one repeats.
            transport: the request's transport: `ssh`, `local`, `http`, `kubectl`, `manual`.
            target: the target's name.
            asks: a part of the request's summary, or a function that says whether the request fits.
            each_target: whether turns and time count for each target by itself.
        """
        if not answers:
            raise ValueError("a rule needs at least one answer")

        def fits(request: Request) -> bool:
            asked = asks(request) if callable(asks) else asks is None or asks in request.summary()
            return asked and transport in (None, request.transport) and target in (None, request.target.name)

        self._rules.append(Rule(fits, answers, each_target))
        return self

    @property
    def requests(self) -> tuple[Request, ...]:
        """Return every request so far, in the order in which they came."""
        return tuple(self._requests)

    @property
    def cancelled(self) -> tuple[Request, ...]:
        """Return the requests that were cancelled before their answer."""
        return tuple(self._cancelled)

    @property
    def busiest(self) -> int:
        """Return how many requests were under way at once, at most."""
        return self._busiest

    @property
    def closed(self) -> bool:
        return self._closed

    async def perform(self, request: Request) -> Answer:
        """Record the request and answer it from the script."""
        return await self._gate.through(_named(request), self._perform(request))

    async def close(self) -> None:
        """Remember that the run has let go of the transport; who still waits for an answer gets none."""
        self._closed = True
        await self._gate.shut()

    async def _perform(self, request: Request) -> Answer:
        self._requests.append(request)
        self._in_flight += 1
        self._busiest = max(self._busiest, self._in_flight)
        try:
            return await self._answer(self._scripted(request), request)
        except asyncio.CancelledError:
            self._cancelled.append(request)
            raise
        finally:
            self._in_flight -= 1

    def _scripted(self, request: Request) -> Single:
        rule = next((rule for rule in self._rules if rule.fits(request)), None)
        if rule is not None:
            now = self._now or asyncio.get_running_loop().time
            return rule.next(request, now())
        return self._default or Fault(kind=FaultKind.ERROR, message=f"no scripted answer for {_named(request)}")

    async def _answer(self, scripted: Single, request: Request) -> Answer:
        match scripted:
            case Computed(make):
                return make(request)
            case Delayed(answer, delay):
                await self._sleep(min(delay, request.timeout).seconds)
                return answer if delay <= request.timeout else _late(request)
            case _:
                # Others get a turn, as they would while a real transport waits.
                await asyncio.sleep(0)
                return scripted


def shell(stdout: str = "", *, stderr: str = "", rc: int = 0, duration_ms: int = 0) -> ShellReply:
    """Return a command's reply: `shell("active")`, `shell(stderr="no such file", rc=1)`."""
    return ShellReply(rc=rc, stdout=output(stdout), stderr=output(stderr), duration_ms=duration_ms)


def http(status: int = 200, body: str = "", *, duration_ms: int = 0, **headers: str) -> HttpReply:
    """Return an HTTP reply: `http(200, '{"keys": []}', content_type="application/json")`."""
    named = {name.lower().replace("_", "-"): value for name, value in headers.items()}
    return HttpReply(status=status, headers=named, body=output(body), duration_ms=duration_ms)


def unreachable(message: str = "no route to the host") -> Fault:
    """Return the fault of a target that cannot be reached; nothing was begun."""
    return Fault(kind=FaultKind.UNREACHABLE, message=message)


def lost(message: str = "the connection was lost") -> Fault:
    """Return the fault of a connection that broke under the request, whose end nobody knows."""
    return Fault(kind=FaultKind.LOST, message=message, begun=True, may_live=True)


def output(text: str) -> Output:
    """Return a text as a target's whole output."""
    return Output(head=text, size=len(text.encode("utf-8", "surrogatepass")))


def _named(request: Request) -> str:
    return f"{request.transport} on {request.target.name}: {request.summary()}"


def _late(request: Request) -> Fault:
    return Fault(
        kind=FaultKind.TIMEOUT,
        message=f"no answer within {request.timeout}",
        begun=True,
        duration_ms=request.timeout.ms,
    )
