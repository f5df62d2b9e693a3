"""The whole playbook, and the fields at its top."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from playbook_engine.diagnostics import Problems, Severity
from playbook_engine.language.build.inputs import inputs, variables
from playbook_engine.language.build.naming import Names
from playbook_engine.language.build.nodes import Context, duration, each, field, hosts, mapping, text, texts
from playbook_engine.language.build.repeating import retry
from playbook_engine.language.build.steps import health, steps
from playbook_engine.model.actions import ActionKind
from playbook_engine.model.document import Document, Node, Sequence
from playbook_engine.model.document import Mapping as MappingNode
from playbook_engine.model.expressions import Compiler
from playbook_engine.model.playbook import Defaults, Playbook
from playbook_engine.model.steps import Check, HostPattern


def playbook(
    document: Document, compiler: Compiler, actions: Mapping[str, ActionKind], problems: Problems
) -> Playbook | None:
    """Return the playbook; None when the file has an error, found here or before, or a file that it names has one.

    What is broken is left out while the rest is built, so that all problems come to light at once.
    """
    if document.root is None:
        return None
    answer_fields = sorted({name for kind in actions.values() for name in kind.fields})
    blamed, told = frozenset(_errors(document, problems)), _number_of_errors(problems)
    ctx = Context(
        problems=problems,
        blamed=blamed,
        compile=compiler,
        actions=actions,
        names=Names(answer_fields, problems),
        has_health=_has_health(document.root),
    )
    fields = mapping(ctx, document.root)
    built = None if fields is None else _playbook(ctx, document, fields)
    return None if _errors(document, problems) or _number_of_errors(problems) > told else built


def _has_health(root: Node) -> bool:
    checks = root.get("health") if isinstance(root, MappingNode) else None
    return isinstance(checks, Sequence) and bool(checks.items)


def _errors(document: Document, problems: Problems) -> list[tuple[int, int]]:
    """Return where this file has errors."""
    found = (d.span for d in problems.sorted() if d.severity is Severity.ERROR)
    return [(span.line, span.column) for span in found if span and span.source == document.source]


def _number_of_errors(problems: Problems) -> int:
    return sum(d.severity is Severity.ERROR for d in problems.sorted())


def _playbook(ctx: Context, source: Document, fields: MappingNode) -> Playbook:
    for name in ("runbook", "name", "version", "title"):
        if name not in fields:
            ctx.missing(fields, name)
    _check_date(ctx, fields)
    usual = _defaults(ctx, fields.get("defaults"))
    ctx = replace(ctx, every=usual.every)
    built = Playbook(
        source=source.source,
        name=field(ctx, fields, "name") or "",
        version=field(ctx, fields, "version") or "",
        title=field(ctx, fields, "title") or "",
        severity=field(ctx, fields, "severity"),
        owner=field(ctx, fields, "owner"),
        reviewed=field(ctx, fields, "reviewed"),
        description=field(ctx, fields, "description") or "",
        tags=texts(ctx, fields, "tags"),
        alerts=each(ctx, fields.get("alerts"), text),
        symptoms=each(ctx, fields.get("symptoms"), text),
        causes=each(ctx, fields.get("causes"), text),
        prevention=each(ctx, fields.get("prevention"), text),
        long_term=each(ctx, fields.get("long_term"), text),
        inputs=inputs(ctx, fields.get("inputs")),
        variables=variables(ctx, fields.get("vars")),
        hosts=_hosts(ctx, fields),
        defaults=usual,
        health=health(ctx, fields.get("health")),
        steps=steps(ctx, fields.get("steps")),
        finally_=steps(ctx, fields.get("finally")),
        references=_references(ctx, fields.get("references")),
    )
    _check_purpose(ctx, fields)
    _check_importance(ctx, fields, built)
    return built


def _hosts(ctx: Context, fields: MappingNode) -> HostPattern | None:
    """Return the pattern for all steps; there is no result yet that it could speak of."""
    found = hosts(ctx, fields)
    return found if isinstance(found, HostPattern) else None


def _defaults(ctx: Context, node: Node | None) -> Defaults:
    fields = None if node is None else mapping(ctx, node)
    if fields is None:
        return Defaults()
    return Defaults(
        timeout=duration(ctx, fields, "timeout"), every=duration(ctx, fields, "every"), retry=retry(ctx, fields)
    )


def _references(ctx: Context, node: Node | None) -> tuple[tuple[str, str], ...]:
    fields = None if node is None else mapping(ctx, node)
    pairs = ((entry.key.text, text(ctx, entry.value)) for entry in fields or ())
    return tuple((name, url) for name, url in pairs if url is not None)


def _check_date(ctx: Context, fields: MappingNode) -> None:
    node, written = fields.get("reviewed"), field(ctx, fields, "reviewed")
    if node is None or written is None or ctx.is_blamed(node.span):
        return
    try:
        date.fromisoformat(written)
    except ValueError:
        ctx.problems.error("wrong-value", f"reviewed: there is no such day as {written}", node.span)


def _check_importance(ctx: Context, fields: MappingNode, built: Playbook) -> None:
    """Report a health that says nothing, and a check that ends steps where none follow."""
    health = fields.entry("health")
    if health is not None and built.health and all(check.critical is False for check in built.health):
        message = "every health check is 'critical: false', so nothing says whether all is well"
        ctx.problems.error("contradictory-field", message, health.key.span, "Let at least one of them count.")
    for step in built.finally_:
        if isinstance(step, Check) and step.critical:
            message = f"the check '{step.title}' is critical, and 'finally' always runs to its end"
            ctx.problems.error("contradictory-field", message, step.span, "Leave 'critical' out.")


def _check_purpose(ctx: Context, fields: MappingNode) -> None:
    """Report a playbook in which nothing is ever done."""
    lists = [entry for entry in (fields.entry("steps"), fields.entry("health")) if entry is not None]
    if lists and all(isinstance(entry.value, Sequence) and not entry.value.items for entry in lists):
        hint = "Write down the steps, or the health checks."
        ctx.problems.error("empty-value", "the playbook does nothing", lists[0].key.span, hint)
