"""The health of many playbooks: one line when all is well, detail where it is not."""

from collections.abc import Sequence
from dataclasses import dataclass

from playbook_engine.model.events import RunFinished, StepFinished
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.report.escape import display_width, escape, pad, shorten
from playbook_engine.report.json_output import Json
from playbook_engine.report.story import Storyteller
from playbook_engine.report.style import VERDICTS, Line, Piece, Style, seconds
from playbook_engine.values import RunId

WORDS = {
    Verdict.HEALTHY: "healthy",
    Verdict.UNKNOWN: "unknown",
    Verdict.UNRECORDED: "unrecorded",
    Verdict.INTERRUPTED: "interrupted",
}
"""A sweep looks; what it finds bad is ill, not `unresolved`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One playbook's health."""

    run: RunId
    playbook: str
    title: str
    finished: RunFinished
    checks: tuple[StepFinished, ...]


def word(verdict: Verdict) -> str:
    """Return the word for a playbook's health."""
    return WORDS.get(verdict, "ill")


def sweep_lines(healths: Sequence[Health], width: int, *, unicode: bool = True) -> tuple[Line, ...]:
    """Return a sweep for a person: the ill ones with their failing checks, then one line for all."""
    story = Storyteller(max(width - 2, 40), unicode=unicode)
    lines: list[Line] = []
    for health in healths:
        if health.finished.verdict is Verdict.HEALTHY:
            continue
        lines.append(_head(health, width))
        for check in health.checks:
            if check.result.outcome is not Outcome.OK:
                lines += [(Piece("  "), *line) for line in story.tell(check)]
    return (*lines, _total(healths))


def _head(health: Health, width: int) -> Line:
    status = pad(word(health.finished.verdict), 12)
    name = shorten(escape(health.playbook), 32)
    room = width - display_width(status) - display_width(name) - 2
    return (
        Piece(status, VERDICTS[health.finished.verdict]),
        Piece(name, Style.STRONG),
        Piece(f"  {shorten(escape(health.title), max(room, 10))}", Style.DIM),
    )


def _total(healths: Sequence[Health]) -> Line:
    counts: dict[str, int] = {}
    for health in healths:
        name = word(health.finished.verdict)
        counts[name] = counts.get(name, 0) + 1
    checks = sum(len(health.checks) for health in healths)
    longest = max((health.finished.duration_ms for health in healths), default=0)
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    style = Style.GOOD if set(counts) == {"healthy"} else Style.BAD
    return (
        Piece(f"{len(healths)} playbook{'s' if len(healths) != 1 else ''}: {said}", style),
        Piece(f"  {checks} checks, {seconds(longest)}", Style.DIM),
    )


def sweep_json(healths: Sequence[Health], exit_code: int) -> dict[str, Json]:
    """Return a sweep for machines."""
    return {"exit_code": exit_code, "playbooks": [_playbook(health) for health in healths]}


def _playbook(health: Health) -> Json:
    return {
        "playbook": health.playbook,
        "run": health.run,
        "health": word(health.finished.verdict),
        "duration_ms": health.finished.duration_ms,
        "checks": [
            {
                "id": check.id,
                "title": check.title,
                "outcome": check.result.outcome.value,
                "targets": [
                    {
                        "target": str(each.target),
                        "outcome": each.outcome.value,
                        "message": each.cause.message if each.cause else None,
                    }
                    for each in check.result.targets
                ],
            }
            for check in health.checks
        ],
    }
