"""Refusals, as the Status objects that Kubernetes clients know how to read."""

from collections.abc import Mapping
from typing import Any

from playbook_engine.sandbox.web import Reply, json_reply

_IN_APPS = frozenset({"deployments", "replicasets", "statefulsets", "daemonsets"})


class Refusal(Exception):
    """The request is not carried out; `reason` is one of the words of Kubernetes, `code` the HTTP status."""

    def __init__(self, code: int, reason: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.details = details

    def reply(self) -> Reply:
        """Return the Status object."""
        status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": str(self),
            "reason": self.reason,
        }
        if self.details:
            status["details"] = dict(self.details)
        return json_reply(self.code, status | {"code": self.code})


def bad_request(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)


def unauthorized() -> Refusal:
    return Refusal(401, "Unauthorized", "Unauthorized")


def forbidden(resource: str, name: str, why: str) -> Refusal:
    what = f'{_full(resource)} "{name}"' if name else _full(resource)
    return Refusal(403, "Forbidden", f"{what} is forbidden: {why}", {"kind": resource, "name": name})


def not_found(resource: str, name: str) -> Refusal:
    message = f'{_full(resource)} "{name}" not found'
    return Refusal(404, "NotFound", message, {"kind": resource, "name": name})


def no_such_path() -> Refusal:
    return Refusal(404, "NotFound", "the server could not find the requested resource")


def method_not_allowed() -> Refusal:
    return Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


def conflict(resource: str, name: str) -> Refusal:
    message = (
        f'Operation cannot be fulfilled on {_full(resource)} "{name}": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    return Refusal(409, "Conflict", message, {"kind": resource, "name": name})


def wrong_uid(resource: str, name: str) -> Refusal:
    message = (
        f'Operation cannot be fulfilled on {_full(resource)} "{name}": the UID in the precondition is not its UID'
    )
    return Refusal(409, "Conflict", message, {"kind": resource, "name": name})


def unsupported_media_type(given: str, taken: str) -> Refusal:
    message = f"the body of the request was in an unknown format ({given or 'none given'}); accepted are {taken}"
    return Refusal(415, "UnsupportedMediaType", message)


def invalid(kind: str, name: str, problems: list[tuple[str, str]]) -> Refusal:
    """Refuse an object whose fields break rules; `problems` are pairs of field and message."""
    text = "; ".join(f"{field}: {message}" for field, message in problems)
    causes = [{"reason": "FieldValueInvalid", "message": message, "field": field} for field, message in problems]
    details = {"name": name, "group": "apps", "kind": kind, "causes": causes}
    return Refusal(422, "Invalid", f'{kind}.apps "{name}" is invalid: {text}', details)


def _full(resource: str) -> str:
    """Return the name as messages have it: `deployments.apps`."""
    return f"{resource}.apps" if resource in _IN_APPS else resource
