"""The ways in which a secret can stand in a text: as it is, and as programs write it."""

import base64
import html
import json
import shlex
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Shorter values are not searched for: they would be found in every other word."""

SHORTEST_LINE = 8
"""Lines of a longer value are searched for on their own from this length on."""


def needles(value: str) -> frozenset[str]:
    """Return every text that gives a value away; none for a value that is too short to be searched for."""
    text = value.strip()
    if len(text) < SHORTEST:
        return frozenset()
    found = {*_written(text), *_base64(text)}
    for line in _lines(text):
        found.update(_written(line))
    return frozenset(needle for needle in found if len(needle) >= SHORTEST)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a longer value, but not the frame of a key file, which is no secret."""
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= SHORTEST_LINE and not line.startswith("-----"))


def _written(text: str) -> Iterator[str]:
    """Yield the text as it is, and as JSON, Python, URLs, HTML and shells write it."""
    yield text
    yield json.dumps(text)[1:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield repr(text)[1:-1]
    yield html.escape(text)
    yield shlex.quote(text).strip("'")
    yield text.replace("'", r"'\''")
    for written in (_quoted(text, ""), _quoted(text, "/"), quote_plus(text, errors="surrogatepass")):
        yield written
        yield _lower_escapes(written)


def _quoted(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="surrogatepass")


def _lower_escapes(text: str) -> str:
    """Return a URL-encoded text with `%2f` in place of `%2F`."""
    first, *rest = text.split("%")
    return "%".join((first, *(piece[:2].lower() + piece[2:] for piece in rest)))


def _base64(text: str) -> Iterator[str]:
    """Yield what is sure to stand in the Base64 of any text with this one in it.

    Where the text begins decides which of three encodings it gets; characters that its neighbours share are left out.
    """
    raw = text.encode("utf-8", "surrogatepass")
    for lead in range(3):
        encoded = base64.b64encode(bytes(lead) + raw).decode()
        core = encoded[(lead * 8 + 5) // 6 : (lead + len(raw)) * 8 // 6]
        yield from (core, _url_safe(core))
        if lead == 0:
            yield from _wrapped(core)


def _wrapped(encoded: str) -> Iterator[str]:
    """Yield the lines that tools break a long Base64 text into, at 64 and at 76 characters."""
    for width in (64, 76):
        if len(encoded) > width:
            lines = (encoded[start : start + width] for start in range(0, len(encoded), width))
            yield from (line for line in lines if len(line) >= SHORTEST_LINE)


def _url_safe(encoded: str) -> str:
    return encoded.replace("+", "-").replace("/", "_")
