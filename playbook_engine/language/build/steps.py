"""The five verbs."""

from collections.abc import Callable
from typing import TypedDict

from playbook_engine.diagnostics import Span
from playbook_engine.language.build.acting import Acting, acting, action_entry, undo
from playbook_engine.language.build.branching import cases
from playbook_engine.language.build.naming import A_STEP
from playbook_engine.language.build.nodes import (
    Context,
    choice,
    condition,
    duration,
    each,
    field,
    head,
    hosts,
    mapping,
    text,
    texts,
)
from playbook_engine.language.build.repeating import poll, retry
from playbook_engine.language.build.rolling import rolling
from playbook_engine.model.actions import addressing_of
from playbook_engine.model.document import Entry, Mapping, Node, Scalar
from playbook_engine.model.expressions import Expression
from playbook_engine.model.repeating import Retry
from playbook_engine.model.steps import (
    Approve,
    Branch,
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
    tags: tuple[str, ...]


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
        ctx.names.give(identity, A_STEP)
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
        tags=texts(ctx, fields, "tags"),
    )


def _check(ctx: Context, fields: Mapping, common: _Common) -> Check | None:
    shared, repeat = acting(ctx, fields, changes=False), poll(ctx, fields, ctx.every)
    again = retry(ctx, fields)
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
        retry=again,
        loop=shared.loop,
        reads=shared.reads,
        critical=_flag(fields, "critical"),
    )


def _flag(fields: Mapping, name: str) -> bool | None:
    node = fields.get(name)
    return node.value if isinstance(node, Scalar) and isinstance(node.value, bool) else None


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
    if shared.action is None:
        _no_action(ctx, fields)
    if shared.action is None or way_back is None:
        return None
    idempotent = _flag(fields, "idempotent") is True
    return Mitigate(
        **common,
        action=shared.action,
        hosts=shared.hosts,
        cluster=shared.cluster,
        timeout=shared.timeout,
        expect=shared.expect,
        capture=shared.capture,
        approve=choice(ctx, fields, "approve", Approve),
        unless=condition(ctx, fields, "unless"),
        undo=way_back,
        on_failure=on_failure,
        idempotent=idempotent,
        retry=_safe_retry(ctx, fields, idempotent=idempotent),
        loop=shared.loop,
        cooldown=duration(ctx, fields, "cooldown"),
        rolling=rolling(ctx, fields, addressing_of(shared.action, ctx.actions)),
    )


def _safe_retry(ctx: Context, fields: Mapping, *, idempotent: bool) -> Retry | None:
    """Return how a mitigation is tried again: only one that may be made twice can be."""
    found, entry = retry(ctx, fields), fields.entry("retries")
    if found is not None and entry is not None and not idempotent:
        message = "a mitigation is only tried again when making it twice does no harm"
        ctx.problems.error(
            "retry-not-idempotent", message, entry.key.span, "Say so with 'idempotent: true', or leave it out."
        )
    return found


def _verify(ctx: Context, fields: Mapping, common: _Common) -> Verify:
    shared = acting(ctx, fields, changes=False)
    if action_entry(ctx, fields) is None and not ctx.has_health:
        message = "a verify without an action repeats 'health', and this playbook has none"
        ctx.problems.error("nothing-to-verify", message, common["span"], "Give it an action, or add health checks.")
    _check_repeats_health(ctx, fields, shared)
    return Verify(
        **common,
        action=shared.action,
        hosts=shared.hosts,
        cluster=shared.cluster,
        timeout=shared.timeout,
        expect=shared.expect,
        capture=shared.capture,
        poll=poll(ctx, fields, ctx.every),
        loop=shared.loop,
        reads=shared.reads,
        on_pass=choice(ctx, fields, "on_pass", OnPass) or OnPass.RESOLVE,
        on_failure=choice(ctx, fields, "on_failure", OnFailure),
    )


def _check_repeats_health(ctx: Context, fields: Mapping, shared: Acting) -> None:
    """Report fields that speak of an action in a verify that has none."""
    for name in ("loop", "reads"):
        entry = fields.entry(name)
        if entry is not None and shared.action is None and action_entry(ctx, fields) is None:
            message = f"'{name}' has no meaning in a verify that repeats the health checks"
            ctx.problems.error("contradictory-field", message, entry.key.span, "Leave it out, or give an action.")


def _branch(ctx: Context, fields: Mapping, common: _Common) -> Branch:
    for needed in ("cases", "else"):
        if needed not in fields:
            ctx.missing(fields, needed)
    return Branch(
        **common,
        cases=cases(ctx, fields.get("cases"), steps),
        otherwise=steps(ctx, fields.get("else")),
        otherwise_span=_else(fields, common),
        per_host="for" in fields,
        hosts=hosts(ctx, fields),
    )


def _else(fields: Mapping, common: _Common) -> Span:
    entry = fields.entry("else")
    return common["span"] if entry is None else entry.key.span


def _escalate(ctx: Context, fields: Mapping, common: _Common) -> Escalate | None:
    contact, message = fields.get("to"), fields.get("message")
    name = field(ctx, fields, "to")
    template = ctx.compile.template(message) if isinstance(message, Scalar) else None
    if name is None or not isinstance(contact, Scalar):
        ctx.missing(fields, "to")
        return None
    return Escalate(
        **common,
        to=name,
        to_span=contact.span,
        message=template,
        wait_for_ack=duration(ctx, fields, "wait_for_ack"),
    )


_VERBS: dict[str, Callable[[Context, Mapping, _Common], Step | None]] = {
    "check": _check,
    "branch": _branch,
    "mitigate": _mitigate,
    "verify": _verify,
    "escalate": _escalate,
}
