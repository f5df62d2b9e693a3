"""`label` and `annotate`: words that hang on an object."""

from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import MERGE, Api
from playbook_engine.transports.kubernetes.demanded import check_version
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import bounded, metadata, part
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.secrets import veil
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.values import Value

_DONE = {"labels": "labeled", "annotations": "annotated"}


async def label(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Set and remove labels."""
    return await _mark(api, request, namespace, "labels")


async def annotate(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Set and remove annotations."""
    return await _mark(api, request, namespace, "annotations")


async def snapshot(api: Api, request: KubectlRequest, namespace: str) -> dict[str, Value]:
    """Return what the marks are now."""
    item = await api.read(request.kind, request.names[0], namespace)
    return _before(item, request, "labels" if request.arguments == ("label",) else "annotations")


async def _mark(api: Api, request: KubectlRequest, namespace: str, field: str) -> KubectlReply:
    """Change what is not right already; a mark that says something else is replaced only with --overwrite."""
    name = request.names[0]
    item = await api.read(request.kind, name, namespace)
    check_version(request, item)
    before = _before(item, request, field)
    after: Value = _wanted(request)
    wrong = {key: value for key, value in _wanted(request).items() if before[key] != value}
    printed = printed_name(request.kind, name)
    if not wrong:
        text = f"{printed} is so already\n"
        return KubectlReply(text=bounded(text), changed=False, before=before, after=after)
    if request.option("overwrite") is None:
        _refuse_to_replace(wrong, before, field)
    body: Json = {"metadata": {field: wrong, "resourceVersion": metadata(item).get("resourceVersion")}}
    answer = await api.patch(request.kind, name, namespace, body, media=MERGE)
    return KubectlReply(
        text=bounded(f"{printed} {_DONE[field]}\n"), data=veil(answer), changed=True, before=before, after=after
    )


def _wanted(request: KubectlRequest) -> dict[str, Value]:
    return {key: None if value is None else str(value) for key, value in request.assignments}


def _before(item: Json, request: KubectlRequest, field: str) -> dict[str, Value]:
    now = part(metadata(item), field)
    return {key: now.get(key) for key, _ in request.assignments}


def _refuse_to_replace(wrong: dict[str, Value], before: dict[str, Value], field: str) -> None:
    for key, value in wrong.items():
        if before[key] is not None and value is not None:
            message = f"'{key}' is '{before[key]}' already; it is replaced only with --overwrite"
            raise Refused(message, f"Nothing was changed; the {field} are as they were.")
