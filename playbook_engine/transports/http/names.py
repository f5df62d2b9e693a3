"""Name resolution that holds nobody up.

The system's resolver cannot be told to stop. Asyncio hands it to a handful of threads that everybody shares and that
the program waits for at its end: six dead names would hold up all the others, and the end of the run. So each name
that is being looked up has a thread of its own, which nobody waits for.
"""

import asyncio
import contextlib
import socket
import threading
from ipaddress import ip_address
from itertools import chain, zip_longest


class Names:
    """Looks names up; the same name is looked up once at a time."""

    def __init__(self) -> None:
        self._asked: dict[str, asyncio.Future[tuple[str, ...]]] = {}

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Return the addresses of a host in the order in which to try them; raises OSError."""
        if _is_address(host):
            return (host,)
        answer = self._asked.get(host)
        if answer is None:
            answer = self._asked[host] = _look_up(host)
            answer.add_done_callback(lambda _: self._asked.pop(host, None))
        return await asyncio.shield(answer)


def _look_up(host: str) -> asyncio.Future[tuple[str, ...]]:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[tuple[str, ...]] = loop.create_future()
    answer.add_done_callback(_noticed)

    def ask() -> None:
        try:
            found = _resolved(host)
        except OSError as error:
            _tell(loop, answer, error)
        except UnicodeError:
            _tell(loop, answer, socket.gaierror(socket.EAI_NONAME, "not a name"))
        else:
            _tell(loop, answer, found)

    threading.Thread(target=ask, name=f"resolve-{host}", daemon=True).start()
    return answer


def _resolved(host: str) -> tuple[str, ...]:
    """Return the addresses, those of IPv4 and IPv6 by turns: when one of the two is dead, the other is tried soon."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    first = found[0][0] if found else socket.AF_INET
    by_turns = zip_longest(
        (str(each[4][0]) for each in found if each[0] == first),
        (str(each[4][0]) for each in found if each[0] != first),
    )
    return tuple(dict.fromkeys(each for each in chain.from_iterable(by_turns) if each is not None))


def _tell(
    loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[tuple[str, ...]]", found: tuple[str, ...] | OSError
) -> None:
    def tell() -> None:
        if answer.done():
            return
        if isinstance(found, OSError):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    with contextlib.suppress(RuntimeError):  # the loop has ended: nobody listens any more
        loop.call_soon_threadsafe(tell)


def _noticed(answer: "asyncio.Future[tuple[str, ...]]") -> None:
    """Look at an exception that nobody may wait for any more, so that asyncio does not complain about it."""
    if not answer.cancelled():
        answer.exception()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
