"""What each method does to an object: reading, changing, deleting, each with the refusals of the real API."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from playbook_engine.sandbox.kube import access, metrics, patch, programs, selectors, watches
from playbook_engine.sandbox.kube.logs import read_log
from playbook_engine.sandbox.kube.objects import CONTAINER, NAMESPACE
from playbook_engine.sandbox.kube.routes import Target
from playbook_engine.sandbox.kube.statuses import (
    Refusal,
    bad_request,
    conflict,
    forbidden,
    method_not_allowed,
    not_found,
    unsupported_media_type,
    wrong_uid,
)
from playbook_engine.sandbox.kube.store import Object, Store
from playbook_engine.sandbox.kube.validation import check_deployment
from playbook_engine.sandbox.stamps import object_time
from playbook_engine.sandbox.web import Reply, Request, json_reply

_USER = "system:serviceaccount:gymbro:runbook"
_VERBS = {"GET": "get", "HEAD": "get", "PATCH": "patch", "PUT": "update", "DELETE": "delete", "POST": "create"}
_PATCHES: Mapping[str, Callable[[Any, Any], Any]] = {
    "application/strategic-merge-patch+json": patch.strategic,
    "application/merge-patch+json": patch.merge,
    "application/json-patch+json": patch.json_patch,
}
_NOT_SERVED = ("follow", "fieldValidation")
"""Parameters that change what a request means: to ignore them would be to do something else than was asked."""


class Runtime(Protocol):
    """The processes behind the pods."""

    def pids(self) -> Mapping[str, int]:
        """Return the process of each pod that has one."""
        ...

    def place(self, pod: str) -> programs.Place | None:
        """Return where a pod's process runs; None when it does not."""
        ...


class Operations:
    """Carries a request out on the store."""

    def __init__(self, store: Store, logs: Path, runtime: Runtime) -> None:
        self._store = store
        self._logs = logs
        self._runtime = runtime

    def carry_out(self, target: Target, request: Request) -> Reply:
        """Return the answer; whatever cannot be done is a Refusal."""
        verb = _verb(target, request)
        for name in _NOT_SERVED:
            if request.query.get(name, "false").lower() not in {"false", "0"}:
                raise bad_request(f"the demo's API server does not serve '{name}'")
        if target.resource.kind == "SelfSubjectAccessReview":
            return json_reply(201, access.review(_json(request.body)))
        if target.resource.api == metrics.API:
            return json_reply(200, self._measured(target, request.query))
        if verb == "list":
            return self._list(target, request.query)
        if verb == "delete":
            return json_reply(200, self._delete(target, _json(request.body) if request.body else {}))
        if target.subresource == "exec":
            return self._run(target, request)
        if verb == "get" and target.subresource == "log":
            self._store.get("pods", target.name)
            return Reply(status=200, body=read_log(self._logs, target.name, request.query), content_type="text/plain")
        if verb == "get":
            return json_reply(200, _shown(target, self._store.get(target.resource.name, target.name)))
        keep = request.query.get("dryRun") != "All"
        return json_reply(200, self._change(target, _edit(verb, request), keep=keep))

    def _list(self, target: Target, query: Mapping[str, str]) -> Reply:
        selected = _selected(query)
        if query.get("watch", "false").lower() not in {"false", "0"}:
            return watches.reply(target.resource, query, self._store, selected)
        with self._store.together():
            things = [thing for thing in self._store.list(target.resource.name) if selected(thing)]
            meta = {"resourceVersion": self._store.revision}
        kind, api = f"{target.resource.kind}List", target.resource.api
        return json_reply(200, {"kind": kind, "apiVersion": api, "metadata": meta, "items": things})

    def _measured(self, target: Target, query: Mapping[str, str]) -> dict[str, Any]:
        """Return what the processes use: one measurement, or a list of them."""
        if target.resource.kind == "NodeMetrics":
            found = metrics.of_nodes(self._store.list("nodes"), self._store.list("pods"), self._runtime.pids())
        else:
            matches = selectors.labels(query.get("labelSelector", ""))
            pods = [pod for pod in self._store.list("pods") if matches(pod)]
            found = metrics.of_pods(pods, self._runtime.pids())
        if not target.name:
            return {"kind": f"{target.resource.kind}List", "apiVersion": metrics.API, "items": found}
        named = [one for one in found if one["metadata"]["name"] == target.name]
        if not named:
            raise not_found(target.resource.name, target.name)
        return named[0]

    def _run(self, target: Target, request: Request) -> Reply:
        """Run a program where the pod's process runs, and carry its streams over a WebSocket."""
        pod = self._store.get("pods", target.name)
        container = request.query.get("container") or CONTAINER
        if container != CONTAINER:
            raise bad_request(f"container {container} is not valid for pod {pod['metadata']['name']}")
        place = self._runtime.place(target.name)
        if place is None:
            raise bad_request(f"pod {target.name} does not run")
        words = [value for name, value in request.pairs if name == "command"]
        if not words:
            raise bad_request("you must specify at least 1 command for the container")
        return programs.reply(request, words, place)

    def _delete(self, target: Target, options: Any) -> Object:
        """Mark a pod as deleted; the controller ends its process and takes it away."""
        wanted = (options.get("preconditions") or {}).get("uid") if isinstance(options, dict) else None

        def mark(pod: Object) -> Object:
            if wanted not in (None, pod["metadata"]["uid"]):
                raise wrong_uid(target.resource.name, target.name)
            return {**pod, "metadata": {"deletionTimestamp": object_time(), **pod["metadata"]}}

        keep = not (isinstance(options, dict) and options.get("dryRun") == ["All"])
        return self._store.change(target.resource.name, target.name, mark, keep=keep)

    def _change(self, target: Target, edit: Callable[[Any], Any], *, keep: bool) -> Object:
        """Change an object, or its scale, by `edit`; without `keep`, only tell what would come of it."""

        def apply(old: Object) -> Object:
            new = edit(_shown(target, old))
            _check_shape(old, new)
            if target.subresource == "scale":
                new = _rescaled(old, new)
            if target.resource.kind == "Deployment":
                check_deployment(old, new)
            return {**_without_empty(new), "kind": old["kind"], "apiVersion": old["apiVersion"], **_status(old)}

        return _shown(target, self._store.change(target.resource.name, target.name, apply, keep=keep))


