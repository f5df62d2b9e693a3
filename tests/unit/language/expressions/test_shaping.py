"""What an expression says, as plain data."""

import pytest

from playbook_engine.language.expressions.shaping import shape_of
from playbook_engine.model import shapes
from playbook_engine.model.shapes import AllOf, AnyOf, Comparison, Constant, Filtered, Items, Not, Other, Path, Shape

A, B = Path("a"), Path("b")


@pytest.mark.parametrize(
    ("source", "shape"),
    [
        ("a.b['c d'][0]", Path("a", ("b", "c d", 0))),
        ("1.5", Constant(1.5)),
        ("'x\\ty'", Constant("x\ty")),
        ("none", Constant(None)),
        ("[a, 1]", Items((A, Constant(1)))),
        ("a | default(1)", Filtered(A, "default", (Constant(1),))),
        ("a is match('x')", shapes.Tested(A, "match", (Constant("x"),))),
        ("a is not none", Not(shapes.Tested(A, "none"))),
        ("a not in b", Comparison(A, "not in", B)),
        ("a < b <= 3", AllOf((Comparison(A, "<", B), Comparison(B, "<=", Constant(3))))),
        ("a and b and not a", AllOf((A, B, Not(A)))),
        ("a or b", AnyOf((A, B))),
        ("a + 1", Other()),
        ("a[b]", Other()),
        ("a.lower()", Other()),
        ("a if b else 1", Other()),
        ("a +", Other()),
        ("", Other()),
    ],
)
def test_shapes(source: str, shape: Shape) -> None:
    assert shape_of(source) == shape
