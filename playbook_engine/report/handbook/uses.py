"""What the commands of a playbook use: actions with their places, names in templates."""

from collections.abc import Iterator

from playbook_engine.model.actions import Action
from playbook_engine.model.expressions import Reference, Template
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.steps import (
    ActingStep,
    AutoUndo,
    Branch,
    Check,
    Escalate,
    Irreversible,
    Mitigate,
    Step,
    Verify,
)
from playbook_engine.report.handbook.numbers import numbered_playbook


def acted(playbook: Playbook) -> Iterator[tuple[ActingStep, Action]]:
    """Yield every action, undo included, with its step."""
    for _, step in numbered_playbook(playbook):
        if isinstance(step, Check | Mitigate | Verify) and step.action is not None:
            yield step, step.action
        if isinstance(step, Mitigate) and not isinstance(step.undo, AutoUndo | Irreversible):
            yield step, step.undo


def told(playbook: Playbook) -> Iterator[Template]:
    """Yield the texts, beside commands, that have values in them."""
    for _, step in numbered_playbook(playbook):
        match step:
            case Escalate() if step.message is not None:
                yield step.message
            case Branch():
                for case in step.cases:
                    inputs = case.play.inputs if case.play else ()
                    yield from (each.template for each in inputs if each.template is not None)
            case _:
                pass


def references(playbook: Playbook) -> Iterator[Reference]:
    """Yield the names that commands and messages use."""
    for _, action in acted(playbook):
        yield from action.references
    for template in told(playbook):
        yield from template.references


def results(step: Step) -> tuple[str, ...]:
    """Return the names that are known once the step is done."""
    names: tuple[str, ...] = (step.id,) if step.id else ()
    if isinstance(step, Check | Mitigate | Verify):
        names += tuple(capture.name for capture in step.capture)
    return names