def _selected(query: Mapping[str, str]) -> Callable[[Object], bool]:
    by_label = selectors.labels(query.get("labelSelector", ""))
    by_field = selectors.fields(query.get("fieldSelector", ""))
    return lambda thing: by_label(thing) and by_field(thing)


def _verb(target: Target, request: Request) -> str:
    verb = _VERBS.get(request.method)
    if verb is None:
        raise method_not_allowed()
    if verb == "get" and not target.name:
        verb = "list"
    if verb not in {"list", "create"} and not target.name:
        verb = f"{verb}collection"
    if verb not in target.resource.verbs or target.namespace not in {None, NAMESPACE}:
        raise _denied(target, verb)
    if target.subresource in ("log", "exec") and verb != "get":
        raise method_not_allowed()
    return verb


def _denied(target: Target, verb: str) -> Refusal:
    group = target.resource.api.rpartition("/")[0]
    where = f'in the namespace "{target.namespace}"' if target.namespace else "at the cluster scope"
    why = f'User "{_USER}" cannot {verb} resource "{target.resource.name}" in API group "{group}" {where}'
    return forbidden(target.resource.name, target.name, why)


def _edit(verb: str, request: Request) -> Callable[[Any], Any]:
    media = request.headers.get("content-type", "").partition(";")[0].strip()
    if verb == "update":
        body = _json(request.body)
        return lambda _: body
    apply = _PATCHES.get(media)
    if apply is None:
        raise unsupported_media_type(media, ", ".join(_PATCHES))
    change = _json(request.body)
    return lambda old: apply(old, change)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("the body of the request is not JSON") from None


def _check_shape(old: Object, new: Any) -> None:
    """Refuse what is not an object at all, before its fields are looked at."""
    if not isinstance(new, dict) or not isinstance(new.get("metadata"), dict):
        raise bad_request("the result is not an object with metadata")
    if "spec" in old and not isinstance(new.get("spec"), dict):
        raise bad_request("the result has no spec that is a mapping")


def _without_empty(thing: Object) -> Object:
    """Leave out labels and annotations without any key, as the real API does, in the pod template too."""
    result = dict(thing)
    if isinstance(thing.get("metadata"), dict):
        empty = {key for key in ("labels", "annotations") if thing["metadata"].get(key) == {}}
        result["metadata"] = {key: value for key, value in thing["metadata"].items() if key not in empty}
    for part in ("spec", "template"):
        if isinstance(thing.get(part), dict):
            result[part] = _without_empty(thing[part])
    return result


def _shown(target: Target, thing: Object) -> Object:
    """Return the object as its path shows it: a scale, or itself."""
    if target.subresource != "scale":
        return thing
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    selector = ",".join(f"{name}={value}" for name, value in thing["spec"]["selector"]["matchLabels"].items())
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: thing["metadata"][key] for key in kept},
        "spec": {"replicas": thing["spec"]["replicas"]},
        "status": {"replicas": thing.get("status", {}).get("replicas", 0), "selector": selector},
    }


def _rescaled(old: Object, scale: Object) -> Object:
    version = scale["metadata"].get("resourceVersion")
    if version not in {None, "", old["metadata"]["resourceVersion"]}:
        raise conflict("deployments", old["metadata"]["name"])
    return {**old, "spec": {**old["spec"], "replicas": scale.get("spec", {}).get("replicas", 0)}}


def _status(old: Object) -> dict[str, Any]:
    """Return the status that stays: only the controller changes it."""
    return {"status": old["status"]} if "status" in old else {}
