"""A step under way as a line: a spinner, its title, for how long, and who is still missing."""

from collections.abc import Iterator

from playbook_engine.model.repeating import Poll
from playbook_engine.phrases import screen
from playbook_engine.phrases.words import Words
from playbook_engine.report.names import compact
from playbook_engine.report.pen import Pen
from playbook_engine.report.progress import Running
from playbook_engine.report.style import Line, Piece, Style, elapsed

FRAMES_PER_SECOND = 8
NAMED = 3
"""Targets named when only so many are missing."""


def running_lines(step: Running, poll: Poll | None, now_ms: int, pen: Pen) -> tuple[Line, ...]:
    """Return the line of a running step; while its polling fails, a second one says why."""
    frames = pen.glyphs.spinner
    frame = frames[now_ms * FRAMES_PER_SECOND // 1000 % len(frames)]
    words = pen.words
    said = pen.cut(words(screen.Gist.COMMA).join(_said(step, poll, now_ms, words)), pen.width // 2)
    title = step.title if step.phrase is None else words(step.phrase, contact=step.title)
    head = pen.headline(Piece(frame, Style.STRONG), step.verb, title, (Piece(said, Style.DIM),))
    if step.failing is None:
        return (head,)
    return (head, *pen.detail(words(screen.Running.NOT_YET, why=step.failing), Style.DIM, most=1))


def _said(step: Running, poll: Poll | None, now_ms: int, words: Words) -> Iterator[str]:
    """Tell how far a step is: time, tries, who is missing, how long it has held or may still take."""
    yield elapsed(now_ms - step.since_ms)
    if step.polls:
        yield words(screen.Running.TRY, number=step.attempt)
    if step.retried and len(step.asked) == 1:
        yield words(screen.Running.ATTEMPT, number=step.attempt + 1)
    elif step.retried:
        yield words(screen.Running.TRIED_AGAIN, count=len(step.retried))
    if step.batches is not None and len(step.batches.sizes) > 1:
        yield words(screen.Running.BATCH, number=step.batch, of=len(step.batches.sizes))
    if len(step.asked) > 1:
        yield f"{step.answered}/{len(step.asked)}"
        if step.batches is None and 0 < len(step.missing) <= NAMED:
            yield words(screen.Running.WAITING_FOR, names=compact(step.missing, words))
    if poll is None:
        yield from _held(step, now_ms)
    elif step.holding_since_ms is not None and poll.stable_for.ms:
        held = elapsed(now_ms - step.holding_since_ms)
        yield words(screen.Running.HOLDS, time=held, stable_for=poll.stable_for)
    else:
        yield words(screen.Running.LEFT, time=elapsed(step.since_ms + poll.within.ms - now_ms))


def _held(step: Running, now_ms: int) -> Iterator[str]:
    """Tell for how long a step holds of which nobody knows for how long it has to: that of a recorded run."""
    if step.polls and step.holding_since_ms is not None:
        yield f"holds {elapsed(now_ms - step.holding_since_ms)}"
