"""What check, mitigate and verify share: an action with its targets, expectations, captures and undo."""

from playbook_engine.frozen import dataclass
from playbook_engine.language.build.nodes import Context, duration, each, expression, field, hosts, mapping, text
from playbook_engine.language.build.repeating import loop
from playbook_engine.model.actions import Action, ActionKind, Addressing, Effect, Invertible
from playbook_engine.model.document import Entry, Mapping, Node, Scalar, Sequence
from playbook_engine.model.expressions import Expression
from playbook_engine.model.repeating import Loop
from playbook_engine.model.steps import AutoUndo, Capture, Hosts, Irreversible, Undo
from playbook_engine.values import Duration

_CHANGED = {"kubectl": "the cluster", "http": "what it is sent to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """The fields that the acting verbs share."""

    action: Action | None
    hosts: Hosts | None
    cluster: str | None
    timeout: Duration | None
    expect: tuple[Expression, ...]
    capture: tuple[Capture, ...]
    loop: Loop | None
    reads: bool


def acting(ctx: Context, fields: Mapping, *, changes: bool) -> Acting:
    """Read the shared fields; `changes` says whether the verb may change anything."""
    entry = action_entry(ctx, fields)
    action = None if entry is None else _action(ctx, entry)
    reads = fields.entry("reads")
    if action is not None and changes:
        _must_change(ctx, action)
    elif action is not None:
        _must_only_read(ctx, action, reads)
    if entry is not None:
        _addressing(ctx, fields, ctx.actions[entry.key.text])
    return Acting(
        action=action,
        hosts=hosts(ctx, fields),
        cluster=_cluster(ctx, fields, entry),
        timeout=duration(ctx, fields, "timeout"),
        expect=_expectations(ctx, fields.get("expect")),
        capture=_captures(ctx, fields.get("capture")),
        loop=loop(ctx, fields),
        reads=reads is not None,
    )


def action_entry(ctx: Context, fields: Mapping) -> Entry | None:
    """Return the entry that is an action; with several, the schema check has said so."""
    return next((entry for entry in fields if entry.key.text in ctx.actions), None)


def undo(ctx: Context, fields: Mapping, action: Action | None) -> Undo | None:
    """Return how a change is taken back."""
    irreversible, entry = fields.entry("irreversible"), fields.entry("undo")
    if irreversible is not None and entry is None:
        return Irreversible(irreversible.key.span)
    if entry is None:
        ctx.missing(fields, "undo")
        return None
    if isinstance(entry.value, Scalar):
        return _auto(ctx, entry.value, action)
    inverse = mapping(ctx, entry.value)
    inner = None if inverse is None else action_entry(ctx, inverse)
    if inner is None:
        ctx.missing(entry.value, "action")
        return None
    found = _action(ctx, inner)
    if found is not None and found.effect is Effect.READS:
        message = f"{found.effect_reason} only reads; an undo takes a change back"
        ctx.problems.error("undo-changes-nothing", message, found.span)
    return found


def _auto(ctx: Context, word: Scalar, action: Action | None) -> AutoUndo | None:
    if word.text != "auto":
        ctx.misshapen(word, "auto, or an action")
        return None
    if action is None or action.effect is Effect.READS:  # which has been said already
        return None
    kind = ctx.actions[action.kind]
    refusal = action.auto_undo_refusal if isinstance(action, Invertible) else None
    if not kind.supports_auto_undo:
        able = ", ".join(name for name, known in ctx.actions.items() if known.supports_auto_undo)
        refusal = f"only changes by {able} can be inverted" if able else "no action can be inverted"
    if refusal:
        message = f"'undo: auto' is not possible for {action.kind}: {refusal}"
        hint = "Give the action that takes it back, such as undo: {ssh: …}, or write irreversible: true."
        ctx.problems.error("no-auto-undo", message, word.span, hint)
        return None
    return AutoUndo(word.span)


def _action(ctx: Context, entry: Entry) -> Action | None:
    if ctx.is_blamed(entry.key.span, entry.value.span):
        return None
    return ctx.actions[entry.key.text].read(entry.value, ctx.compile, ctx.problems)


def _must_only_read(ctx: Context, action: Action, reads: Entry | None) -> None:
    """Report an action that changes something, and a `reads` that says nothing or cannot be believed."""
    if reads is not None and action.effect is Effect.READS:
        message = f"'reads' has no meaning: {action.effect_reason} only reads anyway"
        ctx.problems.error("contradictory-field", message, reads.key.span, "Leave it out.")
    elif reads is not None and action.effect is Effect.CHANGES and not action.may_only_read:
        message = (
            f"'reads' cannot be true: {action.effect_reason} always changes {_CHANGED.get(action.kind, 'something')}"
        )
        ctx.problems.error("changing-check", message, reads.key.span, "Make the step a mitigate.")
    elif reads is None and action.effect is Effect.CHANGES:
        changed = _CHANGED.get(action.kind, "something")
        message = f"{action.effect_reason} changes {changed}; only a mitigate may"
        hint = "Make it a mitigate, or ask in a way that only reads."
        if action.may_only_read:
            hint = "Make it a mitigate, or write 'reads: true' if this one only reads."
        ctx.problems.error("changing-check", message, action.span, hint)


def _must_change(ctx: Context, action: Action) -> None:
    if action.effect is Effect.READS:
        message = f"{action.effect_reason} only reads; a mitigate changes something"
        ctx.problems.error("mitigate-changes-nothing", message, action.span, "Use check.")


def _addressing(ctx: Context, fields: Mapping, kind: ActionKind) -> None:
    """Report `hosts` or `cluster` where the action goes elsewhere."""
    on_hosts = kind.addressing in (Addressing.HOSTS, Addressing.CONTROL)
    for name, fits in (("hosts", on_hosts), ("cluster", kind.addressing is Addressing.CLUSTER)):
        entry = fields.entry(name)
        if entry and not fits:
            message = f"'{name}' has no meaning for {kind.name}"
            ctx.problems.error("contradictory-field", message, entry.key.span, "Leave it out.")


def _cluster(ctx: Context, fields: Mapping, action: Entry | None) -> str | None:
    """Return the cluster, which may stand in the step or in the action's long form."""
    form = action.value if action else None
    inner = form.entry("cluster") if isinstance(form, Mapping) else None
    own = field(ctx, fields, "cluster")
    if inner is None:
        return own
    if own is not None:
        ctx.problems.error("conflicting-keys", "'cluster' is given twice for this step", inner.key.span)
    return text(ctx, inner.value)


def _expectations(ctx: Context, node: Node | None) -> tuple[Expression, ...]:
    if node is None:
        return ()
    if isinstance(node, Scalar):
        found = expression(ctx, node)
        return () if found is None else (found,)
    if isinstance(node, Sequence) and not node.items:
        ctx.misshapen(node, "at least one expression")
    return each(ctx, node, expression)


def _captures(ctx: Context, node: Node | None) -> tuple[Capture, ...]:
    fields = None if node is None else mapping(ctx, node)
    found = []
    for entry in fields or ():
        ctx.names.give(entry.key, "a captured value")
        compiled = expression(ctx, entry.value)
        if compiled is not None:
            found.append(Capture(entry.key.text, compiled))
    return tuple(found)
