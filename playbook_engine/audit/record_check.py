"""Checks one record against itself: its lines, their chain, their order."""

from dataclasses import field

from playbook_engine.audit.answers_check import AnswersNamed
from playbook_engine.audit.chain import GENESIS
from playbook_engine.audit.findings import Finding
from playbook_engine.audit.open_ends import OpenEnds
from playbook_engine.audit.record_v1 import VERSION
from playbook_engine.audit.scan import Line, number_of, text_of
from playbook_engine.frozen import dataclass
from playbook_engine.visible import escape

_MOST_FINDINGS = 20
_MOST_MISSING = 10_000


@dataclass(slots=True)
class RecordCheck:
    """Takes the lines of a record in order; afterwards it knows what does not fit."""

    run: str
    problems: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    open_ends: OpenEnds = field(default_factory=OpenEnds)
    answers: AnswersNamed = field(default_factory=AnswersNamed)
    lines: int = 0
    head: str = GENESIS
    torn: int = 0
    finished_at: int | None = None
    foreign_runs: set[str] = field(default_factory=set)
    own_lines: int = 0
    _seen: set[int] = field(default_factory=set)
    _misplaced: list[tuple[Line, int, int]] = field(default_factory=list)
    _last_seq: int = 0
    _highest_seq: int = 0
    _damaged: int = 0
    _last_time: str = ""
    _last_was_intact: bool = True

    def take(self, line: Line) -> None:
        """Look at the next line."""
        if not line.whole:
            self.torn = len(line.raw)
            return
        self.lines += 1
        if self._is_readable(line):
            self._check_link(line)
            self._check_place(line)
            self._check_time(line)
            self._check_run(line)
            self._check_type(line)
        self._last_was_intact = line.intact
        self.head = line.claims.hash if line.claims is not None else self.head

    def close(self) -> None:
        """Say what only shows when all lines have been seen: which are missing, and which stand elsewhere."""
        for line, seq, expected in self._misplaced:
            self._problem(line, _misplacement(seq, expected, self._seen))
        if len(self.problems) > _MOST_FINDINGS:
            more = len(self.problems) - _MOST_FINDINGS
            self.problems[_MOST_FINDINGS:] = [Finding(message=f"and {more} more problems")]

    def _problem(self, line: Line, message: str) -> None:
        self.problems.append(Finding(line=line.number, offset=line.offset, message=message))

    def _is_readable(self, line: Line) -> bool:
        """Return whether a line's content can be looked at, damaged or not."""
        if line.claims is None:
            self._problem(
                line, "this is no line of a record: it does not end with the hash of the line before and its own"
            )
        elif not line.claims.intact:
            self._problem(
                line, "this line was changed after it was written: its bytes do not give the hash at its end"
            )
        elif line.fields is None or number_of(line.fields, "v") != VERSION or number_of(line.fields, "seq") is None:
            self._problem(line, "this line is none that this version of runbook writes, though its hash is right")
        if line.fields is None or line.claims is None:
            self._damaged += 1
            return False
        return True

    def _check_link(self, line: Line) -> None:
        """Compare the link with the line before; a line out of its place is a better explanation than a bad link."""
        claimed = line.claims.prev if line.claims is not None else ""
        in_place = number_of(line.fields, "seq") == self._last_seq + 1
        if claimed == self.head or not in_place or not line.intact or not self._last_was_intact:
            return
        self._problem(
            line,
            f"it continues a line with the hash {claimed[:16]}…, but the line before has {self.head[:16]}…: "
            "one of the two was replaced, with a hash that fits its new text",
        )

    def _check_place(self, line: Line) -> None:
        """Compare the number with the one that follows; damaged lines may have had the numbers in between."""
        seq, expected = number_of(line.fields, "seq"), self._highest_seq + 1
        if seq is None or not line.intact:
            self._damaged += 1
            return
        if expected <= seq <= expected + self._damaged:
            self._seen.update(range(expected, seq))
        else:
            self._misplaced.append((line, seq, expected))
        self._seen.add(seq)
        self._last_seq, self._highest_seq = seq, max(seq, self._highest_seq)
        self._damaged = 0

    def _check_time(self, line: Line) -> None:
        time = escape(text_of(line.fields, "ts") or "")
        if time < self._last_time:
            message = (
                f"the clock went backwards, from {self._last_time} to {time}; the order of the lines is not in doubt"
            )
            self.warnings.append(Finding(line=line.number, offset=line.offset, message=message))
        self._last_time = time

    def _check_run(self, line: Line) -> None:
        if not line.intact:
            return
        run = escape(text_of(line.fields, "run") or "")
        if run == self.run:
            self.own_lines += 1
        elif run not in self.foreign_runs:
            self.foreign_runs.add(run)

    def _check_type(self, line: Line) -> None:
        if self.finished_at is not None and line.intact:
            self._problem(line, f"this line was added after the end of the run (line {self.finished_at})")
        elif line.intact and text_of(line.fields, "type") == "run.finished":
            self.finished_at = line.number
        if line.fields is not None:
            self.open_ends.take(line.fields)
            self.answers.take(line.fields)


def _misplacement(seq: int, expected: int, seen: set[int]) -> str:
    # The limit is for a forged number: nobody has to know of a million missing lines one by one.
    looked_at = range(expected, min(seq, expected + _MOST_MISSING))
    missing = [number for number in looked_at if number not in seen]
    if not missing:
        return f"number {seq} stands where number {expected} belongs: lines were swapped, moved or repeated"
    if len(missing) == 1:
        return f"number {missing[0]} is missing before this line, which is number {seq}: a line was removed"
    return (
        f"numbers {missing[0]} to {seq - 1} are missing before this line, which is number {seq}: lines were removed"
    )
