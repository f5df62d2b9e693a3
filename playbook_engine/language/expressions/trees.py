"""Small questions about Jinja2's tree."""

from collections.abc import Iterator
from typing import TypeAlias

from jinja2 import nodes

Step: TypeAlias = nodes.Getattr | nodes.Getitem
"""`.name` or `[key]`."""


def unrolled(node: nodes.Expr) -> tuple[nodes.Expr, list[Step]]:
    """Return what a path begins with, and its steps in the order they are written."""
    steps: list[Step] = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        steps.append(node)
        node = node.node
    return node, steps[::-1]


def constant_key(step: Step) -> str | int | None:
    """Return the key or index of a step, or None when it is computed."""
    if isinstance(step, nodes.Getattr):
        return step.attr
    value = step.arg.value if isinstance(step.arg, nodes.Const) else None
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def operands(node: nodes.Expr, kind: type[nodes.And | nodes.Or]) -> list[nodes.Expr]:
    """Return what a chain of one operator joins, in the order it is written."""
    found: list[nodes.Expr] = []
    while isinstance(node, kind):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def constants(arguments: list[nodes.Expr]) -> Iterator[str | None]:
    """Return for each argument its text, when it is a constant one."""
    for argument in arguments:
        value = argument.value if isinstance(argument, nodes.Const) else None
        yield value if isinstance(value, str) else None
