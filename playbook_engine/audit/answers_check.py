"""Checks the full answers of a run against what its record says of them."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from playbook_engine.audit.chain import Domain
from playbook_engine.audit.findings import Finding
from playbook_engine.audit.paths import answers_file
from playbook_engine.audit.scan import Line, scan, text_of
from playbook_engine.frozen import dataclass

_MOST_FINDINGS = 5


@dataclass(slots=True)
class AnswersNamed:
    """Takes the events of a record in order: `hashes` are the lines of full answers that it names."""

    hashes: list[str] = field(default_factory=list)
    lost: bool = False

    def take(self, event: Mapping[str, Any]) -> None:
        """Note the answers of an event, and that none are kept from here on."""
        targets = event.get("targets")
        for each in (event, *(targets if isinstance(targets, list) else ())):
            found = text_of(each, "answer") if isinstance(each, Mapping) else None
            self.hashes += [found] if found is not None else []
        self.lost = self.lost or event.get("type") == "answers.lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersChecked:
    """What was found: `problems` speak of tampering, `warnings` do not."""

    problems: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    proven: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()


def check(record: Path, named: AnswersNamed, *, sealed: bool) -> AnswersChecked:
    """Compare the file of full answers with the record that names them."""
    path = answers_file(record)
    if not path.exists():
        return _without(named)
    try:
        lines = list(_lines(path))
    except OSError as error:
        missing = f"the full answers {path} cannot be read: {error.strerror}"
        return AnswersChecked(warnings=(Finding(message=missing),), not_proven=(missing,))
    differing = _differing(lines, named.hashes)
    ends = _ends(lines, named, sealed=sealed)
    problems = (*differing, *(ends if sealed and not named.lost else ()))
    warnings = () if problems else ends
    count = min(len(named.hashes), len(lines))
    proven = f"the {count} full answers are as they were written" if count else ""
    return AnswersChecked(problems=problems, warnings=warnings, proven=(proven,) if proven and not problems else ())


def _without(named: AnswersNamed) -> AnswersChecked:
    """Return what is to say where there is no file: nothing, for most runs; a record is whole without it."""
    if not named.hashes:
        return AnswersChecked()
    gone = f"the {len(named.hashes)} full answers that were kept are not beside the record any more"
    return AnswersChecked(warnings=(Finding(message=gone),), not_proven=("what stood in the full answers",))


@dataclass(frozen=True, slots=True)
class _Kept:
    """A line of the file: its place, and its hash; None for one that is not what was written."""

    number: int
    offset: int
    hash: str | None
    whole: bool


def _lines(path: Path) -> tuple[_Kept, ...]:
    return tuple(_kept(line) for line in scan(path, Domain.ANSWERS))


def _kept(line: Line) -> _Kept:
    known = line.claims.hash if line.intact and line.claims is not None else None
    return _Kept(line.number, line.offset, known, line.whole)


def _differing(lines: list[_Kept], hashes: list[str]) -> tuple[Finding, ...]:
    """Return the answers that are not those which the record names."""
    found = [
        Finding(message=f"full answer {line.number} (byte {line.offset}) is not the one that the record names")
        for line, named in zip(lines, hashes, strict=False)
        if line.whole and line.hash != named
    ]
    more = len(found) - _MOST_FINDINGS
    return (*found[:_MOST_FINDINGS], *((Finding(message=f"and {more} more full answers"),) if more > 0 else ()))


def _ends(lines: list[_Kept], named: AnswersNamed, *, sealed: bool) -> tuple[Finding, ...]:
    """Return what does not fit at the end of the file: what a crash or a full disk leaves, or somebody."""
    whole = sum(line.whole for line in lines)
    missing, added = len(named.hashes) - whole, whole - len(named.hashes)
    torn = len(lines) - whole
    if missing > 0:
        return (
            Finding(message=f"the file of full answers ends early: {missing} of {len(named.hashes)} are missing"),
        )
    if added > (0 if sealed else 1):
        return (Finding(message=f"the file of full answers has {added} more than the record names"),)
    if torn:
        return (Finding(message="the last full answer is a fragment: a crash, or a full disk"),)
    return ()
