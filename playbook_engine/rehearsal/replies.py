"""A written answer as what a transport gives."""

import json
import signal
from collections.abc import Mapping

from playbook_engine.model.errands import Errand
from playbook_engine.model.rehearsal import ScriptedAnswer
from playbook_engine.model.replies import (
    Answer,
    Certificate,
    Fault,
    FaultKind,
    HttpReply,
    KubectlReply,
    ManualReply,
    Output,
    Reply,
    ShellReply,
)
from playbook_engine.model.requests import KubectlRequest, Request
from playbook_engine.model.steps import Mitigate
from playbook_engine.values import Duration, Value

_BEGUN = (FaultKind.TIMEOUT, FaultKind.LOST)
_MESSAGES = {
    FaultKind.UNREACHABLE: "no route to the host",
    FaultKind.AUTH: "the login was refused",
    FaultKind.HOST_KEY: "the host's key is not the one that is known",
    FaultKind.LOST: "the connection was lost",
    FaultKind.REFUSED: "the request was refused",
    FaultKind.ERROR: "the request could not be carried out",
}


def takes(scripted: ScriptedAnswer, request: Request) -> Duration:
    """Return how long an answer takes; a timeout that says nothing takes as long as it may."""
    written = _time(scripted, "duration")
    if written is None and scripted.value("fault") == FaultKind.TIMEOUT:
        return request.timeout
    return written or Duration(0)


def late(request: Request) -> Fault:
    """Return what a request gives that is not answered in time."""
    message = f"no answer within {request.timeout}"
    return Fault(kind=FaultKind.TIMEOUT, message=message, begun=True, duration_ms=request.timeout.ms)


def answer(kind: str, scripted: ScriptedAnswer, request: Request, errand: Errand) -> Answer:
    """Return the answer of an action of a kind."""
    took = takes(scripted, request)
    fault = scripted.value("fault")
    if fault is not None:
        return _fault(FaultKind(str(fault)), scripted, request, took)
    if isinstance(request, KubectlRequest) and request.verb == "exec":
        return _shell(scripted, took.ms)
    return _reply(kind, scripted, errand, took.ms)


def _fault(kind: FaultKind, scripted: ScriptedAnswer, request: Request, took: Duration) -> Fault:
    message = scripted.value("message")
    usual = _MESSAGES.get(kind) or f"no answer within {request.timeout}"
    return Fault(
        kind=kind,
        message=usual if message is None else str(message),
        begun=kind in _BEGUN,
        may_live=kind in _BEGUN,
        duration_ms=took.ms,
    )


def _reply(kind: str, scripted: ScriptedAnswer, errand: Errand, took_ms: int) -> Reply:
    match kind:
        case "http":
            return _http(scripted, took_ms)
        case "kubectl":
            return _kubectl(scripted, took_ms, changes=isinstance(errand.step, Mitigate))
        case "manual":
            return ManualReply(
                answer=_text(scripted, "answer", "done"),
                by=_text(scripted, "by", "operator"),
                note=_text(scripted, "note"),
                duration_ms=took_ms,
            )
        case _:
            return _shell(scripted, took_ms)


def _shell(scripted: ScriptedAnswer, took_ms: int) -> ShellReply:
    name = scripted.value("signal")
    rc = _whole(scripted, "rc", 0) if name is None else 128 + _number_of(str(name))
    return ShellReply(
        rc=rc,
        stdout=output(_text(scripted, "stdout")),
        stderr=output(_text(scripted, "stderr")),
        signal=None if name is None else str(name),
        duration_ms=took_ms,
    )


def _number_of(name: str) -> int:
    known = {each.name.removeprefix("SIG"): int(each) for each in signal.Signals}
    return known.get(name.removeprefix("SIG"), 0)


def _http(scripted: ScriptedAnswer, took_ms: int) -> HttpReply:
    headers = scripted.value("headers")
    named = {str(name).lower(): str(value) for name, value in headers.items()} if isinstance(headers, Mapping) else {}
    body = _text(scripted, "body")
    if "json" in scripted:
        body = json.dumps(scripted.value("json"), ensure_ascii=False)
        named.setdefault("content-type", "application/json")
    again = _time(scripted, "retry_after")
    return HttpReply(
        status=_whole(scripted, "status", 200),
        headers=named,
        body=output(body),
        duration_ms=took_ms,
        connect_ms=_ms(scripted, "connect_time"),
        tls_ms=_ms(scripted, "tls_time"),
        ttfb_ms=_ms(scripted, "ttfb"),
        certificate=_certificate(scripted),
        retry_after_ms=None if again is None else again.ms,
    )


def _certificate(scripted: ScriptedAnswer) -> Certificate | None:
    if not any(field.name.startswith("certificate_") for field in scripted.fields):
        return None
    names = scripted.value("certificate_names")
    return Certificate(
        names=tuple(str(name) for name in names) if isinstance(names, list | tuple) else (),
        subject="",
        issuer=_text(scripted, "certificate_issuer"),
        not_after=_text(scripted, "certificate_not_after"),
        days_left=_whole(scripted, "certificate_days_left", 90),
    )


def _kubectl(scripted: ScriptedAnswer, took_ms: int, *, changes: bool) -> KubectlReply:
    changed, unmet = scripted.value("changed"), scripted.value("unmet")
    return KubectlReply(
        text=output(_text(scripted, "text")),
        data=scripted.value("json"),
        changed=changed if isinstance(changed, bool) else True if changes else None,
        before=scripted.value("before"),
        after=scripted.value("after"),
        unmet=None if unmet is None else str(unmet),
        duration_ms=took_ms,
    )


def output(text: str) -> Output:
    """Return a text as a target's whole output."""
    return Output(head=text, size=len(text.encode("utf-8", "surrogatepass")))


def _text(scripted: ScriptedAnswer, name: str, usual: str = "") -> str:
    value = scripted.value(name)
    return usual if value is None else str(value)


def _whole(scripted: ScriptedAnswer, name: str, usual: int) -> int:
    value = scripted.value(name)
    return value if isinstance(value, int) else usual


def _time(scripted: ScriptedAnswer, name: str) -> Duration | None:
    value: Value = scripted.value(name)
    return None if value is None else Duration.parse(str(value))


def _ms(scripted: ScriptedAnswer, name: str) -> int:
    found = _time(scripted, name)
    return 0 if found is None else found.ms
