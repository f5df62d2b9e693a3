"""Carries kubectl requests: one session per cluster, one deadline per request, every failure a Fault."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.model.replies import Answer, Fault, FaultKind, KubectlReply
from playbook_engine.model.requests import KubectlRequest, Request
from playbook_engine.model.targets import Cluster
from playbook_engine.ports import Clock
from playbook_engine.transports.gate import Gate
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.carriers import CARRIERS, REHEARSE, Carried, persist
from playbook_engine.transports.kubernetes.faults import Failed, missing_name, translate
from playbook_engine.transports.kubernetes.printing import name_of
from playbook_engine.transports.kubernetes.resources import RESOURCES
from playbook_engine.transports.kubernetes.session import CONNECTIONS, Session
from playbook_engine.transports.kubernetes.threads import Threads

_GRACE_S = 2.0
_HINT_S = 2.0


class KubernetesTransport:
    """The transport `kubectl`; `environ` says where the kubeconfig is (`KUBECONFIG`)."""

    def __init__(self, *, clock: Clock, environ: Mapping[str, str]) -> None:
        self._clock = clock
        self._environ = environ
        self._threads = Threads(CONNECTIONS)
        self._sessions: dict[tuple[str | None, str | None], asyncio.Task[Session]] = {}
        self._told: set[asyncio.Task[Session]] = set()
        self._gate = Gate()

    async def perform(self, request: Request) -> Answer:
        """Carry out one request; what goes wrong is a Fault."""
        if not isinstance(request, KubectlRequest) or request.verb not in (*CARRIERS, REHEARSE):
            return Fault(kind=FaultKind.ERROR, message=f"not a kubectl request: {request.summary()}")
        return await self._gate.through(str(request.target.name), self._timed(request))

    def _noted(self, reply: KubectlReply, request: KubectlRequest) -> KubectlReply:
        """Say once in a run what has to be said about the connection."""
        opening = self._sessions[_key(request.target)]
        note = opening.result().note
        if note is None or opening in self._told:
            return reply
        self._told.add(opening)
        return replace(reply, notes=(note,))

    async def close(self) -> None:
        """Close every connection; calls that still run get a moment to end."""
        await self._gate.shut()
        await self._threads.settled(_GRACE_S)
        for opening in self._sessions.values():
            # One that is just being opened has certificates on disk already: it is waited for, but not for long.
            with contextlib.suppress(asyncio.CancelledError, Exception):
                async with asyncio.timeout(_GRACE_S):
                    (await opening).close()
        self._sessions.clear()

    async def _timed(self, request: KubectlRequest) -> Answer:
        started = self._clock.monotonic_ms()
        answer = await self._within_deadline(request, started)
        if isinstance(answer, KubectlReply):
            answer = self._noted(answer, request)
        return replace(answer, duration_ms=self._clock.monotonic_ms() - started)

    async def _within_deadline(self, request: KubectlRequest, started: int) -> Carried | Fault:
        attempt = _Attempt(request)
        try:
            async with asyncio.timeout(request.timeout.seconds):
                return await self._carry(attempt, started)
        except Exception as error:  # noqa: BLE001 - nothing of what a client may raise ends a run
            first = attempt.failed or _first(error)
            fault = attempt.fault(first)
            if missing_name(first) in attempt.request.names:
                fault = replace(fault, hint=await self._nearest(attempt))
            return fault

    async def _carry(self, attempt: "_Attempt", started: int) -> Carried:
        request = attempt.request
        session = await self._session(request.target)
        namespace = request.namespace or session.namespace
        attempt.request = replace(request, namespace=namespace)
        attempt.api = Api(session, self._threads, self._clock, started + request.timeout.ms)
        attempt.api.dry_run = request.option("dry-run") == "server"
        carrying = asyncio.ensure_future(persist(attempt.api, attempt.request, namespace))
        try:
            return await asyncio.shield(carrying)
        except asyncio.CancelledError:
            await self._end(carrying, attempt)
            raise

    async def _end(self, carrying: "asyncio.Future[Carried]", attempt: "_Attempt") -> None:
        """End what is under way; a change that has left is given a moment, so that nothing overtakes it."""
        if attempt.api is not None and attempt.api.pending:
            attempt.api.given_up.set()
            await asyncio.wait((carrying,), timeout=_GRACE_S)
        carrying.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            try:
                await carrying
            except Failed as failed:
                attempt.failed = failed  # it knows more of the end than that time was up

    async def _session(self, cluster: Cluster) -> Session:
        """Return the cluster's session; requests that come at once share one opening."""
        key = _key(cluster)
        opening = self._sessions.get(key)
        if opening is None:
            opening = asyncio.create_task(
                self._threads.run(partial(Session.open, cluster, self._environ, self._clock.now))
            )
            self._sessions[key] = opening
        try:
            return await asyncio.shield(opening)
        except Exception:
            self._sessions.pop(key, None)  # a credential plugin may succeed next time
            raise

    async def _nearest(self, attempt: "_Attempt") -> str | None:
        """Return the nearest name to one that is not there, when that can be found out quickly."""
        request, api = attempt.request, attempt.api
        if api is None or not request.names or request.kind not in RESOURCES:
            return None
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_HINT_S):
                found = await api.list_all(request.kind, request.namespace)
                names = [name_of(item) for item in found.get("items") or ()]
                missing = next((name for name in request.names if name not in names), request.names[0])
                return did_you_mean(missing, names) or _all_of(request, names)
        return None


class _Attempt:
    """How far one request has come, for whoever has to say why it went no further."""

    def __init__(self, request: KubectlRequest) -> None:
        self.request = request
        self.api: Api | None = None
        self.failed: Failed | None = None

    def fault(self, error: Exception) -> Fault:
        """Return what went wrong; a change whose answer never came may still be under way."""
        api = self.api
        if api is None:
            return translate(error, self.request, begun=False, server="the cluster")
        server = api.session.server
        fault = translate(error, self.request, begun=api.begun, changed=api.changed, server=server)
        if fault.kind is not FaultKind.TIMEOUT or isinstance(error, Failed):
            return fault
        message = f"{api.progress}, after {self.request.timeout}" if api.progress else fault.message
        return replace(fault, message=message, may_live=fault.may_live or api.pending > 0)


def _key(cluster: Cluster) -> tuple[str | None, str | None]:
    return cluster.kubeconfig, cluster.context


def _all_of(request: KubectlRequest, names: list[str]) -> str:
    if not names:
        return f"There are no {request.kind} in namespace {request.namespace}."
    return f"There are {', '.join(names[:10])}{' …' if len(names) > 10 else ''}."


def _first(error: Exception) -> Exception:
    """Return what a group of tasks failed of: the first of its errors."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
