"""Fields of a record as outcomes, causes and answers again; ValueError for what none of ours is."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from playbook_engine.model.outcomes import Cause, Outcome
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
from playbook_engine.values import TargetName, Value

Fields = Mapping[str, Any]


def text(fields: Fields, name: str) -> str:
    found = fields.get(name)
    if not isinstance(found, str):
        raise ValueError(f"{name}: expected a text, found {type(found).__name__}")  # noqa: TRY004  data, not a bug
    return found


def optional(fields: Fields, name: str) -> str | None:
    return None if fields.get(name) is None else text(fields, name)


def integer(fields: Fields, name: str) -> int:
    found = fields.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError(f"{name}: expected an integer, found {type(found).__name__}")  # noqa: TRY004  data, not a bug
    return found


def items(fields: Fields, name: str) -> tuple[Fields, ...]:
    found = fields.get(name)
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise ValueError(f"{name}: expected a list of objects")
    return tuple(found)


def texts(fields: Fields, name: str) -> tuple[str, ...]:
    found = fields.get(name)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError(f"{name}: expected a list of texts")
    return tuple(found)


def hosts_of(fields: Fields, name: str) -> tuple[TargetName, ...]:
    return tuple(TargetName(each) for each in texts(fields, name))


def target_of(fields: Fields, name: str) -> TargetName | None:
    found = optional(fields, name)
    return None if found is None else TargetName(found)


def cause_of(fields: Fields | None) -> Cause | None:
    """Return a cause; the place in a file that it had is a text there, and is left out."""
    return None if fields is None else Cause(text(fields, "kind"), text(fields, "message"), optional(fields, "hint"))


def result_of(fields: Fields) -> TargetResult:
    """Return how a target ended, with its answer where it stands there."""
    reply = fields.get("reply")
    return TargetResult(
        target=TargetName(text(fields, "target")),
        outcome=Outcome(text(fields, "outcome")),
        cause=cause_of(fields.get("cause")),
        reply=None if reply is None else reply_of(reply),
        captured={name: value_of(each) for name, each in (fields.get("captured") or {}).items()},
        attempts=integer(fields, "attempts"),
        begun=fields["begun"] is True,
        counts=fields.get("counts") is not False,
        on=target_of(fields, "on"),
        item=optional(fields, "item"),
    )


def reply_of(fields: Fields) -> Reply | None:
    """Return an answer; None for that of a plug-in, of which nobody here knows what it was."""
    read = _REPLIES.get(text(fields, "kind"))
    return None if read is None else read(fields)


def value_of(fields: Fields) -> Value:
    """Return a value from the excerpt of its JSON text; what was cut is a text, with a line that says so."""
    output = _output(fields)
    if output.truncated:
        return output.text
    value: Value = json.loads(output.head + output.tail)
    return value


def _output(fields: Fields) -> Output:
    truncated = fields["truncated"] is True
    head, tail = text(fields, "head"), text(fields, "tail")
    whole = head if truncated else head + tail
    return Output(head=whole, tail=tail if truncated else "", size=integer(fields, "bytes"), truncated=truncated)


def _outputs(fields: Fields) -> dict[str, Output]:
    return {name: _output(each) for name, each in fields["outputs"].items()}


def _changed(fields: Fields) -> bool | None:
    found = fields["changed"]
    return found if isinstance(found, bool) else None


def _shell(fields: Fields) -> Reply:
    outputs = _outputs(fields)
    return ShellReply(
        rc=integer(fields, "rc"),
        stdout=outputs.get("stdout", Output()),
        stderr=outputs.get("stderr", Output()),
        signal=optional(fields, "signal"),
        duration_ms=integer(fields, "duration_ms"),
        changed=_changed(fields),
    )


def _http(fields: Fields) -> Reply:
    return HttpReply(
        status=integer(fields, "status"),
        headers=_headers(fields),
        body=_outputs(fields).get("body", Output()),
        duration_ms=integer(fields, "duration_ms"),
        connect_ms=_part(fields, "connect_ms"),
        tls_ms=_part(fields, "tls_ms"),
        ttfb_ms=_part(fields, "ttfb_ms"),
        retry_after_ms=integer(fields, "retry_after_ms") if "retry_after_ms" in fields else None,
        certificate=None if fields.get("certificate") is None else _certificate(fields["certificate"]),
        changed=_changed(fields),
    )


def _headers(fields: Fields) -> Mapping[str, str]:
    """Return the headers of a full answer; the record has none."""
    found = fields.get("headers", {})
    return {name: text(found, name) for name in found}


def _part(fields: Fields, name: str) -> int:
    return integer(fields, name) if name in fields else 0


def _certificate(fields: Fields) -> Certificate:
    return Certificate(
        names=texts(fields, "names"),
        subject=text(fields, "subject"),
        issuer=text(fields, "issuer"),
        not_after=text(fields, "not_after"),
        days_left=integer(fields, "days_left"),
    )


def _kubectl(fields: Fields) -> Reply:
    before, after = fields["before"], fields.get("after")  # `after` is there when there is one
    outputs = _outputs(fields)
    return KubectlReply(
        text=outputs.get("text", Output()),
        notes=tuple(outputs["notes"].text.splitlines()) if "notes" in outputs else (),
        data=value_of(fields["data"]) if "data" in fields else None,
        unmet=optional(fields, "unmet"),
        before=None if before is None else value_of(before),
        after=None if after is None else value_of(after),
        duration_ms=integer(fields, "duration_ms"),
        changed=_changed(fields),
    )


def _manual(fields: Fields) -> Reply:
    return ManualReply(
        answer=text(fields, "answer"),
        by=text(fields, "by"),
        note=text(fields, "note"),
        duration_ms=integer(fields, "duration_ms"),
        changed=_changed(fields),
    )


def _notice(fields: Fields) -> Reply:
    return NoticeReply(
        delivered=fields["delivered"] is True,
        acknowledged=fields["acknowledged"] is True,
        by=text(fields, "by"),
        note=text(fields, "note"),
        duration_ms=integer(fields, "duration_ms"),
    )


_REPLIES: Mapping[str, Callable[[Fields], Reply]] = {
    "shell": _shell,
    "http": _http,
    "kubectl": _kubectl,
    "manual": _manual,
    "notice": _notice,
}
