"""The warm connections to one cluster: plain HTTP requests with the kubeconfig's credentials."""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlencode

import kubernetes.client
import urllib3

from playbook_engine.model.targets import Cluster
from playbook_engine.transports.kubernetes import kubeconfig
from playbook_engine.transports.kubernetes.credentials import Now
from playbook_engine.transports.kubernetes.plugin import Credential
from playbook_engine.transports.kubernetes.unusable import KubeconfigError

Json: TypeAlias = dict[str, Any]
"""An object of the API, as JSON has it."""

T = TypeVar("T")

_client: Any = kubernetes.client  # the client's types differ from release to release

LARGEST = 16 * 2**20
"""The most bytes of JSON that one request may read."""

CONNECTIONS = 16
_LONGEST_ERROR = 64 * 2**10
_CHUNK = 64 * 2**10


class ApiError(Exception):
    """The server answered with a status that is no success; `about` is the Status object that explains it.

    `retry_after` are the seconds that the server asks to wait before the next try, `flow` is the name of the queue
    that turned the request away (API priority and fairness).
    """

    def __init__(
        self, status: int, reason: str = "", body: str = "", *, retry_after: float | None = None, flow: str = ""
    ) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.body = body
        self.retry_after = retry_after
        self.flow = flow

    @property
    def about(self) -> Json:
        """Return the Status object that an API server explains itself with; empty when there is none."""
        try:
            status = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return status if isinstance(status, dict) else {}


class TooLarge(Exception):
    """The answer is longer than anyone wants to hold in memory."""


class NotJson(Exception):
    """The answer is not the JSON object that a Kubernetes API would send."""


class DeadlinePassed(Exception):
    """The answer was still coming when the time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to the API server; `change` says that it changes something when it arrives."""

    method: str
    path: str
    query: Mapping[str, str | list[str]] = field(default_factory=dict)
    body: bytes | None = None
    media: str = ""
    change: bool = False


class Hold:
    """The answer that a worker thread reads, for whoever has to end that reading from outside."""

    def __init__(self) -> None:
        self._response: Any = None  # nothing to shut down yet
        self._cut = False

    def take(self, response: Any) -> None:
        self._response = response
        if self._cut:
            self.cut()

    def cut(self) -> None:
        """End the reading: the thread sees the end of the stream. Nothing happens when it has ended."""
        self._cut = True
        with suppress(ValueError, OSError, RuntimeError, AttributeError):  # urllib3 says so when it is closed
            self._response.shutdown()


