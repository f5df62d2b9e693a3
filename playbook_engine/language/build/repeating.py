"""How often a step asks: `within` and its companions, `retries` and theirs, `loop`."""

from playbook_engine.language.build.nodes import Context, duration, expression, no_templates
from playbook_engine.model.document import Mapping, Scalar, Sequence, plain
from playbook_engine.model.repeating import MOST_TURNS, Computed, Listed, Loop, Poll, Retry
from playbook_engine.values import Duration

_EVERY = Duration(10_000)
_DELAY = Duration(1_000)
_LONGEST_PAUSE = Duration(3_600_000)


def poll(ctx: Context, fields: Mapping, default_every: Duration | None = None) -> Poll | None:
    """Return how a step polls; None when it does not."""
    within, every = duration(ctx, fields, "within"), duration(ctx, fields, "every")
    stable_for = duration(ctx, fields, "stable_for", zero=True)
    if within is None:
        for entry in (fields.entry("every"), fields.entry("stable_for")):
            if entry and "within" not in fields and not ctx.blamed:
                message = f"'{entry.key.text}' has no meaning without 'within'"
                ctx.problems.error("missing-key", message, entry.key.span)
        return None
    for name, length in (("stable_for", stable_for), ("every", every)):
        node = fields.get(name)
        if length is not None and length > within and node is not None:
            message = f"{name}: {length} is longer than 'within', which is {within}"
            ctx.problems.error("contradictory-field", message, node.span, "It could never hold that long.")
    often = every or default_every or _EVERY
    return Poll(within=within, every=min(often, within), stable_for=stable_for or Duration(0))


def retry(ctx: Context, fields: Mapping) -> Retry | None:
    """Return how a step is tried again; None when it is not."""
    retries = _whole(fields, "retries")
    delay, deadline = duration(ctx, fields, "delay", zero=True), duration(ctx, fields, "deadline")
    if retries is None:
        return None
    found = Retry(
        retries=retries, delay=_DELAY if delay is None else delay, backoff=_backoff(fields), deadline=deadline
    )
    _check_deadline(ctx, fields, found)
    _check_pauses(ctx, fields, found)
    for other in ("within", "stable_for"):
        entry = fields.entry(other)
        if entry is not None:
            message = f"'{other}' and 'retries' exclude each other: 'within' tries again by itself"
            ctx.problems.error("conflicting-keys", message, entry.key.span, "Keep one of them.")
    return found


def _check_deadline(ctx: Context, fields: Mapping, found: Retry) -> None:
    """Report a deadline that leaves no time for a second attempt."""
    node = fields.get("deadline")
    if found.deadline is not None and node is not None and found.deadline <= found.delay:
        message = f"deadline: {found.deadline} is over before the first retry, which comes after {found.delay}"
        ctx.problems.error("contradictory-field", message, node.span, "Make it longer than 'delay'.")


def _check_pauses(ctx: Context, fields: Mapping, found: Retry) -> None:
    """Report pauses that grow beyond all reason with nothing to end them."""
    node, longest = fields.get("retries"), found.delay.ms * found.backoff ** (found.retries - 1)
    if found.deadline is None and node is not None and found.backoff > 1 and longest > _LONGEST_PAUSE.ms:
        message = f"retries: the pause before the last one would be longer than {_LONGEST_PAUSE}"
        ctx.problems.error("contradictory-field", message, node.span, "Say with 'deadline' how long it may take.")


def loop(ctx: Context, fields: Mapping) -> Loop | None:
    """Return what a step is repeated for: a list of data, or an expression that gives one."""
    node = fields.get("loop")
    match node:
        case None:
            return None
        case Sequence():
            for item in node.items:
                no_templates(ctx, item, "the items of a loop")
            if len(node.items) > MOST_TURNS:
                message = f"a loop has at most {MOST_TURNS} items, this one has {len(node.items)}"
                ctx.problems.error("wrong-value", message, node.span)
            return Listed(tuple(plain(item) for item in node.items), node.span)
        case Scalar(value=str()):
            compiled = expression(ctx, node)
            return None if compiled is None else Computed(compiled)
        case _:
            ctx.misshapen(node, "a list, or an expression that gives one")
            return None


def _whole(fields: Mapping, name: str) -> int | None:
    node = fields.get(name)
    is_number = isinstance(node, Scalar) and isinstance(node.value, int) and not isinstance(node.value, bool)
    return int(node.text) if is_number and isinstance(node, Scalar) else None


def _backoff(fields: Mapping) -> float:
    node = fields.get("backoff")
    usable = isinstance(node, Scalar) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
    return float(node.text) if usable and isinstance(node, Scalar) else 1.0
