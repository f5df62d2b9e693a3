"""One client of one cluster: calls in worker threads, each with a deadline, answers read with a bound."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias

import kubernetes.client

from playbook_engine.model.targets import Cluster
from playbook_engine.ports import Clock
from playbook_engine.transports.kubernetes import kubeconfig
from playbook_engine.transports.kubernetes.resources import RESOURCES
from playbook_engine.transports.kubernetes.threads import Threads

Json: TypeAlias = dict[str, Any]
"""An object of the API, as JSON has it."""

_client: Any = kubernetes.client  # the client's types differ from release to release

LARGEST = 16 * 2**20
"""The most bytes of JSON that one request may read."""

CONNECTIONS = 16
_CONNECT_S = 10.0
_PAGE = 500
_NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})
_CHUNK = 64 * 2**10


class TooLarge(Exception):
    """The answer is longer than anyone wants to hold in memory."""


class NotJson(Exception):
    """The answer is not the JSON object that a Kubernetes API would send."""


class DeadlinePassed(Exception):
    """The answer was still coming when the time was over."""


class Session:
    """The warm connections to one cluster."""

    def __init__(self, access: kubeconfig.Access) -> None:
        access.configuration.connection_pool_maxsize = CONNECTIONS
        self.namespace = access.namespace
        self.server = str(access.configuration.host)
        self._access = access
        self._client: Any = _client.ApiClient(access.configuration)
        self._client.user_agent = "runbook"
        self._apis: dict[str, Any] = {}

    @classmethod
    def open(cls, cluster: Cluster, environ: Mapping[str, str]) -> "Session":
        """Read the kubeconfig; nothing is contacted yet. It blocks, and raises KubeconfigError."""
        return cls(kubeconfig.load(cluster, environ))

    def method(self, api: str, name: str) -> Callable[..., Any]:
        """Return a method of the client, such as `read_namespaced_pod` of `CoreV1Api`."""
        if api not in self._apis:
            self._apis[api] = getattr(_client, api)(self._client)
        found: Callable[..., Any] = getattr(self._apis[api], name)
        return found

    def close(self) -> None:
        """Close the idle connections and remove the certificates from disk."""
        self._client.close()
        self._client.rest_client.pool_manager.clear()
        self._access.forget()


@dataclass(frozen=True, slots=True)
class _Call:
    """A method of the client and its arguments.

    It is looked up in the worker thread: the client imports a class of its API when it is first used, which
    takes a second.
    """

    api: str
    method: str
    args: tuple[Any, ...]
    options: Mapping[str, Any]


class Api:
    """What one request sees of a cluster: the calls it needs, under its own deadline.

    `begun` says that a change has been sent; `progress` is the last thing known about something awaited.
    """

    def __init__(self, session: Session, threads: Threads, clock: Clock, deadline_ms: int) -> None:
        self.session = session
        self.clock = clock
        self.begun = False
        self.progress: str | None = None
        self._threads = threads
        self._deadline_ms = deadline_ms
        self._left = LARGEST

    async def read(self, kind: str, name: str, namespace: str) -> Json:
        """Return one object."""
        resource = RESOURCES[kind]
        if not resource.namespaced:
            return await self._json(resource.api, f"read_{resource.word}", (name,))
        return await self._json(resource.api, f"read_namespaced_{resource.word}", (name, namespace))

    async def list_all(self, kind: str, namespace: str | None, **selectors: str) -> Json:
        """Return a list, all its pages as one; without a namespace, of all namespaces."""
        resource = RESOURCES[kind]
        method = f"list_{resource.word}"
        where: tuple[str | None, ...] = ()
        if resource.namespaced and namespace is None:
            method = f"{method}_for_all_namespaces"
        elif resource.namespaced:
            method, where = f"list_namespaced_{resource.word}", (namespace,)
        call = partial(self._json, resource.api, method, where)
        options = {"limit": _PAGE, **selectors}
        page = whole = await call(options)
        while (page.get("metadata") or {}).get("continue"):
            page = await call({**options, "_continue": page["metadata"]["continue"]})
            whole["items"] = [*(whole.get("items") or ()), *(page.get("items") or ())]
        return whole

    async def patch(self, kind: str, name: str, namespace: str, body: Json) -> Json:
        """Change one object; the client sends an object body as a strategic merge patch."""
        resource = RESOURCES[kind]
        return await self._json(
            resource.api, f"patch_namespaced_{resource.word}", (name, namespace, body), change=True
        )

    async def read_scale(self, kind: str, name: str, namespace: str) -> Json:
        resource = RESOURCES[kind]
        return await self._json(resource.api, f"read_namespaced_{resource.word}_scale", (name, namespace))

    async def patch_scale(self, kind: str, name: str, namespace: str, body: Json) -> Json:
        resource = RESOURCES[kind]
        return await self._json(
            resource.api, f"patch_namespaced_{resource.word}_scale", (name, namespace, body), change=True
        )

    async def stream_log(self, name: str, namespace: str, take: Callable[[bytes], None], **options: Any) -> None:
        """Hand the log of one pod to `take`, piece by piece, as it comes."""
        call = _Call("CoreV1Api", "read_namespaced_pod_log", (name, namespace), options)
        await self._threads.run(partial(self._drain, call, take))

    def seconds_left(self) -> float:
        return max((self._deadline_ms - self.clock.monotonic_ms()) / 1000, 0.001)

    async def _json(
        self,
        api: str,
        method: str,
        args: tuple[Any, ...],
        options: Mapping[str, Any] = _NO_OPTIONS,
        *,
        change: bool = False,
    ) -> Json:
        call = _Call(api, method, args, options)
        chunks: list[bytes] = []
        self.begun = self.begun or change
        await self._threads.run(partial(self._drain, call, partial(self._keep, chunks)))
        try:
            answer = json.loads(b"".join(chunks))
        except (ValueError, RecursionError) as error:
            raise NotJson(str(error)) from error
        if not isinstance(answer, dict):
            raise NotJson("the answer is JSON, but no object")
        return answer

    def _keep(self, chunks: list[bytes], chunk: bytes) -> None:
        self._left -= len(chunk)
        if self._left < 0:
            raise TooLarge
        chunks.append(chunk)

    def _drain(self, call: "_Call", take: Callable[[bytes], None]) -> None:
        """Send a request and hand on its answer as it comes; runs in a worker thread."""
        send = self.session.method(call.api, call.method)
        left = self.seconds_left()
        limits = (min(left * 0.8, _CONNECT_S), left)
        response = send(*call.args, **call.options, _preload_content=False, _request_timeout=limits)
        try:
            while chunk := response.read1(_CHUNK):
                take(chunk)
                if self.clock.monotonic_ms() > self._deadline_ms:
                    raise DeadlinePassed
        finally:
            response.close()  # a connection whose answer was read to its end has gone back to the pool by now
