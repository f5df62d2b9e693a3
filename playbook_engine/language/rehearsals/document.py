"""The whole rehearsal, and the setting that it and its scenarios can give."""

from collections.abc import Iterator
from datetime import UTC, datetime

from playbook_engine.diagnostics import Problems, Severity
from playbook_engine.language.build.nodes import Reading, each, field, mapping, text, texts
from playbook_engine.language.rehearsals.answers import answers
from playbook_engine.language.rehearsals.scenarios import scenario
from playbook_engine.model.document import Document, Node, Scalar, plain
from playbook_engine.model.document import Mapping as MappingNode
from playbook_engine.model.precedence import GivenNode
from playbook_engine.model.rehearsal import Rehearsal, Scenario, Setting, Word
from playbook_engine.values import Value

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
"""When a scenario begins that does not say it: a Monday at 3 a.m."""


def rehearsal(document: Document, problems: Problems) -> Rehearsal | None:
    """Return the rehearsal; None when too much is wrong with the file to say more about it.

    What is broken is left out, so that what else is wrong can be found; the errors on the list forbid to play it.
    """
    ctx = Reading(problems=problems, blamed=frozenset(_errors(document, problems)))
    fields = None if document.root is None else mapping(ctx, document.root)
    return None if fields is None else _rehearsal(ctx, document, fields)


def _errors(document: Document, problems: Problems) -> list[tuple[int, int]]:
    found = (d.span for d in problems.sorted() if d.severity is Severity.ERROR)
    return [(span.line, span.column) for span in found if span and span.source == document.source]


def _rehearsal(ctx: Reading, document: Document, fields: MappingNode) -> Rehearsal | None:
    for name in ("rehearsal", "playbook", "scenarios"):
        if name not in fields:
            ctx.missing(fields, name)
    playbook = word(ctx, fields.get("playbook"))
    if playbook is None:
        return None
    _check_groups(ctx, fields)
    return Rehearsal(
        source=document.source,
        playbook=playbook,
        inventory=word(ctx, fields.get("inventory")),
        groups=tuple((name, _names(ctx, node)) for name, node in _entries(ctx, fields.get("groups"))),
        now=_now(ctx, fields),
        setting=setting(ctx, fields),
        answers=answers(ctx, fields.get("answers")),
        scenarios=_scenarios(ctx, fields.get("scenarios")),
    )


def _check_groups(ctx: Reading, fields: MappingNode) -> None:
    groups = fields.entry("groups")
    if groups is not None and "inventory" in fields:
        message = "'groups' are those of the small inventory, and this rehearsal names one of its own"
        ctx.problems.error("conflicting-keys", message, groups.key.span, "Keep one of them.")


def _scenarios(ctx: Reading, node: Node | None) -> tuple[Scenario, ...]:
    def one(reading: Reading, item: Node) -> Scenario | None:
        fields = mapping(reading, item)
        return None if fields is None else scenario(reading, fields, setting(reading, fields))

    found = each(ctx, node, one)
    _check_names(ctx, found)
    return found


def _check_names(ctx: Reading, scenarios: tuple[Scenario, ...]) -> None:
    """Report each scenario that has the name of an earlier one."""
    first: dict[str, Scenario] = {}
    for each_one in scenarios:
        earlier = first.setdefault(each_one.name, each_one)
        if earlier is not each_one:
            message = f"'{each_one.name}' is already the name of the scenario in line {earlier.span.line}"
            ctx.problems.error("duplicate-name", message, each_one.span, "Choose another name.")


def _now(ctx: Reading, fields: MappingNode) -> datetime:
    node, written = fields.get("now"), field(ctx, fields, "now")
    if node is None or written is None or ctx.is_blamed(node.span):
        return NOW
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        ctx.problems.error("wrong-value", f"now: there is no such time as {written}", node.span)
        return NOW


def setting(ctx: Reading, fields: MappingNode) -> Setting:
    """Return in what a scenario, or all of a file, are played."""
    return Setting(
        variables={name.text: plain(node) for name, node in _entries(ctx, fields.get("vars"))},
        hosts=tuple((name, _variables(node)) for name, node in _entries(ctx, fields.get("hosts"))),
        inputs=_inputs(fields.get("inputs")),
        secrets=tuple((name, _text(node)) for name, node in _entries(ctx, fields.get("secrets"))),
        env={name.text: _text(node) for name, node in _entries(ctx, fields.get("env"))},
        limit=field(ctx, fields, "limit"),
        tags=texts(ctx, fields, "tags"),
        skip_tags=texts(ctx, fields, "skip_tags"),
    )


def _variables(node: Node) -> dict[str, Value]:
    return {entry.key.text: plain(entry.value) for entry in node} if isinstance(node, MappingNode) else {}


def _inputs(node: Node | None) -> tuple[GivenNode, ...]:
    return tuple(GivenNode(entry.key, entry.value) for entry in node) if isinstance(node, MappingNode) else ()


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _names(ctx: Reading, node: Node) -> tuple[str, ...]:
    return each(ctx, node, text)


def _entries(ctx: Reading, node: Node | None) -> Iterator[tuple[Word, Node]]:
    """Yield the entries of a mapping that may be left out."""
    fields = None if node is None else mapping(ctx, node)
    for entry in fields or ():
        yield Word(entry.key.text, entry.key.span), entry.value


def word(ctx: Reading, node: Node | None) -> Word | None:
    """Return a text with its place; None when there is none."""
    found = None if node is None else text(ctx, node)
    return None if found is None or node is None else Word(found, node.span)
