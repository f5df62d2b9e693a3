"""`get`: one object, several, or a list."""

import contextlib

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import jsonpath, outputs, tables
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import names_missing_object
from playbook_engine.transports.kubernetes.printing import bounded, metadata
from playbook_engine.transports.kubernetes.resources import RESOURCES
from playbook_engine.transports.kubernetes.secrets import veil
from playbook_engine.transports.kubernetes.session import ApiError, Json
from playbook_engine.values import Value


async def get(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Read what the request names."""
    items, single = await found(api, request, namespace)
    if not items and len(request.names) == 1:
        return KubectlReply()  # with --ignore-not-found, an object that is not there is no object
    if (path := request.option("sort-by")) is not None:
        items = sorted(items, key=lambda item: _order(jsonpath.values(path, item)))
    data = outputs.data_of(items, single=single)
    text = outputs.shaped(request, items, data)
    if text is None:
        text = _table(api, request, items) if items else f"{_nothing(request, namespace)}\n"
    return KubectlReply(text=bounded(text), data=data)


async def found(api: Api, request: KubectlRequest, namespace: str) -> tuple[list[Json], bool]:
    """Return the objects that a request names, secrets in them hidden, and whether it names just one."""
    if request.names:
        items = [item for name in request.names if (item := await _one(api, request, name, namespace)) is not None]
        return [whole(item, request.kind, "") for item in items], len(request.names) == len(items) == 1
    everywhere = request.option("all-namespaces") is not None
    answer = await api.list_all(request.kind, None if everywhere else namespace, **selectors(request))
    version = str(answer.get("apiVersion", ""))
    return [whole(item, request.kind, version) for item in answer.get("items") or ()], False


def selectors(request: KubectlRequest) -> dict[str, str]:
    """Return the selecting flags as the server's parameters."""
    flags = {"labelSelector": "selector", "fieldSelector": "field-selector"}
    return {word: value for word, flag in flags.items() if (value := request.option(flag)) is not None}


def whole(item: Json, kind: str, version: str) -> Json:
    """Return an object with the kind and version that a list leaves out of its items, secrets hidden."""
    named = {"apiVersion": item.get("apiVersion") or version, "kind": item.get("kind") or RESOURCES[kind].kind}
    return dict(veil({**named, **without_managers(item)}))


def without_managers(item: Json) -> Json:
    """Return an object without the long list of who manages which of its fields, as kubectl shows it."""
    if "managedFields" not in metadata(item):
        return item
    kept = {key: value for key, value in metadata(item).items() if key != "managedFields"}
    return {**item, "metadata": kept}


async def _one(api: Api, request: KubectlRequest, name: str, namespace: str) -> Json | None:
    tolerant = request.option("ignore-not-found") is not None
    try:
        return await api.read(request.kind, name, namespace)
    except ApiError as error:
        if tolerant and names_missing_object(error):
            return None
        raise


def _table(api: Api, request: KubectlRequest, items: list[Json]) -> str:
    layout = tables.Layout(
        namespaces=request.option("all-namespaces") is not None and RESOURCES[request.kind].namespaced,
        wide=request.option("output") == "wide",
        labels=request.option("show-labels") is not None,
        header=request.option("no-headers") is None,
    )
    return tables.as_table(request.kind, items, api.clock.now(), layout)


def _order(values: list[Value]) -> tuple[int, float, str]:
    """Return what sorts numbers as numbers, texts as texts, and what is missing first."""
    value = values[0] if values else None
    with contextlib.suppress(TypeError, ValueError):
        return (1, float(str(value)), "")
    return (0, 0.0, "") if value is None else (2, 0.0, str(value))


def _nothing(request: KubectlRequest, namespace: str) -> str:
    everywhere = request.option("all-namespaces") is not None or not RESOURCES[request.kind].namespaced
    return "No resources found." if everywhere else f"No resources found in {namespace} namespace."
