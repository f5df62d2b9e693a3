"""A webhook receiver that keeps what it was told, so that the demo can show who was told what."""

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from playbook_engine.sandbox.stamps import object_time
from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply

_PATH = "/notices"
_KEPT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedNotice:
    """One notice: `body` is the JSON that was sent."""

    received: str
    headers: Mapping[str, str]
    body: Any


class NoticeReceiver:
    """Takes `POST /notices`, shows them again on `GET /notices`, and writes each to a file of JSON lines.

    A notice that repeats the `Idempotency-Key` of an earlier one is acknowledged and not kept a second time.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._kept: deque[ReceivedNotice] = deque(maxlen=_KEPT)
        self._server = WebServer(self._answer)

    @property
    def url(self) -> str:
        return self._server.url + _PATH

    def start(self) -> None:
        """Receive from now on."""
        self._server.start()

    def close(self) -> None:
        """Receive no more; what was received can still be read."""
        self._server.close()

    def received(self) -> tuple[ReceivedNotice, ...]:
        """Return the notices, oldest first."""
        with self._lock:
            return tuple(self._kept)

    def _answer(self, request: Request) -> Reply:
        if request.path != _PATH:
            return json_reply(HTTPStatus.NOT_FOUND, {"error": "not found"})
        if request.method == "GET":
            return json_reply(HTTPStatus.OK, [asdict(notice) for notice in self.received()])
        if request.method != "POST":
            return json_reply(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "method not allowed"}, allow="GET, POST")
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            return json_reply(HTTPStatus.BAD_REQUEST, {"error": "the body is not JSON"})
        self._keep(ReceivedNotice(received=object_time(), headers=dict(request.headers), body=body))
        return json_reply(HTTPStatus.OK, {"status": "accepted"})

    def _keep(self, notice: ReceivedNotice) -> None:
        key = notice.headers.get("idempotency-key")
        with self._lock:
            if key and any(kept.headers.get("idempotency-key") == key for kept in self._kept):
                return
            self._kept.append(notice)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(notice), ensure_ascii=False) + "\n")
