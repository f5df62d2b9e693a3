"""The full answers of a run, in a file beside its record.

Each answer is one chained line. The record says of each answer which line that is, by its hash, so whoever trusts the
record can trust the answers, and a record without them is what it was. Why so: `docs/decisions/0023-full-answers.md`.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from playbook_engine.audit import disk
from playbook_engine.audit.answers_v1 import answered, whole_fields
from playbook_engine.audit.chain import GENESIS, Domain, link
from playbook_engine.audit.jsontext import one_line
from playbook_engine.audit.paths import answers_file
from playbook_engine.audit.scan import scan, text_of
from playbook_engine.errors import AnswersUnavailable
from playbook_engine.frozen import dataclass
from playbook_engine.model.events import AttemptFinished, Event
from playbook_engine.model.replies import Reply
from playbook_engine.model.results import TargetResult
from playbook_engine.values import RunId

MIB = 1024 * 1024
VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much of the disk full answers may take: `most` bytes for a run, and `left` are left free for the record."""

    most: int = 64 * MIB
    left: int = 32 * MIB


class AnswersFile:
    """Keeps the answers of one run until the disk, or the room for them, says no."""

    def __init__(self, descriptor: int, run: RunId, room: Room) -> None:
        self._descriptor: int | None = descriptor
        self._run = run
        self._room = room
        self._head = GENESIS
        self._lines = 0
        self._size = 0

    @classmethod
    def create(cls, record: Path, run: RunId, room: Room) -> Self:
        """Begin the file beside a record; raises AnswersUnavailable."""
        path = answers_file(record)
        try:
            return cls(disk.create(path), run, room)
        except OSError as error:
            raise AnswersUnavailable(f"{path}: {error.strerror}") from error

    def keep(self, event: Event) -> tuple[str | None, ...]:
        """Keep the answers in an event and return the hash of each one's line; raises AnswersUnavailable once."""
        if self._descriptor is None:
            return ()
        results = answered(event)
        try:
            return tuple(self._kept(self._descriptor, event, result, result.reply) for result in results)
        except AnswersUnavailable:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise AnswersUnavailable(f"their file cannot be written: {error.strerror}") from error

    def _kept(self, descriptor: int, event: Event, result: TargetResult, reply: Reply | None) -> str | None:
        if reply is None:
            return None
        made = link(Domain.ANSWERS, one_line(self._fields(event, result, reply)), self._head)
        self._size += len(made.line) + 1
        self._check_room(descriptor)
        disk.append(descriptor, made.line + b"\n")
        self._head, self._lines = made.hash, self._lines + 1
        return made.hash

    def _fields(self, event: Event, result: TargetResult, reply: Reply) -> dict[str, Any]:
        attempt = isinstance(event, AttemptFinished)
        return {
            "v": VERSION,
            "n": self._lines + 1,
            "run": self._run,
            "path": event.path,  # type: ignore[union-attr]  # events with answers have one
            "undo": not attempt,
            "target": result.target,
            "attempt": event.attempt if isinstance(event, AttemptFinished) else 1,
            "reply": whole_fields(reply),
        }

    def _check_room(self, descriptor: int) -> None:
        if self._size > self._room.most:
            raise AnswersUnavailable(f"those of this run have reached {self._room.most // MIB} MiB")
        about = os.fstatvfs(descriptor)
        if about.f_bavail * about.f_frsize < self._room.left:
            raise AnswersUnavailable(f"the disk has less than {self._room.left // MIB} MiB left, kept for the record")

    def finish(self) -> None:
        """Put all that was kept on disk, and close; raises AnswersUnavailable."""
        if self._descriptor is None:
            return
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise AnswersUnavailable(f"their file cannot be written: {error.strerror}") from error
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the file."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):  # the disk may refuse even this
                os.close(descriptor)


def whole_answers(record: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the full answers beside a record, by the hash of their line; what was changed is left out."""
    found: dict[str, Mapping[str, Any]] = {}
    with suppress(OSError):
        for line in scan(answers_file(record), Domain.ANSWERS):
            reply = line.fields.get("reply") if line.fields is not None else None
            if line.intact and line.claims is not None and isinstance(reply, Mapping):
                found[line.claims.hash] = reply
    return found


def with_answers(event: Mapping[str, Any], answers: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return an event of a record with the full answers in the place of their excerpts, as far as there are any."""
    whole = answers.get(text_of(event, "answer") or "")
    if whole is not None:
        return {**event, "reply": whole}
    targets = event.get("targets")
    if not isinstance(targets, list) or event.get("type") != "undo.finished":
        return event
    return {
        **event,
        "targets": [with_answers(each, answers) if isinstance(each, Mapping) else each for each in targets],
    }
