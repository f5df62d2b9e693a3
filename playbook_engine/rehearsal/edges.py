"""The edges of a playbook, and those that a run took.

| edge | is taken when |
|---|---|
| step | the step was carried out: it ended neither skipped nor aborted |
| branch | a case, or `else`, was taken, by the run or by a host |
| on_failure | a mitigate or verify ended neither ok, skipped nor aborted |
| undo | a mitigation was taken back |
"""

from collections.abc import Iterator, Mapping, Sequence

from playbook_engine.diagnostics import Span
from playbook_engine.model.events import (
    BranchTaken,
    EscalationDelivered,
    EscalationFailed,
    Event,
    StepFinished,
    UndoFinished,
)
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.rehearsed import Edge, EdgeKey, EdgeKind
from playbook_engine.model.scopes import scope_of, within_scope
from playbook_engine.model.steps import Branch, Irreversible, Mitigate, OnFailure, Step, Verify, verb_of
from playbook_engine.rehearsal.naming import walk
from playbook_engine.values import StepPath

_NOT_DONE = (Outcome.SKIPPED, Outcome.ABORTED)


def edges(playbook: Playbook) -> tuple[Edge, ...]:
    """Return every edge of a playbook, in file order."""
    return tuple(edge for path, step in walk(playbook) for edge in _edges(path, step))


def _edges(path: StepPath, step: Step) -> Iterator[Edge]:
    if isinstance(step, Branch):
        for number, case in enumerate(step.cases, 1):
            yield _road(path, f"case {number}", case.when.source, case.span)
        yield _road(path, "else", "", step.otherwise_span)
        return
    yield Edge(kind=EdgeKind.STEP, path=path, text=f"{verb_of(step)}: {step.title}", span=step.span)
    if isinstance(step, Mitigate | Verify):
        yield Edge(kind=EdgeKind.FAILURE, path=path, text=_failure(step), span=step.span)
    if isinstance(step, Mitigate) and not isinstance(step.undo, Irreversible):
        yield Edge(kind=EdgeKind.UNDO, path=path, text=f"undo: {step.title}", span=step.undo.span)


def _road(path: StepPath, label: str, when: str, span: Span) -> Edge:
    text = f"{label}: {when}" if when else label
    return Edge(kind=EdgeKind.BRANCH, path=path, road=label, text=text, span=span)


def _failure(step: Mitigate | Verify) -> str:
    policy = step.on_failure or (OnFailure.UNDO if isinstance(step, Mitigate) else None)
    return f"on_failure{'' if policy is None else f' {policy.value}'}: {step.title}"


def edges_taken(events: Sequence[Event], files: Mapping[StepPath, str]) -> frozenset[EdgeKey]:
    """Return the edges that a run took, those of playbooks that it played included; `files` are those, by scope."""
    return frozenset(key for event in events for key in _taken(event, files))


def _taken(event: Event, files: Mapping[StepPath, str]) -> Iterator[EdgeKey]:
    match event:
        case StepFinished():
            if event.verb == "branch" or event.result.outcome in _NOT_DONE:
                return
            yield _key(files, event.path, EdgeKind.STEP)
            if event.verb in ("mitigate", "verify") and event.result.outcome is not Outcome.OK:
                yield _key(files, event.path, EdgeKind.FAILURE)
        case BranchTaken():
            for label in event.taken.split(", "):
                yield _key(files, event.path, EdgeKind.BRANCH, label)
        case EscalationDelivered(path=str(path)) | EscalationFailed(path=str(path)):
            yield _key(files, path, EdgeKind.STEP)
        case UndoFinished():
            yield _key(files, event.path, EdgeKind.UNDO)
        case _:
            return


def _key(files: Mapping[StepPath, str], path: StepPath, kind: EdgeKind, road: str = "") -> EdgeKey:
    return EdgeKey(files[scope_of(path)], kind, within_scope(path), road)
