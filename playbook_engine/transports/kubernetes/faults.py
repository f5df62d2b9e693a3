"""Every exception on the way to a cluster and back, as a Fault that a person can act on."""

import re
from collections.abc import Iterator
from typing import Any

from urllib3 import exceptions as http

from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes.jsonpath import BadPath
from playbook_engine.transports.kubernetes.resources import RESOURCES
from playbook_engine.transports.kubernetes.session import LARGEST, ApiError, DeadlinePassed, NotJson, TooLarge
from playbook_engine.transports.kubernetes.unusable import KubeconfigError
from playbook_engine.values import Secret, SecretText

_LONGEST = 500
_FORBIDDEN = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) resource "(?P<what>[^"]*)"(?: in API group "(?P<group>[^"]*)")?'
    r'(?: in the namespace "(?P<namespace>[^"]*)")?'
)
_ADMISSION = re.compile(
    r"""(?P<who>admission webhook "[^"]*"|ValidatingAdmissionPolicy '[^']*'(?: with binding '[^']*')?) denied """
    r"(?:the )?request(?:: (?P<why>.*))?",
    re.DOTALL,
)
_HANDSHAKE = re.compile(r"certificate|handshake|hostname|WRONG_VERSION|PROTOCOL_VERSION", re.IGNORECASE)


class Refused(Exception):
    """The cluster's state does not allow what was asked; the message says why."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Failed(Exception):
    """A fault that its finder knows best how to tell."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def translate(
    error: Exception, request: KubectlRequest, *, begun: bool, changed: bool = False, server: str = ""
) -> Fault:
    """Return what went wrong; `begun` says that a change may have been made by then, `changed` that one was."""
    if isinstance(error, Failed):
        return error.fault
    fault = _translate(error, request, begun=begun, server=server)
    message = masked(fault.message, request)
    return Fault(kind=fault.kind, message=message[:_LONGEST], begun=fault.begun or changed, hint=fault.hint)


def _translate(error: Exception, request: KubectlRequest, *, begun: bool, server: str) -> Fault:
    match error:
        case Refused():
            return Fault(kind=FaultKind.REFUSED, message=str(error), hint=error.hint)
        case KubeconfigError():
            return Fault(kind=FaultKind.ERROR, message=str(error), hint=error.hint)
        case ApiError():
            return _from_status(error, request, begun=begun, server=server)
        case http.HTTPError():
            return _from_connection(error, begun=begun, server=server)
        case TimeoutError() | DeadlinePassed():
            return Fault(kind=FaultKind.TIMEOUT, message=f"no answer within {request.timeout}", begun=begun)
        case TooLarge():
            hint = "Narrow it down with -l, --field-selector or a name."
            message = f"the answer is longer than {LARGEST // 2**20} MiB"
            return Fault(kind=FaultKind.ERROR, message=message, begun=begun, hint=hint)
        case NotJson():
            hint = "Is this the address of a Kubernetes API?"
            return Fault(kind=FaultKind.ERROR, message=f"{server} did not answer with JSON", begun=begun, hint=hint)
        case BadPath():
            return Fault(kind=FaultKind.ERROR, message=str(error), begun=begun, hint="See the object with -o json.")
        case OSError():
            return Fault(kind=FaultKind.UNREACHABLE, message=f"{server} cannot be reached: {error}", begun=begun)
        case _:
            return Fault(kind=FaultKind.ERROR, message=f"{type(error).__name__}: {error}", begun=begun)


def _from_connection(error: http.HTTPError, *, begun: bool, server: str) -> Fault:
    match error:
        case http.NameResolutionError():
            return Fault(kind=FaultKind.UNREACHABLE, message=f"the name in {server} does not resolve")
        case http.NewConnectionError():
            return Fault(kind=FaultKind.UNREACHABLE, message=f"{server} refuses connections")
        case http.ConnectTimeoutError():
            return Fault(kind=FaultKind.UNREACHABLE, message=f"{server} does not accept a connection in time")
        case http.ProxyError():
            return Fault(kind=FaultKind.UNREACHABLE, message=f"the proxy on the way to {server} cannot be used")
        case http.SSLError():
            return _from_tls(str(error), server, begun=begun)
        case http.ReadTimeoutError():
            return Fault(kind=FaultKind.TIMEOUT, message=f"{server} did not answer in time", begun=begun)
        case http.ProtocolError() | http.IncompleteRead() | http.InvalidChunkLength() | http.DecodeError():
            return Fault(kind=FaultKind.LOST, message=f"the connection to {server} broke", begun=begun)
        case http.LocationValueError():
            return Fault(kind=FaultKind.ERROR, message=f"{server} is not the address of a server")
        case _:
            return Fault(kind=FaultKind.UNREACHABLE, message=f"{server} cannot be reached: {error}", begun=begun)


def _from_tls(text: str, server: str, *, begun: bool) -> Fault:
    """Tell a handshake that failed, before anything was sent, from a connection that broke later."""
    reason = text.rpartition("] ")[2].partition(" (_ssl")[0]
    if begun and not _HANDSHAKE.search(text):
        return Fault(kind=FaultKind.LOST, message=f"the connection to {server} broke: {reason}", begun=True)
    return Fault(kind=FaultKind.UNREACHABLE, message=f"no trusted connection to {server}: {reason}")


