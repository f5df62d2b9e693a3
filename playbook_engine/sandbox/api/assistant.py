"""Messages of users, answered by the AI: with a rate for each user, a queue, and a stream of events."""

import time
from http import HTTPStatus

from playbook_engine.sandbox.api.limits import Full, Rate, Slots
from playbook_engine.sandbox.api.log import Log, compact
from playbook_engine.sandbox.api.upstream import Upstream, UpstreamFailed
from playbook_engine.sandbox.web import Reply, json_reply

_PATH = "/v1/chat/completions"


class Assistant:
    """Takes one message at a time from many threads."""

    def __init__(self, ai: Upstream, model: str, slots: Slots, rate: Rate, log: Log) -> None:
        self._ai = ai
        self._model = model
        self._slots = slots
        self._rate = rate
        self._log = log
        self._last_failed = False

    @property
    def state(self) -> str:
        """`ok`, or `limited` when the last call was refused."""
        return "limited" if self._last_failed else "ok"

    def answer(self, user: str, conversation: str) -> Reply:
        """Answer a message; the log tells of the limits, of the AI and of the stream."""
        if not self._rate.allows(user):
            self._log.event("rate_limit", action="reject", user=user)
            self._log.write("ERROR", f"Rate limit exceeded for {user}")
            return json_reply(HTTPStatus.TOO_MANY_REQUESTS, {"error": "too many messages"}, retry_after="1")
        self._log.event("rate_limit", action="allow", user=user)
        try:
            with self._slots.slot(lambda: self._log.event("rate_limit", action="queue", user=user)):
                self._call()
        except Full:
            self._log.event("rate_limit", action="reject", user=user)
            return json_reply(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "the queue is full"}, retry_after="1")
        except UpstreamFailed as problem:
            status = HTTPStatus.TOO_MANY_REQUESTS if problem.status == HTTPStatus.TOO_MANY_REQUESTS else 503
            return json_reply(status, {"error": f"the AI does not answer: {problem}"}, retry_after="1")
        for kind in ("open", "message", "close"):
            self._log.event("sse_event", event_type=kind, conversation=conversation)
        return json_reply(HTTPStatus.OK, {"model": self._model, "answer": "Keep your back straight."})

    def _call(self) -> None:
        began = time.monotonic()
        try:
            self._ai.post(_PATH, {"model": self._model, "messages": [{"role": "user", "content": "…"}]})
        except UpstreamFailed as problem:
            self._last_failed = True
            self._log.write("WARN", f"AI API request failed: {problem} {self._about(began)}")
            raise
        self._last_failed = False
        self._log.write("INFO", f"AI API POST {_PATH} {self._about(began)} 200")

    def _about(self, began: float) -> str:
        return compact({"duration_ms": round((time.monotonic() - began) * 1000), "model": self._model})
