"""Watches: each change of the objects that were asked for, as one line of JSON."""

import json
import select
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from io import BufferedIOBase

from playbook_engine.sandbox.kube.routes import Resource
from playbook_engine.sandbox.kube.statuses import bad_request
from playbook_engine.sandbox.kube.store import Object, Store
from playbook_engine.sandbox.web import Reply

_LONGEST_S = 60.0
_LOOK_S = 0.2


def reply(resource: Resource, query: Mapping[str, str], store: Store, matches: Callable[[Object], bool]) -> Reply:
    """Return the answer that goes on until the client's `timeoutSeconds` are over."""
    since, seconds = query.get("resourceVersion") or "0", query.get("timeoutSeconds") or str(int(_LONGEST_S))
    if not since.isdecimal() or not seconds.isdecimal():
        raise bad_request("resourceVersion and timeoutSeconds are numbers")
    told = _Told(resource, store, matches, int(since))
    headers = {"Content-Type": "application/json", "Connection": "close"}
    serve = partial(_serve, told=told, seconds=min(float(seconds), _LONGEST_S))
    return Reply(status=200, body=b"", headers=headers, upgrade=serve)


def _serve(stream: BufferedIOBase, *, told: "_Told", seconds: float) -> None:
    ends = time.monotonic() + seconds
    while True:
        stream.writelines(json.dumps(event).encode() + b"\n" for event in told.news())
        stream.flush()
        left = ends - time.monotonic()
        if left <= 0:
            break
        if _has_left(stream):
            return
        told.store.wait(min(left, _LOOK_S))
    stream.write(json.dumps(told.bookmark()).encode() + b"\n")


def _has_left(stream: BufferedIOBase) -> bool:
    """Return whether the client has hung up: it has nothing more to say, so anything that comes is its end."""
    look = select.poll()
    look.register(stream.fileno(), select.POLLIN)
    return bool(look.poll(0))


class _Told:
    """What a watch has told by now."""

    def __init__(self, resource: Resource, store: Store, matches: Callable[[Object], bool], since: int) -> None:
        self.store = store
        self._resource = resource
        self._matches = matches
        self._since = since
        self._known: dict[str, Object] = {}

    def news(self) -> Iterator[Object]:
        """Yield what has changed since the last look."""
        now = {thing["metadata"]["name"]: thing for thing in self.store.list(self._resource.name)}
        now = {name: thing for name, thing in now.items() if self._matches(thing)}
        for name, thing in now.items():
            before = self._known.get(name)
            if int(thing["metadata"]["resourceVersion"]) > self._since and thing is not before:
                yield {"type": "MODIFIED" if before or self._since else "ADDED", "object": thing}
        for name, thing in self._known.items():
            if name not in now:
                yield {"type": "DELETED", "object": thing}
        self._known = now

    def bookmark(self) -> Object:
        """Return the version up to which everything has been told."""
        about = {"kind": self._resource.kind, "apiVersion": self._resource.api}
        return {"type": "BOOKMARK", "object": {**about, "metadata": {"resourceVersion": self.store.revision}}}
