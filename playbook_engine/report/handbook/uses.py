"""What the commands of a playbook use: actions with their places, names in templates."""

from collections.abc import Iterator

from playbook_engine.model.actions import Action
from playbook_engine.model.expressions import Reference
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.steps import (
    AutoUndo,
    Check,
    Escalate,
    HostPattern,
    Irreversible,
    Mitigate,
    Step,
    Verify,
)
from playbook_engine.report.handbook.numbers import numbered_playbook


def acted(playbook: Playbook) -> Iterator[tuple[Action, HostPattern | None, str | None]]:
    """Yield every action, undo included, with the hosts and the cluster of its step."""
    for _, step in numbered_playbook(playbook):
        if isinstance(step, Check | Mitigate | Verify) and step.action is not None:
            yield step.action, step.hosts, step.cluster
        if isinstance(step, Mitigate) and not isinstance(step.undo, AutoUndo | Irreversible):
            yield step.undo, step.hosts, step.cluster


def references(playbook: Playbook) -> Iterator[Reference]:
    """Yield the names that commands and messages use."""
    for action, _, _ in acted(playbook):
        yield from action.references
    for _, step in numbered_playbook(playbook):
        if isinstance(step, Escalate) and step.message is not None:
            yield from step.message.references


def results(step: Step) -> tuple[str, ...]:
    """Return the names that are known once the step is done."""
    names: tuple[str, ...] = (step.id,) if step.id else ()
    if isinstance(step, Check | Mitigate | Verify):
        names += tuple(capture.name for capture in step.capture)
    return names
