"""Every name of a playbook with its value, where that comes from, and what it overrode."""

import json
from collections.abc import Iterator, Mapping

from playbook_engine.model.explanation import Difference, Explained, Explanation, Origin
from playbook_engine.model.precedence import Sourced
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.phrases.screen import Explain
from playbook_engine.report.json_output import Json
from playbook_engine.report.names import compact
from playbook_engine.report.pen import Pen
from playbook_engine.report.style import UNICODE, Glyphs, Line, Piece, Style
from playbook_engine.report.widths import display_width, pad
from playbook_engine.values import Secret, SecretText, Value
from playbook_engine.visible import escape

HEADINGS = {
    Origin.INPUT: Explain.INPUTS,
    Origin.VARIABLE: Explain.VARS,
    Origin.INVENTORY: Explain.INVENTORY,
    Origin.ENVIRONMENT: Explain.ENVIRONMENT,
    Origin.SECRET: Explain.SECRETS,
}
NAME_WIDTH = 28
"""Columns that names may take before they get a line of their own."""
GROUPS = 6
"""Groups of hosts shown for one name before the rest is only counted."""


def explain_lines(
    explanation: Explanation, width: int, glyphs: Glyphs = UNICODE, reader: Reader = UNTRANSLATED
) -> tuple[Line, ...]:
    """Return an explanation for a person; long values are shortened."""
    pen, words = Pen(width, glyphs, reader.words, reader.texts), reader.words
    lines: list[Line] = [*_head(explanation, pen)]
    for kind, heading in HEADINGS.items():
        names = [each for each in explanation.names if each.kind is kind]
        if names:
            lines += [(), (Piece(words(heading), Style.STRONG),)]
            widths = [display_width(escape(each.name)) for each in names]
            column = max((width for width in widths if width <= NAME_WIDTH), default=NAME_WIDTH) + 2
            lines += [line for each in names for line in _one(each, column, pen)]
    if not explanation.names:
        lines += [(), (Piece(words(Explain.EMPTY), Style.DIM),)]
    return tuple(lines)


def _head(explanation: Explanation, pen: Pen) -> Iterator[Line]:
    words, environment = pen.words, explanation.environment
    yield pen.fit((Piece(escape(pen.texts.text(explanation.title)), Style.STRONG),))
    where = words(Explain.ON_ENVIRONMENT if environment else Explain.NO_INVENTORY, environment=environment)
    seen = words(Explain.SEEN_BY_HOST if explanation.host else Explain.SEEN_BY_STEPS, host=explanation.host)
    given = {"playbook": explanation.playbook, "version": explanation.version}
    facts = words(Explain.FACTS, **given, where=where, seen=seen)
    yield from pen.labelled(Piece(""), facts, Style.DIM)


def _one(explained: Explained, column: int, pen: Pen) -> Iterator[Line]:
    name = escape(explained.name)
    lead = Piece("  " + pad(name, column))
    inset = Piece(" " * (2 + column))
    if display_width(name) > column - 2:
        yield (Piece(f"  {name}"),)
        lead = inset
    if explained.resolved is None:
        phrase = Explain.ON_HOSTS_ONLY if explained.differences else Explain.NO_VALUE
        yield lead, Piece(pen.words(phrase), Style.WARN)
    else:
        yield from _valued(lead, explained.resolved.winner, inset, pen)
        for sourced in explained.resolved.overrode:
            text = pen.words(Explain.INSTEAD_OF, value=_short(sourced.value, pen), origin=sourced.origin)
            yield from pen.labelled(inset, text, Style.DIM)
    for difference in explained.differences[:GROUPS]:
        yield from _different(difference, inset, pen)
    more = sum(len(difference.hosts) for difference in explained.differences[GROUPS:])
    if more:
        yield inset, Piece(pen.words.counted(more, Explain.MORE_HOST, Explain.MORE_HOSTS), Style.DIM)


def _valued(lead: Piece, sourced: Sourced, inset: Piece, pen: Pen) -> Iterator[Line]:
    """Yield the value, with its origin on the same line where there is room."""
    value = pen.cut(shown(sourced.value), max(pen.width - display_width(lead.text), 8))
    origin = escape(sourced.origin)
    if display_width(lead.text) + display_width(value) + 2 + display_width(origin) <= pen.width:
        yield lead, Piece(value, Style.STRONG), Piece("  "), Piece(origin, Style.DIM)
    else:
        yield lead, Piece(value, Style.STRONG)
        yield from pen.labelled(inset, sourced.origin, Style.DIM)


def _different(difference: Difference, inset: Piece, pen: Pen) -> Iterator[Line]:
    first, words = difference.sources[0], pen.words
    others = len(difference.sources) - 1
    elsewhere = words.counted(others, Explain.OTHER_PLACE, Explain.OTHER_PLACES, origin=first.origin)
    origin = elsewhere if others else first.origin
    text = f"{compact(difference.hosts, words)}: {_short(first.value, pen)}, {origin}"
    yield from pen.labelled(inset, text)


def _short(value: Value, pen: Pen) -> str:
    return pen.cut(shown(value), max(pen.width // 2, 16))


def shown(value: Value) -> str:
    """Return a value as an expression would write it, secrets masked."""
    match value:
        case None:
            return "none"
        case Secret() | SecretText():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False, default=_masked)


def _masked(value: Value) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def explain_json(explanation: Explanation) -> dict[str, Json]:
    """Return an explanation for machines; values are whole, secrets are null with `secret` true."""
    return {
        "playbook": {"name": explanation.playbook, "version": explanation.version},
        "environment": explanation.environment,
        "host": None if explanation.host is None else str(explanation.host),
        "names": [_json_name(each) for each in explanation.names],
    }


NOBODY: dict[str, Json] = {"value": None, "secret": False, "level": None, "origin": None}
"""What is said of a name that nobody gives a value to."""


def _json_name(explained: Explained) -> Json:
    resolved = explained.resolved
    return {
        "name": explained.name,
        "kind": explained.kind.value,
        "has_value": resolved is not None,
        **(NOBODY if resolved is None else _json_source(resolved.winner)),
        "overrode": [] if resolved is None else [_json_source(sourced) for sourced in resolved.overrode],
        "hosts": [
            {
                "hosts": [str(host) for host in difference.hosts],
                **_json_source(difference.sources[0]),
                "origins": [sourced.origin for sourced in difference.sources],
            }
            for difference in explained.differences
        ],
    }


def _json_source(sourced: Sourced) -> dict[str, Json]:
    secret = isinstance(sourced.value, Secret | SecretText)
    value: Json = None if secret else json.loads(json.dumps(sourced.value, default=_masked))
    return {"value": value, "secret": secret, "level": sourced.level.name.lower(), "origin": sourced.origin}
