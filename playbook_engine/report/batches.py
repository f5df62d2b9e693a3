"""How a mitigation rolls over its targets, in words."""

from itertools import groupby

from playbook_engine.model.events import BatchFinished
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.results import StepResult
from playbook_engine.model.rolling import Batches, Rolling
from playbook_engine.report.names import compact
from playbook_engine.report.pen import Pen
from playbook_engine.report.style import Line, Piece, Style


def batches_text(batches: Batches) -> str:
    """Return how many at once and when it stops: `1, then 3 at a time (4 batches); stops when more than 2 fail`."""
    number = len(batches.sizes)
    if number < 2:
        return f"all at once; {batches.max_failures} may fail"
    sizes = batches.sizes[:-1] if batches.sizes[-1] < batches.sizes[-2] else batches.sizes
    said = ", then ".join(str(size) for size, _ in groupby(sizes))
    return f"{said} at a time ({number} batches); {stops_text(str(batches.max_failures))}"


def rolling_text(rolling: Rolling) -> str | None:
    """Return the same of what is written in the playbook; None when all targets change at once and none may fail."""
    most = str(rolling.max_failures)
    if rolling.serial:
        sizes = ", then ".join(str(portion) for portion in rolling.serial)
        return f"{sizes} at a time; {stops_text(most)}"
    return f"all at once; {most} may fail" if rolling.max_failures.amount else None


def stops_text(most: str) -> str:
    """Return when no further batch begins."""
    return "stops when one fails" if most in ("0", "0%") else f"stops when more than {most} fail"


def batch_line(event: BatchFinished, title: str, pen: Pen) -> Line:
    """Return the line of a batch that is over; the last one is followed by the step's own line."""
    said = [Piece(f"batch {event.number} of {event.of}", Style.STRONG)]
    if event.failed:
        said.append(Piece(f", {event.failed} failed so far", Style.BAD))
    if not event.goes_on:
        said.append(Piece(", stopping", Style.WARN))
    said.append(Piece(f": {compact(event.targets)}", Style.DIM))
    return pen.headline(Piece(pen.glyphs.bullet, Style.CHANGE), "mitigate", title, tuple(said))


def goes_on_text(batches: Batches, result: StepResult) -> str | None:
    """Return why a mitigation that failed somewhere is good enough; None when it is not, or failed nowhere."""
    failed = sum(target.outcome not in (Outcome.OK, Outcome.SKIPPED) for target in result.targets)
    return f"goes on: {batches.max_failures} may fail" if 0 < failed <= batches.max_failures else None
