"""Targets that ended alike, told together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.replies import Output
from playbook_engine.model.results import TargetResult
from playbook_engine.report.names import natural

Outputs = tuple[tuple[str, Output], ...]

GRAVITY = (
    Outcome.INDETERMINATE,
    Outcome.ERROR,
    Outcome.FAILED,
    Outcome.TIMEOUT,
    Outcome.UNREACHABLE,
    Outcome.ABORTED,
    Outcome.SKIPPED,
    Outcome.OK,
)
"""What a person wants to see first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Targets with the same outcome for the same reason. `outputs` is None when their outputs differ."""

    outcome: Outcome
    targets: tuple[str, ...]
    message: str | None
    hint: str | None
    outputs: Outputs | None
    counts: bool = True


def alike(results: Iterable[TargetResult]) -> tuple[Alike, ...]:
    """Group results that say the same: the gravest first, then in the order of the names."""
    groups: dict[tuple[Outcome, str | None, bool], list[TargetResult]] = {}
    for result in sorted(results, key=lambda each: natural(each.target)):
        message = result.cause.message if result.cause else None
        groups.setdefault((result.outcome, message, result.counts), []).append(result)
    return tuple(sorted(map(_group, groups.values()), key=lambda group: GRAVITY.index(group.outcome)))


def _group(members: Sequence[TargetResult]) -> Alike:
    first = members[0]
    return Alike(
        outcome=first.outcome,
        targets=tuple(dict.fromkeys(member.target for member in members)),
        message=first.cause.message if first.cause else None,
        hint=first.cause.hint if first.cause else None,
        outputs=_shared_outputs(members),
        counts=first.counts,
    )


def _shared_outputs(members: Sequence[TargetResult]) -> Outputs | None:
    outputs = _outputs(members[0])
    return outputs if all(_outputs(member) == outputs for member in members[1:]) else None


def _outputs(result: TargetResult) -> Outputs:
    return tuple(result.reply.outputs().items()) if result.reply else ()
