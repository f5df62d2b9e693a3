"""The demo's AI service: models, what was used, and answers, as many at once as the plan allows."""

import threading
from collections.abc import Mapping
from http import HTTPStatus

from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply

MODEL, BACKUP_MODEL = "gpt-4o", "gpt-3.5-turbo"
_MODELS = (MODEL, BACKUP_MODEL)
_ANSWER_SECONDS = 0.1
_QUOTA = 1_000_000
_PLENTY = 1000


class AiService:
    """Serves from `start` to `close`; a model that is asked by more at once than it may be answers 429."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._server = WebServer(self._answer)
        self._lock = threading.Lock()
        self._at_once = dict.fromkeys(_MODELS, 0)
        self._limits: Mapping[str, int] = {}
        self._answer_seconds = _ANSWER_SECONDS
        self._used = 0
        self._closing = threading.Event()

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> None:
        self._server.start()

    def close(self) -> None:
        self._closing.set()
        self._server.close()

    def limit(self, limits: Mapping[str, int], answer_seconds: float = _ANSWER_SECONDS) -> None:
        """Let each of these models be asked by so many at once, and the others by anybody."""
        self._limits, self._answer_seconds = dict(limits), answer_seconds

    def _answer(self, request: Request) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self._key}":
            return _error(HTTPStatus.UNAUTHORIZED, "invalid_api_key", "Incorrect API key provided.")
        match (request.method, request.path):
            case ("GET", "/v1/models"):
                return json_reply(HTTPStatus.OK, {"object": "list", "data": [_model(name) for name in _MODELS]})
            case ("GET", "/v1/usage"):
                return json_reply(HTTPStatus.OK, self._usage())
            case ("POST", "/v1/chat/completions"):
                return self._complete(request)
            case _:
                return _error(HTTPStatus.NOT_FOUND, "unknown_url", "There is nothing here.")

    def _complete(self, request: Request) -> Reply:
        model = next((name for name in _MODELS if f'"{name}"'.encode() in request.body), None)
        if model is None:
            return _error(HTTPStatus.NOT_FOUND, "model_not_found", "The model does not exist.")
        with self._lock:
            if self._at_once[model] >= self._limits.get(model, _PLENTY):
                return _error(HTTPStatus.TOO_MANY_REQUESTS, "rate_limit_exceeded", f"Rate limit reached for {model}.")
            self._at_once[model] += 1
            self._used += 20
        try:
            self._closing.wait(self._answer_seconds)
        finally:
            with self._lock:
                self._at_once[model] -= 1
        choice = {"index": 0, "message": {"role": "assistant", "content": "Keep your back straight."}}
        return json_reply(HTTPStatus.OK, {"object": "chat.completion", "model": model, "choices": [choice]})

    def _usage(self) -> dict[str, object]:
        """Tell the use of today; a model that may not be asked at all has used up what the plan gives."""
        used = _QUOTA if 0 in self._limits.values() else min(self._used, _QUOTA)
        return {"object": "usage", "total_usage": used, "limit": _QUOTA, "remaining": _QUOTA - used}


def _model(name: str) -> dict[str, str]:
    return {"id": name, "object": "model", "owned_by": "demo"}


def _error(status: int, code: str, message: str) -> Reply:
    headers = {"retry_after": "1"} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
    return json_reply(status, {"error": {"message": message, "type": "demo", "code": code}}, **headers)
