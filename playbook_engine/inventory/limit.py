"""What `--limit` says: patterns, `@file` with one pattern on each line, and `@failed`.

Between commas, each may stand beside the others: `web,@canaries.txt,!web-3`. Their terms are taken together.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playbook_engine.diagnostics import Problems, Source, Span, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.inventory.paths import with_home
from playbook_engine.inventory.patterns import Written

FAILED: Final = "@failed"
MAX_BYTES: Final = 4 * 1024 * 1024
_COMMENT = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True, slots=True)
class Limit:
    """The patterns of a limit, and whether the hosts that failed last time are to be added to them."""

    written: tuple[Written, ...]
    failed: bool


def read(text: str, problems: Problems) -> Limit | None:
    """Read a limit and the files that it names; None when something is wrong with it."""
    words = [
        word.strip() for word in ([text] if text.lstrip().startswith("@") and "," not in text else text.split(","))
    ]
    files = [word[1:] for word in words if word.startswith("@") and word != FAILED]
    plain = ",".join(word for word in words if word and not word.startswith("@"))
    written = [Written(plain)] if plain or not any(word.startswith("@") for word in words) else []
    sound = True
    for name in files:
        lines = _lines(name, problems)
        sound = sound and lines is not None
        written.extend(lines or ())
    return Limit(tuple(written), FAILED in words) if sound else None


def _lines(name: str, problems: Problems) -> tuple[Written, ...] | None:
    """Return the patterns of a file; a file without any would mean no limit at all, and is an error."""
    text = _text(name, problems)
    if text is None:
        return None
    found = tuple(_patterns(Source(name, text)))
    if not found:
        problems.error("empty-limit", f"the limit file {name} names no host", None, "Write one pattern on each line.")
        return None
    return found


def _patterns(source: Source) -> Iterator[Written]:
    for number, line in enumerate(source.text.split("\n"), start=1):
        pattern = _COMMENT.sub("", line).strip()
        if pattern:
            column = line.index(pattern) + 1
            yield Written(pattern, Span(source, number, column, number, column + len(pattern)))


def _text(name: str, problems: Problems) -> str | None:
    path = Path(with_home(name))
    try:
        if not name or not path.exists():
            hint = _nearest(path) or f"Write '{FAILED}' for the hosts that failed in the last run."
            problems.error("no-such-file", f"there is no limit file '{name}'", None, hint)
            return None
        if not path.is_file():
            problems.error("unreadable-file", f"the limit file {name} is not a regular file", None)
            return None
        if path.stat().st_size > MAX_BYTES:
            problems.error("unreadable-file", f"the limit file {name} has more than {MAX_BYTES:,} bytes", None)
            return None
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        problems.error("unreadable-file", f"the limit file {name} cannot be read: {reason}", None)
        return None


def _nearest(path: Path) -> str | None:
    try:
        return did_you_mean(path.name, (each.name for each in path.parent.iterdir())) if path.name else None
    except OSError:
        return None
