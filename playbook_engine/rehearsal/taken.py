"""What happened, in the words of a rehearsal: a fold over the events of a run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from playbook_engine.frozen import dataclass
from playbook_engine.model.events import (
    BranchTaken,
    EscalationAcknowledged,
    EscalationDelivered,
    EscalationFailed,
    EscalationUnacknowledged,
    Event,
    RunFinished,
    StepFinished,
    UndoFinished,
)
from playbook_engine.model.outcomes import Cause, Outcome
from playbook_engine.model.plan import Blocks, Plan, PlannedBranch, planned_plays
from playbook_engine.model.results import StepResult
from playbook_engine.rehearsal.naming import UNDO, names_by_path
from playbook_engine.values import StepPath, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A step that came to an end; `by_target` is empty where no target was asked."""

    path: StepPath
    name: str
    ended: str
    by_target: Mapping[str, str]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The path that a run took, and what it did on it."""

    entries: tuple[Entry, ...]
    changed: Mapping[str, tuple[str, ...]]
    undone: tuple[str, ...]
    captured: Mapping[str, Mapping[str, Value]]
    finished: RunFinished


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A plan with what is looked up in it again and again: scenarios that are played alike share it.

    `places` are the block that each step belongs to and its place in it; `files` those of the playbooks, by scope.
    """

    plan: Plan
    names: Mapping[StepPath, str]
    places: Mapping[StepPath, tuple[int, int]]
    files: Mapping[StepPath, str]

    @classmethod
    def of(cls, plan: Plan) -> "Bound":
        """Look everything up once."""
        plays = {play.path: play.playbook.source.name for play in planned_plays(plan.blocks)}
        files = {StepPath(""): plan.playbook.source.name, **plays}
        return cls(plan=plan, names=names_by_path(plan), places=_places(plan), files=files)


def taken(events: Sequence[Event], bound: Bound) -> Taken:
    """Return what a finished run did."""
    names = bound.names
    found = [entry for event in events if (entry := _entry(event, names)) is not None]
    return Taken(
        entries=tuple(_in_file_order(found, bound.places)),
        changed=_changed(events, names),
        undone=tuple(
            names[event.path]
            for event in events
            if isinstance(event, UndoFinished) and event.result.outcome in (Outcome.OK, Outcome.SKIPPED)
        ),
        captured=_captured(events, names),
        finished=next(event for event in events if isinstance(event, RunFinished)),
    )


def _entry(event: Event, names: Mapping[StepPath, str]) -> Entry | None:
    match event:
        case StepFinished():
            return _ended(event.path, names[event.path], event.result)
        case UndoFinished():
            return _ended(event.path, f"{names[event.path]}{UNDO}", event.result)
        case BranchTaken():
            return Entry(path=event.path, name=names[event.path], ended=event.taken, by_target={}, why=event.trace)
        case EscalationDelivered(wait_ms=None, path=str(path)) | EscalationAcknowledged(path=path):
            return Entry(path=path, name=names[path], ended=Outcome.OK, by_target={})
        case EscalationUnacknowledged():
            return _notice(event.path, names, Outcome.FAILED, event.reason)
        case EscalationFailed(path=str(path)):
            return _notice(path, names, Outcome.ERROR, "; ".join(event.reasons))
        case _:
            return None


def _notice(path: StepPath, names: Mapping[StepPath, str], outcome: Outcome, why: str) -> Entry:
    return Entry(path=path, name=names[path], ended=outcome, by_target={}, why=why)


def _ended(path: StepPath, name: str, result: StepResult) -> Entry:
    return Entry(
        path=path,
        name=name,
        ended=result.outcome.value,
        by_target={str(each.target): each.outcome.value for each in result.targets},
        why=_why(result),
    )


def _why(result: StepResult) -> str:
    causes: list[Cause] = [each.cause for each in result.targets if each.cause is not None]
    cause = result.cause or next(iter(causes), None)
    return "" if cause is None else cause.message


def _in_file_order(entries: Sequence[Entry], places: Mapping[StepPath, tuple[int, int]]) -> Iterator[Entry]:
    """Yield the entries in order; those of one block, which run side by side, as they stand in the file."""
    for _, block in groupby(entries, key=lambda entry: _block(entry, places)):
        yield from sorted(block, key=lambda entry: places[entry.path][1])


def _block(entry: Entry, places: Mapping[StepPath, tuple[int, int]]) -> tuple[int, bool]:
    return places[entry.path][0], entry.name.endswith(UNDO)


def _places(plan: Plan) -> Mapping[StepPath, tuple[int, int]]:
    """Return the block that each step belongs to, and its place in it."""
    blocks = [block for every in _all_blocks(plan) for block in every]
    return {
        planned.path: (number, place) for number, block in enumerate(blocks) for place, planned in enumerate(block)
    }


def _all_blocks(plan: Plan) -> Iterator[Blocks]:
    for part in (
        plan.blocks,
        *(b for play in planned_plays(plan.blocks) for b in (play.health, play.steps, play.finally_)),
    ):
        yield from _with_roads(part)


def _with_roads(blocks: Blocks) -> Iterator[Blocks]:
    yield blocks
    for planned in (planned for block in blocks for planned in block):
        if isinstance(planned, PlannedBranch):
            for case in planned.cases:
                yield from _with_roads(case.blocks)


def _changed(events: Iterable[Event], names: Mapping[StepPath, str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for event in events:
        if isinstance(event, StepFinished) and event.verb == "mitigate":
            reached = [str(each.target) for each in event.result.targets if each.begun]
            if reached:
                found.setdefault(names[event.path], []).extend(reached)
    return {name: tuple(targets) for name, targets in found.items()}


def _captured(events: Iterable[Event], names: Mapping[StepPath, str]) -> Mapping[str, Mapping[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for event in events:
        if isinstance(event, StepFinished):
            for target in event.result.targets:
                for name, value in target.captured.items():
                    found.setdefault(f"{names[event.path]}.{name}", {})[str(target.target)] = value
    return found
