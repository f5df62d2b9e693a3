"""What a target answered, as a written answer: what expressions can see of it, and nothing that is as usual."""

import json
import re
from collections.abc import Mapping

from playbook_engine.frozen import dataclass
from playbook_engine.model.events import TargetInput
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.replies import (
    FaultKind,
    HttpReply,
    KubectlReply,
    ManualReply,
    Output,
    Reply,
    ShellReply,
)
from playbook_engine.model.results import TargetResult
from playbook_engine.rehearsal.writing.steps import Found
from playbook_engine.rehearsal.writing.yaml_lines import Written, as_yaml
from playbook_engine.values import Duration, Value

Fields = dict[str, Written]

NOTICED_MS = 1_000
"""A shorter answer is as good as at once."""
_TRIES = re.compile(r" \(\d+ attempts?( within the deadline of [^)]*)?\)$")
_UNKNOWN = "; it had begun, and nobody knows how it ended"
_AFTERWARDS = "; afterwards: "
CUT = "the middle of this output was not kept; play with --record to have all of it"
TOO_LONG = "the middle of this output was left out: a rehearsal may not be so large"
NO_DATA = "json is not on record; play with --record to have it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A written answer: when it was asked for, and what the reader should know."""

    fields: Fields
    asked_ms: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How answers are written: `words` are what playbooks may look at in them; whether each millisecond counts."""

    words: frozenset[str]
    exact: bool = False
    most: int | None = None
    """Characters of an output that are written, where all of them would be more than a file may have."""

    def is_too_long(self, text: str) -> bool:
        return self.most is not None and len(text) > self.most

    def shortened(self, text: str) -> str:
        """Return the beginning and the end of a text that is too long."""
        if self.most is None or not self.is_too_long(text):
            return text
        half = self.most // 2
        return f"{text[:half]}\n[…]\n{text[-half:]}"

    def sees(self, *names: str) -> bool:
        """Return whether one of these fields may be looked at."""
        return bool(self.words.intersection(names))

    def notices(self, took_ms: int) -> bool:
        return took_ms >= (1 if self.exact or self.sees("duration") else NOTICED_MS)

    def time(self, took_ms: int) -> str:
        """Return how long an answer took, to a tenth of a second where nobody counts."""
        exact = self.exact or self.sees("duration")
        return str(Duration(took_ms if exact else round(took_ms, -2)))


@dataclass(frozen=True, slots=True)
class Asked:
    """The step that asked, what it asked of the target, and how long the answer took."""

    step: Found
    given: TargetInput | None = None
    took_ms: int = 0


Said = tuple[Fields, list[str]]
"""The fields of an answer, and what could not be known of it."""


def written(result: TargetResult, asked: Asked, manner: Manner) -> Said:
    """Return the fields of an answer, and what could not be known."""
    if result.reply is None:
        return _fault(result, asked, manner), []
    fields, notes = _reply(result.reply, result, asked.step, manner)
    took_ms = result.reply.duration_ms
    if not manner.sees("duration"):
        took_ms = max(took_ms, asked.took_ms)
    if manner.notices(took_ms):
        fields["duration"] = manner.time(took_ms)
    return fields, notes


def _fault(result: TargetResult, asked: Asked, manner: Manner) -> Fields:
    """Return why there was no answer, as it leads to the same outcome again."""
    cause, step, given = result.cause or Cause("error", "no answer"), asked.step, asked.given
    if result.outcome is Outcome.TIMEOUT and step.changes and given is not None:
        # A fault that ran out of time may still be at work; of this one it is known that it is not.
        return {"duration": str(Duration(given.timeout_ms + 1))}
    kind, message = _kind(result, cause, step), _own_message(cause.message, step)
    fields: Fields = {"fault": kind.value, **({"message": message} if message else {})}
    # A timeout that does not say it takes as long as its request may.
    usual = kind is FaultKind.TIMEOUT and given is not None and abs(asked.took_ms - given.timeout_ms) < NOTICED_MS
    if not usual and (kind is FaultKind.TIMEOUT or manner.notices(asked.took_ms)):
        fields["duration"] = manner.time(asked.took_ms)
    return fields


def _kind(result: TargetResult, cause: Cause, found: Found) -> FaultKind:
    if _AFTERWARDS in cause.message:
        return FaultKind.UNREACHABLE
    if result.outcome is Outcome.INDETERMINATE:
        return FaultKind.LOST
    if cause.kind == "undo":
        return FaultKind.REFUSED
    kind = FaultKind(cause.kind) if cause.kind in set(FaultKind) else FaultKind.ERROR
    # One that had not begun leaves no doubt, and the lost ones of a rehearsal have.
    return FaultKind.UNREACHABLE if kind is FaultKind.LOST and found.changes else kind


def _own_message(message: str, found: Found) -> str:
    """Return what the transport said, without what the engine made of it."""
    message = message.rsplit(_AFTERWARDS, maxsplit=1)[-1]
    message = _TRIES.sub("", message).removesuffix(_UNKNOWN).removeprefix(f"{found.step.title}: ")
    return " ".join(message.split())


def _reply(reply: Reply, result: TargetResult, found: Found, manner: Manner) -> Said:
    match reply:
        case ShellReply():
            fields: Fields = {"signal": reply.signal} if reply.signal else {"rc": reply.rc}
            return _with_outputs(fields, {"stdout": reply.stdout, "stderr": reply.stderr}, manner)
        case HttpReply():
            data = None if manner.sees("body") else _json(reply.body)
            fields, notes = _with_outputs({"status": reply.status}, {} if data else {"body": reply.body}, manner)
            return {**fields, **({"json": as_yaml(data)} if data else {}), **_http(reply, manner)}, notes
        case KubectlReply():
            return _kubectl(reply, result, found, manner)
        case ManualReply():
            note: Fields = {"note": reply.note} if reply.note else {}
            return {"answer": reply.answer, "by": reply.by, **note}, []
        case _:
            return {}, ["this answer came from a plug-in, and is not known here"]


def _with_outputs(fields: Fields, outputs: Mapping[str, Output], manner: Manner) -> Said:
    """Add the outputs that are not empty."""
    shown: Fields = {name: manner.shortened(output.text) for name, output in outputs.items() if output.text}
    cut = [f"{name}: {CUT}" for name, output in outputs.items() if output.truncated]
    long = [f"{name}: {TOO_LONG}" for name, output in outputs.items() if manner.is_too_long(output.text)]
    return {**fields, **shown}, cut + long


def _http(reply: HttpReply, manner: Manner) -> Fields:
    found: Fields = {}
    if reply.headers and manner.sees("headers"):
        found["headers"] = dict(reply.headers)
    parts = {"connect_time": reply.connect_ms, "tls_time": reply.tls_ms, "ttfb": reply.ttfb_ms}
    found |= {name: str(Duration(ms)) for name, ms in parts.items() if ms and manner.sees(name)}
    if reply.retry_after_ms is not None:
        found["retry_after"] = str(Duration(reply.retry_after_ms))
    certificate = reply.certificate
    if certificate is not None:
        about: Fields = {
            "certificate_days_left": certificate.days_left,
            "certificate_not_after": certificate.not_after,
            "certificate_names": list(certificate.names),
            "certificate_issuer": certificate.issuer,
        }
        found |= {name: value for name, value in about.items() if manner.sees(name)}
    return found


def _kubectl(reply: KubectlReply, result: TargetResult, found: Found, manner: Manner) -> Said:
    data, notes = _data(reply), list[str]()
    fields: Fields = {} if data is None else {"json": as_yaml(data)}
    if data is None and reply.text.text:
        fields["text"] = reply.text.text
        notes += [f"text: {CUT}"] if reply.text.truncated else []
        notes += [NO_DATA] if found.looks_at("json") else []
    elif data is not None and manner.sees("text"):
        fields["text"] = reply.text.text
    if reply.changed is not None and reply.changed is not found.changes:
        fields["changed"] = reply.changed
    states = {"before": reply.before, "after": reply.after}
    fields |= {name: as_yaml(state) for name, state in states.items() if state is not None and manner.sees(name)}
    unmet = reply.unmet or _unmet(result, found)
    return ({**fields, "unmet": unmet} if unmet else fields), notes


def _data(reply: KubectlReply) -> Value:
    """Return the object that a command gave: kept in full, or read from its text when that is JSON."""
    return _json(reply.text) if reply.data is None else reply.data


def _json(output: Output) -> Value:
    """Return the object or the list that an output is; None when it is none."""
    if output.truncated or not output.text.lstrip().startswith(("{", "[")):
        return None
    try:
        data: Value = json.loads(output.text)
    except (ValueError, RecursionError):
        return None
    return data


def _unmet(result: TargetResult, found: Found) -> str | None:
    """Return what kubectl itself would have ended with an error for: nobody else was there to find it wrong."""
    wrong = result.outcome is Outcome.FAILED and result.cause is not None and not found.expects
    return _own_message(result.cause.message, found) if wrong and result.cause is not None else None
