"""`~/.ssh/config` as one text, with its `Include` lines carried out: paramiko would pass over them in silence."""

import glob
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.faults import Unable

_DEEPEST: Final = 16
_LARGEST: Final = 1024 * 1024
_KEYWORD: Final = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(.+)")
_WORD: Final = re.compile(r'"([^"]*)"|(\S+)')
_QUOTED: Final = re.compile(r'"[^"]*"|\S+')
ASKS_PROGRAM: Final = "RunbookAsksProgram"
"""The keyword by which a block says that a program (`Match exec`) decides whether it counts."""
_EVERYONE: Final = "Host *"
_ALONE: Final = frozenset({"all", "canonical", "final"})
_WITH_VALUE: Final = frozenset({"host", "originalhost", "user", "localuser", "exec"})


def read(files: tuple[Path, ...], home: Path) -> str:
    """Return the texts of the files that exist, one after the other; in OpenSSH's files the first value counts."""
    lines: list[str] = []
    for path in files:
        lines += [*_lines(path, home, path.parent, _DEEPEST), _EVERYONE]
    return "\n".join(lines)


def _lines(path: Path, home: Path, base: Path, depth: int) -> Iterator[str]:
    if depth == 0:
        raise Unable(FaultKind.ERROR, f"{path}: Include lines lead more than {_DEEPEST} files deep")
    in_block = False
    for number, line in enumerate(_text(path).splitlines(), 1):
        match = _KEYWORD.match(line)
        keyword = match[1].lower() if match else ""
        if match is None or keyword != "include":
            in_block = in_block or keyword in {"host", "match"}
            yield from _conditions(match[2], f"{path}:{number}") if match and keyword == "match" else (line,)
            continue
        if in_block:
            # What it includes would count for that block only, which one text cannot say.
            message = f"{path}:{number}: Include inside a Host or Match block is not yet supported"
            raise Unable(FaultKind.ERROR, message, "Move the Include to the top of the file.")
        for included in _included(match[2], home, base):
            yield from _lines(included, home, base, depth - 1)
            yield _EVERYONE


def _conditions(text: str, place: str) -> Iterator[str]:
    """Return a Match line that paramiko can be given.

    A condition that it does not know it would take for one that holds. `exec` it would run, without a deadline:
    instead, the block says for which hosts the program would have had to be asked.
    """
    kept, asks = [], False
    words = iter(_QUOTED.findall(text))
    for word in words:
        name = word.removeprefix("!").lower()
        if name not in _ALONE | _WITH_VALUE:
            raise Unable(FaultKind.ERROR, f"{place}: 'Match {word}' is not yet supported")
        value = [next(words, "")] if name in _WITH_VALUE else []
        asks = asks or name == "exec"
        kept += [] if name == "exec" else [word, *value]
    yield f"Match {' '.join(kept) or 'all'}"
    if asks:
        yield f"{ASKS_PROGRAM} yes"


def _included(patterns: str, home: Path, base: Path) -> Iterator[Path]:
    for match in _WORD.finditer(patterns):
        pattern = match[1] or match[2]
        if pattern == "~" or pattern.startswith("~/"):
            pattern = f"{home}{pattern[1:]}"
        for name in sorted(glob.glob(str(base / pattern))):  # noqa: PTH207  absolute patterns are common here
            if Path(name).is_file():
                yield Path(name)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Unable(FaultKind.ERROR, f"{path}: {error.strerror}") from None
    return data.decode("utf-8", "surrogateescape")
