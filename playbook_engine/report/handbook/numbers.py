"""Numbers for steps, so that one can refer to another: `H1` in health, `2.1.3` in steps, `F1` in finally."""

from collections.abc import Iterator, Mapping

from playbook_engine.frozen import dataclass
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.steps import Branch, Check, Mitigate, Step, Verify


@dataclass(frozen=True, slots=True)
class Numbers:
    """Where each result comes from: the number of the step with an id, and of the step that captures a name."""

    steps: Mapping[str, str]
    captures: Mapping[str, str]

    @classmethod
    def of(cls, playbook: Playbook) -> "Numbers":
        """Number the steps of a playbook."""
        steps: dict[str, str] = {}
        captures: dict[str, str] = {}
        for number, step in numbered_playbook(playbook):
            if step.id:
                steps[step.id] = number
            if isinstance(step, Check | Mitigate | Verify):
                captures |= dict.fromkeys((capture.name for capture in step.capture), number)
        return cls(steps, captures)


def numbered_playbook(playbook: Playbook) -> Iterator[tuple[str, Step]]:
    """Yield every step with its number, in file order."""
    for prefix, steps in (("H", playbook.health), ("", playbook.steps), ("F", playbook.finally_)):
        yield from _deep(steps, prefix)


def numbered(steps: tuple[Step, ...], prefix: str) -> Iterator[tuple[str, Step]]:
    """Yield the steps of one list with their numbers; what is within branches is left out."""
    for count, step in enumerate(steps, 1):
        yield f"{prefix}{count}", step


def roads(branch: Branch, number: str) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Yield the number of each case and of `else`, with its steps."""
    for count, steps in enumerate((*(case.steps for case in branch.cases), branch.otherwise), 1):
        yield f"{number}.{count}", steps


def _deep(steps: tuple[Step, ...], prefix: str) -> Iterator[tuple[str, Step]]:
    for number, step in numbered(steps, prefix):
        yield number, step
        if isinstance(step, Branch):
            for road, inner in roads(step, number):
                yield from _deep(inner, f"{road}.")
