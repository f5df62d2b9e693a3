"""Lines of a record as events again: what a run was, folded from what stands on disk.

What is on disk is bounded and masked, so an event that was read is not always the event that was written: positions
in files are gone, long outputs have lost their middle, secrets are masks. Paths, outcomes, roads, ends are all there.
A type of event that a later version added is left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import Any

from playbook_engine.audit.decode_replies_v1 import (
    cause_of,
    hosts_of,
    integer,
    items,
    optional,
    result_of,
    target_of,
    text,
    texts,
)
from playbook_engine.frozen import dataclass
from playbook_engine.model import events as e
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.plan import InventoryRef, PlaybookRef
from playbook_engine.model.results import StepResult, TargetResult
from playbook_engine.model.rolling import Batches
from playbook_engine.values import RunId, StepPath, TargetName

Fields = Mapping[str, Any]


def decode(lines: Iterable[Fields]) -> Iterator[e.Recorded]:
    """Yield the events of a record in order; raises ValueError for a line that none of ours is."""
    decoder = Decoder()
    for fields in lines:
        recorded = decoder.take(fields)
        if recorded is not None:
            yield recorded


class Decoder:
    """Takes the lines of a record in order. One that cannot be read does not keep the next from being read.

    The answers of a step stand in its attempts; they are put back into its end.
    """

    def __init__(self) -> None:
        self._answers = _Answers()

    def take(self, fields: Fields) -> e.Recorded | None:
        """Return a line's event, None for a type that is not known here; raises ValueError for none of ours."""
        read = _READ.get(text(fields, "type"))
        if read is None:
            return None
        try:
            event = self._answers.joined(read(fields))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"line {fields.get('seq')} is no {fields.get('type')}: {error!r}") from error
        return e.Recorded(
            seq=integer(fields, "seq"),
            at=datetime.fromisoformat(text(fields, "ts")),
            mono_ms=integer(fields, "mono_ms"),
            run=RunId(text(fields, "run")),
            event=event,
        )


@dataclass(slots=True)
class _Answers:
    """The last answers of each step under way, in the order in which they came."""

    _by_step: dict[StepPath, dict[tuple[TargetName, str | None], TargetResult]] = field(default_factory=dict)

    def joined(self, event: e.Event) -> e.Event:
        """Return the event; the end of a step with what its targets had answered."""
        if isinstance(event, e.AttemptFinished):
            self._by_step.setdefault(event.path, {})[event.result.target, event.probe] = event.result
        if not isinstance(event, e.StepFinished):
            return event
        left = list(self._by_step.pop(event.path, {}).values())
        targets = tuple(_with_answer(target, left) for target in event.result.targets)
        return replace(event, result=replace(event.result, targets=targets))


def _with_answer(target: TargetResult, left: list[TargetResult]) -> TargetResult:
    """Return how a target ended with its answer; one that has several answers takes them in turn."""
    found = next((each for each in left if each.target == target.target), None)
    if found is None:
        return target
    left.remove(found)
    return replace(target, reply=found.reply, captured=found.captured)


def _path(fields: Fields) -> StepPath:
    return StepPath(text(fields, "path"))


def _path_or_none(fields: Fields) -> StepPath | None:
    found = optional(fields, "path")
    return None if found is None else StepPath(found)


def _run_started(fields: Fields) -> e.RunStarted:
    actor = fields["actor"]
    return e.RunStarted(
        mode=text(fields, "mode"),
        playbook=_playbook(fields["playbook"]),
        inventory=_inventory(fields["inventory"]),
        environment=text(fields, "environment"),
        actor=e.Actor(
            kind=text(actor, "kind"),
            user=text(actor, "user"),
            uid=integer(actor, "uid"),
            host=text(actor, "host"),
            tty=optional(actor, "tty"),
        ),
        tool=text(fields, "tool"),
        inputs=tuple((text(each, "name"), text(each, "value")) for each in items(fields, "inputs")),
        notes=texts(fields, "notes") if "notes" in fields else (),
    )


