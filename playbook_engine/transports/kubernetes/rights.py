"""What a command needs to be allowed to do, and which of it we are not: `auth can-i` for every step of it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import discovery
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.printing import metadata, part
from playbook_engine.transports.kubernetes.resources import RESOURCES, Resource
from playbook_engine.transports.kubernetes.session import ApiError, Json

_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_REVISIONS = {"deployments": "replicasets"}


@dataclass(frozen=True, slots=True)
class Right:
    """One thing to be allowed: a verb on a resource, or on what is below it; without a namespace, in all of them."""

    verb: str
    resource: Resource
    namespace: str | None
    name: str = ""
    below: str = ""

    @property
    def shown(self) -> str:
        """Return it as a person reads it, with the command that asks about it."""
        what = f"{self.resource.plural}/{self.below}" if self.below else self.resource.plural
        where = f" in namespace {self.namespace}" if self.resource.namespaced and self.namespace else ""
        return f"not allowed to {self.verb} {what}{where} (RBAC): see '{self._command}'"

    @property
    def _command(self) -> str:
        group = f".{self.resource.group}" if self.resource.group else ""
        below = f" --subresource={self.below}" if self.below else ""
        scope = (f" -n {self.namespace}" if self.namespace else " -A") if self.resource.namespaced else ""
        return f"kubectl auth can-i {self.verb} {self.resource.plural}{group}{below}{scope}"

    @property
    def attributes(self) -> Json:
        found = {
            "verb": self.verb,
            "group": self.resource.group,
            "resource": self.resource.plural,
            "subresource": self.below,
            "name": self.name,
            "namespace": (self.namespace or "") if self.resource.namespaced else "",
        }
        return {key: value for key, value in found.items() if value}


async def missing(api: Api, request: KubectlRequest, namespace: str) -> list[Right]:
    """Return what we may not do of all that a command does."""
    needed = list(dict.fromkeys(_needed(request, namespace)))
    if request.verb == "apply":
        needed = await _of_objects(api, request, namespace)
    async with asyncio.TaskGroup() as group:
        answers = [group.create_task(_is_allowed(api, right)) for right in needed]
    return [right for right, answer in zip(needed, answers, strict=True) if not answer.result()]


async def _is_allowed(api: Api, right: Right) -> bool:
    """Ask the server; one that cannot be asked will say so itself when it is told to do it."""
    spec = {"resourceAttributes": right.attributes}
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": spec}
    try:
        answer = await api.send("POST", _REVIEWS, body, change=False)
    except ApiError as error:
        if error.status == 401:
            raise
        return True
    return bool(part(answer, "status").get("allowed"))


def _needed(request: KubectlRequest, namespace: str) -> Iterator[Right]:
    """Yield the rights that a command needs on the object that it names, and besides."""
    verb, name = request.verb, request.names[0] if request.names else ""
    match verb:
        case "scale":
            yield from _both(request.kind, namespace, name, "scale")
        case "delete":
            yield Right("get" if request.names else "list", RESOURCES[request.kind], namespace, name)
            yield from (Right("delete", RESOURCES[request.kind], namespace, one) for one in request.names or ("",))
        case "drain":
            yield from _both("nodes", None, name)
            yield Right("list", RESOURCES["pods"], None)
            yield Right("get", RESOURCES["pods"], None)
            yield Right("create", RESOURCES["pods"], None, below="eviction")
        case "create job":
            yield Right("get", RESOURCES["cronjobs"], namespace)
            yield Right("create", RESOURCES["jobs"], namespace)
        case "exec":
            yield from _exec(request, namespace)
        case "apply":
            return
        case _:
            yield from _both(request.kind, namespace, name)
            if verb == "rollout undo":
                revisions = _REVISIONS.get(request.kind, "controllerrevisions")
                yield Right("list", RESOURCES[revisions], namespace)


def _both(kind: str, namespace: str | None, name: str, below: str = "") -> Iterator[Right]:
    yield from (Right(verb, RESOURCES[kind], namespace, name, below) for verb in ("get", "patch"))


def _exec(request: KubectlRequest, namespace: str) -> Iterator[Right]:
    """Yield what a program needs: a WebSocket begins with GET, and servers from 1.35 on want `create` as well."""
    if request.kind != "pods":
        yield Right("get", RESOURCES[request.kind], namespace, request.names[0])
        yield Right("list", RESOURCES["pods"], namespace)
    else:
        yield Right("get", RESOURCES["pods"], namespace, request.names[0])
    yield from (Right(verb, RESOURCES["pods"], namespace, below="exec") for verb in ("get", "create"))


async def _of_objects(api: Api, request: KubectlRequest, namespace: str) -> list[Right]:
    needed: dict[Right, None] = {}
    for item in cast("list[Json]", request.payload):
        resource = await discovery.of_object(api.document, str(item["apiVersion"]), str(item["kind"]))
        where, name = str(metadata(item).get("namespace") or namespace), str(metadata(item).get("name") or "")
        needed |= {Right(verb, resource, where, name): None for verb in ("get", "patch")}
        needed[Right("create", resource, where)] = None
    return list(needed)
