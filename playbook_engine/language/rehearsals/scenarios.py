"""One course of events."""

from playbook_engine.language.build.nodes import Reading, duration, each, field, head, mapping, text
from playbook_engine.language.rehearsals.answers import answers
from playbook_engine.language.rehearsals.expectations import expected
from playbook_engine.model.document import Mapping, Node, Scalar
from playbook_engine.model.rehearsal import Ack, Approvals, Consent, Scenario, Setting, Word
from playbook_engine.values import Duration

_NOBODY = "nobody"


def scenario(ctx: Reading, fields: Mapping, setting: Setting) -> Scenario | None:
    """Return a scenario; None when it has no name or expects nothing, which has been reported."""
    for needed in ("scenario", "expect"):
        if needed not in fields:
            ctx.missing(fields, needed)
    name, entry = field(ctx, fields, "scenario"), fields.entry("scenario")
    outcome = expected(ctx, fields.entry("expect"))
    if name is None or entry is None or outcome is None:
        return None
    return Scenario(
        name=name,
        span=head(entry),
        setting=setting,
        answers=answers(ctx, fields.get("answers")),
        approvals=_approvals(ctx, fields.get("approve")),
        ack=_ack(ctx, fields),
        cannot_be_told=each(ctx, fields.get("cannot_be_told"), word),
        interrupt=duration(ctx, fields, "interrupt", zero=True),
        expected=outcome,
    )


def word(ctx: Reading, node: Node) -> Word | None:
    """Return a text with its place."""
    found = text(ctx, node)
    return None if found is None else Word(found, node.span)


def _approvals(ctx: Reading, node: Node | None) -> Approvals:
    match node:
        case Scalar() if node.text == _NOBODY:
            return Approvals(present=False)
        case Scalar():
            return Approvals(otherwise=_consent(ctx, node))
        case Mapping():
            said = ((Word(e.key.text, e.key.span), e.value) for e in node)
            return Approvals(by_step=tuple((name, _consent(ctx, value)) for name, value in said))
        case _:
            return Approvals()


def _consent(ctx: Reading, node: Node) -> Consent:
    try:
        return Consent(node.text if isinstance(node, Scalar) else "")
    except ValueError:
        ctx.misshapen(node, "yes, no or stop")
        return Consent.YES


def _ack(ctx: Reading, fields: Mapping) -> Ack | None:
    entry = fields.entry("ack")
    inner = None if entry is None else mapping(ctx, entry.value)
    if entry is None or inner is None:
        return None
    after = duration(ctx, inner, "after", zero=True) or Duration(0)
    return Ack(
        by=field(ctx, inner, "by") or "", span=entry.key.span, after=after, note=field(ctx, inner, "note") or ""
    )
