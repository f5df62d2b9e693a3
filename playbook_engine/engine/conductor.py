"""Decides what happens next: `advance(state, event) -> state, commands`.

Theory of operation. A run is a list of events. Each event is first taken into the state (`absorb`), which never
decides anything; then, when nothing is open any more, `proceed` looks at the state and says what to do next. What
is done comes back as events. Decisions that need nobody's help (a branch, a skipped step, the end) are commands to
record an event, so they pass through the same door, and folding a finished run's events gives its last state.
"""

from dataclasses import replace
from typing import assert_never

from playbook_engine.engine import opening
from playbook_engine.engine.absorb import absorb
from playbook_engine.engine.commands import Cancel, Command, Record, TakeBack, Tell
from playbook_engine.engine.index import by_path
from playbook_engine.engine.state import TELL_PATH, Frame, Phase, RunState
from playbook_engine.engine.transitions import Signal, following
from playbook_engine.engine.verdict import exit_code, health_held, verdict
from playbook_engine.model.events import (
    ApprovalDeclined,
    ApprovalGranted,
    Recorded,
    RecordLost,
    RunFinished,
    RunInterrupted,
)
from playbook_engine.model.outcomes import Cause, Verdict
from playbook_engine.model.plan import Plan
from playbook_engine.model.settings import Mode
from playbook_engine.model.steps import Irreversible
from playbook_engine.values import RunId, StepPath

Advance = tuple[RunState, tuple[Command, ...]]


def begin(plan: Plan, run: RunId) -> RunState:
    """Return the state before the first event."""
    return RunState(plan=plan, run=run, index=by_path(plan))


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
        case RecordLost():
            return state, ()
        case _ if state.open:
            return state, ()
        case _:
            return proceed(state, recorded.mono_ms)


def _cancels(state: RunState, event: RunInterrupted) -> bool:
    """Return whether a signal ends what is under way: undo, finally and notices only give way to a second one."""
    return event.again or state.phase in (Phase.HEALTH, Phase.STEPS)


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
        return _enter(state, cut, now_ms)
    frames = state.frames
    while frames and frames[-1].begun >= len(frames[-1].blocks):
        frames = frames[:-1]
    if not frames:
        return _enter(replace(state, frames=()), _signal_at_end(state), now_ms)
    top = frames[-1]
    state = replace(state, frames=(*frames[:-1], Frame(top.blocks, top.begun + 1)))
    return opening.open_block(state, top.blocks[top.begun])


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
        if state.failed or (facts.signal and not facts.verified):
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
    frames = (Frame(blocks[phase]),) if phase in blocks else ()
    state = replace(state, phase=phase, frames=frames)
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
    rules = [rule for rule in state.plan.environment.escalation if rule.when == "unresolved"]
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
