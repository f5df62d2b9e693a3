"""What was begun in a record and has no end there: after a crash, these are the things to look at."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from playbook_engine.audit.reach import reach, sizes_of
from playbook_engine.audit.scan import text_of
from playbook_engine.frozen import dataclass
from playbook_engine.visible import escape


@dataclass(frozen=True, slots=True)
class _Begun:
    what: str
    targets: tuple[str, ...]
    sizes: tuple[int, ...] = ()


@dataclass(slots=True)
class OpenEnds:
    """Takes the events of a record in order; `sentences` says what is left."""

    _begun: dict[tuple[str, str], _Begun] = field(default_factory=dict)
    _answered: dict[str, set[str]] = field(default_factory=dict)

    def take(self, event: Mapping[str, Any]) -> None:
        """Note a beginning or an end; an event that is neither changes nothing."""
        path = text_of(event, "path") or ""
        match event.get("type"):
            case "step.started" if event.get("changes") is True:
                what = f"{_field(event, 'verb')} '{_field(event, 'title')}'"
                self._begun["step", path] = _Begun(what, _targets(event), sizes_of(event))
            case "attempt.finished":
                self._answer(path, event)
            case "step.finished":
                self._begun.pop(("step", path), None)
            case "undo.started":
                self._begun["undo", path] = _Begun(f"undo of '{_field(event, 'title')}'", _targets(event))
            case "undo.finished":
                self._begun.pop(("undo", path), None)
            case "escalation.intended":
                contact = _field(event, "contact")
                self._begun["escalation", f"{path}/{contact}"] = _Begun(f"notice to {contact}", ())
            case "escalation.delivered" | "escalation.failed":
                self._begun.pop(("escalation", f"{path}/{_field(event, 'contact')}"), None)
                if isinstance(event.get("wait_ms"), int):
                    what = f"waiting for somebody to take what {_field(event, 'contact')} was told"
                    self._begun["ack", path] = _Begun(what, ())
            case "escalation.acknowledged" | "escalation.unacknowledged":
                self._begun.pop(("ack", path), None)

    def _answer(self, path: str, event: Mapping[str, Any]) -> None:
        """Note an answer; one that is followed by another attempt is not the last word."""
        answered = self._answered.setdefault(path, set())
        if event.get("settled") is False:
            answered.discard(_field(event, "target"))
        else:
            answered.add(_field(event, "target"))

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence for each beginning whose end nobody knows."""
        return tuple(self._sentence(kind, path, begun) for (kind, path), begun in self._begun.items())

    def _sentence(self, kind: str, path: str, begun: _Begun) -> str:
        answered = self._answered.get(path, set()) if kind == "step" else set()
        came = reach(begun.targets, begun.sizes, answered)
        if begun.targets and not came.unknown:
            return f"begun, answered by every target, end of the step not on record: {begun.what}"
        where = f" on {', '.join(came.unknown)}" if came.unknown else ""
        batch = f" (batch {came.batch} of {came.batches})" if came.batch else ""
        left = f"; not begun on {', '.join(came.untouched)}" if came.untouched else ""
        return f"begun, end unknown: {begun.what}{where}{batch}{left}"


def _field(event: Mapping[str, Any], name: str) -> str:
    return escape(text_of(event, name) or "?")


def _targets(event: Mapping[str, Any]) -> tuple[str, ...]:
    targets = event.get("targets")
    if not isinstance(targets, list):
        return ()
    return tuple(_field(target, "target") for target in targets if isinstance(target, Mapping))
