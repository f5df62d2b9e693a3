"""A step and the names in, one job for each target out; nothing is contacted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from playbook_engine.engine.cooldown import still_cooling
from playbook_engine.engine.sight import Sight
from playbook_engine.engine.turns import Turn, turns
from playbook_engine.frozen import dataclass
from playbook_engine.model.errands import Errand, Purpose
from playbook_engine.model.expressions import Expression, ExpressionError, Reference
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import ActingStep, PlannedVerify, Probe
from playbook_engine.model.repeating import MOST_TURNS, Computed, Listed, Loop
from playbook_engine.model.replies import Reply
from playbook_engine.model.requests import Request, ShellRequest
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.steps import Mitigate
from playbook_engine.model.targets import Host, Target
from playbook_engine.values import Names, TargetName, Value

_NOTHING: Mapping[str, Value] = {}

ITEM = "item"
"""What a loop calls the item at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One probe on one target: a request ready to be sent, or the result that stands without sending one.

    `target` is the name under which the target is told and kept: in a loop that of the turn, and `place` is what it
    is carried out on. `names` is what `expect` and `capture` see besides the answer.
    """

    probe: Probe
    target: TargetName
    place: Target
    request: Request | None
    names: Names
    turn: Turn | None = None
    settled: TargetResult | None = None

    @property
    def key(self) -> tuple[str, TargetName]:
        """Return what tells the job from all others of its step."""
        return self.probe.path, self.target

    @property
    def on(self) -> TargetName | None:
        return None if self.turn is None else self.place.name

    @property
    def item(self) -> str | None:
        return None if self.turn is None else self.turn.shown

    def errand(self, purpose: Purpose = Purpose.DO) -> Errand:
        """Return what a request of this job is for."""
        probe = self.probe
        return Errand(path=probe.path, step=probe.step, target=self.target, place=self.place.name, purpose=purpose)

    def result(
        self,
        outcome: Outcome,
        cause: Cause | None = None,
        *,
        reply: Reply | None = None,
        captured: Mapping[str, Value] = _NOTHING,
        attempts: int = 0,
        begun: bool = False,
    ) -> TargetResult:
        """Return a result of this job."""
        return TargetResult(
            target=self.target,
            outcome=outcome,
            cause=cause,
            reply=reply,
            captured=captured,
            attempts=attempts,
            begun=begun,
            counts=self.probe.counts,
            on=self.on,
            item=self.item,
        )


def jobs(step: ActingStep, sight: Sight) -> tuple[Job, ...] | StepResult:
    """Return a job for each target, or the step's result when no target has anything to do."""
    unasked = _unasked(step, sight) if isinstance(step, PlannedVerify) and step.step.action is None else None
    if unasked is not None:
        return unasked
    made = tuple(job for probe in step.probes for job in _jobs(probe, sight))
    if all(job.settled is not None for job in made):
        settled = tuple(job.settled for job in made if job.settled is not None)
        result = StepResult.of(settled)
        causes = {target.cause.message: target.cause for target in settled if target.cause}
        return StepResult(
            outcome=result.outcome,
            targets=settled,
            cause=next(iter(causes.values())) if len(causes) == 1 else None,
        )
    return made


def _unasked(verify: PlannedVerify, sight: Sight) -> StepResult | None:
    """Return why a verify that repeats the health is left out: its `when` is its own, its probes have others."""
    when = verify.step.when
    try:
        if when is None or when.holds(sight.names(when.references)):
            return None
    except ExpressionError as error:
        return StepResult(outcome=Outcome.ERROR, cause=cause_of(error))
    return StepResult(outcome=Outcome.SKIPPED, cause=_because(when))


def _jobs(probe: Probe, sight: Sight) -> Iterator[Job]:
    """Yield a job for each target of a probe, in a loop one for each turn on each target."""
    loop = probe.step.loop
    listed = turns(loop.values) if isinstance(loop, Listed) else None
    for target in probe.targets:
        view = _View(probe, target, sight)
        if loop is None:
            yield _job(view)
        else:
            yield from _turns(view, loop, listed)


