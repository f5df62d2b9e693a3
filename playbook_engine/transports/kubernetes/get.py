"""`get`: one object, several, or a list; and the state that an undo needs."""

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import environment, jsonpath, printing, scale
from playbook_engine.transports.kubernetes.resources import RESOURCES
from playbook_engine.transports.kubernetes.secrets import veil
from playbook_engine.transports.kubernetes.session import Api, Json
from playbook_engine.values import Value


async def get(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Read what the request names."""
    output = request.option("output") or ""
    if output == "snapshot":
        return await _snapshot(api, request, namespace)
    items, single = await _items(api, request, namespace)
    if not items and output == "":
        return KubectlReply(
            text=printing.bounded(f"{_nothing(request, namespace)}\n"), data=_data(items, single=single)
        )
    data = _data(items, single=single)
    return KubectlReply(text=printing.bounded(_text(api, request, items, data)), data=data)


async def _items(api: Api, request: KubectlRequest, namespace: str) -> tuple[list[Json], bool]:
    """Return the objects, each with its kind, and whether just one was asked for."""
    if request.names:
        found = [await api.read(request.kind, name, namespace) for name in request.names]
        return [_whole(item, request.kind, "") for item in found], len(found) == 1
    everywhere = request.option("all-namespaces") is not None
    selectors = {
        word: value
        for word, name in (("label_selector", "selector"), ("field_selector", "field-selector"))
        if (value := request.option(name)) is not None
    }
    answer = await api.list_all(request.kind, None if everywhere else namespace, **selectors)
    version = str(answer.get("apiVersion", ""))
    return [_whole(item, request.kind, version) for item in answer.get("items") or ()], False


def _whole(item: Json, kind: str, version: str) -> Json:
    """Return an object with the kind and version that a list leaves out of its items, secrets hidden."""
    named = {"apiVersion": item.get("apiVersion") or version, "kind": item.get("kind") or RESOURCES[kind].kind}
    return dict(veil({**named, **item}))


def _data(items: list[Json], *, single: bool) -> Value:
    if single:
        return items[0]
    return {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": list(items)}


def _text(api: Api, request: KubectlRequest, items: list[Json], data: Value) -> str:
    output = request.option("output") or ""
    if output == "json":
        return printing.as_json(data)
    if output == "name":
        return printing.as_names(request.kind, items)
    if output.startswith("jsonpath="):
        return jsonpath.evaluate(output.removeprefix("jsonpath="), data)
    everywhere = request.option("all-namespaces") is not None and RESOURCES[request.kind].namespaced
    return printing.as_table(request.kind, items, api.clock.now(), namespaces=everywhere)


def _nothing(request: KubectlRequest, namespace: str) -> str:
    everywhere = request.option("all-namespaces") is not None or not RESOURCES[request.kind].namespaced
    return "No resources found." if everywhere else f"No resources found in {namespace} namespace."


async def _snapshot(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Return what a change is about to replace: variables for `set env`, else the number of replicas."""
    if request.assignments:
        return KubectlReply(data={"env": await environment.snapshot(api, request, namespace)})
    return KubectlReply(data={"replicas": await scale.snapshot(api, request, namespace)})
