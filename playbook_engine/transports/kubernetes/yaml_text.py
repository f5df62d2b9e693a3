"""Plain data as YAML that people read: `-o yaml`, and the parts of `describe`; readers take it back as it was."""

import json
import re
from collections.abc import Iterator

from playbook_engine.values import Value

_CHARS = r"(?:[-A-Za-z0-9_./@+]|:(?=[-A-Za-z0-9_./@+]))"
_PLAIN = re.compile(rf"[A-Za-z/_]{_CHARS}*(?: {_CHARS}+)*")
_WORDS = re.compile(r"(?:y|n|yes|no|on|off|true|false|null)", re.IGNORECASE)
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def as_yaml(data: Value) -> str:
    """Return data as a YAML document; secrets are masked."""
    return "".join(f"{line}\n" for line in _lines(data))


def _lines(value: Value) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _entry(f"{_text(str(key))}:", inner)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _item(inner)
    else:
        yield _scalar(value)


def _entry(head: str, value: Value) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield head
        yield from (f"  {line}" if line else line for line in _lines(value))
    elif isinstance(value, list) and value:
        yield head
        yield from _lines(value)
    elif isinstance(value, str) and _is_block(value):
        yield f"{head} {'|' if value.endswith(chr(10)) else '|-'}"
        yield from (f"  {line}" if line else line for line in value.removesuffix("\n").split("\n"))
    else:
        yield f"{head} {_scalar(value)}"


def _item(value: Value) -> Iterator[str]:
    for number, line in enumerate(_lines(value)):
        yield f"{'  ' if number else '- '}{line}" if line else line


def _is_block(text: str) -> bool:
    """Return whether a text can stand as it is, line by line."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and not _UNREADABLE.search(text)
        and bool(lines[0])
        and lines[0][0] not in " \t"
        and bool(lines[-1].strip())
    )


def _scalar(value: Value) -> str:
    match value:
        case None | bool() | int():
            return json.dumps(value)
        case float():
            return repr(value)
        case dict():
            return "{}"
        case list() | tuple():
            return "[]"
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _WORDS.fullmatch(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
