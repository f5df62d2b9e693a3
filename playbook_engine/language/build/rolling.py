"""How a mitigation rolls over its targets: `serial` and `max_failures`."""

from playbook_engine.language.build.nodes import Context, each
from playbook_engine.model.actions import Addressing
from playbook_engine.model.document import Mapping, Node, Scalar
from playbook_engine.model.rolling import Portion, Rolling

_ALL = Portion(100, percent=True)


def rolling(ctx: Context, fields: Mapping, addressing: Addressing | None) -> Rolling:
    """Return the batches and the tolerance of a mitigation."""
    serial, most = fields.entry("serial"), fields.entry("max_failures")
    for entry in (serial, most):
        if entry is not None and not _has_several(fields, addressing):
            message = f"'{entry.key.text}' has no meaning for a step with one target"
            ctx.problems.error("contradictory-field", message, entry.key.span, "Leave it out.")
    batches = _batches(ctx, serial.value) if serial else ()
    tolerated = _portion(ctx, most.value) if most else None
    policy = fields.entry("on_failure")
    if most is not None and tolerated == _ALL and policy is not None:
        message = "'on_failure' has no meaning where all targets may fail (max_failures: 100%)"
        ctx.problems.error("contradictory-field", message, policy.key.span, "Let fewer fail, or leave it out.")
    return Rolling(
        serial=batches,
        max_failures=tolerated or Portion(0),
        span=serial.value.span if serial else most.value.span if most else None,
    )


def _has_several(fields: Mapping, addressing: Addressing | None) -> bool:
    """Tell whether a step can have more than one target."""
    return addressing in (None, Addressing.HOSTS) or "hosts" in fields or "loop" in fields


def _batches(ctx: Context, node: Node) -> tuple[Portion, ...]:
    if isinstance(node, Scalar):
        found = _portion(ctx, node)
        return () if found is None else (found,)
    return each(ctx, node, _portion)


def _portion(ctx: Context, node: Node) -> Portion | None:
    """Return a number or a percentage; what the schema check has found wrong is left out."""
    if isinstance(node, Scalar) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return Portion(node.value)
    number = node.text.removesuffix("%") if isinstance(node, Scalar) else ""
    if number.isascii() and number.isdigit() and isinstance(node, Scalar) and node.text.endswith("%"):
        return Portion(int(number), percent=True)
    ctx.misshapen(node, "a number of targets, or a percentage such as 25%")
    return None
