"""The warm connections to one cluster: plain HTTP requests with the kubeconfig's credentials."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlencode

import kubernetes.client
import urllib3

from playbook_engine.model.targets import Cluster
from playbook_engine.transports.kubernetes import kubeconfig

Json: TypeAlias = dict[str, Any]
"""An object of the API, as JSON has it."""

_client: Any = kubernetes.client  # the client's types differ from release to release

LARGEST = 16 * 2**20
"""The most bytes of JSON that one request may read."""

CONNECTIONS = 16
_LONGEST_ERROR = 64 * 2**10
_CHUNK = 64 * 2**10


class ApiError(Exception):
    """The server answered with a status that is no success; `about` is the Status object that explains it."""

    def __init__(self, status: int, reason: str = "", body: str = "") -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.body = body

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


class Session:
    """The warm connections to one cluster, and what has been learned about its API."""

    def __init__(self, access: kubeconfig.Access) -> None:
        access.configuration.connection_pool_maxsize = CONNECTIONS
        self.configuration = access.configuration
        self.namespace = access.namespace
        self.server = str(access.configuration.host).rstrip("/")
        self.discovered: dict[str, Json] = {}
        self._access = access
        self._client: Any = _client.ApiClient(access.configuration)

    @classmethod
    def open(cls, cluster: Cluster, environ: Mapping[str, str]) -> "Session":
        """Read the kubeconfig; nothing is contacted yet. It blocks, and raises KubeconfigError."""
        return cls(kubeconfig.load(cluster, environ))

    def headers(self) -> dict[str, str]:
        """Return who we are; a credential plugin may be asked for a fresh token."""
        token = self.configuration.auth_settings().get("BearerToken")
        return {"User-Agent": "runbook"} | ({"Authorization": str(token["value"])} if token else {})

    def url(self, call: Call) -> str:
        query = urlencode(call.query, doseq=True)
        return f"{self.server}{call.path}{'?' if query else ''}{query}"

    def fetch(
        self, call: Call, take: Callable[[bytes], None], limits: tuple[float, float], late: Callable[[], bool]
    ) -> None:
        """Send a request and hand on its answer as it comes; blocks, and raises ApiError for a refusal.

        `limits` are the seconds for the connection and for each read; `late` tells when the whole has taken too long.
        """
        headers = self.headers() | {"Accept": "application/json, */*"}
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
            retries=False,  # a refusal is told at once, and a change is never sent twice
        )
        try:
            if not 200 <= response.status < 300:
                body = response.read(_LONGEST_ERROR).decode("utf-8", "replace")
                raise ApiError(response.status, str(response.reason or ""), body)
            while chunk := response.read1(_CHUNK):
                take(chunk)
                if late():
                    raise DeadlinePassed
        finally:
            response.close()  # a connection whose answer was read to its end has gone back to the pool by now

    def close(self) -> None:
        """Close the idle connections and remove the certificates from disk."""
        self._client.close()
        self._client.rest_client.pool_manager.clear()
        self._access.forget()