def _playbook(fields: Fields) -> PlaybookRef:
    return PlaybookRef(
        name=text(fields, "name"),
        version=text(fields, "version"),
        title=text(fields, "title"),
        path=text(fields, "path"),
        sha256=text(fields, "sha256"),
        git=optional(fields, "git"),
    )


def _inventory(fields: Fields) -> InventoryRef:
    return InventoryRef(
        name=text(fields, "name"),
        path=text(fields, "path"),
        sha256=text(fields, "sha256"),
        hosts=integer(fields, "hosts"),
        limit=optional(fields, "limit"),
        selected=hosts_of(fields, "selected"),
    )


def _inputs(fields: Fields) -> tuple[e.TargetInput, ...]:
    return tuple(
        e.TargetInput(
            target=TargetName(text(each, "target")),
            transport=text(each, "transport"),
            address=text(each, "address"),
            request=text(each, "request"),
            timeout_ms=integer(each, "timeout_ms"),
            undo=optional(each, "undo"),
            on=target_of(each, "on"),
            item=optional(each, "item"),
        )
        for each in items(fields, "targets")
    )


def _result(fields: Fields) -> StepResult:
    return StepResult(
        outcome=Outcome(text(fields, "outcome")),
        targets=tuple(result_of(each) for each in items(fields, "targets")),
        cause=cause_of(fields.get("cause")),
    )


def _step_started(fields: Fields) -> e.StepStarted:
    return e.StepStarted(
        path=_path(fields),
        verb=text(fields, "verb"),
        title=text(fields, "title"),
        id=optional(fields, "id"),
        inputs=_inputs(fields),
        changes=fields["changes"] is True,
        batches=_batches(fields),
    )


def _batches(fields: Fields) -> Batches | None:
    if "batches" not in fields:
        return None
    return Batches(tuple(int(size) for size in fields["batches"]), integer(fields, "max_failures"))


def _batch_finished(fields: Fields) -> e.BatchFinished:
    return e.BatchFinished(
        path=_path(fields),
        number=integer(fields, "number"),
        of=integer(fields, "of"),
        targets=hosts_of(fields, "targets"),
        failed=integer(fields, "failed"),
        max_failures=integer(fields, "max_failures"),
        not_begun=integer(fields, "not_begun"),
        goes_on=fields["goes_on"] is True,
    )


def _attempt_finished(fields: Fields) -> e.AttemptFinished:
    return e.AttemptFinished(
        path=_path(fields),
        attempt=integer(fields, "attempt"),
        result=result_of(fields),
        duration_ms=integer(fields, "duration_ms"),
        probe=optional(fields, "probe"),
        settled=fields["settled"] is True,
    )


def _step_finished(fields: Fields) -> e.StepFinished:
    return e.StepFinished(
        path=_path(fields),
        verb=text(fields, "verb"),
        title=text(fields, "title"),
        id=optional(fields, "id"),
        result=_result(fields),
        duration_ms=integer(fields, "duration_ms"),
    )


def _branch_taken(fields: Fields) -> e.BranchTaken:
    roads = tuple(
        e.HostsRoad(
            taken=optional(each, "taken"),
            hosts=hosts_of(each, "hosts"),
            trace=text(each, "trace"),
            failed=each["failed"] is True,
        )
        for each in (items(fields, "roads") if "roads" in fields else ())
    )
    return e.BranchTaken(
        path=_path(fields),
        title=text(fields, "title"),
        id=optional(fields, "id"),
        taken=text(fields, "taken"),
        trace=text(fields, "trace"),
        not_taken=texts(fields, "not_taken"),
        roads=roads,
    )


def _play_started(fields: Fields) -> e.PlayStarted:
    return e.PlayStarted(
        path=_path(fields),
        playbook=_playbook(fields["playbook"]),
        inputs=tuple((text(each, "name"), text(each, "value")) for each in items(fields, "inputs")),
        hosts=None if fields["hosts"] is None else hosts_of(fields, "hosts"),
    )


def _play_finished(fields: Fields) -> e.PlayFinished:
    return e.PlayFinished(
        path=_path(fields),
        name=text(fields, "name"),
        title=text(fields, "title"),
        ended=e.PlayEnd(text(fields, "ended")),
        duration_ms=integer(fields, "duration_ms"),
    )


