"""The ledger as the verifier sees it: whether its own chain holds, and what it says of one run."""

import hashlib
from pathlib import Path

from playbook_engine.audit.chain import GENESIS, Domain
from playbook_engine.audit.findings import Finding
from playbook_engine.audit.scan import Line, number_of, scan, text_of
from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What the ledger says of the end of a record."""

    head: str
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedLedger:
    """A ledger that was read to its end; `opened` are the runs it knows, `seals` how they ended."""

    readable: bool = True
    problems: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    opened: frozenset[str] = frozenset()
    seals: tuple[tuple[str, Seal], ...] = ()

    def seals_of(self, run: str) -> tuple[Seal, ...]:
        return tuple(seal for name, seal in self.seals if name == run)


class _Reading:
    """The state of one pass over a ledger."""

    def __init__(self) -> None:
        self.head = GENESIS
        self.fragment: list[Line] = []
        self.problems: list[Finding] = []
        self.warnings: list[Finding] = []
        self.opened: set[str] = set()
        self.seals: list[tuple[str, Seal]] = []

    def take(self, line: Line) -> None:
        if not line.intact:
            self.fragment.append(line)
            return
        if self.fragment:
            self._explain_fragment(line)
        if line.claims is not None and line.claims.prev != self.head:
            self._problem(
                line, "does not continue the line before it: a line was removed, added, swapped or replaced"
            )
        self.head = line.claims.hash if line.claims is not None else self.head
        self._note(line)

    def close(self) -> None:
        """Judge what stands behind the last whole line: a crash leaves a piece of a line, nothing else does."""
        if len(self.fragment) == 1 and not self.fragment[0].whole and not _looks_complete(self.fragment[0]):
            line = self.fragment[0]
            self._warn(
                line, f"the last line is a fragment of {len(line.raw)} bytes: its writer crashed or still writes"
            )
        else:
            self._blame_fragment()

    def _explain_fragment(self, line: Line) -> None:
        """Accept unreadable bytes that the next writer found there too, as pieces of lines that a crash left."""
        raw = b"\n".join(piece.raw for piece in self.fragment)
        size = number_of(line.fields, "bytes")
        seen = text_of(line.fields, "type") == "ledger.torn" and size in (len(raw), len(raw) + 1)
        if (
            seen
            and hashlib.sha256((raw + b"\n")[:size]).hexdigest() == text_of(line.fields, "sha256")
            and not any(_looks_complete(piece) for piece in self.fragment)
        ):
            self._warn(self.fragment[0], f"a writer crashed here and left {size} bytes of a line")
            self.fragment.clear()
        else:
            self._blame_fragment()

    def _blame_fragment(self) -> None:
        for piece in self.fragment:
            self._problem(piece, "was changed after it was written: its bytes do not give the hash at its end")
            if piece.claims is not None:
                self.head = piece.claims.hash
        self.fragment.clear()

    def _note(self, line: Line) -> None:
        run, kind = text_of(line.fields, "run"), text_of(line.fields, "type")
        if run is not None and kind == "run.opened":
            self.opened.add(run)
        elif run is not None and kind == "run.sealed":
            seal = Seal(head=text_of(line.fields, "head") or "", lines=number_of(line.fields, "lines") or 0)
            self.seals.append((run, seal))

    def _problem(self, line: Line, message: str) -> None:
        self.problems.append(Finding(message=f"ledger line {line.number} (byte {line.offset}) {message}"))

    def _warn(self, line: Line, message: str) -> None:
        self.warnings.append(Finding(message=f"ledger line {line.number} (byte {line.offset}): {message}"))


def _looks_complete(line: Line) -> bool:
    """Return whether a damaged line has its end, so that it is no piece that a crash left."""
    return line.raw.endswith(b'"}') and not _is_sound(line)


def _is_sound(line: Line) -> bool:
    """Return whether nothing is missing of a line but its line end: the crash came right before that."""
    return line.claims is not None and line.claims.intact


def read_ledger(path: Path) -> AuditedLedger:
    """Read a whole ledger; raises OSError."""
    reading = _Reading()
    for line in scan(path, Domain.LEDGER):
        reading.take(line)
    reading.close()
    return AuditedLedger(
        problems=tuple(reading.problems),
        warnings=tuple(reading.warnings),
        opened=frozenset(reading.opened),
        seals=tuple(reading.seals),
    )
