"""Runs commands on the machine that `runbook` itself runs on."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Final

from playbook_engine.model.replies import Answer, Fault, FaultKind, ShellReply
from playbook_engine.model.requests import SH, Request, ShellRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports import local_group, local_stray
from playbook_engine.transports.bounded import Bounds
from playbook_engine.transports.gate import Gate
from playbook_engine.transports.local_process import Process
from playbook_engine.transports.shell_dialogue import Dialogue, Said
from playbook_engine.transports.shell_ending import ending
from playbook_engine.transports.shell_script import new_word
from playbook_engine.transports.shell_text import objection
from playbook_engine.values import Duration, ShellText, reveal

GRACE: Final = Duration(2_000)
LINGER: Final = Duration(1_000)
_LAST_WORDS_S: Final = 0.1
"""How long the output of an ended group may take to arrive."""
_MARGIN_MS: Final = 3_000
"""What sudo and the signals may take besides the grace, when another user's processes are ended."""


class LocalTransport:
    """A ports.Transport that gives each command to `/bin/sh -c`, in a process group of its own.

    Secrets travel by the process's environment. Commands do not inherit the variables of `hidden_env`, which are
    those that secrets come from. At the deadline the group gets SIGTERM, and SIGKILL after `grace`; what has left the
    group by then is not ended, and named. A command that ended while a child of its own keeps the output open is
    answered once nothing came for `linger`; the child is left alone. What runs as another user is started through
    sudo, in the same way as on a host; `word` returns an unguessable word for that.
    """

    def __init__(
        self,
        *,
        hidden_env: frozenset[str] = frozenset(),
        bounds: Bounds | None = None,
        grace: Duration = GRACE,
        linger: Duration = LINGER,
        word: Callable[[], str] = new_word,
    ) -> None:
        self._hidden_env = hidden_env
        self._bounds = bounds or Bounds()
        self._grace = grace
        self._linger = linger
        self._word = word
        self._gate = Gate()

    async def perform(self, request: Request) -> Answer:
        """Run the command and return how it ended; when cancelled, end it first."""
        if not isinstance(request, ShellRequest):
            return Fault(kind=FaultKind.ERROR, message=f"a {request.transport} request is not a command")
        reason = objection(request)
        if reason is not None:
            return Fault(kind=FaultKind.ERROR, message=reason)
        return await self._gate.through("this machine", self._run(request))

    async def close(self) -> None:
        """End what still runs."""
        await self._gate.shut()

    async def _run(self, request: ShellRequest, *, ends_another: bool = False) -> Answer:
        job = self._job(request, ends_another=ends_another)
        # Shielded, because a process that was begun must be known to be ended.
        start = asyncio.ensure_future(self._start(job))
        try:
            transport = await asyncio.shield(start)
        except asyncio.CancelledError:
            await _surely(self._abandon(start, job))
            raise
        except (OSError, ValueError) as error:
            return Fault(kind=FaultKind.ERROR, message=_not_started(error, request))
        try:
            return await self._finish(job, transport)
        except asyncio.CancelledError:
            await _surely(self._end(transport, job))
            raise
        finally:
            transport.close()

    def _job(self, request: ShellRequest, *, ends_another: bool) -> "_Job":
        clock = asyncio.get_running_loop().time
        mark = local_stray.new_mark(os.environ)
        if request.become is not None:
            dialogue = Dialogue(request, self._word())
            process = Process(self._bounds, clock, dialogue)
            return _Job(request, process, (SH,), self._environment({}, mark), mark, dialogue, ends_another)
        opening = None if request.stdin is None else Said(reveal(request.stdin).encode(), last=True)
        values = {name: reveal(value) for name, value in (*request.env, *request.shell.secrets)}
        argv = (request.program, "-c", request.shell.command)
        return _Job(request, Process(self._bounds, clock, opening), argv, self._environment(values, mark), mark)

    async def _start(self, job: "_Job") -> asyncio.SubprocessTransport:
        reads = job.dialogue is not None or job.request.stdin is not None
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: job.process,
            *job.argv,
            stdin=asyncio.subprocess.PIPE if reads else asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env=job.environment,
        )
        return transport

    async def _abandon(self, start: "asyncio.Future[asyncio.SubprocessTransport]", job: "_Job") -> None:
        """End a process whose start was cancelled."""
        try:
            transport = await start
        except (OSError, ValueError):
            return
        await self._end(transport, job)
        transport.close()

    async def _finish(self, job: "_Job", transport: asyncio.SubprocessTransport) -> Answer:
        process, timeout = job.process, job.request.timeout
        until = asyncio.get_running_loop().time() + timeout.seconds
        if not await _within(process.ended, timeout.seconds):
            gone = await self._end(transport, job)
            left = local_stray.strays(job.mark) if gone else ()
            await _within(process.silent, _LAST_WORDS_S)
            words = f"the command did not end within {timeout}"
            words = job.dialogue.overdue(timeout) if job.dialogue else words
            fault = process.overdue(words, may_live=not gone or bool(left))
            return replace(fault, begun=job.may_have_begun, hint=job.remark or local_stray.remark(left))
        await self._listen_on(process, until)
        returncode = transport.get_returncode()
        failure = job.dialogue.failure(returncode, "this machine") if job.dialogue else None
        if failure is not None:
            return replace(failure, partial=process.outputs())
        return process.reply(-signal.SIGKILL if returncode is None else returncode)

    async def _listen_on(self, process: Process, until: float) -> None:
        """Read on after the command has ended, until its output ends too or nothing comes any more."""
        size = -1
        while not process.silent.is_set() and process.size > size:
            size = process.size
            left = until - asyncio.get_running_loop().time()
            await _within(process.silent, min(self._linger.seconds, max(left, _LAST_WORDS_S)))
            if left <= 0:
                return

    async def _end(self, transport: asyncio.SubprocessTransport, job: "_Job") -> bool:
        """End the process's group; what another user runs is ended by that user, where we cannot."""
        group = transport.get_pid()
        if job.dialogue is None:
            return await local_group.end(group, self._grace)
        if not job.may_have_begun:
            transport.close()  # sudo, which waits for a password that nobody gives, ends by that
            await local_group.end(group, self._grace)
            return True
        if job.ends_another or os.geteuid() == 0:
            groups = dict.fromkeys((*job.dialogue.groups, group))
            return all([await local_group.end(each, self._grace) for each in groups])
        allowed = Duration(self._grace.ms + _MARGIN_MS)
        script = ShellText(ending((*job.dialogue.groups, group), self._grace.seconds))
        request = ShellRequest(target=Control(), shell=script, become=job.request.become, timeout=allowed)
        answer = await self._run(request, ends_another=True)
        return isinstance(answer, ShellReply) and answer.rc == 0

    def _environment(self, secrets: Mapping[str, str], mark: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in self._hidden_env}
        return {**inherited, **secrets, local_stray.MARK: mark}


