"""The recorder of a run: puts each event on disk, redacted and chained, before anybody sees it.

An event is one `write` of one whole line, so a crash tears at most the last one; `durable` events are fsynced too.
When the disk refuses, that is said once (RecordUnavailable), and from then on events are only numbered.
"""

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from playbook_engine.audit import disk
from playbook_engine.audit.answers import AnswersFile, Room
from playbook_engine.audit.chain import GENESIS, Domain, link
from playbook_engine.audit.jsontext import JsonObject, one_line
from playbook_engine.audit.ledger import Ledger
from playbook_engine.audit.paths import ledger_file, record_file
from playbook_engine.audit.record_v1 import encode
from playbook_engine.audit.redact import Redactor
from playbook_engine.errors import RecordUnavailable
from playbook_engine.model.events import Event, Recorded, RunFinished, UndoFinished
from playbook_engine.model.outcomes import Verdict
from playbook_engine.ports import Clock
from playbook_engine.values import RunId, Secret


class _Numbering:
    """Gives redacted events their place in the run."""

    def __init__(self, clock: Clock, run: RunId, redactor: Redactor) -> None:
        self.run = run
        self.last = 0
        self._clock = clock
        self._redactor = redactor

    def hide(self, secret: Secret) -> None:
        self._redactor.add(secret)

    def place(self, event: Event) -> tuple[Recorded, int]:
        """Return the event at the next place, and how many masks it got; the place is not taken yet."""
        before = self._redactor.count
        redacted = self._redactor.event(event)
        clock = self._clock
        recorded = Recorded(
            seq=self.last + 1, at=clock.now(), mono_ms=clock.monotonic_ms(), run=self.run, event=redacted
        )
        return recorded, self._redactor.count - before


class UnrecordedRun:
    """Numbers and redacts events for the screen when there is no record to put them in."""

    available = False

    def __init__(self, clock: Clock, run: RunId, redactor: Redactor) -> None:
        self._numbering = _Numbering(clock, run, redactor)

    def record(self, event: Event, *, durable: bool = False) -> Recorded:  # noqa: ARG002  asked for by ports.Recorder
        """Return the redacted event with its place in the run."""
        recorded, _ = self._numbering.place(event)
        self._numbering.last = recorded.seq
        return recorded

    def hide(self, secret: Secret) -> None:
        """Mask this secret too from now on."""
        self._numbering.hide(secret)


class RunRecorder:
    """Writes the record of one run; `seal` it when the run is over, `close` it on every other way out."""

    def __init__(self, path: Path, descriptor: int, ledger: Ledger, numbering: _Numbering) -> None:
        self.path = path
        self._answers: AnswersFile | None = None
        self.head = GENESIS
        self._descriptor: int | None = descriptor
        self._ledger = ledger
        self._numbering = numbering
        self._verdict: Verdict | None = None

    @classmethod
    def open(cls, state_dir: Path, run: RunId, clock: Clock, redactor: Redactor) -> Self:
        """Begin the record of a run, and enter it in the ledger; raises RecordUnavailable."""
        path = record_file(state_dir, run)
        descriptor = _create(path)
        ledger = Ledger(ledger_file(state_dir), clock)
        try:
            ledger.opened(run)
        except RecordUnavailable:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        return cls(path, descriptor, ledger, _Numbering(clock, run, redactor))

    @property
    def available(self) -> bool:
        return self._descriptor is not None

    def keep_answers(self, room: Room | None = None) -> None:
        """Keep full answers beside the record from now on; raises AnswersUnavailable."""
        self._answers = AnswersFile.create(self.path, self._numbering.run, room or Room())

    def record(self, event: Event, *, durable: bool = False) -> Recorded:
        """Write the event and return it as it is on record: redacted, with its place in the run.

        Full answers go first. When they cannot be kept, that is said once (AnswersUnavailable) and nothing of the
        event is written: it is recorded without them when it is given again.
        """
        recorded, redactions = self._numbering.place(event)
        if self._descriptor is not None:
            fields = encode(recorded)
            self._keep_answers(recorded.event, fields)
            fields["redactions"] = redactions
            self._write(self._descriptor, recorded.event, fields, durable=durable)
        self._numbering.last = recorded.seq
        return recorded

    def hide(self, secret: Secret) -> None:
        """Mask this secret too from now on."""
        self._numbering.hide(secret)

    def _keep_answers(self, event: Event, fields: JsonObject) -> None:
        """Keep the answers in an event, and name them in its fields."""
        if self._answers is None:
            return
        if isinstance(event, RunFinished):
            self._answers.finish()
        kept = self._answers.keep(event)
        targets = fields.get("targets") if isinstance(event, UndoFinished) else [fields]
        for each, answer in zip(targets if isinstance(targets, list) else (), kept, strict=False):
            if answer is not None and isinstance(each, dict):
                each["answer"] = answer

    def _write(self, descriptor: int, event: Event, fields: JsonObject, *, durable: bool) -> None:
        made = link(Domain.RECORD, one_line(fields), self.head)
        try:
            disk.append(descriptor, made.line + b"\n")
            if durable:
                os.fsync(descriptor)
        except OSError as error:
            self.close()
            raise _unavailable(self.path, error) from error
        self.head = made.hash
        if isinstance(event, RunFinished):
            self._verdict = event.verdict

    def seal(self) -> None:
        """Enter the end of a finished run in the ledger, and close; raises RecordUnavailable.

        A record without `run.finished`, or one that the disk refused to take, is only closed.
        """
        if self._descriptor is None or self._verdict is None:
            self.close()
            return
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise _unavailable(self.path, error) from error
        finally:
            self.close()
        self._ledger.sealed(self._numbering.run, head=self.head, lines=self._numbering.last, verdict=self._verdict)

    def close(self) -> None:
        """Let go of the file; a record that is not sealed counts as unfinished."""
        if self._answers is not None:
            self._answers.close()
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):  # the disk may refuse even this; what counts has been fsynced before
                os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _create(path: Path) -> int:
    try:
        disk.private_folder(path.parent)
    except OSError as error:
        raise _unavailable(path, error) from error
    try:
        return disk.create(path)
    except FileExistsError:
        raise RecordUnavailable(f"there is already a record of this run: {path}") from None
    except OSError as error:
        raise _unavailable(path, error) from error


def _unavailable(path: Path, error: OSError) -> RecordUnavailable:
    return RecordUnavailable(f"the record {path} cannot be written: {error.strerror or error}")
