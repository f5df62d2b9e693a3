"""Reads `--vars-file`: YAML or JSON with values for inputs, each with its place.

Such a file may hold secrets, so what is wrong with it is said without showing a line of it: position and reason only.
The values themselves are judged where the inputs are known (`plan.given`).
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from playbook_engine.diagnostics import Diagnostic, Problems, Source, Span
from playbook_engine.language import reader
from playbook_engine.model.document import Document, Mapping, Scalar
from playbook_engine.model.precedence import GivenNode

_QUOTING: Final = frozenset({"unknown-alias", "recursive-alias", "unknown-tag"})
"""Problems whose messages quote what stands in the file."""
_IN_QUOTES: Final = "a value that begins with '*', '&' or '!' must be in quotes"
_EXPECTED: Final = "expected values for inputs: a mapping such as 'cache_ttl: 600'"
_SURROGATES: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def read(paths: tuple[Path, ...], problems: Problems) -> tuple[tuple[GivenNode, ...], ...]:
    """Return the values of each file, in the order of the files."""
    return tuple(_read(path, problems) for path in paths)


def _read(path: Path, problems: Problems) -> tuple[GivenNode, ...]:
    own = Problems()
    document = _document(path, own)
    problems.extend(_unquoted(diagnostic) for diagnostic in own.sorted())
    if document is None:
        return ()
    match document.root:
        case None | Scalar(value=None):
            return ()
        case Mapping() as root:
            return tuple(GivenNode(entry.key, entry.value) for entry in root)
        case other:
            problems.error("wrong-type", _EXPECTED, _blank(other.span))
            return ()


def _document(path: Path, problems: Problems) -> Document | None:
    if path.suffix != ".json":
        return reader.read_file(path, str(path), problems)
    source = reader.read_source(path, str(path), problems)
    return None if source is None else reader.read(_as_yaml(source), problems)


def _as_yaml(source: Source) -> Source:
    """Return JSON as the YAML that it nearly is: tabs between tokens, and characters written as two escapes."""
    text = _SURROGATES.sub(_one_escape, source.text.replace("\t", " "))
    return Source(source.name, text)


def _one_escape(match: re.Match[str]) -> str:
    high, low = int(match[2], 16), int(match[3], 16)
    return f"{match[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"


def _unquoted(diagnostic: Diagnostic) -> Diagnostic:
    """Return a diagnostic that shows nothing of the file."""
    span = None if diagnostic.span is None else _blank(diagnostic.span)
    if diagnostic.code in _QUOTING:
        return replace(diagnostic, span=span, message=_IN_QUOTES, hint=None)
    return replace(diagnostic, span=span)


def _blank(span: Span) -> Span:
    return replace(span, source=Source(span.source.name, ""))
