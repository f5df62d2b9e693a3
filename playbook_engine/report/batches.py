"""How a mitigation rolls over its targets, in words."""

from itertools import groupby

from playbook_engine.model.events import BatchFinished
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.results import StepResult
from playbook_engine.model.rolling import Batches, Rolling
from playbook_engine.phrases import screen
from playbook_engine.phrases.lists import Lists
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.names import compact
from playbook_engine.report.pen import Pen
from playbook_engine.report.style import Line, Piece, Style


def batches_text(batches: Batches, words: Words = ENGLISH) -> str:
    """Return how many at once and when it stops: `1, then 3 at a time (4 batches); stops when more than 2 fail`."""
    number = len(batches.sizes)
    if number < 2:
        return words(screen.Batches.AT_ONCE, most=batches.max_failures)
    sizes = batches.sizes[:-1] if batches.sizes[-1] < batches.sizes[-2] else batches.sizes
    said = words(Lists.THEN).join(str(size) for size, _ in groupby(sizes))
    stops = stops_text(str(batches.max_failures), words)
    return words(screen.Batches.AT_A_TIME, sizes=said, number=number, stops=stops)


def rolling_text(rolling: Rolling, words: Words = ENGLISH) -> str | None:
    """Return the same of what is written in the playbook; None when all targets change at once and none may fail."""
    most = str(rolling.max_failures)
    if rolling.serial:
        sizes = words(Lists.THEN).join(str(portion) for portion in rolling.serial)
        return words(screen.Batches.AT_A_TIME_WRITTEN, sizes=sizes, stops=stops_text(most, words))
    return words(screen.Batches.AT_ONCE, most=most) if rolling.max_failures.amount else None


def stops_text(most: str, words: Words) -> str:
    """Return when no further batch begins."""
    return words(screen.Batches.STOPS_AT_ONE if most in ("0", "0%") else screen.Batches.STOPS_AT, most=most)


def batch_line(event: BatchFinished, title: str, pen: Pen) -> Line:
    """Return the line of a batch that is over; the last one is followed by the step's own line."""
    words = pen.words
    said = [Piece(words(screen.Running.BATCH, number=event.number, of=event.of), Style.STRONG)]
    if event.failed:
        said.append(Piece(words(screen.Batches.FAILED_SO_FAR, count=event.failed), Style.BAD))
    if not event.goes_on:
        said.append(Piece(words(screen.Batches.STOPPING), Style.WARN))
    said.append(Piece(words(screen.Batches.TARGETS, targets=compact(event.targets, words)), Style.DIM))
    return pen.headline(Piece(pen.glyphs.bullet, Style.CHANGE), "mitigate", title, tuple(said))


def goes_on_text(batches: Batches, result: StepResult, words: Words = ENGLISH) -> str | None:
    """Return why a mitigation that failed somewhere is good enough; None when it is not, or failed nowhere."""
    failed = sum(target.outcome not in (Outcome.OK, Outcome.SKIPPED) for target in result.targets)
    most = batches.max_failures
    return words(screen.Batches.GOES_ON, most=most) if 0 < failed <= most else None
