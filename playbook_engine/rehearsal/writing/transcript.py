"""What happened between the engine and the world, folded from the events of a run: answers, approvals, notices."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from playbook_engine.model.events import (
    ApprovalDeclined,
    ApprovalGranted,
    ApprovalRequested,
    AttemptFinished,
    EscalationAcknowledged,
    EscalationDelivered,
    EscalationFailed,
    EscalationIntended,
    EscalationUnacknowledged,
    Recorded,
    RunInterrupted,
    RunPaused,
    RunStarted,
    StepFinished,
    StepStarted,
    TargetInput,
    UndoFinished,
    UndoStarted,
)
from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.results import TargetResult
from playbook_engine.rehearsal.naming import UNDO
from playbook_engine.rehearsal.writing.answers import Answer, Asked, Manner, written
from playbook_engine.rehearsal.writing.steps import Steps
from playbook_engine.values import StepPath, TargetName

Targets = dict[TargetName, list[Answer]]


@dataclass(slots=True)
class Transcript:
    """What a rehearsal has to say about the world; `notes` is what it cannot say."""

    answers: dict[str, Targets] = field(default_factory=dict)
    order: dict[TargetName, int] = field(default_factory=dict)
    """The place of each target: that of the plan, not of the answers. Readers compare runs."""
    approvals: dict[str, str] = field(default_factory=dict)
    nobody: bool = False
    acks: list[EscalationAcknowledged] = field(default_factory=list)
    untaken: bool = False
    interrupted_ms: int | None = None
    notes: list[str] = field(default_factory=list)


def transcript(events: Sequence[Recorded], steps: Steps, manner: Manner) -> Transcript:
    """Return what was asked and answered in a run."""
    reading = _Reading(steps, manner)
    for recorded in events:
        reading.take(recorded)
    return reading.found


class _Reading:
    """The state of one pass over the events. `_away_ms` is time that passes in no rehearsal: people, channels."""

    def __init__(self, steps: Steps, manner: Manner) -> None:
        self.found = Transcript()
        self._steps = steps
        self._manner = manner
        self._inputs: dict[StepPath, dict[TargetName, TargetInput]] = {}
        self._answered: dict[StepPath, set[TargetName]] = {}
        self._began_ms = 0
        self._away_ms = 0
        self._since: dict[str, int] = {}
        self._changed = False

    def take(self, recorded: Recorded) -> None:  # noqa: C901, PLR0912  one case for each event that says something
        """Take an event in."""
        event, now = recorded.event, recorded.mono_ms
        match event:
            case RunStarted():
                self._began_ms = now
            case StepStarted() | UndoStarted():
                self._changed = self._changed or (isinstance(event, StepStarted) and event.changes)
                self._inputs[event.path] = {each.target: each for each in event.inputs}
                for each in event.inputs:
                    self.found.order.setdefault(each.target, len(self.found.order))
            case AttemptFinished():
                self._attempt(event, now)
            case StepFinished():
                self._step(event, now)
            case UndoFinished():
                self._undo(event, now)
            case ApprovalRequested():
                self._since[event.path] = now
            case ApprovalGranted() if event.how == "prompt":
                self._away(event.path, now)
            case ApprovalDeclined():
                self._away(event.path, now)
                self._approval(event)
            case RunPaused():
                self._paused()
            case EscalationIntended():
                self._since[_notice(event.path, event.contact)] = now
            case EscalationDelivered() | EscalationFailed():
                self._away(_notice(event.path, event.contact), now)
            case EscalationAcknowledged():
                self.found.acks.append(event)
            case EscalationUnacknowledged():
                self.found.untaken = True
            case RunInterrupted() if self.found.interrupted_ms is None:
                self.found.interrupted_ms = max(now - self._began_ms - self._away_ms, 0)
            case RunInterrupted():
                self.found.notes.append("a second signal came; a rehearsal has one")
            case _:
                pass

    def _paused(self) -> None:
        self.found.nobody = True
        if self._changed:
            self.found.notes.append(
                "a mitigation had its yes in advance before another one waited; a rehearsal waits at the first"
            )

    def _away(self, since: str, now: int) -> None:
        self._away_ms += now - self._since.pop(since, now)

    def _approval(self, event: ApprovalDeclined) -> None:
        found = self._steps.at(event.path)
        if found is not None:
            self.found.approvals[found.name] = "stop" if event.stop else "no"

    def _attempt(self, event: AttemptFinished, now: int) -> None:
        found = self._steps.asked(event.path, event.probe)
        if found is None:
            self._unknown(event.path)
            return
        self._answered.setdefault(event.path, set()).add(event.result.target)
        given = self._inputs.get(event.path, {}).get(event.result.target)
        asked = Asked(found, given, event.duration_ms)
        self._add(found.name, event.result, asked, now - event.duration_ms)

    def _step(self, event: StepFinished, now: int) -> None:
        """Add what was under way and has no answer, and what kept a change from being begun."""
        found = self._steps.at(event.path)
        answered = self._answered.get(event.path, set())
        for result in event.result.targets:
            kind = result.cause.kind if result.cause is not None else ""
            if found is None or result.target in answered:
                continue
            if kind == "interrupted" and result.begun:
                self._never_came(event.path, result.target, now)
            elif kind == "undo":
                self._add(found.name, result, Asked(found), now)
        self._note(event)

    def _never_came(self, path: StepPath, target: TargetName, now: int) -> None:
        """Add an answer that was waited for when a signal came."""
        found = self._steps.asked(path, None)
        if found is not None:
            fields = {"fault": "timeout", "message": "the run was interrupted before an answer came"}
            self._answers(found.name, target).append(Answer(fields=dict(fields), asked_ms=now))

    def _undo(self, event: UndoFinished, now: int) -> None:
        found = self._steps.at(event.path)
        if found is None:
            self._unknown(event.path)
            return
        given = self._inputs.get(event.path, {})
        took_ms = event.duration_ms if self._manner.exact else 0  # how much of it each target took is not on record
        for result in event.result.targets:
            if result.begun or result.reply is not None or result.outcome is not Outcome.ABORTED:
                self._add(f"{found.name}{UNDO}", result, Asked(found, given.get(result.target), took_ms), now)

    def _add(self, name: str, result: TargetResult, asked: Asked, asked_ms: int) -> None:
        fields, notes = written(result, asked, self._manner)
        answer = Answer(fields=fields, asked_ms=asked_ms, notes=tuple(notes))
        self._answers(name, result.target).append(answer)

    def _answers(self, name: str, target: TargetName) -> list[Answer]:
        return self.found.answers.setdefault(name, {}).setdefault(target, [])

    def _unknown(self, path: StepPath) -> None:
        note = f"the playbook has no step at {path} any more: its answers are left out"
        if note not in self.found.notes:
            self.found.notes.append(note)

    def _note(self, event: StepFinished) -> None:
        """Say what kept a step from being carried out that no rehearsal can say."""
        kinds = {each.cause.kind for each in event.result.targets if each.cause is not None}
        kinds |= {event.result.cause.kind} if event.result.cause is not None else set()
        for kind, why in (
            ("cooldown", "was skipped because an earlier run had made it; a rehearsal knows no earlier runs"),
            ("tags", "was left out by its tags; write the tags of the command line as 'tags' or 'skip_tags'"),
            ("check", "was only looked at: this run was played with --check"),
            ("record", "was not begun because the record could not be written"),
        ):
            if kind in kinds:
                self.found.notes.append(f"'{event.title}' {why}")


def _notice(path: StepPath | None, contact: str) -> str:
    return f"{path} to {contact}"
