"""What a play would do: every road of it, nothing contacted."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from playbook_engine.model.actions import Action
from playbook_engine.model.plan import (
    Blocks,
    Plan,
    PlannedBranch,
    PlannedCheck,
    PlannedEscalate,
    PlannedMitigate,
    PlannedPlay,
    PlannedStep,
    PlannedVerify,
    Probe,
)
from playbook_engine.model.steps import AutoUndo, Irreversible, ResultHosts, Undo, verb_of
from playbook_engine.model.translations import UNTRANSLATED, Reader
from playbook_engine.phrases.lists import Lists
from playbook_engine.phrases.plan import Plans
from playbook_engine.phrases.screen import Roads, Story
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.json_output import Json
from playbook_engine.report.manner import (
    importance_texts,
    repeating_json,
    repeating_texts,
    rolling_json,
    rolling_texts,
)
from playbook_engine.report.names import compact
from playbook_engine.report.pen import Pen
from playbook_engine.report.roads import given_text
from playbook_engine.report.style import UNICODE, Glyphs, Line, Piece, Style
from playbook_engine.report.widths import display_width
from playbook_engine.visible import escape


def plan_lines(plan: Plan, width: int, glyphs: Glyphs = UNICODE, reader: Reader = UNTRANSLATED) -> tuple[Line, ...]:
    """Return a plan for a person; requests are shown whole."""
    pen = Pen(width, glyphs, reader.words, reader.texts)
    lines = [*_head(plan, pen)]
    words = reader.words
    for name, blocks in _sections(plan.health, plan.steps, plan.finally_):
        lines += [(), (Piece(words(name), Style.STRONG),), *_blocks(blocks, 1, pen)]
    beside = any(piece.text.lstrip().startswith(glyphs.beside) for line in lines for piece in line[:1])
    legend = words(Plans.BESIDE, mark=glyphs.beside) if beside else ""
    return (*lines, (), *pen.labelled(Piece(""), legend + words(Plans.NOTHING_CONTACTED), Style.DIM))


def _sections(health: Blocks, steps: Blocks, finally_: Blocks) -> Iterator[tuple[Plans, Blocks]]:
    """Yield the parts that there are."""
    for name, blocks in ((Plans.HEALTH, health), (Plans.STEPS, steps), (Plans.FINALLY, finally_)):
        if blocks:
            yield name, blocks


def _head(plan: Plan, pen: Pen) -> tuple[Line, ...]:
    playbook, inventory, words = plan.playbook_ref, plan.inventory_ref, pen.words
    limit = words(Story.LIMITED, limit=inventory.limit) if inventory.limit else ""
    hosts = words(Plans.SOME_HOSTS, selected=len(inventory.selected), hosts=inventory.hosts)
    given = {"name": playbook.name, "version": playbook.version, "environment": plan.environment.name}
    facts = words(Story.FACTS, **given, hosts=hosts, limit=limit)
    title = Piece(escape(pen.texts.text(playbook.title)), Style.STRONG)
    return pen.fit((title,)), *pen.labelled(Piece(""), facts, Style.DIM)


def _blocks(blocks: Blocks, depth: int, pen: Pen) -> Iterator[Line]:
    for block in blocks:
        mark = pen.glyphs.beside if len(block) > 1 else pen.glyphs.bullet
        for planned in block:
            yield from _step(planned, depth, mark, pen)


def _step(planned: PlannedStep, depth: int, mark: str, pen: Pen) -> Iterator[Line]:
    step, words = planned.step, pen.words
    lead = "  " * depth
    style = Style.CHANGE if isinstance(planned, PlannedMitigate) else Style.DIM
    name = f"  ({step.id})" if step.id else ""
    verb = f"{verb_of(step)} "
    room = pen.width - len(lead) - 2 - len(verb) - display_width(name)
    title = pen.cut(pen.texts.text(step.title), room)
    yield Piece(f"{lead}{mark} "), Piece(verb, style), Piece(title), Piece(name, Style.DIM)
    detail = Piece(f"{lead}    ")
    if planned.left_out is not None:
        why = Reader(words, pen.texts).sentence(planned.left_out.message)
        yield from pen.labelled(detail, words(Plans.LEFT_OUT, why=why), Style.WARN)
    if step.when is not None:
        yield from pen.labelled(detail, words(Plans.WHEN, condition=step.when.source), Style.DIM, most=None)
    match planned:
        case PlannedCheck() | PlannedMitigate() | PlannedVerify():
            for text in _acting(planned, words):
                yield from pen.labelled(detail, text, Style.DIM, most=None)
        case PlannedEscalate():
            wait = planned.step.wait_for_ack
            phrase = Plans.TELLS if wait is None else Plans.TELLS_AND_WAITS
            yield from pen.labelled(detail, words(phrase, contact=planned.step.to, wait=wait), Style.DIM)
        case PlannedBranch():
            if planned.step.per_host:
                hosts = _where(planned.hosts, planned.chosen, words)
                yield from pen.labelled(detail, words(Plans.PER_HOST, hosts=hosts), Style.DIM, most=None)
            for case in planned.cases:
                label = words(Plans.IF, condition=case.when.source) if case.when else words(Plans.ELSE)
                yield from pen.labelled(Piece(f"{lead}  "), label, Style.WARN, most=None)
                yield from _blocks(case.blocks, depth + 2, pen)
                if case.play is not None:
                    yield from _play(case.play, depth + 2, pen)
        case _:
            assert_never(planned)


def _play(play: PlannedPlay, depth: int, pen: Pen) -> Iterator[Line]:
    """Yield another playbook with all its steps, further in."""
    lead = "  " * depth
    head = f"{lead}{pen.glyphs.arrow} "
    facts = f"  {escape(play.ref.name)} {escape(play.ref.version)}"
    room = pen.width - len(head) - len("play ") - display_width(facts)
    yield (
        Piece(head),
        Piece("play ", Style.DIM),
        Piece(pen.cut(pen.texts.text(play.ref.title), max(room, 1)), Style.STRONG),
        Piece(facts, Style.DIM),
    )
    given = [given_text(name, value) for name, value in play.given]
    given += [f"{each.name} = {each.template.source}" for each in play.later]
    if given:
        told = pen.words(Roads.WITH, given=pen.words(Lists.COMMA).join(given))
        yield from pen.labelled(Piece(f"{lead}    "), told, Style.DIM, most=None)
    for name, blocks in _sections(play.health, play.steps, play.finally_):
        yield (Piece(f"{lead}  {pen.words(name)}", Style.STRONG),)
        yield from _blocks(blocks, depth + 2, pen)


def _where(names: Iterable[str], chosen: ResultHosts | None, words: Words) -> str:
    """Return where something is carried out; which hosts an earlier result will choose nobody knows yet."""
    found = compact(names, words)
    return found if chosen is None else words(Plans.THOSE_OF, names=found, chosen=chosen.text)


def _where_and_how_long(probe: Probe, words: Words) -> str:
    if not probe.targets and probe.chosen is None:
        return words(Plans.NEVER)
    where = _where((target.name for target in probe.targets), probe.chosen, words)
    return words(Plans.ON, where=where, timeout=probe.timeout)


def _acting(planned: PlannedCheck | PlannedMitigate | PlannedVerify, words: Words) -> Iterator[str]:
    if isinstance(planned, PlannedVerify) and planned.step.action is None:
        yield words(Plans.REPEATS)
    else:
        for probe in planned.probes:
            yield f"{probe.action.kind}: {probe.action.source}"
            yield _where_and_how_long(probe, words)
            yield from repeating_texts(probe, words)
    yield from importance_texts(planned, words)
    if isinstance(planned, PlannedMitigate):
        yield words(Plans.ASKS if planned.needs_approval else Plans.APPROVED, by=planned.approved_by)
        yield words(Plans.UNDO, undo=undo_text(planned.step.undo, words), on_failure=planned.on_failure.value)
        yield from rolling_texts(planned.step, words)
        return
    poll = planned.step.poll
    if poll is not None:
        phrase = Plans.EVERY_STABLE if poll.stable_for.ms else Plans.EVERY
        yield words(phrase, every=poll.every, within=poll.within, stable_for=poll.stable_for)
    if isinstance(planned, PlannedVerify):
        yield words(Plans.PASSES, on_pass=planned.step.on_pass.value, on_failure=planned.on_failure.value)


def undo_text(undo: Undo, words: Words = ENGLISH) -> str:
    """Return how a mitigation would be taken back, in words."""
    match undo:
        case AutoUndo():
            return words(Plans.AUTOMATIC)
        case Irreversible():
            return words(Plans.IRREVERSIBLE)
        case _:
            action: Action = undo
            return f"{action.kind}: {action.source}"


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
        "left_out": planned.left_out.message if planned.left_out else None,
    }
    match planned:
        case PlannedCheck() | PlannedMitigate() | PlannedVerify():
            entry["actions"] = [
                {
                    "kind": probe.action.kind,
                    "source": probe.action.source,
                    "targets": [str(target.name) for target in probe.targets],
                    "chosen_by": probe.chosen.text if probe.chosen else None,
                    "timeout_ms": probe.timeout.ms,
                    **repeating_json(probe),
                }
                for probe in planned.probes
            ]
            if isinstance(planned, PlannedMitigate):
                entry |= {"asks": planned.needs_approval, "undo": undo_text(planned.step.undo)}
                entry |= rolling_json(planned.step)
        case PlannedBranch():
            entry["hosts"] = [str(name) for name in planned.hosts] if planned.step.per_host else None
            entry["chosen_by"] = planned.chosen.text if planned.chosen else None
            entry["cases"] = [
                {
                    "when": case.when.source if case.when else None,
                    "steps": _json_blocks(case.blocks),
                    "play": _json_play(case.play) if case.play else None,
                }
                for case in planned.cases
            ]
        case PlannedEscalate():
            wait = planned.step.wait_for_ack
            entry |= {"to": planned.step.to, "wait_ms": wait.ms if wait else None}
        case _:
            assert_never(planned)
    return entry


def _json_play(play: PlannedPlay) -> dict[str, Json]:
    later: list[Json] = [{"name": each.name, "template": each.template.source} for each in play.later]
    given: list[Json] = [{"name": name, "value": str(value)} for name, value in play.given]
    return {
        "path": play.path,
        "playbook": {"name": play.ref.name, "version": play.ref.version, "title": play.ref.title},
        "inputs": [*given, *later],
        "health": _json_blocks(play.health),
        "steps": _json_blocks(play.steps),
        "finally": _json_blocks(play.finally_),
    }
