"""The steps that the events of a run speak of, by their paths: without a plan, from the playbooks alone."""

from collections.abc import Iterable, Mapping, Sequence

from playbook_engine.frozen import dataclass
from playbook_engine.model.events import Event, PlayStarted
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.scopes import scope_of, within_scope
from playbook_engine.model.steps import Check, Mitigate, Step, Verify
from playbook_engine.rehearsal.naming import step_name, walk
from playbook_engine.values import StepPath


@dataclass(frozen=True, slots=True)
class Found:
    """A step and the name by which a rehearsal speaks of it."""

    name: str
    step: Step

    @property
    def changes(self) -> bool:
        return isinstance(self.step, Mitigate)

    @property
    def expects(self) -> bool:
        """Return whether its author says what is expected; else the action's own rule counts."""
        return isinstance(self.step, Check | Mitigate | Verify) and bool(self.step.expect)

    def looks_at(self, field: str) -> bool:
        """Return whether its own expressions speak of a field of the answer."""
        if not isinstance(self.step, Check | Mitigate | Verify):
            return False
        captured = (capture.expression for capture in self.step.capture)
        return any(field in expression.source for expression in (*self.step.expect, *captured))


class Steps:
    """Finds steps by their paths: those of the playbook itself, and of those that were played on the way."""

    def __init__(self, family: Sequence[Playbook], events: Iterable[Event]) -> None:
        main, *_ = family
        self._prefixes: dict[StepPath, str] = {StepPath(""): ""}
        self._steps: dict[StepPath, Mapping[StepPath, Step]] = {StepPath(""): dict(walk(main))}
        by_name = {playbook.name: playbook for playbook in family}
        for event in events:
            if isinstance(event, PlayStarted) and event.playbook.name in by_name:
                played = by_name[event.playbook.name]
                self._prefixes[event.path] = "" if played is main else f"{played.name}:"
                self._steps[event.path] = dict(walk(played))

    def at(self, path: StepPath) -> Found | None:
        """Return a step; None when the playbooks have none at that place."""
        scope = scope_of(path)
        step = self._steps.get(scope, {}).get(within_scope(path))
        return None if step is None else Found(f"{self._prefixes[scope]}{step_name(step)}", step)

    def asked(self, path: StepPath, probe: str | None) -> Found | None:
        """Return the step whose action was carried out: for a verify that repeats the health checks one of these."""
        found = self.at(path)
        if found is None or not isinstance(found.step, Verify) or found.step.action is not None:
            return found
        scope = scope_of(path)
        prefix = f"{scope}/" if scope else ""
        health = [
            each
            for place in self._steps[scope]
            if place.startswith("health/") and (each := self.at(StepPath(f"{prefix}{place}"))) is not None
        ]
        return next((each for each in health if probe in (None, each.step.title)), None)