def _turns(view: "_View", loop: Loop, listed: tuple[Turn, ...] | None) -> Iterator[Job]:
    """Yield a job for each turn on a target.

    A `when` that does not speak of the item is asked first: it may guard the very result that the items come from.
    """
    when = view.probe.step.when
    try:
        if when is not None and not _speaks_of_item(when) and not view.holds(when):
            yield view.settled(Outcome.SKIPPED, _because(when))
            return
        found = listed if listed is not None else _computed(view, loop)
    except ExpressionError as error:
        yield view.settled(Outcome.ERROR, cause_of(error))
        return
    if not found:
        yield view.settled(Outcome.SKIPPED, Cause("loop", f"nothing to do: {_source(loop)} is empty"))
    for turn in found:
        yield _job(_View(view.probe, view.target, view.sight, turn))


def _computed(view: "_View", loop: Loop) -> tuple[Turn, ...]:
    """Return the turns that an expression gives; raises ExpressionError."""
    expression = loop.expression if isinstance(loop, Computed) else None
    if expression is None:
        return ()
    items = expression.evaluate(view.names(expression.references))
    if not isinstance(items, list | tuple):
        message = f"{expression.source} is no list, so there is nothing to repeat the step for"
        raise ExpressionError(message, expression.span)
    if len(items) > MOST_TURNS:
        message = f"{expression.source} has {len(items)} items; a loop has at most {MOST_TURNS} turns on a target"
        raise ExpressionError(message, expression.span, "Take a part of the list.")
    return turns(items)


def _speaks_of_item(expression: Expression) -> bool:
    return any(reference.name == ITEM for reference in expression.references)


def _source(loop: Loop) -> str:
    return loop.expression.source if isinstance(loop, Computed) else "the loop"


class _View:
    """A target, or a turn of a loop on it, with what its expressions see."""

    __slots__ = ("_host", "probe", "sight", "target", "turn")

    def __init__(self, probe: Probe, target: Target, sight: Sight, turn: Turn | None = None) -> None:
        self.probe = probe
        self.target = target
        self.sight = sight
        self.turn = turn
        self._host = target.name if isinstance(target, Host) else None

    @property
    def name(self) -> TargetName:
        return self.target.name if self.turn is None else self.turn.name(self.target.name)

    def names(self, references: Iterable[Reference]) -> Names:
        found = self.sight.names(references, self._host)
        return found if self.turn is None else {**found, ITEM: self.turn.item}

    def holds(self, expression: Expression) -> bool:
        return expression.holds(self.names(expression.references))

    def job(self, request: Request, names: Names) -> Job:
        return Job(
            probe=self.probe, target=self.name, place=self.target, request=request, names=names, turn=self.turn
        )

    def settled(self, outcome: Outcome, cause: Cause) -> Job:
        """Return a job that is over before anything was sent."""
        job = Job(probe=self.probe, target=self.name, place=self.target, request=None, names=_NOTHING, turn=self.turn)
        return replace(job, settled=job.result(outcome, cause))


def _job(view: _View) -> Job:
    probe = view.probe
    try:
        skip = _skip(view)
        if skip is not None:
            return view.settled(Outcome.SKIPPED, skip)
        request = probe.action.request(view.names(probe.action.references), view.target, probe.timeout)
        later = view.names(_judging(probe))
    except ExpressionError as error:
        return view.settled(Outcome.ERROR, cause_of(error))
    if isinstance(request, ShellRequest) and not isinstance(probe.step, Mitigate):
        request = replace(request, reads=True)
    return view.job(request, later)


def cause_of(error: ExpressionError) -> Cause:
    """Return an expression's error as the cause of an outcome."""
    return Cause("expression", error.message, error.hint, error.span)


def _skip(view: _View) -> Cause | None:
    """Return why this target is left out: `when` is false, `unless` holds already, or it was made lately."""
    step = view.probe.step
    if step.when is not None and not view.holds(step.when):
        return _because(step.when)
    if not isinstance(step, Mitigate):
        return None
    if step.unless is not None and view.holds(step.unless):
        return Cause("unless", f"nothing to do: {step.unless.source} holds already")
    if step.cooldown is None:
        return None
    return still_cooling(step.cooldown, view.sight.made(step.id or step.title, view.name))


def _because(when: Expression) -> Cause:
    return Cause("when", f"when: {when.source} is false")


def _judging(probe: Probe) -> tuple[Reference, ...]:
    expected = [reference for expression in probe.step.expect for reference in expression.references]
    captured = [reference for capture in probe.step.capture for reference in capture.expression.references]
    return (*expected, *captured)
