"""Runs commands on the machine that `runbook` itself runs on."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Coroutine, Mapping
from typing import Final

from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.requests import Request, ShellRequest
from playbook_engine.transports import local_group
from playbook_engine.transports.bounded import Bounds
from playbook_engine.transports.local_process import Process
from playbook_engine.transports.shell_text import objection
from playbook_engine.values import Duration

GRACE: Final = Duration(2_000)
LINGER: Final = Duration(1_000)
_LAST_WORDS_S: Final = 0.1
"""How long the output of an ended group may take to arrive."""


class LocalTransport:
    """A ports.Transport that gives each command to `/bin/sh -c`, in a process group of its own.

    Secrets travel by the process's environment. Commands do not inherit the variables of `hidden_env`, which are
    those that secrets come from. At the deadline the group gets SIGTERM, and SIGKILL after `grace`. A command that
    ended while a child of its own keeps the output open is answered once nothing came for `linger`; the child is
    left alone.
    """

    def __init__(
        self,
        *,
        hidden_env: frozenset[str] = frozenset(),
        bounds: Bounds | None = None,
        grace: Duration = GRACE,
        linger: Duration = LINGER,
    ) -> None:
        self._hidden_env = hidden_env
        self._bounds = bounds or Bounds()
        self._grace = grace
        self._linger = linger

    async def perform(self, request: Request) -> Answer:
        """Run the command and return how it ended; when cancelled, end it first."""
        if not isinstance(request, ShellRequest):
            return Fault(kind=FaultKind.ERROR, message=f"a {request.transport} request is not a command")
        reason = objection(request.shell)
        if reason is not None:
            return Fault(kind=FaultKind.ERROR, message=reason)
        return await self._run(request)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _run(self, request: ShellRequest) -> Answer:
        process = Process(self._bounds, asyncio.get_running_loop().time)
        # Shielded, because a process that was begun must be known to be ended.
        start = asyncio.ensure_future(self._start(process, request))
        try:
            transport = await asyncio.shield(start)
        except asyncio.CancelledError:
            await _surely(self._abandon(start))
            raise
        except (OSError, ValueError) as error:
            return Fault(kind=FaultKind.ERROR, message=f"the command could not be started: {_plain(error)}")
        try:
            return await self._finish(process, transport, request)
        except asyncio.CancelledError:
            await _surely(self._end(transport))
            raise
        finally:
            transport.close()

    async def _start(self, process: Process, request: ShellRequest) -> asyncio.SubprocessTransport:
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: process,
            "/bin/sh",
            "-c",
            request.shell.command,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            env=self._environment({name: secret.reveal() for name, secret in request.shell.secrets}),
        )
        return transport

    async def _abandon(self, start: "asyncio.Future[asyncio.SubprocessTransport]") -> None:
        """End a process whose start was cancelled."""
        try:
            transport = await start
        except (OSError, ValueError):
            return
        await self._end(transport)
        transport.close()

    async def _finish(
        self, process: Process, transport: asyncio.SubprocessTransport, request: ShellRequest
    ) -> Answer:
        until = asyncio.get_running_loop().time() + request.timeout.seconds
        if not await _within(process.ended, request.timeout.seconds):
            gone = await self._end(transport)
            await _within(process.silent, _LAST_WORDS_S)
            return process.overdue(f"the command did not end within {request.timeout}", may_live=not gone)
        await self._listen_on(process, until)
        returncode = transport.get_returncode()
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

    async def _end(self, transport: asyncio.SubprocessTransport) -> bool:
        return await local_group.end(transport.get_pid(), self._grace)

    def _environment(self, secrets: Mapping[str, str]) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in self._hidden_env}
        return {**inherited, **secrets}


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


def _plain(error: OSError | ValueError) -> str:
    """Return the reason only: the text of a foreign error may quote what it was given."""
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__
