"""One pass over a chained file: what is there, and what does not fit.

Nothing is judged here: the lines come out in order, each with what it claims and where it stands.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from playbook_engine.audit.chain import Claims, Domain, claims
from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a chained file; `number` counts from 1, `offset` is that of its first byte.

    `whole` is False for a last line without a line end. `claims` and `fields` are None when they cannot be read.
    """

    number: int
    offset: int
    raw: bytes
    whole: bool
    claims: Claims | None
    fields: Mapping[str, Any] | None

    @property
    def intact(self) -> bool:
        """Return whether the line is what its writer wrote: its hash fits its bytes."""
        return self.whole and self.claims is not None and self.claims.intact and self.fields is not None


def scan(path: Path, domain: Domain) -> Iterator[Line]:
    """Yield the lines of a file; raises OSError."""
    offset = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            whole = raw.endswith(b"\n")
            text = raw[:-1] if whole else raw
            yield Line(
                number=number,
                offset=offset,
                raw=text,
                whole=whole,
                claims=claims(domain, text),
                fields=parse(text),
            )
            offset += len(raw)


def parse(raw: bytes) -> Mapping[str, Any] | None:
    """Return the JSON object in a line; None when there is none."""
    try:
        fields = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def text_of(fields: Mapping[str, Any] | None, name: str) -> str | None:
    """Return a field that ought to be a text, from a line that anybody may have written."""
    value = fields.get(name) if fields is not None else None
    return value if isinstance(value, str) else None


def number_of(fields: Mapping[str, Any] | None, name: str) -> int | None:
    """Return a field that ought to be an integer."""
    value = fields.get(name) if fields is not None else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