def _from_status(error: ApiError, request: KubectlRequest, *, begun: bool, server: str) -> Fault:
    code, status = error.status, error.about
    said = str(status.get("message") or error.reason or "").strip()
    if code < 500 and (denied := _ADMISSION.search(said)):
        why = denied["why"] or "without a reason"
        message = f"{denied['who']} denied it ({code}): {why}".replace('"', "'")
        return Fault(
            kind=FaultKind.REFUSED, message=message, hint="A rule of the cluster forbids it, not your rights."
        )
    match code:
        case 401:
            hint = "Check the credentials of the context, or log in again."
            return Fault(kind=FaultKind.AUTH, message=f"{server} did not accept the credentials (401)", hint=hint)
        case 403:
            return _forbidden(said, request)
        case 404:
            return Fault(kind=FaultKind.REFUSED, message=_missing(status, request))
        case 409:
            return _conflict(said, status)
        case 400 | 405 | 410 | 415 | 422:
            return Fault(kind=FaultKind.REFUSED, message=f"the server refused it ({code}): {said}")
        case 429:
            return _too_much(error, server)
        case _ if code >= 500:
            return Fault(kind=FaultKind.ERROR, message=f"{server} failed with status {code}: {said}", begun=begun)
        case _:
            return Fault(kind=FaultKind.ERROR, message=f"{server} answered with status {code}: {said}")


def _conflict(said: str, status: dict[str, Any]) -> Fault:
    if status.get("reason") == "AlreadyExists":
        return Fault(kind=FaultKind.REFUSED, message=f"it is there already (409): {said}")
    if is_field_conflict(status):
        hint = "Leave the fields to their manager, or take them over with --force-conflicts."
        message = f"fields belong to another manager (409): {said}"
        return Fault(kind=FaultKind.REFUSED, message=message, hint=hint)
    return Fault(kind=FaultKind.REFUSED, message=f"someone else changed it meanwhile (409): {said}")


def is_field_conflict(status: dict[str, Any]) -> bool:
    """Return whether a 409 tells of fields that someone else applied, and not of a change meanwhile."""
    causes = (status.get("details") or {}).get("causes") or ()
    return any(cause.get("reason") == "FieldManagerConflict" for cause in causes)


def _forbidden(said: str, request: KubectlRequest) -> Fault:
    """Tell who may not do what, and the command by which somebody else can see it too."""
    match = _FORBIDDEN.search(said)
    if match is None:
        where = f" in namespace {request.namespace}" if request.namespace else ""
        message = f"not allowed to {request.verb} {request.kind}{where} (403): {said}"
        return Fault(kind=FaultKind.REFUSED, message=message)
    namespace = None if "at the cluster scope" in said else match["namespace"] or request.namespace
    what = match["what"]
    where = f" in namespace {namespace}" if namespace else ""
    name, _, below = what.partition("/")
    asked = f"{name}.{match['group']}" if match["group"] else name
    flags = f"{f' --subresource={below}' if below else ''}{f' -n {namespace}' if namespace else ''}"
    return Fault(
        kind=FaultKind.REFUSED,
        message=f"'{match['user']}' may not {match['verb']} {what}{where} (RBAC)",
        hint=f"See 'kubectl auth can-i {match['verb']} {asked}{flags}'; somebody has to grant it.",
    )


def _too_much(error: ApiError, server: str) -> Fault:
    """Tell a server that turns requests away; since 1.20 that is mostly its priority and fairness."""
    by = ": priority and fairness turned the request away" if error.flow else ""
    wait = f"{error.retry_after:g} seconds" if error.retry_after else "a while"
    hint = f"It asks to wait for {wait}; give the step more time ('timeout'), or try again later."
    return Fault(kind=FaultKind.ERROR, message=f"{server} has too much to do (429){by}", hint=hint)


def _missing(status: dict[str, Any], request: KubectlRequest) -> str:
    if status.get("reason") != "NotFound" or not is_missing_object(status):
        return f"the server does not know {request.kind or 'this'}: is its version too old? (404)"
    details = status.get("details") or {}
    kind = str(details.get("kind") or request.kind).partition("/")[0].partition(".")[0]
    name = details.get("name") or ", ".join(request.names)
    in_namespace = kind not in RESOURCES or RESOURCES[kind].namespaced
    where = f" in namespace {request.namespace}" if in_namespace and request.namespace else ""
    return f"{kind} '{name}' not found{where}"


def is_missing_object(status: dict[str, Any]) -> bool:
    """Return whether a 404 means an object that is not there, and not a kind that the server does not know."""
    return bool((status.get("details") or {}).get("name")) or " not found" in str(status.get("message") or "")


def names_missing_object(error: Exception) -> bool:
    """Return whether an error says that a named object is not there."""
    return isinstance(error, ApiError) and error.status == 404 and is_missing_object(error.about)


def missing_name(error: Exception) -> str | None:
    """Return the name of an object that is not there."""
    if not isinstance(error, ApiError) or not names_missing_object(error):
        return None
    return str((error.about.get("details") or {}).get("name") or "") or None


def masked(message: str, request: KubectlRequest) -> str:
    """Hide the request's secrets in what the server repeats: it quotes the value that it did not like."""
    for secret in _secrets(request):
        if secret.reveal():
            message = message.replace(secret.reveal(), str(secret))
    return "".join(char if char.isprintable() else " " for char in message)


def _secrets(request: KubectlRequest) -> Iterator[Secret]:
    yield from _within([value for _, value in request.assignments])
    yield from _within([entry.value for entry in request.restore])
    yield from _within(request.payload)
    yield from _within([value for entry in request.fields for value in (entry.before, entry.after)])


def _within(value: object) -> Iterator[Secret]:
    match value:
        case Secret():
            yield value
        case SecretText():
            yield from value.secrets()
        case list():
            for item in value:
                yield from _within(item)
        case dict():
            yield from _within(list(value.values()))
