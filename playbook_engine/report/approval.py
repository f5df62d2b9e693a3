"""The question before a mitigation: what, where, exactly how, and the way back."""

from collections.abc import Iterable

from playbook_engine.model.events import TargetInput
from playbook_engine.report.escape import escape, shorten
from playbook_engine.report.grouping import compact
from playbook_engine.report.style import Line, Piece, Style


def question(title: str, inputs: tuple[TargetInput, ...], width: int) -> tuple[Line, ...]:
    """Return what to show before asking; targets that get the same request are told once."""
    lines: list[Line] = [(), (Piece("mitigate ", Style.CHANGE), Piece(escape(title), Style.STRONG))]
    for request, members in _by_request(inputs).items():
        first = members[0]
        names = compact(str(member.target) for member in members)
        where = f"{names} ({first.address})" if len(members) == 1 else f"{names} ({len(members)} targets)"
        lines.append(_row("on", shorten(escape(where), width - 12)))
        lines += [
            _row("will run" if number == 0 else "", part) for number, part in enumerate(_wrap(request, width - 12))
        ]
        if first.undo:
            lines.append(
                _row("undo", shorten(escape(first.undo), width - 12), Style.WARN if _final(first) else Style.PLAIN)
            )
    return tuple(lines)


def _final(first: TargetInput) -> bool:
    return first.undo == "irreversible"


def _by_request(inputs: Iterable[TargetInput]) -> dict[str, list[TargetInput]]:
    groups: dict[str, list[TargetInput]] = {}
    for each in inputs:
        groups.setdefault(each.request, []).append(each)
    return groups


def _row(label: str, text: str, style: Style = Style.PLAIN) -> Line:
    return (Piece(f"  {label:<9} ", Style.DIM), Piece(text, style))


def _wrap(text: str, width: int) -> list[str]:
    """Return a request whole, over as many lines as it needs: nobody says yes to half a command."""
    safe = escape(text)
    step = max(width, 20)
    return [safe[at : at + step] for at in range(0, len(safe), step)] or [""]
