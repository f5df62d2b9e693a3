"""What a play would do: every road of it, nothing contacted."""

from collections.abc import Iterator
from typing import assert_never

from playbook_engine.model.actions import Action
from playbook_engine.model.plan import (
    Blocks,
    Plan,
    PlannedBranch,
    PlannedCheck,
    PlannedEscalate,
    PlannedMitigate,
    PlannedStep,
    PlannedVerify,
)
from playbook_engine.model.steps import AutoUndo, Irreversible, Undo, verb_of
from playbook_engine.report.escape import escape, shorten
from playbook_engine.report.grouping import compact
from playbook_engine.report.json_output import Json
from playbook_engine.report.style import Line, Piece, Style


def plan_lines(plan: Plan, width: int) -> tuple[Line, ...]:
    """Return a plan for a person."""
    playbook, inventory = plan.playbook_ref, plan.inventory_ref
    limit = f", limited to {inventory.limit}" if inventory.limit else ""
    hosts = f"{len(inventory.selected)} of {inventory.hosts} hosts{limit}"
    lines: list[Line] = [
        (Piece(escape(playbook.title), Style.STRONG),),
        (Piece(f"{playbook.name} {playbook.version} on {plan.environment.name} ({hosts})", Style.DIM),),
    ]
    for name, blocks in (("health", plan.health), ("steps", plan.steps), ("finally", plan.finally_)):
        if blocks:
            lines += [(), (Piece(name, Style.STRONG),), *_blocks(blocks, 1, width)]
    lines += [(), (Piece("Nothing was contacted.", Style.DIM),)]
    return tuple(lines)


def _blocks(blocks: Blocks, depth: int, width: int) -> Iterator[Line]:
    for block in blocks:
        for number, planned in enumerate(block):
            beside = len(block) > 1 and number > 0
            yield from _step(planned, depth, width, beside=beside)


def _step(planned: PlannedStep, depth: int, width: int, *, beside: bool) -> Iterator[Line]:
    step = planned.step
    lead = "  " * depth
    mark = "∥ " if beside else "• "
    style = Style.CHANGE if isinstance(planned, PlannedMitigate) else Style.DIM
    name = f"  ({step.id})" if step.id else ""
    yield (
        Piece(lead + mark),
        Piece(f"{verb_of(step)} ", style),
        Piece(shorten(escape(step.title), width - len(lead) - 16)),
        Piece(name, Style.DIM),
    )
    detail = lead + "    "
    if step.when is not None:
        yield _detail(detail, f"when {step.when.source}", width)
    match planned:
        case PlannedCheck() | PlannedMitigate() | PlannedVerify():
            for text in _acting(planned):
                yield _detail(detail, text, width)
        case PlannedEscalate():
            yield _detail(detail, f"tells {planned.step.to}", width)
        case PlannedBranch():
            for case in planned.cases:
                label = f"if {case.when.source}" if case.when else "else"
                yield (Piece(f"{lead}  {shorten(escape(label), width - len(lead) - 4)}", Style.WARN),)
                yield from _blocks(case.blocks, depth + 2, width)
        case _:
            assert_never(planned)


def _acting(planned: PlannedCheck | PlannedMitigate | PlannedVerify) -> Iterator[str]:
    if isinstance(planned, PlannedVerify) and planned.step.action is None:
        yield "repeats the health checks"
    else:
        for probe in planned.probes:
            yield f"{probe.action.kind}: {probe.action.source}"
            yield f"on {compact(str(target.name) for target in probe.targets)}, at most {probe.timeout}"
    if isinstance(planned, PlannedMitigate):
        yield "asks first" if planned.needs_approval else f"approved by {planned.approved_by}"
        yield f"undo: {undo_text(planned.step.undo)}; on failure: {planned.on_failure.value}"
        return
    poll = planned.step.poll
    if poll is not None:
        stable = f", stable for {poll.stable_for}" if poll.stable_for.ms else ""
        yield f"every {poll.every} within {poll.within}{stable}"
    if isinstance(planned, PlannedVerify):
        yield f"when it passes: {planned.step.on_pass.value}; on failure: {planned.on_failure.value}"


def undo_text(undo: Undo) -> str:
    """Return how a mitigation would be taken back, in words."""
    match undo:
        case AutoUndo():
            return "automatic"
        case Irreversible():
            return "irreversible"
        case _:
            action: Action = undo
            return f"{action.kind}: {action.source}"


def _detail(lead: str, text: str, width: int) -> Line:
    return (Piece(lead + shorten(escape(text), max(width - len(lead), 20)), Style.DIM),)


def plan_json(plan: Plan) -> dict[str, Json]:
    """Return a plan for machines."""
    return {
        "playbook": {"name": plan.playbook_ref.name, "version": plan.playbook_ref.version},
        "environment": plan.environment.name,
        "selected": [str(name) for name in plan.inventory_ref.selected],
        "health": _json_blocks(plan.health),
        "steps": _json_blocks(plan.steps),
        "finally": _json_blocks(plan.finally_),
    }


def _json_blocks(blocks: Blocks) -> list[Json]:
    return [_json_step(planned) for block in blocks for planned in block]


def _json_step(planned: PlannedStep) -> Json:
    entry: dict[str, Json] = {
        "path": planned.path,
        "verb": verb_of(planned.step),
        "id": planned.step.id,
        "title": planned.step.title,
    }
    match planned:
        case PlannedCheck() | PlannedMitigate() | PlannedVerify():
            entry["actions"] = [
                {
                    "kind": probe.action.kind,
                    "source": probe.action.source,
                    "targets": [str(target.name) for target in probe.targets],
                    "timeout_ms": probe.timeout.ms,
                }
                for probe in planned.probes
            ]
            if isinstance(planned, PlannedMitigate):
                entry |= {"asks": planned.needs_approval, "undo": undo_text(planned.step.undo)}
        case PlannedBranch():
            entry["cases"] = [
                {"when": case.when.source if case.when else None, "steps": _json_blocks(case.blocks)}
                for case in planned.cases
            ]
        case PlannedEscalate():
            entry["to"] = planned.step.to
        case _:
            assert_never(planned)
    return entry
