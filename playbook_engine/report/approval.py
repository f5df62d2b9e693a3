"""The question before a mitigation: what, where, exactly how, and the way back."""

from collections.abc import Iterable, Iterator

from playbook_engine.model.events import TargetInput
from playbook_engine.model.rolling import Batches
from playbook_engine.phrases import screen
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.batches import batches_text
from playbook_engine.report.names import compact
from playbook_engine.report.pen import Pen
from playbook_engine.report.style import UNICODE, Glyphs, Line, Piece, Style
from playbook_engine.report.widths import pad

LABEL_WIDTH = 13


def question(
    title: str,
    inputs: tuple[TargetInput, ...],
    width: int,
    glyphs: Glyphs = UNICODE,
    *,
    batches: Batches | None = None,
    words: Words = ENGLISH,
) -> tuple[Line, ...]:
    """Return what to show before asking. Nothing is cut: nobody says yes to half a command."""
    pen = Pen(width, glyphs, words)
    lines: list[Line] = [(), *pen.labelled(Piece("mitigate ", Style.CHANGE), title, Style.STRONG, most=None)]
    for members in _alike(inputs):
        lines += _group(members, pen)
    if batches is not None:
        lines += _row(screen.Approval.ROLLING, batches_text(batches, words), pen)
    return tuple(lines)


def _alike(inputs: Iterable[TargetInput]) -> Iterable[list[TargetInput]]:
    """Group targets that get the same request and have the same way back."""
    groups: dict[tuple[str, str, str | None], list[TargetInput]] = {}
    for each in inputs:
        groups.setdefault((each.transport, each.request, each.undo), []).append(each)
    return groups.values()


def _group(members: list[TargetInput], pen: Pen) -> Iterator[Line]:
    first, words = members[0], pen.words
    names = compact((member.target for member in members), words, listed=None)
    phrase = screen.Approval.WHERE if len(members) == 1 else screen.Approval.WHERE_SEVERAL
    yield from _row(screen.Approval.ON, words(phrase, names=names, address=first.address, count=len(members)), pen)
    yield from _row(screen.Approval.WILL_RUN, f"{first.transport}: {first.request}", pen, Style.CHANGE)
    match first.undo:
        case None:
            yield from _row(screen.Approval.UNDO, words(screen.Approval.UNKNOWN), pen, Style.WARN)
        case "irreversible":
            yield from _row(screen.Approval.UNDO, words(screen.Approval.IRREVERSIBLE), pen, Style.WARN)
        case undo:
            yield from _row(screen.Approval.UNDO, undo, pen)


def _row(label: screen.Approval, text: str, pen: Pen, style: Style = Style.PLAIN) -> tuple[Line, ...]:
    return pen.labelled(Piece(pad(f"  {pen.words(label)}", LABEL_WIDTH), Style.DIM), text, style, most=None)
