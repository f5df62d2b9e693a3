"""The five verbs."""

from collections.abc import Callable
from typing import TypedDict

from playbook_engine.diagnostics import Span
from playbook_engine.language.build.acting import acting, action_entry, poll, undo
from playbook_engine.language.build.nodes import (
    Context,
    choice,
    condition,
    each,
    expression,
    field,
    head,
    mapping,
    text,
)
from playbook_engine.model.document import Entry, Mapping, Node, Scalar
from playbook_engine.model.expressions import Expression
from playbook_engine.model.steps import (
    Approve,
    Branch,
    Case,
    Check,
    Escalate,
    Irreversible,
    Mitigate,
    OnFailure,
    OnPass,
    Step,
    Verify,
)


class _Common(TypedDict):
    """The fields that every step can have, as its class takes them."""

    title: str
    span: Span
    id: str | None
    when: Expression | None
    note: str | None


def steps(ctx: Context, node: Node | None) -> tuple[Step, ...]:
    """Return the steps of a list, without those that cannot be built."""
    return each(ctx, node, _step)


def health(ctx: Context, node: Node | None) -> tuple[Check, ...]:
    """Return the checks of `health`; another verb there has been reported by the schema check."""

    def only_check(ctx: Context, item: Node) -> Check | None:
        step = _step(ctx, item)
        if step is None or isinstance(step, Check):
            return step
        ctx.misshapen(item, "a check: health holds nothing else")
        return None

    return each(ctx, node, only_check)


def _step(ctx: Context, node: Node) -> Step | None:
    fields = mapping(ctx, node)
    if fields is None:
        return None
    verb = next((entry for entry in fields if entry.key.text in _VERBS), None)
    if verb is None:
        ctx.misshapen(node, f"a step that begins with one of {', '.join(_VERBS)}")
        return None
    if verb is not fields.entries[0] and not ctx.blamed:
        message = f"the verb '{verb.key.text}' must be the first key of its step"
        ctx.problems.error("verb-not-first", message, verb.key.span, "Move it to the top.")
    return _VERBS[verb.key.text](ctx, fields, _common(ctx, fields, verb))


def _common(ctx: Context, fields: Mapping, verb: Entry) -> _Common:
    identity = fields.get("id")
    name = field(ctx, fields, "id")
    if name is not None and isinstance(identity, Scalar):
        ctx.names.give(identity, "a step")
    title = text(ctx, verb.value) or ""
    if "{{" in title:
        message = "a title is shown as it is: '{{' has no meaning in it"
        ctx.problems.warning("literal-braces", message, verb.value.span)
    return _Common(
        title=title,
        span=head(verb),
        id=name,
        when=condition(ctx, fields, "when"),
        note=field(ctx, fields, "note"),
    )


def _check(ctx: Context, fields: Mapping, common: _Common) -> Check | None:
    shared, repeat = acting(ctx, fields, changes=False), poll(ctx, fields)
    if shared.action is None:
        _no_action(ctx, fields)
        return None
    return Check(
        **common,
        action=shared.action,
        hosts=shared.hosts,
        cluster=shared.cluster,
        timeout=shared.timeout,
        expect=shared.expect,
        capture=shared.capture,
        poll=repeat,
    )


def _no_action(ctx: Context, fields: Mapping) -> None:
    """Report a step without an action; what is wrong with one that is there has been said."""
    if action_entry(ctx, fields) is None:
        ctx.missing(fields, "action")


def _mitigate(ctx: Context, fields: Mapping, common: _Common) -> Mitigate | None:
    shared = acting(ctx, fields, changes=True)
    way_back = undo(ctx, fields, shared.action)
    on_failure = choice(ctx, fields, "on_failure", OnFailure)
    wish = fields.get("on_failure")
    if on_failure is OnFailure.UNDO and isinstance(way_back, Irreversible) and wish is not None:
        message = "'on_failure: undo' has no meaning for what is irreversible"
        ctx.problems.error("contradictory-field", message, wish.span, "Say how it is undone, or choose stop.")
    approve, unless = choice(ctx, fields, "approve", Approve), condition(ctx, fields, "unless")
    if shared.action is None:
        _no_action(ctx, fields)
    if shared.action is None or way_back is None:
        return None
    return Mitigate(
        **common,
        action=shared.action,
        hosts=shared.hosts,
        cluster=shared.cluster,
        timeout=shared.timeout,
        expect=shared.expect,
        capture=shared.capture,
        approve=approve,
        unless=unless,
        undo=way_back,
        on_failure=on_failure,
    )


def _verify(ctx: Context, fields: Mapping, common: _Common) -> Verify:
    shared = acting(ctx, fields, changes=False)
    if action_entry(ctx, fields) is None and not ctx.has_health:
        message = "a verify without an action repeats 'health', and this playbook has none"
        ctx.problems.error("nothing-to-verify", message, common["span"], "Give it an action, or add health checks.")
    return Verify(
        **common,
        action=shared.action,
        hosts=shared.hosts,
        cluster=shared.cluster,
        timeout=shared.timeout,
        expect=shared.expect,
        capture=shared.capture,
        poll=poll(ctx, fields),
        on_pass=choice(ctx, fields, "on_pass", OnPass) or OnPass.RESOLVE,
        on_failure=choice(ctx, fields, "on_failure", OnFailure),
    )


def _branch(ctx: Context, fields: Mapping, common: _Common) -> Branch:
    cases = each(ctx, fields.get("cases"), _case)
    for needed in ("cases", "else"):
        if needed not in fields:
            ctx.missing(fields, needed)
    return Branch(**common, cases=cases, otherwise=steps(ctx, fields.get("else")))


def _case(ctx: Context, node: Node) -> Case | None:
    fields = mapping(ctx, node)
    if fields is None:
        return None
    inner = steps(ctx, fields.get("steps"))
    when = fields.entry("when")
    if when is None:
        ctx.missing(fields, "when")
        return None
    compiled = expression(ctx, when.value)
    return None if compiled is None else Case(when=compiled, steps=inner, span=head(when))


def _escalate(ctx: Context, fields: Mapping, common: _Common) -> Escalate | None:
    contact, message = fields.get("to"), fields.get("message")
    name = field(ctx, fields, "to")
    template = ctx.compile.template(message) if isinstance(message, Scalar) else None
    if name is None or not isinstance(contact, Scalar):
        ctx.missing(fields, "to")
        return None
    return Escalate(**common, to=name, to_span=contact.span, message=template)


_VERBS: dict[str, Callable[[Context, Mapping, _Common], Step | None]] = {
    "check": _check,
    "branch": _branch,
    "mitigate": _mitigate,
    "verify": _verify,
    "escalate": _escalate,
}
