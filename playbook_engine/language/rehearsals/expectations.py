"""What must come of a scenario."""

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.language.build.nodes import Reading, choice, each, head, mapping, text
from playbook_engine.model.document import Entry, Mapping, Node, Scalar, plain
from playbook_engine.model.outcomes import Outcome, Verdict
from playbook_engine.model.rehearsal import ROADS, Expected, PathEntry, Word
from playbook_engine.values import Value

WORDS = tuple(outcome.value for outcome in Outcome)


def expected(ctx: Reading, entry: Entry | None) -> Expected | None:
    """Return the expectations; None when there are none, which has been reported."""
    fields = None if entry is None else mapping(ctx, entry.value)
    verdict = None if fields is None else choice(ctx, fields, "verdict", Verdict)
    said = None if fields is None else fields.entry("verdict")
    if entry is None or fields is None or verdict is None or said is None:
        return None
    path, captured = fields.entry("path"), fields.get("captured")
    return Expected(
        span=entry.key.span,
        verdict=verdict,
        verdict_span=head(said),
        path=None if path is None else each(ctx, path.value, _path_entry),
        path_span=entry.key.span if path is None else path.key.span,
        changed=_changed(ctx, fields.get("changed")),
        undone=_words(ctx, fields.get("undone")),
        told=_words(ctx, fields.get("told")),
        not_told=_words(ctx, fields.get("not_told")),
        captured=_captured(ctx, captured),
        spans={each_one.key.text: each_one.key.span for each_one in fields},
    )


def _path_entry(ctx: Reading, node: Node) -> PathEntry | None:
    fields = mapping(ctx, node)
    entry = fields.entries[0] if fields is not None and fields.entries else None
    if entry is None:
        return None
    name = Word(entry.key.text, entry.key.span)
    if isinstance(entry.value, Mapping):
        ends = tuple((Word(e.key.text, e.key.span), _ended(ctx, e.value)) for e in entry.value)
        return PathEntry(name=name, ended=ends)
    return PathEntry(name=name, ended=_ended(ctx, entry.value))


def _ended(ctx: Reading, node: Node) -> str:
    """Return how a step ended; a word that no step ends with is reported."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or ctx.is_blamed(node.span):
        return ""
    if node.text not in WORDS and not ROADS.fullmatch(node.text):
        message = f"'{node.text}' is not how a step ends"
        hint = did_you_mean(node.text, WORDS) or f"Write one of {', '.join(WORDS)}; for a branch, case 1 or else."
        ctx.problems.error("wrong-value", message, node.span, hint)
    return node.text


def _changed(ctx: Reading, node: Node | None) -> tuple[tuple[Word, tuple[Word, ...]], ...] | None:
    fields = None if node is None else mapping(ctx, node)
    if fields is None:
        return None
    return tuple((Word(e.key.text, e.key.span), each(ctx, e.value, _word)) for e in fields)


def _words(ctx: Reading, node: Node | None) -> tuple[Word, ...] | None:
    return None if node is None else each(ctx, node, _word)


def _word(ctx: Reading, node: Node) -> Word | None:
    found = text(ctx, node)
    return None if found is None else Word(found, node.span)


def _captured(ctx: Reading, node: Node | None) -> tuple[tuple[Word, Value], ...]:
    fields = None if node is None else mapping(ctx, node)
    return tuple((Word(e.key.text, e.key.span), plain(e.value)) for e in fields or ())
