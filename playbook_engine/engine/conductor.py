"""Decides what happens next: `advance(state, event) -> state, commands`.

Theory of operation. A run is a list of events. Each event is first taken into the state (`absorb`), which never
decides anything; then, when nothing is open any more, `proceed` looks at the state and says what to do next. What
is done comes back as events. Decisions that need nobody's help (a branch, a skipped step, the end) are commands to
record an event, so they pass through the same door, and folding a finished run's events gives its last state.
"""

from dataclasses import replace
from typing import assert_never

from playbook_engine.engine import opening, roads
from playbook_engine.engine.absorb import absorb
from playbook_engine.engine.commands import Cancel, Command, Record, TakeBack, Tell
from playbook_engine.engine.index import by_path, plays_by_path
from playbook_engine.engine.state import (
    RESOLVED,
    TELL_PATH,
    Frame,
    Framed,
    Part,
    Phase,
    PlayMark,
    RoadsMark,
    RunState,
)
from playbook_engine.engine.transitions import Signal, following
from playbook_engine.engine.verdict import exit_code, health_held, verdict
from playbook_engine.model.events import (
    AnswersLost,
    ApprovalDeclined,
    ApprovalGranted,
    PlayEnd,
    PlayFinished,
    PlayStarted,
    Recorded,
    RecordLost,
    RunFinished,
    RunInterrupted,
)
from playbook_engine.model.outcomes import Cause, Outcome, Verdict
from playbook_engine.model.plan import Plan, PlannedPlay
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.settings import Mode
from playbook_engine.model.steps import Irreversible
from playbook_engine.values import RunId, StepPath

Advance = tuple[RunState, tuple[Command, ...]]


def begin(plan: Plan, run: RunId) -> RunState:
    """Return the state before the first event."""
    return RunState(plan=plan, run=run, index=by_path(plan), plays=plays_by_path(plan))


def advance(state: RunState, recorded: Recorded) -> Advance:
    """Take an event into the state and say what to do next."""
    state = absorb(state, recorded)
    event = recorded.event
    match event:
        case RunFinished():
            return replace(state, phase=Phase.DONE), ()
        case RunInterrupted() if state.open:
            return state, (Cancel(),) if _cancels(state, event) else ()
        case ApprovalGranted():
            return state, (opening.perform_approved(state, event.path),)
        case ApprovalDeclined():
            cause = Cause("declined", f"{event.by} said no")
            return state, (opening.aborted(state.index[event.path], cause),)
        case RecordLost() | AnswersLost():
            return state, ()
        case _ if state.open:
            return state, ()
        case _:
            return proceed(state, recorded.mono_ms)


def _cancels(state: RunState, event: RunInterrupted) -> bool:
    """Return whether a signal ends what is under way: undo, finally and notices only give way to a second one.

    Waiting for somebody to take a notice is not worth a second one.
    """
    return event.again or state.phase in (Phase.HEALTH, Phase.STEPS) or bool(state.awaited)


def proceed(state: RunState, now_ms: int) -> Advance:
    """Say what to do when nothing is open: the next block, the next undo, or the next phase."""
    match state.phase:
        case Phase.START:
            return _enter(state, Signal.BEGUN, now_ms)
        case Phase.HEALTH | Phase.STEPS | Phase.FINALLY:
            return _run_blocks(state, now_ms)
        case Phase.UNDO:
            return _take_back(state, now_ms)
        case Phase.TELL:
            return _enter(state, Signal.DONE, now_ms)
        case Phase.DONE:
            return state, (_finish(state, now_ms),)
        case _:
            assert_never(state.phase)


def _run_blocks(state: RunState, now_ms: int) -> Advance:
    """Begin the next block of steps; when there is none, or the phase is cut short, go on to the next phase."""
    cut = _cut_short(state)
    if cut is not None:
        return _leave(state, cut, now_ms)
    if state.road_over:
        return _leave_road(state, now_ms)
    match state.frames[-1] if state.frames else None:
        case None:
            return _end_of_phase(state, now_ms)
        case Frame() as top if top.begun < len(top.blocks):
            state = replace(state, frames=(*state.frames[:-1], replace(top, begun=top.begun + 1)))
            return opening.open_block(state, top.blocks[top.begun])
        case Frame():
            return _run_blocks(replace(state, frames=state.frames[:-1]), now_ms)
        case PlayMark() as mark:
            return _go_on_playing(state, mark, now_ms)
        case RoadsMark() as mark if mark.waiting:
            return _run_blocks(roads.next_road(state, mark), now_ms)
        case RoadsMark() as mark if mark.undecided:
            return _record_undecided(roads.end_of_roads(state, mark), mark)
        case RoadsMark() as mark:
            return _run_blocks(roads.end_of_roads(state, mark), now_ms)


