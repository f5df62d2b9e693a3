"""`auth can-i`: whether whoever we are may do something."""

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.printing import bounded, part
from playbook_engine.transports.kubernetes.resources import RESOURCES
from playbook_engine.transports.kubernetes.session import Json

_PATH = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


async def can_i(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Ask the server; the answer no is a check that does not hold."""
    spec = _spec(request, namespace)
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": spec}
    answer = await api.send("POST", _PATH, body, change=False)
    status = part(answer, "status")
    allowed = bool(status.get("allowed"))
    reason = str(status.get("reason") or "")
    unmet = None if allowed else f"no: not allowed to {request.command.removeprefix('auth can-i ')}"
    text = f"{'yes' if allowed else 'no'}{f' - {reason}' if reason and not allowed else ''}\n"
    return KubectlReply(text=bounded(text), data={"allowed": allowed, "reason": reason}, unmet=unmet)


def _spec(request: KubectlRequest, namespace: str) -> Json:
    verb, what = request.arguments
    if what.startswith("/"):
        return {"nonResourceAttributes": {"verb": verb, "path": what}}
    plural, _, group = what.partition(".")
    known = RESOURCES.get(plural)
    if plural == "*":
        group = "*"  # everything, and not only what the core group has
    attributes: Json = {"verb": verb, "resource": plural, "group": group or (known.group if known else "")}
    if request.names:
        attributes["name"] = request.names[0]
    if (below := request.option("subresource")) is not None:
        attributes["subresource"] = below
    in_namespace = known is None or known.namespaced
    if in_namespace and request.option("all-namespaces") is None:
        attributes["namespace"] = namespace
    return {"resourceAttributes": attributes}
