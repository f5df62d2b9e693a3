"""The demo's Alertmanager: the alerts that fire, in both versions of its interface."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from playbook_engine.sandbox.stamps import object_time
from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply

_ENDS_LATER = "2100-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert that fires since `since`."""

    name: str
    severity: str
    summary: str
    since: str = field(default_factory=object_time)


class Alertmanager:
    """Serves from `start` to `close`."""

    def __init__(self) -> None:
        self._server = WebServer(self._answer)
        self._firing: tuple[Alert, ...] = ()

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> None:
        self._server.start()

    def close(self) -> None:
        self._server.close()

    def fire(self, alerts: Sequence[Alert]) -> None:
        """Have these alerts fire, and no others."""
        self._firing = tuple(alerts)

    def _answer(self, request: Request) -> Reply:
        if request.method not in {"GET", "HEAD"}:
            return json_reply(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "method not allowed"}, allow="GET, HEAD")
        match request.path:
            case "/api/v2/alerts":
                return json_reply(HTTPStatus.OK, [_object(alert) for alert in self._firing])
            case "/api/v1/alerts":
                alerts = [{**_object(alert), "state": "firing"} for alert in self._firing]
                return json_reply(HTTPStatus.OK, {"status": "success", "data": alerts})
            case "/-/healthy" | "/-/ready":
                return Reply(status=HTTPStatus.OK, body=b"OK", content_type="text/plain")
            case _:
                return json_reply(HTTPStatus.NOT_FOUND, {"error": "not found"})


def _object(alert: Alert) -> dict[str, Any]:
    labels = {"alertname": alert.name, "severity": alert.severity, "service": "gymbro-api"}
    return {
        "labels": labels,
        "annotations": {"summary": alert.summary},
        "startsAt": alert.since,
        "updatedAt": alert.since,
        "endsAt": _ENDS_LATER,
        "fingerprint": hashlib.sha256(repr(sorted(labels.items())).encode()).hexdigest()[:16],
        "receivers": [{"name": "oncall"}],
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
        "generatorURL": "",
    }
