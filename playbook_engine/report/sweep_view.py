"""The health of many playbooks: one line when all is well, detail where it is not."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playbook_engine.model.events import RunFinished, StepFinished
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.phrases.screen import Gist, Sweep
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.json_output import Json
from playbook_engine.report.pen import Pen
from playbook_engine.report.steps import Ended, step_lines
from playbook_engine.report.style import UNICODE, VERDICT_WORDS, VERDICTS, Glyphs, Line, Piece, Style, seconds
from playbook_engine.report.widths import pad
from playbook_engine.values import RunId
from playbook_engine.visible import escape

WORDS = {
    Verdict.HEALTHY: "healthy",
    Verdict.UNKNOWN: "unknown",
    Verdict.UNRECORDED: "unrecorded",
    Verdict.INTERRUPTED: "interrupted",
}
"""A sweep looks; what it finds bad is ill, not `unresolved`."""
WORDS_IN_ORDER = ("ill", "unknown", "unrecorded", "interrupted", "healthy")
WORD_WIDTH = 13
INSET = Piece("  ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One playbook's health."""

    run: RunId
    playbook: str
    title: str
    finished: RunFinished
    checks: tuple[StepFinished, ...]


def word(verdict: Verdict) -> str:
    """Return the word for a playbook's health."""
    return WORDS.get(verdict, "ill")


def spoken(verdict: Verdict, words: Words) -> str:
    """Return the word for a playbook's health in the reader's language."""
    return words(VERDICT_WORDS[verdict] if verdict in WORDS else Sweep.ILL)


def sweep_lines(
    healths: Sequence[Health], width: int, glyphs: Glyphs = UNICODE, words: Words = ENGLISH
) -> tuple[Line, ...]:
    """Return a sweep for a person: the ill ones with their failing checks, then one line for all."""
    outer, inner = Pen(width, glyphs, words), Pen(max(width - len(INSET.text), 40), glyphs, words)
    lines: list[Line] = []
    for health in healths:
        if health.finished.verdict is not Verdict.HEALTHY or any(map(_is_ill, health.checks)):
            lines += [_head(health, outer), *((INSET, *line) for line in _checks(health, inner)), ()]
    return (*lines, *_total(healths, outer))


def _is_ill(check: StepFinished) -> bool:
    """Return whether a check is worth a word although its playbook is well: it does not count, and is not well."""
    return check.result.outcome not in (Outcome.OK, Outcome.SKIPPED)


def _head(health: Health, pen: Pen) -> Line:
    status = Piece(pad(spoken(health.finished.verdict, pen.words), WORD_WIDTH), VERDICTS[health.finished.verdict])
    name = Piece(pen.cut(health.playbook, 32), Style.STRONG)
    return pen.fit((status, name, Piece(f"  {escape(health.title)}", Style.DIM)))


def _checks(health: Health, pen: Pen) -> Iterator[Line]:
    """Return the checks that are not well; the reason of the verdict where no check says one."""
    ill = [check for check in health.checks if check.result.outcome is not Outcome.OK]
    for check in ill:
        ended = Ended(verb=check.verb, title=check.title, result=check.result, duration_ms=check.duration_ms)
        yield from step_lines(ended, pen)
    if not ill:
        yield from pen.detail(health.finished.reason, indent="")


def _total(healths: Sequence[Health], pen: Pen) -> tuple[Line, ...]:
    words = pen.words
    found = Counter(word(health.finished.verdict) for health in healths)
    names = {word(verdict): spoken(verdict, words) for verdict in Verdict}
    checks = sum(len(health.checks) for health in healths)
    longest = max((health.finished.duration_ms for health in healths), default=0)
    said = words(Gist.COMMA).join(
        words(Sweep.COUNTED, count=found[name], word=names[name]) for name in WORDS_IN_ORDER if name in found
    )
    text = words.counted(len(healths), Sweep.PLAYBOOK, Sweep.PLAYBOOKS)
    head = Piece(text, Style.GOOD if set(found) == {"healthy"} else Style.BAD)
    made = words.counted(checks, Sweep.CHECK, Sweep.CHECKS)
    return pen.labelled(head, words(Sweep.TOTAL, said=said, checks=made, time=seconds(longest)))


def sweep_json(healths: Sequence[Health], exit_code: int) -> dict[str, Json]:
    """Return a sweep for machines."""
    return {"exit_code": exit_code, "playbooks": [_playbook(health) for health in healths]}


def _playbook(health: Health) -> Json:
    return {
        "playbook": health.playbook,
        "title": health.title,
        "run": health.run,
        "health": word(health.finished.verdict),
        "reason": health.finished.reason,
        "duration_ms": health.finished.duration_ms,
        "checks": [
            {
                "id": check.id,
                "title": check.title,
                "outcome": check.result.outcome.value,
                "counts": all(each.counts for each in check.result.targets),
                "targets": [
                    {
                        "target": str(each.target),
                        "outcome": each.outcome.value,
                        "message": each.cause.message if each.cause else None,
                    }
                    for each in check.result.targets
                ],
            }
            for check in health.checks
        ],
    }
