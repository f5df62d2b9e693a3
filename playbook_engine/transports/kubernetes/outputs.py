"""Objects in the shape that `-o` asks for."""

import json
from collections.abc import Iterable

from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import jsonpath
from playbook_engine.transports.kubernetes.printing import name_of
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.transports.kubernetes.yaml_text import as_yaml
from playbook_engine.values import Value


def data_of(items: list[Json], *, single: bool) -> Value:
    """Return what `json` is: the object, or a list."""
    if single:
        return items[0]
    return {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": list(items)}


def shaped(request: KubectlRequest, items: list[Json], data: Value) -> str | None:
    """Return the text that `-o` asks for; None when it asks for columns."""
    output = request.option("output") or ""
    if output == "json":
        return as_json(data)
    if output == "yaml":
        return as_yaml(data)
    if output == "name":
        return as_names(request.kind, items)
    if output.startswith("jsonpath="):
        return jsonpath.evaluate(output.removeprefix("jsonpath="), data)
    return None


def as_json(data: Value) -> str:
    """Return an object as kubectl writes it, secrets masked."""
    return json.dumps(data, indent=4, ensure_ascii=False, default=str) + "\n"


def as_names(kind: str, items: Iterable[Json]) -> str:
    return "".join(f"{printed_name(kind, name_of(item))}\n" for item in items)
