"""The roads of a branch: conditions with steps, or with another playbook."""

from collections.abc import Callable

from playbook_engine.language.build.nodes import Context, each, expression, head, mapping, no_templates, text
from playbook_engine.model.document import Entry, Mapping, Node, Scalar, plain
from playbook_engine.model.steps import Case, Play, PlayInput, Step

BuildSteps = Callable[[Context, Node | None], tuple[Step, ...]]
"""Reads a list of steps; handed in, because branches stand in lists of steps themselves."""


def cases(ctx: Context, node: Node | None, steps: BuildSteps) -> tuple[Case, ...]:
    """Return the cases of a branch, without those that cannot be built."""
    return each(ctx, node, lambda inner, item: _case(inner, item, steps))


def _case(ctx: Context, node: Node, steps: BuildSteps) -> Case | None:
    fields = mapping(ctx, node)
    if fields is None:
        return None
    inner, other = steps(ctx, fields.get("steps")), fields.entry("play")
    play = None if other is None else _play(ctx, other)
    when = fields.entry("when")
    if when is None:
        ctx.missing(fields, "when")
        return None
    compiled = expression(ctx, when.value)
    return None if compiled is None else Case(when=compiled, steps=inner, span=head(when), play=play)


def _play(ctx: Context, entry: Entry) -> Play | None:
    form = entry.value
    if isinstance(form, Scalar):
        name = text(ctx, form)
        return None if name is None else Play(playbook=name, span=form.span)
    fields = mapping(ctx, form)
    named = None if fields is None else fields.get("playbook")
    if fields is None or named is None:
        ctx.missing(form, "playbook")
        return None
    name, given = text(ctx, named), fields.get("inputs")
    if name is None:
        return None
    return Play(playbook=name, span=named.span, inputs=_inputs(ctx, given))


def _inputs(ctx: Context, node: Node | None) -> tuple[PlayInput, ...]:
    fields: Mapping | None = None if node is None else mapping(ctx, node)
    return tuple(_input(ctx, entry) for entry in fields or ())


def _input(ctx: Context, entry: Entry) -> PlayInput:
    name, node = entry.key.text, entry.value
    if isinstance(node, Scalar) and isinstance(node.value, str) and "{{" in node.text:
        return PlayInput(name=name, span=head(entry), template=ctx.compile.template(node))
    if not isinstance(node, Scalar):
        no_templates(ctx, node, "lists and mappings given to another playbook")
    return PlayInput(name=name, span=head(entry), value=plain(node))
