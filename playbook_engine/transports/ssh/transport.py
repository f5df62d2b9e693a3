"""Runs commands on hosts over SSH: one warm connection per host, a channel and a thread per command."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Final

import paramiko

from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.requests import Request, ShellRequest
from playbook_engine.model.targets import Host
from playbook_engine.transports.shell_resident import suits
from playbook_engine.transports.shell_script import new_word
from playbook_engine.transports.shell_text import objection
from playbook_engine.transports.ssh import unthreaded
from playbook_engine.transports.ssh.carrying import go_on, run
from playbook_engine.transports.ssh.connector import Connector
from playbook_engine.transports.ssh.faults import translate
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.order import Full, NotBegun, Order, Result
from playbook_engine.transports.ssh.pool import Pool
from playbook_engine.transports.ssh.settings import Limits, UserFiles, current_user
from playbook_engine.transports.ssh.threads import Threads
from playbook_engine.transports.ssh.tunnel import ChannelTunnel, refusal
from playbook_engine.transports.ssh.unthreaded import Follower
from playbook_engine.transports.ssh.warm import Turn
from playbook_engine.transports.ssh.watch import Watch
from playbook_engine.transports.ssh.wire import silence
from playbook_engine.transports.tunnels import Tunnel

_PAUSES_S: Final = (0.02, 0.05, 0.1, 0.2)
"""Between the tries when a host refuses the only channel that we have on it: it may not have cleaned up yet."""
_PAUSE_S: Final = 0.1
_THROUGH_S: Final = 10.0
"""How long a host may take to connect to somewhere else."""


class SshTransport:
    """A ports.Transport for hosts.

    `jitter` returns a share between 0 and 1 that spreads repeated connection attempts. `word` returns an
    unguessable word for each command. `files` says where the user's SSH files are; None means the standard places.
    """

    def __init__(
        self,
        *,
        jitter: Callable[[], float],
        limits: Limits | None = None,
        files: UserFiles | None = None,
        word: Callable[[], str] = new_word,
    ) -> None:
        silence()
        self._limits = limits or Limits()
        self._word = word
        self._closing = threading.Event()
        self._turn_to_close = asyncio.Lock()
        self._closed = False
        self._followed: set[asyncio.Future[None]] = set()
        """One for each command that the event loop follows; done when somebody else or nobody has to any more."""
        self._threads = Threads(self._limits.threads)
        files = files or UserFiles.standard(Path.home(), current_user(), os.environ)
        connector = Connector(files, self._limits, jitter, self._closing)
        self._traffic = connector.traffic
        self._pool = Pool(connector, self._threads)

    async def perform(self, request: Request) -> Answer:
        """Run the command and return how it ended; when cancelled, end it on the host first."""
        if not isinstance(request, ShellRequest) or not isinstance(request.target, Host):
            return Fault(kind=FaultKind.ERROR, message=f"a {request.transport} request is not a command for a host")
        reason = objection(request)
        if reason is not None:
            return Fault(kind=FaultKind.ERROR, message=reason)
        if self._closing.is_set():
            return Fault(kind=FaultKind.ERROR, message=f"{request.target.name}: asked after close")
        order = Order(request=request, word=self._word, until=time.monotonic() + request.timeout.seconds)
        self._traffic.commands += 1
        try:
            return await self._carry(request.target, order)
        finally:
            self._traffic.commands -= 1

    async def open_tunnel(self, host: Host, address: str, port: int) -> Tunnel | Fault:
        """Return a way through the host, over the connection that its commands use; ends when it is cancelled."""
        found = await self._through(host, address, port)
        if isinstance(found, NotBegun):
            found = await self._through(host, address, port)
        return found.fault if isinstance(found, NotBegun) else found

    async def close(self) -> None:
        """Close all connections and wait for their threads."""
        self._closing.set()
        async with self._turn_to_close:
            if not self._closed:
                await self._pool.close()
                if self._followed:
                    await asyncio.wait(self._followed)  # a thread may have to see to their end
                await self._threads.close()
            self._closed = True

    async def _through(self, host: Host, address: str, port: int) -> Tunnel | Fault | NotBegun:
        """Open a channel; NotBegun when the connection turned out to have died before."""
        if self._closing.is_set():
            return Fault(kind=FaultKind.ERROR, message=f"{host.name}: asked after close")
        link = await self._pool.link(host)
        if isinstance(link, Fault):
            return link
        opened = asyncio.ensure_future(self._threads.run(lambda: link.open_through(address, port, _THROUGH_S)))
        try:
            return ChannelTunnel(await asyncio.shield(opened), self._threads)
        except asyncio.CancelledError:
            opened.add_done_callback(self._let_go)
            raise
        except (paramiko.SSHException, EOFError, OSError) as error:
            if await _outlives(link, error):
                return refusal(error, link.place, f"[{address}]:{port}" if ":" in address else f"{address}:{port}")
            link.give_up()
            return NotBegun(translate(error, link.place))

    def _let_go(self, opened: "asyncio.Future[paramiko.Channel]") -> None:
        """Close a channel that nobody waited for."""
        if not opened.cancelled() and opened.exception() is None:
            self._threads.leave(opened.result().close)

    async def _carry(self, host: Host, order: Order) -> Answer:
        """Run the command; when its connection turns out to have died before, once more on a new one."""
        result = await self._attempt(host, order)
        if isinstance(result, NotBegun) and not self._closing.is_set():
            result = await self._attempt(host, order)
        return result.fault if isinstance(result, NotBegun) else result

    async def _attempt(self, host: Host, order: Order) -> Answer | NotBegun:
        reached = await self._pool.link_within(host, order.until - time.monotonic())
        if reached is None:
            return Fault(kind=FaultKind.UNREACHABLE, message=f"{host.name}: no connection within {order.timeout}")
        link, order = reached.link, order.later(reached.waited_s)
        if isinstance(link, Fault):
            return link
        result = await self._on(link, order)
        if isinstance(result, NotBegun):
            link.give_up()
        return result

    async def _on(self, link: Link, order: Order) -> Answer | NotBegun:
        """Run the command on a connection; wait for the shell that it may share with others."""
        if not (link.warm and suits(order.request)):
            return await self._in_turn(link, order)
        if not link.lanes.take_now() and not await _in_time(link.lanes.take(), order):
            return _no_turn(link, order)
        try:
            return await self._in_turn(link, order)
        finally:
            link.lanes.give_back()

    async def _in_turn(self, link: Link, order: Order) -> Answer | NotBegun:
        """Run the command; where the host opens no more channels, wait until one is free again."""
        while True:
            if link.slots.free:
                await link.slots.take()
            elif not await _in_time(link.slots.take(), order):
                return _no_turn(link, order)
            result = await self._in_slot(link, order)
            if not isinstance(result, Full):
                return result
            if not result.others:
                return result.fault
            await asyncio.sleep(0)

    async def _in_slot(self, link: Link, order: Order) -> Result:
        """Run the command, and give the slot back unless the host has shown that there are fewer.

        The slot is kept between the tries, so that those who wait for it are not refused in turn.
        """
        retired = False
        try:
            result = await self._run(link, order)
            for pause in _PAUSES_S:
                if not isinstance(result, Full):
                    return result
                retired = link.slots.retire()
                if retired:
                    return Full(result.fault, others=True)
                await asyncio.sleep(pause)
                result = await self._run(link, order)
            return result
        finally:
            if not retired:
                link.slots.give_back()

    async def _run(self, link: Link, order: Order) -> Result:
        watch = Watch()
        follower = unthreaded.begin(link, order, watch, self._limits)
        if follower is not None:
            return await self._follow(follower)
        return await self._threads.run_to_its_end(partial(run, link, order, watch, self._limits), watch.stop)

    async def _follow(self, follower: Follower) -> Result:
        """Follow a command to its end, with the help of a thread where that takes patience."""
        turn, over = follower.turn, asyncio.get_running_loop().create_future()
        self._followed.add(over)
        try:
            result = await follower.end()
            if isinstance(result, Turn):
                return await self._threads.run_to_its_end(partial(go_on, turn), turn.watch.stop)
        except asyncio.CancelledError:
            if not follower.handed_over:
                turn.watch.stop()
                await self._threads.finish(partial(go_on, turn))
            raise
        else:
            return result
        finally:
            self._followed.discard(over)
            over.set_result(None)


async def _in_time(taking: Coroutine[Any, Any, None], order: Order) -> bool:
    try:
        async with asyncio.timeout(order.until - time.monotonic()):
            await taking
    except TimeoutError:
        return False
    return True


def _no_turn(link: Link, order: Order) -> Fault:
    return Fault(kind=FaultKind.TIMEOUT, message=f"{link.place}: no turn for the command within {order.timeout}")


async def _outlives(link: Link, error: Exception) -> bool:
    """Return whether a connection lives on after a channel was not opened.

    When the host has not said no, its end may be what is behind it, which paramiko notices a moment later.
    """
    if link.alive and not isinstance(error, paramiko.ChannelException):
        await asyncio.sleep(_PAUSE_S)
    return link.alive
