"""Where the server serves a kind, for the few kinds of which that differs from version to version.

Few documents are read, each once in a run: a group's list of versions, and the kinds of at most four of them.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from playbook_engine.transports.kubernetes.faults import Refused
from playbook_engine.transports.kubernetes.resources import RESOURCES, Resource
from playbook_engine.transports.kubernetes.session import ApiError, Json

Documents: TypeAlias = Callable[[str], Awaitable[Json]]
"""Reads a document of discovery by its path."""

_MOST_VERSIONS = 4


async def resource(documents: Documents, kind: str) -> Resource:
    """Return where a kind is served: by the group's preferred version, or by the next that knows it."""
    known = RESOURCES[kind]
    if not known.asked:
        return known
    for version in _versions(await _known(documents, f"/apis/{known.group}")):
        entries = await _known(documents, f"/apis/{known.group}/{version}")
        if any(entry.get("name") == kind for entry in entries.get("resources") or ()):
            return replace(known, version=version)
    raise Refused(f"the server does not know {kind}", "Its version may be too old, or too new.")


async def of_object(documents: Documents, api_version: str, kind: str) -> Resource:
    """Return where objects are served that call themselves so, custom ones too."""
    known = next((r for r in RESOURCES.values() if (r.api_version, r.kind) == (api_version, kind)), None)
    if known is not None:
        return known
    group, _, version = api_version.rpartition("/")
    entries = await _known(documents, f"/apis/{api_version}" if group else f"/api/{version}")
    for entry in entries.get("resources") or ():
        if entry.get("kind") == kind and "/" not in str(entry.get("name")):
            return Resource(
                plural=str(entry["name"]),
                kind=kind,
                group=group,
                version=version,
                namespaced=bool(entry.get("namespaced")),
            )
    hint = "Is its custom resource definition there?"
    raise Refused(f"the server does not know the kind {kind} in {api_version}", hint)


async def eviction_version(documents: Documents) -> str:
    """Return the version of evictions that the server takes: it is told with the pods, not with its group."""
    entries = (await documents("/api/v1")).get("resources") or ()
    for entry in entries:
        if entry.get("name") == "pods/eviction":
            return f"{entry.get('group') or 'policy'}/{entry.get('version') or 'v1beta1'}"
    raise Refused("the server does not know how to evict pods")


async def _known(documents: Documents, path: str) -> Json:
    """Return a document; one that is not there is empty: then the server does not know what it would tell of."""
    try:
        return await documents(path)
    except ApiError as error:
        if error.status == 404:
            return {}
        raise


def _versions(group: Json) -> Iterator[str]:
    """Yield the versions of a group, the preferred one first."""
    preferred = str((group.get("preferredVersion") or {}).get("version") or "")
    names = [str(entry.get("version")) for entry in group.get("versions") or ()]
    yield from list(dict.fromkeys(name for name in (preferred, *names) if name))[:_MOST_VERSIONS]