def _approval_requested(fields: Fields) -> e.ApprovalRequested:
    return e.ApprovalRequested(
        path=_path(fields),
        title=text(fields, "title"),
        id=optional(fields, "id"),
        inputs=_inputs(fields),
        batches=_batches(fields),
    )


def _escalation_intended(fields: Fields) -> e.EscalationIntended:
    return e.EscalationIntended(
        path=_path_or_none(fields),
        contact=text(fields, "contact"),
        reason=text(fields, "reason"),
        message=text(fields, "message"),
        key=text(fields, "key"),
    )


def _escalation_delivered(fields: Fields) -> e.EscalationDelivered:
    return e.EscalationDelivered(
        path=_path_or_none(fields),
        contact=text(fields, "contact"),
        channel=text(fields, "channel"),
        address=text(fields, "address"),
        receipt=text(fields, "receipt"),
        tries=integer(fields, "tries"),
        wait_ms=integer(fields, "wait_ms") if "wait_ms" in fields else None,
    )


def _undo_finished(fields: Fields) -> e.UndoFinished:
    return e.UndoFinished(
        path=_path(fields),
        title=text(fields, "title"),
        result=_result(fields),
        duration_ms=integer(fields, "duration_ms"),
    )


def _run_finished(fields: Fields) -> e.RunFinished:
    return e.RunFinished(
        verdict=Verdict(text(fields, "verdict")),
        exit_code=integer(fields, "exit_code"),
        reason=text(fields, "reason"),
        changed=texts(fields, "changed"),
        undone=texts(fields, "undone"),
        not_undone=texts(fields, "not_undone"),
        told=texts(fields, "told"),
        not_told=texts(fields, "not_told"),
        duration_ms=integer(fields, "duration_ms"),
    )


_READ: Mapping[str, Callable[[Fields], e.Event]] = {
    e.RunStarted.type: _run_started,
    e.StepStarted.type: _step_started,
    e.AttemptFinished.type: _attempt_finished,
    e.BatchFinished.type: _batch_finished,
    e.StepFinished.type: _step_finished,
    e.BranchTaken.type: _branch_taken,
    e.PlayStarted.type: _play_started,
    e.PlayFinished.type: _play_finished,
    e.ApprovalRequested.type: _approval_requested,
    e.ApprovalGranted.type: lambda f: e.ApprovalGranted(path=_path(f), by=text(f, "by"), how=text(f, "how")),
    e.ApprovalDeclined.type: lambda f: e.ApprovalDeclined(path=_path(f), by=text(f, "by"), stop=f["stop"] is True),
    e.EscalationIntended.type: _escalation_intended,
    e.EscalationDelivered.type: _escalation_delivered,
    e.EscalationFailed.type: lambda f: e.EscalationFailed(
        path=_path_or_none(f), contact=text(f, "contact"), reasons=texts(f, "reasons")
    ),
    e.EscalationAcknowledged.type: lambda f: e.EscalationAcknowledged(
        path=_path(f),
        contact=text(f, "contact"),
        by=text(f, "by"),
        how=text(f, "how"),
        note=text(f, "note"),
        waited_ms=integer(f, "waited_ms"),
    ),
    e.EscalationUnacknowledged.type: lambda f: e.EscalationUnacknowledged(
        path=_path(f), contact=text(f, "contact"), reason=text(f, "reason"), waited_ms=integer(f, "waited_ms")
    ),
    e.UndoStarted.type: lambda f: e.UndoStarted(path=_path(f), title=text(f, "title"), inputs=_inputs(f)),
    e.UndoFinished.type: _undo_finished,
    e.RunPaused.type: lambda f: e.RunPaused(path=_path(f), reason=text(f, "reason")),
    e.RunInterrupted.type: lambda f: e.RunInterrupted(signal=text(f, "signal"), again=f["again"] is True),
    e.AnswersLost.type: lambda f: e.AnswersLost(reason=text(f, "reason")),
    e.RunFinished.type: _run_finished,
}
"""How each type of event is read; `record.lost` is never on disk."""
