"""Where the `{{ … }}` of a text begin and end, for actions that treat each part by the place it stands in."""

from collections.abc import Iterator

from playbook_engine.frozen import dataclass

_OPENING = "([{"
_CLOSING = ")]}"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text: plain, or one `{{ … }}` with its braces."""

    start: int
    end: int
    is_value: bool


def parts(text: str, start: int = 0) -> Iterator[Part]:
    """Yield the stretches of `text` from `start` on, in order, without gaps.

    A `{{` that is never closed makes the rest of the text one value: compiling it reports where it began.
    """
    position = start
    while (opening := text.find("{{", position)) >= 0:
        if opening > position:
            yield Part(position, opening, is_value=False)
        position = _closing(text, opening)
        yield Part(opening, position, is_value=True)
    if position < len(text):
        yield Part(position, len(text), is_value=False)


def _closing(text: str, opening: int) -> int:
    """Return the offset behind the `}}` that closes the `{{` at `opening`; quotes and brackets are respected."""
    quote, depth, position = "", 0, opening + 2
    while position < len(text):
        char = text[position]
        if quote:
            position += char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif depth == 0 and text.startswith("}}", position):
            return position + 2
        elif char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
        position += 1
    return len(text)
