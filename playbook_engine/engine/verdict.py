"""Facts in, verdict and exit code out.

The first line that fits gives the verdict:

| facts | verdict |
|---|---|
| a signal ended the run | interrupted |
| the record was lost | unrecorded |
| an approval or answer is missing | waiting |
| the last verify passed | resolved |
| health held, nothing else was done | healthy |
| somebody could not be told | undelivered |
| health could not be reached, and nothing was changed | unknown |
| anything else | unresolved |
"""

from typing import assert_never

from playbook_engine.engine.state import Facts
from playbook_engine.errors import ExitCode
from playbook_engine.model.outcomes import Outcome, Verdict


def health_held(outcomes: tuple[Outcome, ...]) -> bool:
    """Return whether the health checks prove that all is well: at least one was made, and all made were ok."""
    made = [outcome for outcome in outcomes if outcome is not Outcome.SKIPPED]
    return bool(made) and all(outcome is Outcome.OK for outcome in made)


def health_unreached(outcomes: tuple[Outcome, ...]) -> bool:
    """Return whether targets could not be asked, and none that could be asked was found ill."""
    cannot_say = {Outcome.UNREACHABLE, Outcome.TIMEOUT, Outcome.ERROR, Outcome.INDETERMINATE}
    return bool(cannot_say & set(outcomes)) and Outcome.FAILED not in outcomes


def verdict(facts: Facts) -> tuple[Verdict, str]:
    """Return the verdict and the sentence that explains it."""
    if facts.signal:
        return Verdict.INTERRUPTED, f"{facts.signal} ended the run"
    if facts.record_lost:
        return Verdict.UNRECORDED, f"nothing was changed after the record failed: {facts.record_lost}"
    if facts.waiting:
        return Verdict.WAITING, facts.waiting
    if facts.verified:
        return Verdict.RESOLVED, "a verify passed"
    if health_held(facts.health) and facts.verified is None and not facts.changed:
        return Verdict.HEALTHY, "health held at the start, nothing was done"
    if facts.not_told:
        return Verdict.UNDELIVERED, f"nobody could be told: {', '.join(facts.not_told)}"
    if health_unreached(facts.health) and not facts.changed:
        return Verdict.UNKNOWN, "targets could not be reached, so nobody knows whether all is well"
    return Verdict.UNRESOLVED, facts.stopped or _why_unresolved(facts)


def _why_unresolved(facts: Facts) -> str:
    if facts.doubt:
        return facts.doubt
    if facts.verified is False:
        return "the last verify did not pass"
    return "no verify passed" if facts.health else "the steps ended, and no verify passed"


def exit_code(outcome: Verdict, signal: str | None = None) -> ExitCode:
    """Return the one status that a verdict ends with."""
    match outcome:
        case Verdict.HEALTHY | Verdict.RESOLVED:
            return ExitCode.OK
        case Verdict.UNRESOLVED:
            return ExitCode.UNRESOLVED
        case Verdict.WAITING:
            return ExitCode.WAITING
        case Verdict.UNKNOWN:
            return ExitCode.UNKNOWN
        case Verdict.UNDELIVERED:
            return ExitCode.UNDELIVERED
        case Verdict.UNRECORDED:
            return ExitCode.UNRECORDED
        case Verdict.INTERRUPTED:
            return ExitCode.TERMINATED if signal == "SIGTERM" else ExitCode.INTERRUPTED
        case _:
            assert_never(outcome)
