"""Which pods of a node a drain evicts, and which it must not: the rules of kubectl."""

from collections.abc import Iterable, Mapping

from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.printing import metadata, name_of, part
from playbook_engine.transports.kubernetes.session import Json

_MIRROR = "kubernetes.io/config.mirror"
_OVER = ("Succeeded", "Failed")
_RULES: Mapping[str, tuple[str, str]] = {
    "ignore-daemonsets": ("belong to a daemon set, which would bring them back", "--ignore-daemonsets leaves them"),
    "delete-emptydir-data": ("keep data in an emptyDir, which would be lost", "--delete-emptydir-data allows it"),
    "force": ("belong to nothing that would bring them back", "--force evicts them all the same"),
}
_MOST_NAMES = 5


def leaving(pods: Iterable[Json], request: KubectlRequest) -> tuple[list[Json], list[Json]]:
    """Return the pods to evict, and those that stay; raises Refused with all that stands against it."""
    evicted: list[Json] = []
    kept: list[Json] = []
    against: dict[str, list[str]] = {}
    for pod in pods:
        if _MIRROR in part(metadata(pod), "annotations"):
            continue  # a static pod: only its node can end it
        flags = _needed(pod)
        for flag in flags:
            if request.option(flag) is None:
                against.setdefault(flag, []).append(f"{metadata(pod).get('namespace')}/{name_of(pod)}")
        (kept if "ignore-daemonsets" in flags else evicted).append(pod)
    if against:
        raise _refusal(against)
    return evicted, kept


def _needed(pod: Json) -> list[str]:
    """Return the flags without which the pod may not be evicted."""
    if part(pod, "status").get("phase") in _OVER:
        return []
    owners = [owner for owner in metadata(pod).get("ownerReferences") or () if owner.get("controller")]
    if any(owner.get("kind") == "DaemonSet" for owner in owners):
        return ["ignore-daemonsets"]
    volumes = part(pod, "spec").get("volumes") or ()
    return [
        *(["delete-emptydir-data"] if any("emptyDir" in volume for volume in volumes) else []),
        *(["force"] if not owners else []),
    ]


def _refusal(against: Mapping[str, list[str]]) -> Refused:
    said = [f"{_some(names)} {_RULES[flag][0]}" for flag, names in against.items()]
    hints = [_RULES[flag][1] for flag in against]
    return Refused(f"not drained: {'; '.join(said)}", f"{'; '.join(hints)}.")


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown} and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else shown
