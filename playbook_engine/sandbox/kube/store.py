"""The objects of the namespace; every change gets the next resource version."""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

from playbook_engine.sandbox.kube.statuses import conflict, not_found
from playbook_engine.sandbox.stamps import object_time

Object: TypeAlias = Mapping[str, Any]
"""An object as JSON. What is in the store is never changed in place: a change puts a new object there."""

_KEPT_EVENTS = 200


class Store:
    """Objects by resource (`pods`) and name, safe to use from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._objects: dict[tuple[str, str], Object] = {}
        self._revision = 1000
        self._events = 0

    @property
    def revision(self) -> str:
        return str(self._revision)

    def get(self, resource: str, name: str) -> Object:
        """Return an object; the refusal of a name that is not there is a Status 404."""
        with self._changed:
            try:
                return self._objects[resource, name]
            except KeyError:
                raise not_found(resource, name) from None

    def list(self, resource: str) -> list[Object]:
        with self._changed:
            return [thing for (kind, _), thing in sorted(self._objects.items()) if kind == resource]

    def put(self, resource: str, thing: Object) -> Object:
        """Store an object as it is said to be now; nothing happens when it was so before."""
        name = thing["metadata"]["name"]
        with self._changed:
            old = self._objects.get((resource, name))
            meta = {**self._birth(old), **thing["metadata"]}
            if old is not None:
                meta["resourceVersion"] = old["metadata"]["resourceVersion"]
                if {**thing, "metadata": meta} == old:
                    return old
            self._revision += 1
            meta["resourceVersion"] = self.revision
            new = {**thing, "metadata": meta}
            self._objects[resource, name] = new
            self._changed.notify_all()
            return new

    def change(self, resource: str, name: str, edit: Callable[[Object], Object], *, keep: bool = True) -> Object:
        """Replace an object by what `edit` makes of it, in one go; without `keep`, only tell what would come of it.

        A resource version in the result that is not the present one is refused; a new `spec` is a new generation.
        """
        with self._changed:
            old = self.get(resource, name)
            new = edit(old)
            if new["metadata"].get("resourceVersion") not in {None, "", old["metadata"]["resourceVersion"]}:
                raise conflict(resource, name)
            kept = {key: old["metadata"][key] for key in ("name", "namespace", "uid", "creationTimestamp")}
            meta = {**new["metadata"], **kept}
            if "generation" in old["metadata"]:
                meta["generation"] = old["metadata"]["generation"] + (new["spec"] != old["spec"])
            changed = {**new, "metadata": meta}
            return self.put(resource, changed) if keep else {**changed, "metadata": {**old["metadata"], **meta}}

    def delete(self, resource: str, name: str) -> None:
        with self._changed:
            if self._objects.pop((resource, name), None) is not None:
                self._revision += 1
                self._changed.notify_all()

    def record(self, about: Object, reason: str, message: str, *, warning: bool = False) -> None:
        """Add an event; the oldest go when there are many."""
        meta = about["metadata"]
        with self._changed:
            self._events += 1
            event = {
                "kind": "Event",
                "apiVersion": "v1",
                "metadata": {"name": f"{self._events:08x}", "namespace": meta["namespace"]},
                "involvedObject": {"kind": about["kind"], "namespace": meta["namespace"], "name": meta["name"]},
                "reason": reason,
                "message": message,
                "type": "Warning" if warning else "Normal",
                "count": 1,
                "source": {"component": "demo"},
                "firstTimestamp": object_time(),
                "lastTimestamp": object_time(),
            }
            self.put("events", event)
            self._objects.pop(("events", f"{self._events - _KEPT_EVENTS:08x}"), None)

    def wait(self, seconds: float) -> None:
        """Return when something changes, or when the time is over."""
        with self._changed:
            self._changed.wait(seconds)

    def wake(self) -> None:
        """Let those who wait look again."""
        with self._changed:
            self._changed.notify_all()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Keep everybody else out, so that several changes are seen as one."""
        with self._changed:
            yield

    def _birth(self, old: Object | None) -> dict[str, Any]:
        if old is not None:
            return {key: old["metadata"][key] for key in ("uid", "creationTimestamp")}
        # A uid only has to differ from the others of this store; it is derived from the revision.
        uid = uuid.uuid5(uuid.NAMESPACE_OID, str(self._revision))
        return {"uid": str(uid), "creationTimestamp": object_time()}
