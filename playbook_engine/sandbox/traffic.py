"""The users of the demo's API: so many of them, each with a request now and then, so that its log is a real one."""

import http.client
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from playbook_engine.sandbox.server import LOOPBACK

_PATIENCE = 5.0
_RUSHING = 12
_REQUESTS: Mapping[str, tuple[str, str]] = {
    "me": ("GET", "/api/v1/me"),
    "conversations": ("GET", "/api/v1/conversations"),
    "messages": ("POST", "/api/v1/messages"),
    "events": ("POST", "/api/v1/events"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many users there are, how long each pauses after an answer, and what they ask for in turn."""

    users: int = 4
    pause: float = 0.5
    asks: Sequence[str] = ("me", "conversations", "messages", "events")


class Traffic:
    """Users from `start` to `close`; `have` changes their pace."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._pace = Pace(users=0)
        self._changed = threading.Event()
        self._threads: list[threading.Thread] = []

    def have(self, pace: Pace) -> None:
        """Send the users of before home, and have these."""
        self.stop()
        self.join()
        self._pace, self._changed = pace, threading.Event()
        self._threads = [
            threading.Thread(target=self._use, args=(number, pace, self._changed), name=f"user-{number}", daemon=True)
            for number in range(pace.users)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let no user begin another request."""
        self._changed.set()

    def join(self) -> None:
        """Wait until every user has gone."""
        for thread in self._threads:
            thread.join()
        self._threads = []

    def rush(self, what: str, count: int) -> None:
        """Send so many requests, some at a time, as fast as they are answered."""
        with ThreadPoolExecutor(max_workers=_RUSHING) as crowd:
            list(crowd.map(lambda number: ask(self._port, self._token, what, number), range(count)))

    def _use(self, number: int, pace: Pace, over: threading.Event) -> None:
        turn = number
        over.wait(pace.pause * number / pace.users)  # not all at the same moment
        while not over.is_set():
            began = time.monotonic()
            ask(self._port, self._token, pace.asks[turn % len(pace.asks)], number)
            turn += 1
            over.wait(max(pace.pause - (time.monotonic() - began), 0.01))


def ask(port: int, token: str, what: str, user: int) -> int | None:
    """Send one request and return the status of its answer; None when there was none."""
    method, path = _REQUESTS[what]
    headers = {"Authorization": f"Bearer {token}", "X-User": f"user_{user}"}
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_PATIENCE)
    try:
        with suppress(OSError, http.client.HTTPException):
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        return None
    finally:
        connection.close()