class Session:
    """The warm connections to one cluster, and what has been learned about its API."""

    def __init__(self, access: kubeconfig.Access) -> None:
        access.configuration.connection_pool_maxsize = CONNECTIONS
        self.configuration = access.configuration
        self.namespace = access.namespace
        self.server = str(access.configuration.host).rstrip("/")
        self.discovered: dict[str, Json] = {}
        self._access = access
        self._lock = threading.Lock()
        self._certificate: str | None = None
        self._client = self._connected()
        self._former: list[Any] = []
        """Clients with another certificate, which threads may still use."""

    @classmethod
    def open(cls, cluster: Cluster, environ: Mapping[str, str], now: Now) -> "Session":
        """Read the kubeconfig; nothing is contacted yet. It blocks, and raises KubeconfigError."""
        return cls(kubeconfig.load(cluster, environ, now))

    @property
    def note(self) -> str | None:
        """Return what has to be said about the connection: that nobody checks whom it leads to."""
        if not self._access.is_unchecked:
            return None
        return f"the certificate of {self.server} is not checked: the kubeconfig says insecure-skip-tls-verify"

    def headers(self, who: Credential) -> list[tuple[str, str]]:
        """Return who we are, and as whom we act."""
        own = [("Authorization", who.authorization)] if who.authorization else []
        return [("User-Agent", "runbook"), *own, *self._access.headers]

    def identified(self, seconds: float, send: Callable[[Credential], T]) -> T:
        """Send something with our credentials; with others once more, when these are not accepted any more.

        A request that is answered with 401 was not looked at, so a change may be sent again as well.
        """
        who = self._access.credentials.current(seconds)
        self._present(who)
        try:
            return send(who)
        except ApiError as error:
            other = self._access.credentials.instead_of(who, seconds) if error.status == 401 else None
            if other is None:
                raise
        self._present(other)
        return send(other)

    def url(self, call: Call) -> str:
        query = urlencode(call.query, doseq=True)
        return f"{self.server}{call.path}{'?' if query else ''}{query}"

    def fetch(
        self,
        call: Call,
        take: Callable[[bytes], None],
        limits: tuple[float, float],
        late: Callable[[], bool],
        hold: Hold | None = None,
    ) -> None:
        """Send a request and hand on its answer as it comes; blocks, and raises ApiError for a refusal.

        `limits` are the seconds for the connection and for each read; `late` tells when the whole has taken too long.
        """
        self.identified(limits[1], lambda who: self._fetch(call, take, limits, late, hold or Hold(), who))

    def _fetch(
        self,
        call: Call,
        take: Callable[[bytes], None],
        limits: tuple[float, float],
        late: Callable[[], bool],
        hold: Hold,
        who: Credential,
    ) -> None:
        headers = urllib3.HTTPHeaderDict(self.headers(who))
        headers["Accept"] = "application/json, */*"
        if call.body is not None:
            headers["Content-Type"] = call.media
        response = self._client.rest_client.pool_manager.request(
            call.method,
            self.url(call),
            body=call.body,
            headers=headers,
            timeout=urllib3.Timeout(connect=limits[0], read=limits[1]),
            preload_content=False,
            redirect=False,
            retries=False,  # what may be sent again is decided elsewhere (repeating)
        )
        try:
            if not 200 <= response.status < 300:
                raise _refusal(response)
            hold.take(response)
            while chunk := response.read1(_CHUNK):
                take(chunk)
                if late():
                    raise DeadlinePassed
        finally:
            response.close()  # a connection whose answer was read to its end has gone back to the pool by now

    def _present(self, who: Credential) -> None:
        """Use the certificate of a credential plugin; other certificates need other connections."""
        with self._lock:
            if who.certificate == self._certificate or who.certificate is None or who.key is None:
                return
            for name, text in (("cert_file", who.certificate), ("key_file", who.key)):
                path = self._access.folder / f"plugin-{name}.pem"
                path.touch(0o600)
                path.write_text(text, "utf-8")
                setattr(self.configuration, name, str(path))
            self._certificate = who.certificate
            self._former.append(self._client)
            self._client = self._connected()

    def _connected(self) -> Any:
        """Return the client; its connections are made when they are needed."""
        try:
            return _client.ApiClient(self.configuration)
        except ImportError as error:
            proxy = Path(str(self.configuration.proxy)).name
            raise KubeconfigError(f"the proxy {proxy} cannot be used: {error}", "Install PySocks.") from error

    def close(self) -> None:
        """Close the connections and remove the certificates from disk; one that is in use ends when it is given back.

        The client's own `close` only forgets them: they stay open until nothing refers to their pool any more. An
        exception that came through it may do so until the next collection of garbage.
        """
        for client in (*self._former, self._client):
            pools = client.rest_client.pool_manager.pools
            for key in pools.keys():  # noqa: SIM118  it is no mapping to iterate over: threads may add to it
                pools[key].close()
            client.close()
        self._access.forget()


def _refusal(response: Any) -> ApiError:
    body = response.read(_LONGEST_ERROR).decode("utf-8", "replace")
    after = str(response.headers.get("Retry-After") or "")
    return ApiError(
        response.status,
        str(response.reason or ""),
        body,
        retry_after=float(after) if after.isdecimal() and len(after) < 7 else None,
        flow=str(response.headers.get("X-Kubernetes-PF-FlowSchema-UID") or ""),
    )
