"""What a target answered, as fields: bounded, and without floats.

Texts from outside become *excerpts*: `head` and `tail` of at most 16 KiB each, `bytes` as the target sent them, and
`truncated`. While `truncated` is false, `head + tail` is the whole text.
"""

from collections.abc import Callable

from playbook_engine.audit.jsontext import JsonObject, canonical
from playbook_engine.model.outcomes import Cause
from playbook_engine.model.replies import (
    Certificate,
    HttpReply,
    KubectlReply,
    ManualReply,
    NoticeReply,
    Output,
    Reply,
    ShellReply,
)
from playbook_engine.model.results import TargetResult
from playbook_engine.values import Value

EXCERPT = 16 * 1024
LONGEST = 64 * 1024
_FEWEST_CHARACTERS = EXCERPT // 4
"""A text of so few characters is never longer than an excerpt: UTF-8 needs at most four bytes for one."""


def clip(text: str) -> str:
    """Return a text that people wrote or were told, cut when it is beyond all reason (64 KiB)."""
    if len(text) <= LONGEST // 4:
        return text
    head = _first_bytes(text, LONGEST)
    return text if len(head) == len(text) else f"{head}[… {len(text) - len(head)} characters more]"


def target_fields(result: TargetResult) -> JsonObject:
    """Return how a target ended, with its answer and what was captured from it."""
    return {
        **outcome_fields(result),
        "reply": None if result.reply is None else reply_fields(result.reply),
        "captured": {name: _excerpt(value_output(value)) for name, value in result.captured.items()},
    }


def outcome_fields(result: TargetResult) -> JsonObject:
    """Return how a target ended, in few words."""
    return {
        "target": result.target,
        "outcome": result.outcome.value,
        "cause": cause_fields(result.cause),
        "attempts": result.attempts,
        "begun": result.begun,
        **({} if result.counts else {"counts": False}),
        **turn_fields(result.on, result.item),
    }


def turn_fields(on: str | None, item: str | None) -> JsonObject:
    """Return which turn of a loop it is; nothing outside a loop."""
    return {} if on is None else {"on": on, "item": None if item is None else clip(item)}


def cause_fields(cause: Cause | None) -> JsonObject | None:
    if cause is None:
        return None
    return {
        "kind": cause.kind,
        "message": clip(cause.message),
        "hint": None if cause.hint is None else clip(cause.hint),
        "at": None if cause.span is None else str(cause.span),
    }


Write = Callable[[Output], JsonObject]
"""Writes an output: an excerpt of it, or all of it."""


def reply_fields(reply: Reply, write: Write | None = None) -> JsonObject:
    """Return an answer; a reply that a plug-in brings is recorded by what every reply has."""
    write = write or _excerpt
    return {
        **_own_fields(reply, write),
        "changed": reply.changed,
        "duration_ms": reply.duration_ms,
        "outputs": {name: write(output) for name, output in reply.outputs().items()},
    }


def _own_fields(reply: Reply, write: Write) -> JsonObject:
    match reply:
        case ShellReply():
            return {"kind": "shell", "rc": reply.rc, "signal": reply.signal}
        case HttpReply():
            return {"kind": "http", "status": reply.status, **_times(reply), **_certificate(reply.certificate)}
        case KubectlReply():
            kept: JsonObject = {
                "kind": "kubectl",
                "before": None if reply.before is None else write(value_output(reply.before)),
            }
            return kept if reply.after is None else {**kept, "after": write(value_output(reply.after))}
        case ManualReply():
            return {"kind": "manual", "answer": clip(reply.answer), "by": clip(reply.by), "note": clip(reply.note)}
        case NoticeReply():
            fields: JsonObject = {"kind": "notice", "delivered": reply.delivered, "acknowledged": reply.acknowledged}
            return {**fields, "by": clip(reply.by), "note": clip(reply.note)}
        case _:
            return {"kind": type(reply).__name__}


def _times(reply: HttpReply) -> JsonObject:
    """Return what parts of the request took; what took no time is left out."""
    parts = {"connect_ms": reply.connect_ms, "tls_ms": reply.tls_ms, "ttfb_ms": reply.ttfb_ms}
    return {name: taken for name, taken in parts.items() if taken}


def _certificate(certificate: Certificate | None) -> JsonObject:
    """Return what the server's certificate said; nothing without TLS."""
    if certificate is None:
        return {}
    return {
        "certificate": {
            "names": [clip(name) for name in certificate.names],
            "subject": clip(certificate.subject),
            "issuer": clip(certificate.issuer),
            "not_after": certificate.not_after,
            "days_left": certificate.days_left,
        }
    }


def value_output(value: Value) -> Output:
    """Return a value as its canonical JSON text."""
    text = canonical(value)
    return Output(head=text, size=len(text.encode("utf-8", "surrogatepass")))


def _excerpt(output: Output) -> JsonObject:
    head, tail, truncated = output.head, output.tail, output.truncated
    if truncated:
        head, tail = _first_bytes(head, EXCERPT), _last_bytes(tail, EXCERPT)
    elif len(head) > _FEWEST_CHARACTERS:
        whole, head = head, _first_bytes(head, EXCERPT)
        tail = _last_bytes(whole[len(head) :], EXCERPT)
        truncated = len(head) + len(tail) < len(whole)
    return {"head": head, "tail": tail, "bytes": output.size, "truncated": truncated}


def _first_bytes(text: str, limit: int) -> str:
    """Return as many whole characters from the beginning as have room in `limit` bytes of UTF-8."""
    if len(text) <= _FEWEST_CHARACTERS:
        return text
    raw = text[:limit].encode("utf-8", "surrogatepass")
    end = min(limit, len(raw))
    while end < len(raw) and _continues(raw[end]):
        end -= 1
    return raw[:end].decode("utf-8", "surrogatepass")


def _last_bytes(text: str, limit: int) -> str:
    """Return as many whole characters from the end as have room in `limit` bytes of UTF-8."""
    if len(text) <= _FEWEST_CHARACTERS:
        return text
    raw = text[-limit:].encode("utf-8", "surrogatepass")
    start = max(0, len(raw) - limit)
    while _continues(raw[start]):
        start += 1
    return raw[start:].decode("utf-8", "surrogatepass")


def _continues(byte: int) -> bool:
    """Return whether a byte stands inside a UTF-8 character."""
    return byte & 0xC0 == 0x80
