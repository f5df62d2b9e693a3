"""A finished step as lines: one when all targets agree, grouped detail where they differ."""

from dataclasses import dataclass

from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.replies import KubectlReply, Reply
from playbook_engine.model.results import StepResult
from playbook_engine.phrases import screen
from playbook_engine.phrases.words import ENGLISH
from playbook_engine.report.differences import DEEPER, differences, group_lines
from playbook_engine.report.grouping import alike
from playbook_engine.report.names import compact
from playbook_engine.report.pen import VERB_WIDTH, Pen
from playbook_engine.report.style import OUTCOME_WORDS, OUTCOMES, Line, Piece, Style
from playbook_engine.report.widths import display_width
from playbook_engine.report.words import joined, words_of
from playbook_engine.visible import escape

START_WIDTH = 2 + VERB_WIDTH + 1
WOULD_RUN = ENGLISH(screen.Story.WOULD_RUN)
"""As the engine puts it on record."""
FINE = (Outcome.OK, Outcome.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A step, or an undo, that is over. `aside` is what there is to say besides: who approved it."""

    verb: str
    title: str
    result: StepResult
    duration_ms: int
    aside: str | None = None


def step_lines(ended: Ended, pen: Pen) -> tuple[Line, ...]:
    """Return what to tell of a step that is over; no line is wider than the pen."""
    return tuple(pen.fit(line) for line in _lines(ended, pen))


def _lines(ended: Ended, pen: Pen) -> tuple[Line, ...]:
    result = ended.result
    aside = pen.detail(ended.aside, Style.DIM) if ended.aside else ()
    if _would_run(result):
        return (*_would(ended, pen), *aside)
    if result.outcome in (Outcome.SKIPPED, Outcome.ABORTED):
        return (*_not_done(ended, pen), *aside)
    head = pen.headline(
        mark(result.outcome, pen), ended.verb, ended.title, words_of(ended.verb, result, ended.duration_ms, pen.words)
    )
    if result.outcome is Outcome.OK:
        return (head, *aside, *_aside_from(result, pen))
    return (head, *aside, *_cause(result, pen), *differences(ended.verb, result, pen))


def mark(outcome: Outcome, pen: Pen) -> Piece:
    """Return the symbol of an outcome."""
    return Piece(pen.glyphs.outcomes[outcome], OUTCOMES[outcome])


def _not_done(ended: Ended, pen: Pen) -> tuple[Line, ...]:
    """Return a step that was skipped or not begun, with the reason beside it or, when long, below."""
    result = ended.result
    reasons = {target.cause.message: target.cause for target in result.targets if target.cause}
    cause = result.cause or (next(iter(reasons.values())) if len(reasons) == 1 else None)
    reason = cause.message if cause else pen.words(screen.Story.FOR_SEVERAL_REASONS) if reasons else ""
    faint = result.outcome is Outcome.SKIPPED
    word = Piece(pen.words(OUTCOME_WORDS[result.outcome]), OUTCOMES[result.outcome])
    shown = escape(reason)
    whole = START_WIDTH + display_width(escape(ended.title)) + display_width(word.text) + display_width(shown) + 4
    fits = whole <= pen.width or display_width(shown) <= pen.width // 3
    said = joined([word, Piece(shown, Style.DIM)], pen.words) if reason and fits else (word,)
    head = pen.headline(mark(result.outcome, pen), ended.verb, ended.title, said, faint=faint)
    below = () if fits else pen.detail(reason, Style.DIM)
    groups = differences(ended.verb, result, pen) if len(reasons) > 1 and result.cause is None else []
    return (head, *below, *groups)


def _cause(result: StepResult, pen: Pen) -> tuple[Line, ...]:
    """Return why the step as a whole ended so, unless its targets say the same."""
    cause = result.cause
    if cause is None or any(target.cause and target.cause.message == cause.message for target in result.targets):
        return ()
    hint = pen.words(screen.Story.HINT, hint=cause.hint)
    return (*pen.detail(cause.message), *(pen.detail(hint, Style.DIM) if cause.hint else ()))


def _aside_from(result: StepResult, pen: Pen) -> tuple[Line, ...]:
    """Return what is worth a word under a step that is well: what does not count, and what was made lately."""
    ill = alike(target for target in result.targets if not target.counts and target.outcome not in FINE)
    cool = alike(target for target in result.targets if target.cause is not None and target.cause.kind == "cooldown")
    notes = dict.fromkeys(note for target in result.targets for note in _notes(target.reply))
    words = pen.words
    ill_texts = (group.message or words(OUTCOME_WORDS[group.outcome]) for group in ill)
    cool_texts = ((compact(group.targets, words), group.message) for group in cool)
    texts = [
        *notes,
        *(words(screen.Story.NOT_CRITICAL, message=message) for message in ill_texts),
        *(words(screen.Story.SKIPPED_BECAUSE, names=names, message=message) for names, message in cool_texts),
    ]
    return tuple(line for text in texts for line in pen.detail(text, Style.DIM))


def _notes(reply: Reply | None) -> tuple[str, ...]:
    return reply.notes if isinstance(reply, KubectlReply) else ()


def _would_run(result: StepResult) -> bool:
    return result.outcome is Outcome.SKIPPED and any(
        target.cause is not None and target.cause.kind == "check" for target in result.targets
    )


def _would(ended: Ended, pen: Pen) -> tuple[Line, ...]:
    """Return what `--check` has to show of a mitigation: every request, whole."""
    head = pen.headline(
        Piece(pen.glyphs.bullet, Style.CHANGE),
        ended.verb,
        ended.title,
        (Piece(pen.words(screen.Story.NOT_RUN), Style.WARN),),
    )
    lines: list[Line] = [head]
    for group in alike(ended.result.targets):
        message, _, found = (group.message or "").partition("\n")
        if not message.startswith(WOULD_RUN):
            lines += group_lines(group, pen)
            continue
        names = compact(group.targets, pen.words)
        lines += pen.detail(pen.words(screen.Story.ON, names=names))
        label = Piece(f"{DEEPER}{pen.words(screen.Story.WOULD_RUN)}", Style.DIM)
        lines += pen.labelled(label, message.removeprefix(WOULD_RUN), Style.STRONG, most=None)
        lines += [line for text in found.splitlines() for line in pen.detail(text, indent=DEEPER * 2)]
    return tuple(lines)
