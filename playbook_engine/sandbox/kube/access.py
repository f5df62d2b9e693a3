"""What the demo's user may do: the answer to `kubectl auth can-i`."""

from typing import Any

from playbook_engine.sandbox.kube.objects import NAMESPACE
from playbook_engine.sandbox.kube.routes import RESOURCES
from playbook_engine.sandbox.kube.statuses import bad_request


def review(body: Any) -> dict[str, Any]:
    """Return the review with its answer; paths that are no resources may only be read."""
    spec = body.get("spec") if isinstance(body, dict) else None
    if not isinstance(spec, dict):
        raise bad_request("a SelfSubjectAccessReview has a spec")
    path = spec.get("nonResourceAttributes")
    allowed = path.get("verb") == "get" if isinstance(path, dict) else _may(spec.get("resourceAttributes") or {})
    return {**body, "status": {"allowed": allowed}}


def _may(asked: dict[str, Any]) -> bool:
    if asked.get("namespace") not in (None, "", NAMESPACE):
        return False
    below = asked.get("subresource") or ""
    verb = "list" if asked.get("verb") == "watch" else asked.get("verb")
    return any(
        resource.name == asked.get("resource")
        and resource.api.rpartition("/")[0] == (asked.get("group") or "")
        and (not below or below in resource.subresources)
        and (verb in resource.verbs or (below == "exec" and verb == "create"))
        for resource in RESOURCES
    )
