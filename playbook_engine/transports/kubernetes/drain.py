"""`drain`: empties a node by evictions, which respect disruption budgets, and waits until its pods are gone."""

import asyncio
from collections.abc import Iterable

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import discovery
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.deleting import grace, still_there
from playbook_engine.transports.kubernetes.evictable import leaving
from playbook_engine.transports.kubernetes.faults import Refused, names_missing_object
from playbook_engine.transports.kubernetes.nodes import is_cordoned, set_schedulable
from playbook_engine.transports.kubernetes.printing import bounded, metadata, name_of
from playbook_engine.transports.kubernetes.session import ApiError, Json
from playbook_engine.values import Value

_BUDGET_WAIT_S, _WAIT_S = 5.0, 0.5


async def drain(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Cordon the node, evict its pods, wait for their end; what must not be evicted is told before any change."""
    del namespace
    node = request.names[0]
    was = is_cordoned(await api.read("nodes", node, ""))
    selectors = {"labelSelector": s} if (s := request.option("pod-selector")) is not None else {}
    listed = await api.list_all("pods", None, fieldSelector=f"spec.nodeName={node}", **selectors)
    pods, kept = leaving(listed.get("items") or (), request)
    version = await discovery.eviction_version(api.document)
    cordoned = await set_schedulable(api, node, unschedulable=True)
    if pods:
        await _Emptying(api, request, pods, version).run()
    before: Value = {"unschedulable": was, "pods": [_full_name(pod) for pod in pods]}
    lines = [
        cordoned.text.text,
        *(f"Ignoring {_full_name(pod)}: it belongs to a daemon set\n" for pod in kept),
        *(f"pod/{name_of(pod)} evicted\n" for pod in pods),
        f"node/{node} drained\n",
    ]
    return KubectlReply(
        text=bounded("".join(lines)),
        changed=bool(pods or cordoned.changed),
        before=before,
        data={"evicted": len(pods)},
    )


class _Emptying:
    """The evictions under way: which pods are still there, and what holds them back."""

    def __init__(self, api: Api, request: KubectlRequest, pods: list[Json], version: str) -> None:
        self._api = api
        self._request = request
        self._pods = pods
        self._version = version
        self._held: dict[str, str] = {}
        self._left = {str(metadata(pod).get("uid")): pod for pod in pods}

    async def run(self) -> None:
        self._tell()
        async with asyncio.TaskGroup() as group:
            for pod in self._pods:
                group.create_task(self._evict(pod))
        while self._left and not self._api.dry_run:
            there = await still_there(self._api, "pods", list(self._left.values()))
            self._left = {str(metadata(pod).get("uid")): pod for pod in there}
            self._tell()
            if there:
                await self._api.clock.sleep(_WAIT_S)
        self._api.progress = None

    async def _evict(self, pod: Json) -> None:
        """Ask until the pod may go; a disruption budget says "not now", and that is waited for."""
        meta = metadata(pod)
        options: Json = {"preconditions": {"uid": meta.get("uid")}}
        if (seconds := grace(self._request)) is not None and seconds >= 0:
            options["gracePeriodSeconds"] = seconds
        if self._api.dry_run:
            options["dryRun"] = ["All"]
        body = {
            "apiVersion": self._version,
            "kind": "Eviction",
            "metadata": {"name": meta.get("name"), "namespace": meta.get("namespace")},
            "deleteOptions": options,
        }
        path = (await self._api.resource("pods")).path(str(meta.get("namespace")), name_of(pod), "eviction")
        while True:
            try:
                await self._api.send("POST", path, body, patient=False)
            except ApiError as error:
                if names_missing_object(error) or error.status == 409 or _goes_anyway(error):
                    break  # it has gone, or another one of the name has come, or its namespace goes
                if error.status != 429:
                    raise
                if self._api.dry_run:
                    raise Refused(f"{_full_name(pod)} may not go now: {_reason(error)}") from error
                self._held[_full_name(pod)] = _reason(error)
                self._tell()
                await self._api.clock.sleep(_BUDGET_WAIT_S)
            else:
                break
        self._held.pop(_full_name(pod), None)

    def _tell(self) -> None:
        """Keep what is waited for, for whoever has to say why it took too long."""
        gone = len(self._pods) - len(self._left)
        text = f"node '{self._request.names[0]}': {gone} of {len(self._pods)} pods are gone"
        if self._held:
            name, reason = next(iter(self._held.items()))
            more = f" and {len(self._held) - 1} more" if len(self._held) > 1 else ""
            text += f"; {name}{more} may not go: {reason}"
        elif self._left:
            text += f"; {_names(self._left.values())} still there"
        self._api.progress = text


def _goes_anyway(error: ApiError) -> bool:
    """Return whether the pod's namespace is being deleted: nothing can be evicted there, and the pod ends with it."""
    causes = (error.about.get("details") or {}).get("causes") or ()
    return error.status == 403 and any(cause.get("reason") == "NamespaceTerminating" for cause in causes)


def _reason(error: ApiError) -> str:
    causes = (error.about.get("details") or {}).get("causes") or ()
    said = [str(cause.get("message")) for cause in causes if cause.get("message")]
    return said[0] if said else str(error.about.get("message") or "the server says 429")


def _names(pods: Iterable[Json]) -> str:
    names = [_full_name(pod) for pod in pods]
    shown = ", ".join(names[:3])
    return (
        f"{shown} and {len(names) - 3} more are"
        if len(names) > 3
        else f"{shown} {'is' if len(names) == 1 else 'are'}"
    )


def _full_name(pod: Json) -> str:
    return f"{metadata(pod).get('namespace')}/{name_of(pod)}"
