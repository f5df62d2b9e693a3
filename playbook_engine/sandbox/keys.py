"""Where the API's verification keys come from: pinned by its configuration, or fetched and cached."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from playbook_engine.sandbox.tokens import PublicKeys, read_keys

_MAX_ANSWER = 2**16


class KeysUnavailable(Exception):
    """No verification key can be had; the text says why."""


class KeySource(Protocol):
    """Gives the keys that count now."""

    def keys(self) -> PublicKeys: ...


@dataclass(frozen=True, slots=True)
class PinnedKeys:
    """The keys that the configuration carries; no network is asked."""

    pinned: PublicKeys

    def keys(self) -> PublicKeys:
        return self.pinned


class FetchedKeys:
    """The keys of a JWKS endpoint, asked again when they are older than `ttl` seconds.

    Keys that are too old are not used, even when the endpoint cannot be reached: that is the outage which the
    demo's playbook is about.
    """

    def __init__(
        self, fetch: Callable[[], bytes], ttl: float, monotonic: Callable[[], float], report: Callable[[str], None]
    ) -> None:
        self._fetch = fetch
        self._ttl = ttl
        self._monotonic = monotonic
        self._report = report
        self._cached: tuple[float, PublicKeys] | None = None

    def keys(self) -> PublicKeys:
        """Return cached keys, or fetch them; KeysUnavailable when neither is possible."""
        cached = self._cached
        if cached and self._monotonic() - cached[0] < self._ttl:
            return cached[1]
        try:
            keys = read_keys(self._fetch())
        except (KeysUnavailable, ValueError) as problem:
            self._report(str(problem))
            raise KeysUnavailable(str(problem)) from None
        self._cached = (self._monotonic(), keys)
        return keys


def fetch(url: str, timeout: float) -> bytes:
    """Return the body of a JWKS answer; KeysUnavailable says in a few words what went wrong."""
    opener = build_opener(ProxyHandler({}))  # a proxy in the environment is not meant for loopback
    try:
        with opener.open(url, timeout=timeout) as answer:
            body: bytes = answer.read(_MAX_ANSWER)
    except HTTPError as error:
        error.close()
        raise KeysUnavailable(f"HTTP {error.code}") from None
    except URLError as error:
        raise KeysUnavailable(_reason(error.reason)) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise KeysUnavailable(_reason(error)) from None
    return body


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__
