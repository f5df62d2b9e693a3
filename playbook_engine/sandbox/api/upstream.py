"""Calls of other services: JSON there and back, a timeout, and a breaker for those that fail too often."""

import http.client
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

_MAX_ANSWER = 2**20
_REMEMBERED, _ENOUGH = 20, 8
_OPEN_SECONDS = 5.0
_OPENER = build_opener(ProxyHandler({}))  # a proxy in the environment is not meant for loopback


class UpstreamFailed(Exception):
    """The other service gave no good answer; the text says why in a few words."""

    def __init__(self, why: str, status: int | None = None, *, is_protection: bool = False) -> None:
        super().__init__(why)
        self.status = status
        self.is_protection = is_protection
        """Whether nobody was asked, because the circuit breaker is open."""


class Breaker:
    """Leaves a service alone for some seconds when too large a share of the last calls failed."""

    def __init__(self, threshold: int | None, monotonic: Callable[[], float]) -> None:
        self._threshold = threshold
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failed: deque[bool] = deque(maxlen=_REMEMBERED)
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return self._monotonic() < self._open_until

    def count(self, *, failed: bool) -> None:
        """Count a call that was made; this may open the breaker."""
        if self._threshold is None:
            return
        with self._lock:
            self._failed.append(failed)
            if len(self._failed) >= _ENOUGH and sum(self._failed) * 100 >= self._threshold * len(self._failed):
                self._failed.clear()
                self._open_until = self._monotonic() + _OPEN_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """A service at an address."""

    url: str
    timeout: float
    breaker: Breaker
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        return self._call(Request(self.url + path, headers=dict(self.headers)))  # noqa: S310 an address as configured

    def post(self, path: str, body: object) -> Any:
        headers = {**self.headers, "Content-Type": "application/json"}
        return self._call(Request(self.url + path, json.dumps(body).encode(), headers))  # noqa: S310 as above

    def _call(self, request: Request) -> Any:
        if self.breaker.is_open:
            raise UpstreamFailed("circuit breaker open", is_protection=True)
        try:
            answer = _ask(request, self.timeout)
        except UpstreamFailed:
            self.breaker.count(failed=True)
            raise
        self.breaker.count(failed=False)
        return answer


def _ask(request: Request, timeout: float) -> Any:
    try:
        with _OPENER.open(request, timeout=timeout) as answer:
            return json.loads(answer.read(_MAX_ANSWER) or b"null")
    except HTTPError as error:
        error.close()
        raise UpstreamFailed(_status_text(error.code), error.code) from None
    except URLError as error:
        raise UpstreamFailed(_reason(error.reason)) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UpstreamFailed(_reason(error)) from None


def _status_text(code: int) -> str:
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return "429 Too Many Requests"
    return f"HTTP {code}"


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__
