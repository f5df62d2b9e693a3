"""In which manner a planned step is carried out: repeated, tried again, rolled over its targets. For `--plan`."""

from collections.abc import Iterator

from playbook_engine.model.plan import PlannedCheck, PlannedMitigate, PlannedVerify, Probe
from playbook_engine.model.repeating import Computed, Listed, Loop, Retry
from playbook_engine.model.steps import Check, Mitigate, Verify
from playbook_engine.report.batches import rolling_text
from playbook_engine.report.json_output import Json

_ITEMS = 6
"""Items of a loop that are listed before the rest is only counted."""


def repeating_texts(probe: Probe) -> Iterator[str]:
    """Tell what a probe is repeated for, and how it is tried again."""
    if probe.step.loop is not None:
        yield f"for each of {loop_text(probe.step.loop)}"
    if probe.retry is not None:
        yield retry_text(probe.retry)


def loop_text(loop: Loop) -> str:
    """Return the items of a loop, or the expression that gives them."""
    match loop:
        case Computed():
            return loop.expression.source
        case Listed():
            shown = ", ".join(str(item) for item in loop.values[:_ITEMS])
            more = len(loop.values) - _ITEMS
            return f"{shown} and {more} more" if more > 0 else shown


def retry_text(retry: Retry) -> str:
    """Return how a target is tried again: `up to 3 retries after 2s, each pause 2 times the last, within 1m`."""
    often = "1 retry" if retry.retries == 1 else f"{retry.retries} retries"
    growing = f", each pause {retry.backoff:g} times the last" if retry.backoff > 1 and retry.retries > 1 else ""
    within = f", within {retry.deadline}" if retry.deadline else ""
    return f"up to {often} after {retry.delay}{growing}{within}"


def importance_texts(planned: PlannedCheck | PlannedMitigate | PlannedVerify) -> Iterator[str]:
    """Tell what hangs on a step where it is not the usual, and what its author vouches for."""
    step = planned.step
    if isinstance(step, Check) and not planned.probes[0].counts:
        yield "not critical: shown, and does not count"
    elif isinstance(step, Check) and step.critical:
        yield "critical: the steps end here when it is not ok"
    if isinstance(step, Check | Verify) and step.reads:
        yield "only reads, says its author"


def rolling_texts(step: Mitigate) -> Iterator[str]:
    """Tell how a mitigation rolls over its targets, and how soon it may be made again."""
    rolling = rolling_text(step.rolling)
    if rolling is not None:
        yield rolling
    if step.cooldown is not None:
        yield f"not again on the same target within {step.cooldown}"


def repeating_json(probe: Probe) -> dict[str, Json]:
    """Return the same for machines; what is not there is null."""
    retry = probe.retry
    return {
        "loop": None if probe.step.loop is None else loop_text(probe.step.loop),
        "retries": 0 if retry is None else retry.retries,
        "delay_ms": None if retry is None else retry.delay.ms,
        "backoff": None if retry is None else f"{retry.backoff:g}",
        "deadline_ms": None if retry is None or retry.deadline is None else retry.deadline.ms,
        "counts": probe.counts,
    }


def rolling_json(step: Mitigate) -> dict[str, Json]:
    """Return how a mitigation rolls, for machines."""
    return {
        "serial": [str(portion) for portion in step.rolling.serial],
        "max_failures": str(step.rolling.max_failures),
        "cooldown_ms": None if step.cooldown is None else step.cooldown.ms,
        "idempotent": step.idempotent,
    }
