"""What of a playbook is prose: this walk is the only place that says so."""

from dataclasses import replace
from typing import assert_never

from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action
from playbook_engine.model.expressions import Template
from playbook_engine.model.playbook import InputSpec, Playbook
from playbook_engine.model.steps import (
    AutoUndo,
    Branch,
    Case,
    Check,
    Escalate,
    Irreversible,
    Mitigate,
    Step,
    Undo,
    Verify,
)
from playbook_engine.model.translations import Hand, Prosaic


def handed(playbook: Playbook, hand: Hand) -> Playbook:
    """Return a playbook with its prose gone through; nothing else of it is another than before."""
    return _Walk(hand).playbook(playbook)


@dataclass(frozen=True, slots=True)
class _Walk:
    hand: Hand

    def playbook(self, playbook: Playbook) -> Playbook:
        return replace(
            playbook,
            title=self.hand.text(playbook.title),
            description=self._text(playbook.description) or "",
            symptoms=self._lines(playbook.symptoms),
            causes=self._lines(playbook.causes),
            prevention=self._lines(playbook.prevention),
            long_term=self._lines(playbook.long_term),
            inputs=tuple(map(self._input, playbook.inputs)),
            health=tuple(map(self._check, playbook.health)),
            steps=self._steps(playbook.steps),
            finally_=self._steps(playbook.finally_),
        )

    def _text(self, written: str | None) -> str | None:
        return self.hand.text(written) if written else written

    def _lines(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self.hand.text, lines))

    def _input(self, spec: InputSpec) -> InputSpec:
        return replace(spec, description=self._text(spec.description) or "")

    def _steps(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(map(self._step, steps))

    def _step(self, step: Step) -> Step:
        match step:
            case Check():
                return self._check(step)
            case Mitigate():
                step = replace(step, title=self.hand.text(step.title), note=self._text(step.note))
                return replace(step, action=self._action(step.action), undo=self._undo(step.undo))
            case Verify():
                step = replace(step, title=self.hand.text(step.title), note=self._text(step.note))
                return replace(step, action=self._action(step.action) if step.action is not None else None)
            case Branch():
                step = replace(step, title=self.hand.text(step.title), note=self._text(step.note))
                cases = tuple(map(self._case, step.cases))
                return replace(step, cases=cases, otherwise=self._steps(step.otherwise))
            case Escalate():
                step = replace(step, title=self.hand.text(step.title), note=self._text(step.note))
                return replace(step, message=self._template(step.message))
            case _:
                assert_never(step)

    def _check(self, step: Check) -> Check:
        step = replace(step, title=self.hand.text(step.title), note=self._text(step.note))
        return replace(step, action=self._action(step.action))

    def _case(self, case: Case) -> Case:
        return replace(case, steps=self._steps(case.steps))

    def _template(self, written: Template | None) -> Template | None:
        return self.hand.template(written) if written is not None else None

    def _undo(self, undo: Undo) -> Undo:
        return undo if isinstance(undo, AutoUndo | Irreversible) else self._action(undo)

    def _action(self, action: Action) -> Action:
        return action.handed(self.hand) if isinstance(action, Prosaic) else action


class _Collector:
    """Leaves everything as it is, and remembers it."""

    def __init__(self) -> None:
        self.texts: dict[str, bool] = {}

    def text(self, written: str) -> str:
        self.texts.setdefault(written, False)
        return written

    def template(self, written: Template) -> Template:
        self.texts[written.source] = True
        return written


def prose_of(playbook: Playbook) -> dict[str, bool]:
    """Return every text of a playbook, in its order, each once; true where values belong into it."""
    collector = _Collector()
    handed(playbook, collector)
    return collector.texts
