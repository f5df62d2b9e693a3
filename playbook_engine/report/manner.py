"""In which manner a planned step is carried out: repeated, tried again, rolled over its targets. For `--plan`."""

from collections.abc import Iterator

from playbook_engine.model.plan import PlannedCheck, PlannedMitigate, PlannedVerify, Probe
from playbook_engine.model.repeating import Computed, Listed, Loop, Retry
from playbook_engine.model.steps import Check, Mitigate, Verify
from playbook_engine.phrases.lists import Lists
from playbook_engine.phrases.plan import Manner
from playbook_engine.phrases.screen import Names
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.batches import rolling_text
from playbook_engine.report.json_output import Json

_ITEMS = 6
"""Items of a loop that are listed before the rest is only counted."""


def repeating_texts(probe: Probe, words: Words) -> Iterator[str]:
    """Tell what a probe is repeated for, and how it is tried again."""
    if probe.step.loop is not None:
        yield words(Manner.FOR_EACH, items=loop_text(probe.step.loop, words))
    if probe.retry is not None:
        yield retry_text(probe.retry, words)


def loop_text(loop: Loop, words: Words = ENGLISH) -> str:
    """Return the items of a loop, or the expression that gives them."""
    match loop:
        case Computed():
            return loop.expression.source
        case Listed():
            shown = words(Lists.COMMA).join(str(item) for item in loop.values[:_ITEMS])
            more = len(loop.values) - _ITEMS
            return shown + words(Names.AND_MORE, count=more) if more > 0 else shown


def retry_text(retry: Retry, words: Words) -> str:
    """Return how a target is tried again: `up to 3 retries after 2s, each pause 2 times the last, within 1m`."""
    often = words.counted(retry.retries, Manner.RETRY, Manner.RETRIES, delay=retry.delay)
    grows = retry.backoff > 1 and retry.retries > 1
    growing = words(Manner.GROWING, backoff=f"{retry.backoff:g}") if grows else ""
    within = words(Manner.WITHIN, deadline=retry.deadline) if retry.deadline else ""
    return f"{often}{growing}{within}"


def importance_texts(planned: PlannedCheck | PlannedMitigate | PlannedVerify, words: Words) -> Iterator[str]:
    """Tell what hangs on a step where it is not the usual, and what its author vouches for."""
    step = planned.step
    if isinstance(step, Check) and not planned.probes[0].counts:
        yield words(Manner.NOT_CRITICAL)
    elif isinstance(step, Check) and step.critical:
        yield words(Manner.CRITICAL)
    if isinstance(step, Check | Verify) and step.reads:
        yield words(Manner.READS)


def rolling_texts(step: Mitigate, words: Words) -> Iterator[str]:
    """Tell how a mitigation rolls over its targets, and how soon it may be made again."""
    rolling = rolling_text(step.rolling, words)
    if rolling is not None:
        yield rolling
    if step.cooldown is not None:
        yield words(Manner.COOLDOWN, cooldown=step.cooldown)


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
