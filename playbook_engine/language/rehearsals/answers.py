"""What is answered, under the name of a step or for an action."""

from playbook_engine.language.build.nodes import Reading, duration, mapping
from playbook_engine.model.document import Mapping, Node, Sequence, plain
from playbook_engine.model.rehearsal import Answered, AnswerField, ScriptedAnswer, TargetAnswers, Word

_TIMES = ("duration", "connect_time", "tls_time", "ttfb", "retry_after")
"""Fields that are durations."""
_ALIKE = (("body", "json"), ("rc", "signal"))
"""Fields that say the same thing."""
_BESIDE_FAULT = ("fault", "message", "duration", "for")


def answers(ctx: Reading, node: Node | None) -> tuple[Answered, ...]:
    """Return the answers of a file or a scenario, in file order."""
    fields = None if node is None else mapping(ctx, node)
    return tuple(
        Answered(key=Word(entry.key.text, entry.key.span), by_target=_by_target(ctx, entry.value))
        for entry in fields or ()
    )


def _by_target(ctx: Reading, node: Node) -> tuple[TargetAnswers, ...]:
    targets = node.get("targets") if isinstance(node, Mapping) else None
    if targets is None:
        return (TargetAnswers(answers=_in_turn(ctx, node)),)
    return tuple(
        TargetAnswers(answers=_in_turn(ctx, entry.value), target=Word(entry.key.text, entry.key.span))
        for entry in mapping(ctx, targets) or ()
    )


def _in_turn(ctx: Reading, node: Node) -> tuple[ScriptedAnswer, ...]:
    items = node.items if isinstance(node, Sequence) else (node,)
    listed = isinstance(node, Sequence)
    found = tuple(answer for item in items if (answer := _answer(ctx, item)) is not None)
    for number, answer in enumerate(found, 1):
        _check_time(ctx, answer, last=number == len(found), listed=listed)
    return found


def _check_time(ctx: Reading, answer: ScriptedAnswer, *, last: bool, listed: bool) -> None:
    """Report a `for` after which there is no other answer."""
    if answer.lasts is not None and last:
        hint = "Leave it out of the last answer." if listed else "Write a list of answers, or leave it out."
        ctx.problems.error("contradictory-field", "'for' has no meaning: no answer follows", answer.span, hint)


def _answer(ctx: Reading, node: Node) -> ScriptedAnswer | None:
    fields = mapping(ctx, node)
    if fields is None:
        return None
    lasts = duration(ctx, fields, "for")
    for name in _TIMES:
        duration(ctx, fields, name, zero=True)
    _check_sense(ctx, fields)
    found = tuple(
        AnswerField(name=entry.key.text, value=plain(entry.value), span=entry.key.span)
        for entry in fields
        if entry.key.text != "for"
    )
    return ScriptedAnswer(
        span=fields.entries[0].key.span if fields.entries else fields.span, fields=found, lasts=lasts
    )


def _check_sense(ctx: Reading, fields: Mapping) -> None:
    """Report fields that exclude each other."""
    for one, other in _ALIKE:
        entry = fields.entry(other)
        if one in fields and entry is not None:
            message = f"'{one}' and '{other}' exclude each other"
            ctx.problems.error("conflicting-keys", message, entry.key.span, "Keep one of them.")
    entry = fields.entry("message")
    if entry is not None and "fault" not in fields:
        ctx.problems.error("missing-key", "'message' has no meaning without 'fault'", entry.key.span)
    for entry in fields:
        if "fault" in fields and entry.key.text not in _BESIDE_FAULT:
            message = f"'{entry.key.text}' has no meaning beside 'fault': nothing comes back"
            ctx.problems.error("conflicting-keys", message, entry.key.span, "Keep one of them.")
