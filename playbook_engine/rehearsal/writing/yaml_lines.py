"""Values as lines of YAML, as people write them: short mappings on one line, long texts in blocks, comments.

What is written is read again as the same value, by our own reader (YAML 1.2) and by those of YAML 1.1.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from playbook_engine.values import Value

WIDTH = 110
"""Columns that a line may take before a mapping is broken up."""
STEP = "  "
_SHORT = 40
"""A single line of so few characters stands in quotes, its line end visible."""
_PLAIN = re.compile(r"[A-Za-z_/.](?:[\w /.@%+=()~^;*!?&|<>$-]|:(?=[\w/-])|#(?<=\S#)|'(?=\w)|,(?= ))*", re.ASCII)
_PLAIN_IN_FLOW = re.compile(r"[A-Za-z_/.](?:[\w /.@%+=()~^;*!&|<>$-]|:(?=[\w/-]))*", re.ASCII)
_SPECIAL = re.compile(
    r"(true|false|null|yes|no|on|off|y|n|~|[-+]?\.(inf|nan)|\.+|[-+]?[\d_.]+|[-+]?\.\d[\d_e+-]*|<<|=)", re.IGNORECASE
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
"""A time is a text in YAML 1.2, and people write it without quotes."""
_CJK = re.compile(r"[^\x00-\x7f]")
_UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What no editor shows, what ends a line for some readers, and what no YAML can hold."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A value with a comment above it."""

    value: "Written"
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping or a list that is never written on one line."""

    value: "Written"


Written: TypeAlias = "bool | int | float | str | Sequence[Written] | Mapping[str, Written] | Noted | Block | None"


def as_yaml(value: Value) -> Written:
    """Return a value as YAML has it; what YAML has no form for becomes text."""
    match value:
        case Mapping():
            return {str(name): as_yaml(each) for name, each in value.items()}
        case list() | tuple():
            return [as_yaml(each) for each in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def document(fields: Mapping[str, Written], apart: str = "") -> str:
    """Return a mapping as a whole file; a blank line stands before one of its keys."""
    blank = "\n" if apart in fields else ""
    before = {name: value for name, value in fields.items() if name != apart}
    after = {name: value for name, value in fields.items() if name == apart}
    return "".join((*(f"{line}\n" for line in _mapping(before, "")), blank, *(f"{x}\n" for x in _mapping(after, ""))))


def comment(text: str, indent: str = "") -> Iterator[str]:
    """Yield a text as lines of comment."""
    room = WIDTH - len(indent) - 2
    words, line = text.split(" "), ""
    for word in words:
        if line and len(line) + 1 + len(word) > room:
            yield f"{indent}# {line}"
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield f"{indent}# {_UNSHOWN.sub('?', line)}"


def _mapping(fields: Mapping[str, Written], indent: str) -> Iterator[str]:
    for name, value in fields.items():
        yield from _entry(f"{_scalar(name)}:", value, indent)


def _sequence(items: Sequence[Written], indent: str) -> Iterator[str]:
    for item in items:
        inner, notes = _split(item)
        for note in notes:
            yield from comment(note, indent)
        if isinstance(inner, Mapping) and inner and not _fits(f"{indent}- ", inner, item):
            lines = list(_mapping(inner, indent + STEP))
            yield f"{indent}- {lines[0].lstrip()}" if not lines[0].lstrip().startswith("#") else f"{indent}-"
            yield from lines[1:] if not lines[0].lstrip().startswith("#") else lines
        else:
            yield from _entry("-", inner, indent)


def _entry(lead: str, value: Written, indent: str) -> Iterator[str]:
    """Yield a value behind its name, or behind the dash of its place in a list."""
    inner, notes = _split(value)
    for note in notes:
        yield from comment(note, indent)
    match inner:
        case str() if _is_block(inner):
            yield from _text(f"{indent}{lead}", inner, indent)
        case Mapping() if inner and not _fits(f"{indent}{lead} ", inner, value):
            yield f"{indent}{lead}"
            yield from _mapping(inner, indent + STEP)
        case list() | tuple() if inner and not _fits(f"{indent}{lead} ", inner, value):
            yield f"{indent}{lead}"
            yield from _sequence(inner, indent + STEP)
        case _:
            yield f"{indent}{lead} {_flow(inner, top=True)}"


def _split(value: Written) -> tuple[Written, tuple[str, ...]]:
    """Return a value without its comments, and without the wish to be written on lines of its own."""
    notes: tuple[str, ...] = ()
    while isinstance(value, Noted | Block):
        notes += value.notes if isinstance(value, Noted) else ()
        value = value.value
    return value, notes


def _fits(lead: str, inner: Written, value: Written) -> bool:
    """Return whether a mapping or a list can be written on the line that it begins on."""
    while isinstance(value, Noted):
        value = value.value
    return not isinstance(value, Block) and _is_flat(inner) and len(lead) + _width(_flow(inner)) <= WIDTH


def _is_flat(value: Written) -> bool:
    match value:
        case Noted() | Block():
            return False
        case str():
            return not _is_block(value)
        case Mapping():
            return all(map(_is_flat, value.values()))
        case list() | tuple():
            return all(map(_is_flat, value))
        case _:
            return True


def _width(text: str) -> int:
    return len(text) + len(_CJK.findall(text))


def _flow(value: Written, *, top: bool = False) -> str:
    """Return a value on one line; `top` when it stands outside of braces."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case str():
            return _scalar(value, flow=not top)
        case Mapping():
            return "{" + ", ".join(f"{_scalar(name, flow=True)}: {_flow(each)}" for name, each in value.items()) + "}"
        case Noted() | Block():
            return _flow(value.value)
        case _:
            return "[" + ", ".join(map(_flow, value)) + "]"


