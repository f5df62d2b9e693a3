"""A full answer as fields: as it stands in the record, with all of its output, and what the record leaves out.

An HTTP answer has its `headers`, but for those that hand out a session or a token. A kubectl answer has its `data`,
as a JSON text, and what was wrong where kubectl would have ended with an error (`unmet`).
"""

from collections.abc import Mapping

from playbook_engine.audit.jsontext import JsonObject
from playbook_engine.audit.replies_v1 import clip, reply_fields, value_output
from playbook_engine.model.events import AttemptFinished, Event, UndoFinished
from playbook_engine.model.replies import HttpReply, KubectlReply, Output, Reply
from playbook_engine.model.results import TargetResult

NOT_KEPT = "<not kept>"
_HANDED_OUT = frozenset(
    {"set-cookie", "set-cookie2", "authorization", "proxy-authorization", "authentication-info", "x-auth-token"}
    | {"x-api-key", "x-csrf-token", "x-amz-security-token"}
)
"""Headers of an answer whose value lets whoever has it in."""


def answered(event: Event) -> tuple[TargetResult, ...]:
    """Return the results of an event that have an answer of their own on record, in the order of its targets."""
    match event:
        case AttemptFinished():
            return (event.result,)
        case UndoFinished():
            return event.result.targets
        case _:
            return ()


def whole_fields(reply: Reply) -> JsonObject:
    """Return all that was kept of an answer."""
    return {**reply_fields(reply, _whole), **_left_out(reply)}


def _whole(output: Output) -> JsonObject:
    return {"head": output.head, "tail": output.tail, "bytes": output.size, "truncated": output.truncated}


def _left_out(reply: Reply) -> JsonObject:
    """Return what the record leaves out of an answer."""
    match reply:
        case HttpReply():
            asked = {} if reply.retry_after_ms is None else {"retry_after_ms": reply.retry_after_ms}
            return {"headers": _headers(reply.headers), **asked}
        case KubectlReply():
            data: JsonObject = {} if reply.data is None else {"data": _whole(value_output(reply.data))}
            return data if reply.unmet is None else {**data, "unmet": clip(reply.unmet)}
        case _:
            return {}


def _headers(headers: Mapping[str, str]) -> JsonObject:
    return {name: NOT_KEPT if name.lower() in _HANDED_OUT else clip(value) for name, value in headers.items()}
