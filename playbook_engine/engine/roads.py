"""Steps inside steps: the roads that hosts take one after the other, and the playbooks that others play.

A branch puts a frame of steps on the stack. Below the frames of hosts' roads, and below those of another playbook,
lies a mark: when it comes to the top again, it says what comes next.
"""

from collections.abc import Iterable
from dataclasses import replace

from playbook_engine.engine.index import branch_path
from playbook_engine.engine.state import (
    RESOLVED,
    Ending,
    Facts,
    Frame,
    Hosts,
    Part,
    PlayMark,
    RoadEnd,
    RoadsMark,
    RunState,
)
from playbook_engine.model.events import BranchTaken
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.plan import PlannedBranch, PlannedCase
from playbook_engine.model.scopes import scope_of
from playbook_engine.values import StepPath, TargetName


def take(state: RunState, planned: PlannedBranch, event: BranchTaken) -> RunState:
    """Put what a branch led to on the stack: it comes before what follows the branch."""
    outer = hosts_now(state)
    if not planned.step.per_host:
        return _enter(state, _case(planned, event.taken), outer)
    found: dict[str, frozenset[TargetName]] = {}
    for road in event.roads:
        if road.taken is not None:
            found[road.taken] = found.get(road.taken, frozenset()) | frozenset(road.hosts)
    failed = tuple((host, road.trace) for road in event.roads if road.failed for host in road.hosts)
    mark = RoadsMark(
        path=planned.path, waiting=tuple(found.items()), undecided=failed, hosts=outer, before=state.facts.verified
    )
    return replace(state, frames=(*state.frames, mark))


def hosts_now(state: RunState) -> Hosts:
    """Return the hosts of the road that is under way."""
    return state.frames[-1].hosts if state.frames else None


def next_road(state: RunState, mark: RoadsMark) -> RunState:
    """Note how the road ended that was under way, and begin the next one; the mark is on top, and roads wait."""
    mark, state = noted(state, mark)
    (label, hosts), *rest = mark.waiting
    case = _case(_branch(state, mark), label)
    mark = replace(mark, waiting=tuple(rest), under_way=label)
    facts = replace(state.facts, verified=None)
    return _enter(replace(state, facts=facts, frames=(*state.frames[:-1], mark)), case, hosts)


def noted(state: RunState, mark: RoadsMark) -> tuple[RoadsMark, RunState]:
    """Note how the road ended that was under way.

    A road on which there was nothing to do proves nothing, and owes no proof.
    """
    if mark.under_way is None:
        return mark, state
    end = RoadEnd(state.facts.verified, state.road_over)
    empty = _case(_branch(state, mark), mark.under_way).is_empty
    mark = replace(mark, under_way=None, ended=mark.ended if empty else (*mark.ended, end))
    return mark, replace(state, road_over=False)


def end_of_roads(state: RunState, mark: RoadsMark) -> RunState:
    """Return the state after the last road; the mark is on top and is taken off."""
    mark, state = noted(state, mark)
    state = replace(state, frames=state.frames[:-1])
    verified, doubt = proof(mark, _branch(state, mark).step.title)
    state = replace(state, facts=replace(state.facts, verified=verified, doubt=doubt))
    if not mark.undecided and mark.ended and all(end.resolved for end in mark.ended):
        return resolved(state)
    return state


def abandoned(state: RunState) -> RunState:
    """Return the state when no further road is begun: what was not proven on each of them is not proven."""
    while state.frames:
        mark = state.frames[-1]
        if isinstance(mark, RoadsMark):
            mark, state = noted(state, mark)
            planned = _branch(state, mark)
            left = tuple(RoadEnd(None) for label, _ in mark.waiting if not _case(planned, label).is_empty)
            verified, doubt = proof(replace(mark, ended=(*mark.ended, *left)), planned.step.title)
            state = replace(state, facts=replace(state.facts, verified=verified, doubt=doubt))
        state = replace(state, frames=state.frames[:-1])
    return replace(state, road_over=False)


