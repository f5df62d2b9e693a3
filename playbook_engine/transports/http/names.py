"""Name resolution that holds nobody up.

The system's resolver cannot be told to stop: with asyncio's own threads six dead names would hold up all the others,
and the end of the run. So each name that is being looked up has a thread of its own, which nobody waits for.
"""

import asyncio
import socket
from ipaddress import ip_address
from itertools import chain, zip_longest

from playbook_engine.transports.http.apart import apart


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
            answer = self._asked[host] = apart(f"resolve-{host}", lambda: _resolved(host))
            answer.add_done_callback(lambda _: self._asked.pop(host, None))
        return await asyncio.shield(answer)


def _resolved(host: str) -> tuple[str, ...]:
    """Return the addresses, those of IPv4 and IPv6 by turns: when one of the two is dead, the other is tried soon."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "not a name") from None
    first = found[0][0] if found else socket.AF_INET
    by_turns = zip_longest(
        (str(each[4][0]) for each in found if each[0] == first),
        (str(each[4][0]) for each in found if each[0] != first),
    )
    return tuple(dict.fromkeys(each for each in chain.from_iterable(by_turns) if each is not None))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
