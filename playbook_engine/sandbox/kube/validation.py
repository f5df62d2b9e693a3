"""What a changed deployment may look like; the rules are those that a client can run into."""

from collections.abc import Iterator
from typing import Any

from playbook_engine.sandbox.kube.statuses import forbidden, invalid
from playbook_engine.sandbox.kube.store import Object

MOST_REPLICAS = 10
_POD_SPEC = "spec.template.spec"


def check_deployment(old: Object, new: Object) -> None:
    """Refuse a deployment that breaks the rules, with all of its problems; `old` is what it replaces."""
    name = old["metadata"]["name"]
    problems = [*_replicas(new), *_unchanged(old, new), *_containers(new)]
    if problems:
        raise invalid("Deployment", name, problems)
    if new["spec"]["replicas"] > MOST_REPLICAS:
        raise forbidden("pods", "", f"exceeded quota: gymbro, limited: pods={MOST_REPLICAS}")


def _replicas(new: Object) -> Iterator[tuple[str, str]]:
    count = new["spec"].get("replicas")
    if not isinstance(count, int) or isinstance(count, bool):
        yield "spec.replicas", f"Invalid value: {count!r}: must be an integer"
    elif count < 0:
        yield "spec.replicas", f"Invalid value: {count}: must be greater than or equal to 0"


def _unchanged(old: Object, new: Object) -> Iterator[tuple[str, str]]:
    if new["spec"].get("selector") != old["spec"]["selector"]:
        yield "spec.selector", "Invalid value: field is immutable"
    labels = _at(new, "spec", "template", "metadata", "labels")
    if not isinstance(labels, dict) or not old["spec"]["selector"]["matchLabels"].items() <= labels.items():
        yield "spec.template.metadata.labels", "Invalid value: `selector` does not match template `labels`"


def _containers(new: Object) -> Iterator[tuple[str, str]]:
    containers = _at(new, "spec", "template", "spec", "containers")
    if not isinstance(containers, list) or not containers:
        yield f"{_POD_SPEC}.containers", "Required value"
        return
    for place, container in enumerate(containers):
        at = f"{_POD_SPEC}.containers[{place}]"
        if not isinstance(container, dict) or not container.get("name"):
            yield f"{at}.name", "Required value"
        elif not container.get("image"):
            yield f"{at}.image", "Required value"
        else:
            yield from _variables(container.get("env") or [], f"{at}.env")


def _variables(variables: Any, at: str) -> Iterator[tuple[str, str]]:
    for place, variable in enumerate(variables if isinstance(variables, list) else [variables]):
        if not isinstance(variable, dict) or not isinstance(variable.get("name"), str) or not variable["name"]:
            yield f"{at}[{place}].name", "Required value"
        elif not isinstance(variable.get("value", ""), str):
            yield f"{at}[{place}].value", "Invalid value: must be a string"
        elif variable.get("value") and variable.get("valueFrom"):
            yield f"{at}[{place}].valueFrom", "Invalid value: may not be specified when `value` is not empty"


def _at(thing: Any, *path: str) -> Any:
    for step in path:
        thing = thing.get(step) if isinstance(thing, dict) else None
    return thing