def proof(mark: RoadsMark, title: str) -> tuple[bool | None, str | None]:
    """Return what all roads together say of the incident, and the doubt that is left.

    | the last verify on the roads | it is |
    |---|---|
    | passed on each, and every host took one | verified |
    | there was none on any | what it was before |
    | anything else | not verified |
    """
    found = [end.verified for end in mark.ended]
    if all(verified is None for verified in found):
        return mark.before, None
    if not all(found):
        return False, f"not every road of '{title}' ended with a passed verify"
    if mark.undecided:
        return False, f"'{title}' could not be decided on every host"
    return True, None


def resolved(state: RunState) -> RunState:
    """Return the state after a verify that resolves: the road that is under way is over, else the steps are."""
    if any(isinstance(frame, RoadsMark) for frame in state.frames):
        return replace(state, road_over=True)
    return replace(state, facts=stop(state.facts, RESOLVED))


def stop(facts: Facts, why: str) -> Facts:
    """Return the facts with the reason why the steps end early; the first one counts."""
    return replace(facts, stopped=facts.stopped or why)


def begin_play(state: RunState, path: StepPath, now_ms: int) -> RunState:
    """Begin with the health of a playbook that is played; its mark is on top."""
    top = state.frames[-1]
    mark = PlayMark(path=path, part=Part.HEALTH, hosts=top.hosts, since_ms=now_ms)
    return replace(state, frames=(*state.frames[:-1], mark, Frame(state.plays[path].health, hosts=top.hosts)))


def not_played(state: RunState, branch: StepPath) -> RunState:
    """Return the state when a branch could not play what it leads to; the mark is on top, if there is one."""
    top = state.frames[-1] if state.frames else None
    asked = isinstance(top, PlayMark) and top.part is Part.ASKED and branch_path(top.path) == branch
    return replace(state, frames=state.frames[:-1]) if asked else state


def begin_steps(state: RunState, mark: PlayMark) -> RunState:
    """Begin with the steps of a playbook that is played and is not well; its `finally` will be carried out."""
    frames = (
        *state.frames[:-1],
        replace(mark, part=Part.STEPS),
        Frame(state.plays[mark.path].steps, hosts=mark.hosts),
    )
    return replace(state, frames=frames, endings=(*state.endings, Ending(mark.path, mark.hosts)))


def add_health(state: RunState, path: StepPath, outcome: Outcome) -> RunState:
    """Note how a health check of a playbook that is played ended."""
    scope = scope_of(path)
    return replace(state, healths={**state.healths, scope: (*state.healths.get(scope, ()), outcome)})


def finally_frames(state: RunState) -> tuple[Frame, ...]:
    """Return the frames of what is still to be done at the end for playbooks that were played, the latest on top."""
    return tuple(Frame(state.plays[ending.path].finally_, hosts=ending.hosts) for ending in state.endings)


def _enter(state: RunState, case: PlannedCase, hosts: Hosts) -> RunState:
    on_top = Frame(case.blocks, hosts=hosts) if case.play is None else PlayMark(path=case.play.path, hosts=hosts)
    return replace(state, frames=(*state.frames, on_top))


def _branch(state: RunState, mark: RoadsMark) -> PlannedBranch:
    planned = state.index[mark.path]
    if not isinstance(planned, PlannedBranch):
        raise TypeError(f"{mark.path} is not a branch")
    return planned


def _case(planned: PlannedBranch, label: str) -> PlannedCase:
    return next(case for case in planned.cases if case.label == label)


def play_above(frames: Iterable[object]) -> int | None:
    """Return where the innermost playbook lies that has begun to be played; None when there is none."""
    begun = [n for n, each in enumerate(frames) if isinstance(each, PlayMark) and each.part is not Part.ASKED]
    return begun[-1] if begun else None
