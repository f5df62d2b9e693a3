"""A web service on loopback whose every answer a test decides; it can also be gone for a while."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from playbook_engine.sandbox.server import ReservedPort
from playbook_engine.sandbox.web import Reply, Request, WebServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a client gets: `json` when it is given, else `text`; `after_s` seconds late."""

    status: int = 200
    json: Any = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    after_s: float = 0.0

    @property
    def reply(self) -> Reply:
        if self.json is None:
            return Reply(status=self.status, body=self.text.encode(), content_type="text/plain", headers=self.headers)
        return Reply(status=self.status, body=json.dumps(self.json).encode(), headers=self.headers)


Decide: TypeAlias = Callable[[Request], Answer]


class ScriptedWeb:
    """Serves from `up` to `down`, on a port that stays its own in between; what nobody scripted is a 404."""

    def __init__(self) -> None:
        self._port = ReservedPort()
        self._server: WebServer | None = None
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._scripts: dict[tuple[str, str], list[Answer | Decide]] = {}
        self._asked: list[Request] = []

    @property
    def port(self) -> int:
        return self._port.number

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def asked(self) -> tuple[Request, ...]:
        """Return what was asked since the last `up`, oldest first."""
        with self._lock:
            return tuple(self._asked)

    def says(self, path: str, *answers: Answer | Decide, method: str = "GET") -> None:
        """Script a path (without its query): these answers in turn, the last one again and again."""
        assert answers, "say at least one answer"
        with self._lock:
            self._scripts[method, path] = list(answers)

    def up(self) -> None:
        """Serve from now on."""
        if self._server is None:
            self._closing.clear()
            self._asked.clear()
            self._server = WebServer(self._answer, self.port)
            self._server.start()

    def down(self) -> None:
        """Refuse connections from now on."""
        self._closing.set()
        if self._server is not None:
            self._server.close()
            self._server = None

    def close(self) -> None:
        """Refuse connections, and give the port back."""
        self.down()
        self._port.close()

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            self._asked.append(request)
            script = self._scripts.get((request.method, request.path), [Answer(status=404, text="not found\n")])
            turn = script.pop(0) if len(script) > 1 else script[0]
        answer = turn if isinstance(turn, Answer) else turn(request)
        if answer.after_s:
            self._closing.wait(answer.after_s)
        return answer.reply
