"""What came back from a target, before anyone judged it."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Protocol, TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.model.fields import with_json
from playbook_engine.values import Value


@dataclass(frozen=True, slots=True)
class Output:
    r"""Text that a target sent, bounded: the beginning, the end, and how many bytes there were in all.

    Bytes that are not UTF-8 are shown as `\\xNN`. When nothing was cut, `tail` is empty.
    """

    head: str = ""
    tail: str = ""
    size: int = 0
    truncated: bool = False

    @property
    def text(self) -> str:
        """Return all that was kept, with a line that says what is missing."""
        if not self.truncated:
            return self.head
        return f"{self.head}\n[… {self.size} bytes in all, the middle was not kept …]\n{self.tail}"


class Reply(Protocol):
    """An answer; the fields of `names()` are what expressions see of it."""

    @property
    def duration_ms(self) -> int: ...

    def names(self) -> Mapping[str, Value]:
        """Return the fields that expressions and captures can read."""
        ...

    def default_expectation(self) -> str | None:
        """Return None when the reply is good by the action's own rule, else what is wrong: `rc = 1, expected 0`."""
        ...

    def outputs(self) -> Mapping[str, Output]:
        """Return the streams worth keeping in the record, by name."""
        ...

    @property
    def changed(self) -> bool | None:
        """Return whether the target says that it changed something; None when it cannot say."""
        ...


class FaultKind(StrEnum):
    """Why there is no reply."""

    TIMEOUT = "timeout"
    """The deadline passed."""
    UNREACHABLE = "unreachable"
    """No connection could be made: name, route, refusal, TLS handshake, connect timeout."""
    AUTH = "auth"
    """The target was there and did not accept who we are. Never retried."""
    HOST_KEY = "host_key"
    """The host's key is unknown, changed or revoked."""
    LOST = "lost"
    """The connection broke after the request had been sent."""
    REFUSED = "refused"
    """The target understood and said no: RBAC, a missing object, an invalid request."""
    ERROR = "error"
    """The request could not be carried out: a missing program, a bad configuration, a bug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """No reply, and why.

    `begun` says that the request may have reached the target, so that its effect is unknown. `partial` holds
    what had arrived by then.
    """

    kind: FaultKind
    message: str
    begun: bool = False
    may_live: bool = False
    duration_ms: int = 0
    hint: str | None = None
    partial: Mapping[str, Output] = field(default_factory=dict)


Answer: TypeAlias = Reply | Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellReply:
    """A command ended by itself: with a status, or by a signal (then `rc` is 128 + its number)."""

    rc: int
    stdout: Output = Output()
    stderr: Output = Output()
    signal: str | None = None
    duration_ms: int = 0
    changed: bool | None = None

    def names(self) -> Mapping[str, Value]:
        fields: dict[str, Value] = {
            "rc": self.rc,
            "stdout": self.stdout.text,
            "stderr": self.stderr.text,
            "signal": self.signal,
            "duration": self.duration_ms / 1000,
        }
        return with_json(fields, self.stdout.text, truncated=self.stdout.truncated)

    def default_expectation(self) -> str | None:
        if self.signal:
            return f"ended by signal {self.signal}"
        return None if self.rc == 0 else f"rc = {self.rc}, expected 0"

    def outputs(self) -> Mapping[str, Output]:
        return {"stdout": self.stdout, "stderr": self.stderr}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What the certificate of a server says; `days_left` are whole days, counted when the answer came."""

    names: tuple[str, ...]
    subject: str
    issuer: str
    not_after: str
    """In UTC: `2027-01-31T12:00:00Z`."""
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """An HTTP response; header names are lower case.

    `connect_ms` and `tls_ms` are what the connection took, 0 for one that was open already; `ttfb_ms` is the time
    from the beginning to the first byte of the answer. `retry_after_ms` is how long the server asks to be left alone.
    """

    status: int
    headers: Mapping[str, str]
    body: Output = Output()
    duration_ms: int = 0
    connect_ms: int = 0
    tls_ms: int = 0
    ttfb_ms: int = 0
    certificate: Certificate | None = None
    retry_after_ms: int | None = None
    changed: bool | None = None

    def names(self) -> Mapping[str, Value]:
        fields: dict[str, Value] = {
            "status": self.status,
            "headers": dict(self.headers),
            "body": self.body.text,
            "duration": self.duration_ms / 1000,
            "connect_time": self.connect_ms / 1000,
            "tls_time": self.tls_ms / 1000,
            "ttfb": self.ttfb_ms / 1000,
            **_certificate_fields(self.certificate),
        }
        return with_json(fields, self.body.text, truncated=self.body.truncated)

    def default_expectation(self) -> str | None:
        return None if self.status < 400 else f"status = {self.status}, expected below 400"

    def outputs(self) -> Mapping[str, Output]:
        return {"body": self.body}


def _certificate_fields(certificate: Certificate | None) -> Mapping[str, Value]:
    """Return what expressions see of a certificate: none of each when there is none."""
    return {
        "certificate_days_left": None if certificate is None else certificate.days_left,
        "certificate_not_after": None if certificate is None else certificate.not_after,
        "certificate_names": None if certificate is None else list(certificate.names),
        "certificate_issuer": None if certificate is None else certificate.issuer,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class KubectlReply:
    """What a kubectl command gave: `text` as kubectl would print it, `data` the object or list if there is one.

    `before` is what a changing command found: `{"replicas": 2}`, or the environment variables it replaced, and
    `after` is what it made of that.
    `unmet` is what is wrong where kubectl itself would end with an error: `auth can-i` with the answer no.
    `notes` are what a person should know besides: that a certificate is not checked.
    """

    text: Output = Output()
    data: Value = None
    changed: bool | None = None
    before: Value = None
    after: Value = None
    unmet: str | None = None
    notes: tuple[str, ...] = ()
    duration_ms: int = 0

    def names(self) -> Mapping[str, Value]:
        return {
            "text": self.text.text,
            "json": self.data,
            "changed": bool(self.changed),
            "before": self.before,
            "after": self.after,
            "duration": self.duration_ms / 1000,
        }

    def default_expectation(self) -> str | None:
        return self.unmet

    def outputs(self) -> Mapping[str, Output]:
        if not self.notes:
            return {"text": self.text}
        notes = "".join(f"{note}\n" for note in self.notes)
        return {"text": self.text, "notes": Output(head=notes, size=len(notes.encode()))}


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualReply:
    """What a person answered, who it was, and what they added."""

    answer: str
    by: str
    note: str = ""
    duration_ms: int = 0
    changed: bool | None = None

    def names(self) -> Mapping[str, Value]:
        return {"answer": self.answer, "by": self.by, "note": self.note, "duration": self.duration_ms / 1000}

    def default_expectation(self) -> str | None:
        return None if self.answer in ("done", "yes") else f"answer = {self.answer!r}, expected 'done' or 'yes'"

    def outputs(self) -> Mapping[str, Output]:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReply:
    """What became of a notice: whether it was delivered, and who took it, if anybody was waited for."""

    delivered: bool
    acknowledged: bool = False
    by: str = ""
    note: str = ""
    duration_ms: int = 0
    changed: bool | None = None

    def names(self) -> Mapping[str, Value]:
        return {"delivered": self.delivered, "acknowledged": self.acknowledged, "by": self.by, "note": self.note}

    def default_expectation(self) -> str | None:
        return None

    def outputs(self) -> Mapping[str, Output]:
        return {}
