"""What clients ask first: which versions are served, and which kinds are in them."""

from typing import Any

from playbook_engine.sandbox.kube.routes import RESOURCES, Resource

_GROUPS = tuple(dict.fromkeys(resource.api for resource in RESOURCES if "/" in resource.api))
_VERSION = {"major": "1", "minor": "32", "gitVersion": "v1.32.0-demo", "platform": "demo"}


def document(path: str) -> dict[str, Any] | None:
    """Return the document at a path of discovery, or None when the path is not one."""
    match path.strip("/"):
        case "version":
            return dict(_VERSION)
        case "api":
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case "apis":
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(api) for api in _GROUPS]}
        case "api/v1":
            return _resources("v1")
        case found if found.removeprefix("apis/") in _GROUPS:
            return _resources(found.removeprefix("apis/"))
        case _:
            return None


def _group(api: str) -> dict[str, Any]:
    name, _, version = api.partition("/")
    served = {"groupVersion": api, "version": version}
    return {"name": name, "versions": [served], "preferredVersion": served}


def _resources(api: str) -> dict[str, Any]:
    listed = [entry for resource in RESOURCES if resource.api == api for entry in _entries(resource)]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api, "resources": listed}


def _entries(resource: Resource) -> list[dict[str, Any]]:
    entry = {
        "name": resource.name,
        "singularName": resource.kind.lower(),
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs) or ["get"],
        "shortNames": list(resource.short),
    }
    below = [
        {"name": f"{resource.name}/{name}", "singularName": "", "namespaced": True, "verbs": ["get"]}
        | ({"kind": "Scale", "group": "autoscaling", "version": "v1"} if name == "scale" else {"kind": resource.kind})
        for name in resource.subresources
    ]
    return [entry, *below]