@dataclass(frozen=True, slots=True)
class _Job:
    """A command, the process that carries it out, and the talk with its shell when there is one."""

    request: ShellRequest
    process: Process
    argv: tuple[str, ...]
    environment: dict[str, str]
    mark: str
    dialogue: Dialogue | None = None
    ends_another: bool = False
    """Whether it is itself the command that ends an overdue one: then nothing is started to end it in turn."""

    @property
    def may_have_begun(self) -> bool:
        return self.dialogue is None or self.dialogue.may_have_begun

    @property
    def remark(self) -> str | None:
        """Return what sudo said, while it has not let us through."""
        return self.dialogue.remark if self.dialogue is not None and not self.dialogue.started else None


async def _surely(work: Coroutine[object, object, object]) -> None:
    """Do something to its end, however often the caller is cancelled meanwhile; it must be short."""
    task = asyncio.ensure_future(work)
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(task)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event, but not for longer than that; return whether it came."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _not_started(error: OSError | ValueError, request: ShellRequest) -> str:
    if isinstance(error, FileNotFoundError | PermissionError) and request.program != SH:
        return f"this machine: there is no {request.program} that can be run"
    return f"the command could not be started: {_plain(error)}"


def _plain(error: OSError | ValueError) -> str:
    """Return the reason only: the text of a foreign error may quote what it was given."""
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__