def _end_of_phase(state: RunState, now_ms: int) -> Advance:
    """Go on to the next phase; one that came to other playbooks still has their `finally` before it."""
    if state.phase is Phase.FINALLY and state.endings:
        return _run_blocks(replace(state, frames=roads.finally_frames(state), endings=()), now_ms)
    return _enter(state, _signal_at_end(state), now_ms)


def _go_on_playing(state: RunState, mark: PlayMark, now_ms: int) -> Advance:
    """Begin another playbook that is to be played, its steps when it is not well, or end it."""
    match mark.part:
        case Part.ASKED:
            return _begin_playing(state, state.plays[mark.path])
        case Part.HEALTH if not health_held(state.healths.get(mark.path, ())):
            return _run_blocks(roads.begin_steps(state, mark), now_ms)
        case Part.HEALTH:
            return _end_play(state, mark, PlayEnd.HEALTHY, now_ms)
        case Part.STEPS:
            return _end_play(state, mark, PlayEnd.DONE, now_ms)
        case _:
            assert_never(mark.part)


def _begin_playing(state: RunState, play: PlannedPlay) -> Advance:
    """Record that another playbook begins, or that its branch is an error; which it was, the event says."""
    begun = opening.play(state, play)
    branch = opening.branch_of(state, play)
    command = Record(begun) if isinstance(begun, PlayStarted) else opening.finished(branch, begun)
    return replace(state, open=frozenset({branch.path})), (command,)


def _end_play(state: RunState, mark: PlayMark, ended: PlayEnd, now_ms: int) -> Advance:
    """Record the end of a playbook whose mark is on top."""
    ref = state.plays[mark.path].ref
    event = PlayFinished(
        path=mark.path, name=ref.name, title=ref.title, ended=ended, duration_ms=now_ms - mark.since_ms
    )
    return replace(state, open=frozenset({mark.path})), (Record(event),)


def _record_undecided(state: RunState, mark: RoadsMark) -> Advance:
    """Record on which hosts a branch could not be decided, after the roads of the others."""
    targets = tuple(
        TargetResult(target=host, outcome=Outcome.ERROR, cause=Cause("expression", why), attempts=0)
        for host, why in mark.undecided
    )
    state = replace(state, open=frozenset({mark.path}))
    return state, (opening.finished(state.index[mark.path], StepResult.of(targets)),)


def _leave(state: RunState, cut: Signal, now_ms: int) -> Advance:
    """Leave the phase early. Playbooks that are being played end first, the inner before the outer.

    Where the run only waits for a person, they have not ended.
    """
    at = None if cut is Signal.PAUSED else roads.play_above(state.frames)
    if at is None:
        return _enter(roads.abandoned(state), cut, now_ms)
    return _leave_play(state, at, PlayEnd.RESOLVED if state.facts.stopped == RESOLVED else PlayEnd.STOPPED, now_ms)


def _leave_road(state: RunState, now_ms: int) -> Advance:
    """Leave out the rest of a road that a verify has resolved, and of the playbooks that are played on it."""
    road = max(number for number, frame in enumerate(state.frames) if isinstance(frame, RoadsMark))
    play = roads.play_above(state.frames)
    if play is not None and play > road:
        return _leave_play(state, play, PlayEnd.RESOLVED, now_ms)
    frames = state.frames[: road + 1]
    mark = frames[-1]
    if not isinstance(mark, RoadsMark):
        raise TypeError("a road ends at its mark")
    ended, state = roads.noted(replace(state, frames=frames), mark)
    return _run_blocks(replace(state, frames=(*frames[:-1], ended)), now_ms)


def _leave_play(state: RunState, at: int, ended: PlayEnd, now_ms: int) -> Advance:
    frames = state.frames[: at + 1]
    mark = frames[-1]
    if not isinstance(mark, PlayMark):
        raise TypeError("a play ends at its mark")
    return _end_play(replace(state, frames=frames), mark, ended, now_ms)


