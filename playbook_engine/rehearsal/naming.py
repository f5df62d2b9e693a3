"""The names by which a rehearsal speaks of steps.

A step is its id, else its title. One of a playbook that is played on the way has that playbook's name before it:
`jwks-outage:pin`.
"""

from collections.abc import Iterator, Mapping, Sequence

from playbook_engine.frozen import dataclass
from playbook_engine.model.plan import Plan, planned_plays, planned_steps
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.scopes import scope_of
from playbook_engine.model.steps import Branch, Step
from playbook_engine.values import StepPath

UNDO = ".undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A step with its name, the playbook that it stands in, and its place there."""

    name: str
    playbook: Playbook
    path: StepPath
    step: Step


def parts(family: Sequence[Playbook]) -> tuple[Part, ...]:
    """Return every step of a playbook, the first, and of those that it may come to play."""
    return tuple(
        Part(name=f"{_prefix(playbook, family[0])}{step_name(step)}", playbook=playbook, path=path, step=step)
        for playbook in family
        for path, step in walk(playbook)
    )


def _prefix(playbook: Playbook, main: Playbook) -> str:
    return "" if playbook is main else f"{playbook.name}:"


def step_name(step: Step) -> str:
    """Return what a step is called within its playbook."""
    return step.id or step.title


def walk(playbook: Playbook) -> Iterator[tuple[StepPath, Step]]:
    """Yield every step with its path in the playbook, as a plan numbers them."""
    yield from _numbered("health", playbook.health)
    yield from _numbered("steps", playbook.steps)
    yield from _numbered("finally", playbook.finally_)


def _numbered(prefix: str, steps: Sequence[Step]) -> Iterator[tuple[StepPath, Step]]:
    for number, step in enumerate(steps, 1):
        path = StepPath(f"{prefix}/{number}")
        yield path, step
        if isinstance(step, Branch):
            for which, case in enumerate(step.cases, 1):
                yield from _numbered(f"{path}/case {which}", case.steps)
            yield from _numbered(f"{path}/else", step.otherwise)


def names_by_path(plan: Plan) -> Mapping[StepPath, str]:
    """Return the name of every step of a plan."""
    prefixes = {play.path: f"{play.playbook.name}:" for play in planned_plays(plan.blocks)}
    return {
        planned.path: f"{prefixes.get(scope_of(planned.path), '')}{step_name(planned.step)}"
        for planned in planned_steps(plan.blocks)
    }
