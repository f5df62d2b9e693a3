"""The phases of a run."""

from playbook_engine.engine.state import Phase
from playbook_engine.engine.transitions import TRANSITIONS, Signal


def reachable(phase: Phase) -> set[Phase]:
    found, todo = {phase}, [phase]
    while todo:
        now = todo.pop()
        for (origin, _), target in TRANSITIONS.items():
            if origin is now and target not in found:
                found.add(target)
                todo.append(target)
    return found


def test_every_phase_is_reached_and_ends() -> None:
    """Nothing is left over, and the end is reached from everywhere."""
    assert reachable(Phase.START) == set(Phase)
    for phase in Phase:
        assert Phase.DONE in reachable(phase)


def test_no_phase_comes_twice() -> None:
    """Phases follow an order without a way back: every run ends."""
    order = list(Phase)
    for (origin, _), target in TRANSITIONS.items():
        assert order.index(target) > order.index(origin)


def test_a_second_signal_ends_every_phase_at_once() -> None:
    """Wherever a run is, it can be given up."""
    for phase in (Phase.HEALTH, Phase.STEPS, Phase.UNDO, Phase.FINALLY, Phase.TELL):
        assert TRANSITIONS[phase, Signal.GIVEN_UP] is Phase.DONE


def test_what_undo_takes_back_is_followed_by_finally() -> None:
    """`finally` always runs once steps have begun."""
    assert TRANSITIONS[Phase.UNDO, Signal.DONE] is Phase.FINALLY
    assert TRANSITIONS[Phase.STEPS, Signal.DONE] is Phase.FINALLY
    assert TRANSITIONS[Phase.STEPS, Signal.STOPPED] is Phase.FINALLY
