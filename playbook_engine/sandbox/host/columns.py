"""Rows of words under their headings, as the programs of a machine print them."""

from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]], left: Sequence[int] = ()) -> str:
    """Return rows with their columns lined up; those in `left` at their left side, the last as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    last = len(widths) - 1
    lines = []
    for row in rows:
        cells = [
            cell if place == last else cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(" ".join(cells).rstrip())
    return "\n".join(lines)


def clock(seconds: float, *, long: bool) -> str:
    """Return a time as `ps` writes it: `02:05`, `1-02:03:04`; or as TIME of `aux`: `0:05`."""
    minutes, rest = divmod(int(seconds), 60)
    if not long:
        return f"{minutes}:{rest:02}"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    head = f"{days}-{hours:02}:" if days else f"{hours:02}:" if hours else ""
    return f"{head}{minutes:02}:{rest:02}"
