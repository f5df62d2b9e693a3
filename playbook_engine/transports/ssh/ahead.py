"""Sockets to hosts that have begun to speak, waited for in the event loop: a silent host holds no thread.

Most of a thousand hosts that are asked at once wait for their login while a few are silent for their whole time to
connect. All are called at the beginning, so that the last silent one is known as such when the first is.
"""

import asyncio
import socket
from collections.abc import Coroutine, Sequence
from typing import Any, TypeAlias

from playbook_engine.transports.ssh.dial import looked_up, no_answer, says_nothing, tune
from playbook_engine.transports.ssh.endpoint import Endpoint

_Address: TypeAlias = tuple[int, int, int, str, Any]


async def called(endpoint: Endpoint) -> socket.socket | None:
    """Return a socket on which a host has begun to speak, or to hang up; raises Unable when the host is silent.

    None is for all that is not as simple: another way leads there, its address is not a number, or something else
    than silence came up. Then `dial` finds out, in a thread.
    """
    addresses = _addresses(endpoint)
    if len(addresses) != 1:
        return None
    family, kind, protocol, _, address = addresses[0]
    try:
        connection = socket.socket(family, kind, protocol)
    except OSError:
        return None
    try:
        return await _spoken_to(connection, address, endpoint)
    except OSError:
        connection.close()
        return None
    except BaseException:
        connection.close()
        raise


def _addresses(endpoint: Endpoint) -> Sequence[_Address]:
    if endpoint.jump is not None or endpoint.proxy is not None:
        return ()
    try:
        return looked_up(endpoint, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return ()


async def _spoken_to(connection: socket.socket, address: Any, endpoint: Endpoint) -> socket.socket:
    loop = asyncio.get_running_loop()
    until = loop.time() + endpoint.pace.connect_s
    tune(connection)
    connection.setblocking(False)
    if not await _within(loop.sock_connect(connection, address), until):
        raise no_answer(endpoint)
    if not await _within(_readable(connection), until):
        raise says_nothing(endpoint)
    return connection


async def _within(work: Coroutine[Any, Any, None], until: float) -> bool:
    """Do something until a moment on the loop's clock; the system's own time-out is no different."""
    try:
        async with asyncio.timeout_at(until):
            await work
    except TimeoutError:
        return False
    return True


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    there = asyncio.Event()
    loop.add_reader(connection, there.set)
    try:
        await there.wait()
    finally:
        loop.remove_reader(connection)