def _cut_short(state: RunState) -> Signal | None:
    """Return why the rest of the phase is left out, if it is.

    `finally` is only cut short by a second signal: it always runs.
    """
    facts = state.facts
    if facts.signal and "again" in facts.signal:
        return Signal.GIVEN_UP
    if facts.waiting:
        return Signal.PAUSED
    if state.phase is Phase.HEALTH:
        return Signal.STOPPED if facts.signal else None
    if state.phase is Phase.STEPS:
        if state.failed or (facts.signal and not roads.abandoned(state).facts.verified):
            return Signal.UNDO
        return Signal.STOPPED if facts.stopped else None
    return None


def _signal_at_end(state: RunState) -> Signal:
    if state.phase is not Phase.HEALTH:
        return Signal.DONE
    only_health = state.plan.settings.mode is Mode.SWEEP
    return Signal.HEALTHY if only_health or health_held(state.facts.health) else Signal.ILL


def _enter(state: RunState, signal: Signal, now_ms: int) -> Advance:
    """Go to the phase that follows, and begin it."""
    phase = following(state.phase, signal)
    blocks = {Phase.HEALTH: state.plan.health, Phase.STEPS: state.plan.steps, Phase.FINALLY: state.plan.finally_}
    frames: tuple[Framed, ...] = (Frame(blocks[phase]),) if phase in blocks else ()
    state = replace(state, phase=phase, frames=frames)
    if phase is Phase.FINALLY:
        state = replace(state, frames=(*frames, *roads.finally_frames(state)), endings=())
    if phase is Phase.TELL:
        return _tell(state, now_ms)
    return proceed(state, now_ms)


def _take_back(state: RunState, now_ms: int) -> Advance:
    """Undo the latest mitigation that has not been taken back yet."""
    facts = state.facts
    if facts.signal and "again" in facts.signal:
        return _enter(_give_up_undo(state), Signal.GIVEN_UP, now_ms)
    if not state.undo:
        return _enter(state, Signal.DONE, now_ms)
    *rest, last = state.undo
    state = replace(state, undo=tuple(rest))
    if isinstance(last.step.undo, Irreversible):
        left = (*facts.not_undone, last.step.title)
        return proceed(replace(state, facts=replace(facts, not_undone=left)), now_ms)
    return replace(state, open=frozenset({last.path})), (TakeBack(last),)


def _give_up_undo(state: RunState) -> RunState:
    left = tuple(planned.step.title for planned in reversed(state.undo))
    facts = replace(state.facts, not_undone=(*state.facts.not_undone, *left))
    return replace(state, undo=(), facts=facts)


def _tell(state: RunState, now_ms: int) -> Advance:
    """Tell whom the environment names when a run ends without a solution, unless they know already."""
    outcome, reason = verdict(state.facts)
    ended_badly = outcome in (Verdict.UNRESOLVED, Verdict.UNKNOWN, Verdict.UNDELIVERED)
    if not ended_badly or state.plan.settings.mode is not Mode.PLAY:
        return _enter(state, Signal.DONE, now_ms)
    rules = [rule for rule in state.plan.environment.escalation if rule.ends_runs]
    known = {*state.facts.told, *state.facts.not_told}
    contacts = list(dict.fromkeys(rule.to for rule in rules if rule.to not in known))
    if not contacts:
        return _enter(state, Signal.DONE, now_ms)
    message = f"{state.plan.playbook.title}: {outcome.value}, {reason}"
    tells = tuple(Tell(None, contact, "the run ended without a solution", message) for contact in contacts)
    return replace(state, open=frozenset(tell_path(contact) for contact in contacts)), tells


def tell_path(contact: str) -> StepPath:
    """Return the name under which a notice at the end of a run is open."""
    return StepPath(f"{TELL_PATH}/{contact}")


def _finish(state: RunState, now_ms: int) -> Record:
    facts = state.facts
    outcome, reason = verdict(facts)
    signal = facts.signal.split()[0] if facts.signal else None
    kept = tuple(planned.step.title for planned in state.undo) if state.failed or signal else ()
    return Record(
        RunFinished(
            verdict=outcome,
            exit_code=exit_code(outcome, signal),
            reason=reason,
            changed=facts.changed,
            undone=facts.undone,
            not_undone=(*facts.not_undone, *kept),
            told=facts.told,
            not_told=facts.not_told,
            duration_ms=now_ms - state.started_ms,
        )
    )
