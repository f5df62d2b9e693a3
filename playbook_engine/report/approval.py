"""The question before a mitigation: what, where, exactly how, and the way back."""

from collections.abc import Iterable, Iterator

from playbook_engine.model.events import TargetInput
from playbook_engine.model.rolling import Batches
from playbook_engine.report.batches import batches_text
from playbook_engine.report.names import compact
from playbook_engine.report.pen import Pen
from playbook_engine.report.style import UNICODE, Glyphs, Line, Piece, Style

LABEL_WIDTH = 13


def question(
    title: str,
    inputs: tuple[TargetInput, ...],
    width: int,
    glyphs: Glyphs = UNICODE,
    *,
    batches: Batches | None = None,
) -> tuple[Line, ...]:
    """Return what to show before asking. Nothing is cut: nobody says yes to half a command."""
    pen = Pen(width, glyphs)
    lines: list[Line] = [(), *pen.labelled(Piece("mitigate ", Style.CHANGE), title, Style.STRONG, most=None)]
    for members in _alike(inputs):
        lines += _group(members, pen)
    if batches is not None:
        lines += _row("rolling", batches_text(batches), pen)
    return tuple(lines)


def _alike(inputs: Iterable[TargetInput]) -> Iterable[list[TargetInput]]:
    """Group targets that get the same request and have the same way back."""
    groups: dict[tuple[str, str, str | None], list[TargetInput]] = {}
    for each in inputs:
        groups.setdefault((each.transport, each.request, each.undo), []).append(each)
    return groups.values()


def _group(members: list[TargetInput], pen: Pen) -> Iterator[Line]:
    first = members[0]
    names = compact((member.target for member in members), listed=None)
    where = f"{names} ({first.address})" if len(members) == 1 else f"{names} ({len(members)} targets)"
    yield from _row("on", where, pen)
    yield from _row("will run", f"{first.transport}: {first.request}", pen, Style.CHANGE)
    match first.undo:
        case None:
            yield from _row("undo", "not known", pen, Style.WARN)
        case "irreversible":
            yield from _row("undo", "irreversible: this cannot be taken back", pen, Style.WARN)
        case undo:
            yield from _row("undo", undo, pen)


def _row(label: str, text: str, pen: Pen, style: Style = Style.PLAIN) -> tuple[Line, ...]:
    return pen.labelled(Piece(f"  {label}".ljust(LABEL_WIDTH), Style.DIM), text, style, most=None)
