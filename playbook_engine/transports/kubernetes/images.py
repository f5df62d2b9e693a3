"""`set image`: the images of the containers in an object's pod template."""

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.environment import containers_of
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import bounded
from playbook_engine.transports.kubernetes.resources import printed_name
from playbook_engine.transports.kubernetes.secrets import veil
from playbook_engine.transports.kubernetes.session import Json
from playbook_engine.values import Value

_ALL = "*"


async def set_image(api: Api, request: KubectlRequest, namespace: str) -> KubectlReply:
    """Set images; nothing is sent when all of them are right already."""
    name = request.names[0]
    item = await api.read(request.kind, name, namespace)
    wanted, images = _wanted(item, request), _images(item)
    before: Value = {container: images[container] for container in wanted}
    after: Value = dict(wanted)
    wrong = {container: image for container, image in wanted.items() if images[container] != image}
    printed = printed_name(request.kind, name)
    if not wrong:
        return KubectlReply(text=bounded(f"{printed} is so already\n"), changed=False, before=before, after=after)
    groups: dict[str, list[Json]] = {}
    for group, container in containers_of(item):
        if container["name"] in wrong:
            groups.setdefault(group, []).append({"name": container["name"], "image": wrong[container["name"]]})
    answer = await api.patch(request.kind, name, namespace, {"spec": {"template": {"spec": groups}}})
    return KubectlReply(
        text=bounded(f"{printed} image updated\n"), data=veil(answer), changed=True, before=before, after=after
    )


async def snapshot(api: Api, request: KubectlRequest, namespace: str) -> dict[str, Value]:
    """Return what the images are now, by container."""
    item = await api.read(request.kind, request.names[0], namespace)
    images = _images(item)
    return {container: images[container] for container in _wanted(item, request)}


def _images(item: Json) -> dict[str, str]:
    return {container["name"]: str(container.get("image", "")) for _, container in containers_of(item)}


def _wanted(item: Json, request: KubectlRequest) -> dict[str, str]:
    """Return the image of each container that the request names; `*` is every container."""
    wanted: dict[str, str] = {}
    known = list(_images(item))
    for container, image in request.assignments:
        if container != _ALL and container not in known:
            hint = did_you_mean(container, known) or f"There are {', '.join(known) or 'none'}."
            raise Refused(f"{request.kind} '{request.names[0]}' has no container '{container}'", hint)
        wanted |= dict.fromkeys(known if container == _ALL else [container], str(image))
    return wanted
