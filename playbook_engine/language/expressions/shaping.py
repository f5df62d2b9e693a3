"""Jinja2's tree as plain data, for those who put an expression into words."""

from jinja2 import nodes

from playbook_engine.language.expressions.findings import Finding
from playbook_engine.language.expressions.syntax import parse
from playbook_engine.language.expressions.trees import constant_key, operands, unrolled
from playbook_engine.model.shapes import (
    AllOf,
    AnyOf,
    Comparison,
    Constant,
    Filtered,
    Items,
    Not,
    Other,
    Path,
    Shape,
    Tested,
)

_OPERATORS = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "not in",
}


def shape_of(source: str) -> Shape:
    """Return what an expression says; `Other` when it does not parse, or says more than there are shapes for."""
    parsed = parse(source)
    return Other() if isinstance(parsed, Finding) else _shape(parsed.tree)


def _shape(node: nodes.Expr | None) -> Shape:
    match node:
        case nodes.Const(value=bool() | int() | float() | str() | None):
            return Constant(node.value)
        case nodes.Name() | nodes.Getattr() | nodes.Getitem():
            return _path(node)
        case nodes.List() | nodes.Tuple():
            return Items(_shapes(node.items))
        case nodes.Filter():
            return Filtered(_shape(node.node), node.name, _shapes(node.args))
        case nodes.Test():
            return Tested(_shape(node.node), node.name, _shapes(node.args))
        case nodes.Compare():
            return _comparison(node)
        case nodes.Not():
            return Not(_shape(node.node))
        case nodes.And():
            return AllOf(_shapes(operands(node, nodes.And)))
        case nodes.Or():
            return AnyOf(_shapes(operands(node, nodes.Or)))
        case _:
            return Other()


def _shapes(found: list[nodes.Expr]) -> tuple[Shape, ...]:
    return tuple(_shape(node) for node in found)


def _path(node: nodes.Expr) -> Shape:
    base, steps = unrolled(node)
    keys = [constant_key(step) for step in steps]
    if not isinstance(base, nodes.Name) or None in keys:
        return Other()
    return Path(base.name, tuple(key for key in keys if key is not None))


def _comparison(node: nodes.Compare) -> Shape:
    """Return `0 < x < 10` as two comparisons that both hold."""
    sides = _shapes([node.expr, *(each.expr for each in node.ops)])
    operators = [_OPERATORS[each.op] for each in node.ops]
    found = tuple(
        Comparison(left, operator, right) for left, operator, right in zip(sides, operators, sides[1:], strict=False)
    )
    return found[0] if len(found) == 1 else AllOf(found)