def _number(value: float) -> str:
    """Return a number as YAML 1.2 and 1.1 both read it: one with an exponent has a point and a sign."""
    text = json.dumps(value)
    mantissa, exponent, power = text.partition("e")
    if not exponent:
        return text
    point = "" if "." in mantissa else ".0"
    return f"{mantissa}{point}e{power if power[0] in '+-' else f'+{power}'}"


def _scalar(text: str, *, flow: bool = False) -> str:
    """Return a text on one line: as it is, where no reader takes it for something else; else in quotes."""
    plain = _PLAIN_IN_FLOW if flow else _PLAIN
    shown = _CJK.sub("x", text)
    if _MOMENT.fullmatch(text):
        return text
    if plain.fullmatch(shown) and not text.endswith((" ", ":")) and " #" not in text and not _SPECIAL.fullmatch(text):
        return text if not _UNSHOWN.search(text) else _double(text)
    if _UNSHOWN.search(text) or "\n" in text or "\t" in text or "'" in text:
        return _double(text)
    return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'


def _double(text: str) -> str:
    quoted = json.dumps(_holdable(text), ensure_ascii=False)
    return _UNSHOWN.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _holdable(text: str) -> str:
    """Return a text without halves of surrogate pairs: they are no characters."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _is_block(text: str) -> bool:
    """Return whether a text is written as a block: it has lines, and nothing in it that a block cannot hold."""
    has_lines = "\n" in text.rstrip("\n") or (len(text) > _SHORT and text.endswith("\n"))
    return has_lines and not (_UNSHOWN.search(text) or text.startswith(("\n", "\t")))


def _text(lead: str, text: str, indent: str) -> Iterator[str]:
    """Yield a text as a block."""
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    keep = {0: "-", 1: ""}.get(ends, "+")
    # A first line that begins with a blank would be taken for the indentation of the block.
    hint = str(len(STEP)) if text.startswith(" ") else ""
    yield f"{lead} |{hint}{keep}"
    for line in body.split("\n"):
        yield f"{indent}{STEP}{line}" if line else ""
    yield from [""] * (ends - 1)
