"""What escaped other sandboxes finds nothing to escape to here."""

from collections.abc import Callable

import pytest

from playbook_engine.diagnostics import Diagnostic
from playbook_engine.model.expressions import Expression, ExpressionError, Template
from playbook_engine.values import Value

Compile = Callable[[str], Expression]
Complain = Callable[[str], list[Diagnostic]]


@pytest.mark.parametrize(
    "text",
    [
        "''.__class__",
        "''['__class__']",
        "''.__class__.__mro__[1].__subclasses__()",
        "x.__init__",
        "x['__init__'].__globals__",
        "x[0].__class__",
        "(x | upper).__class__",
        "__import__('os')",
        "x | attr('__class__')",
        "x | map('attr', '__class__') | list",
        "x | map(attribute='__class__') | attr('y')",
        "'{0.__class__}'.format(x)",
        "'{0.__class__}'.format_map(x)",
        "x | format(1)",
        "('%s' | format)(x)",
        "x.format",  # only when called is it a method; see below
        "self",
        "self._TemplateReference__context",
        "namespace(a=1)",
        "cycler.__init__.__globals__.os.popen('id').read()",
        "lipsum.__globals__",
        "joiner()",
        "request.application",
        "range(10 ** 9)",
        "dict(a=1)",
        "open('/etc/passwd')",
        "x()",
        "x.y()()",
        "x | xmlattr",
        "x | indent",
        "x | pprint",
        "x | batch(3)",
        "x | random",
        "(lambda: 1)()",
    ],
)
def test_refused_before_anything_runs(compiled: Compile, complaints: Complain, text: str) -> None:
    if text == "x.format":
        with pytest.raises(ExpressionError, match="x is text, it has no part 'format'"):
            compiled(text).evaluate({"x": "abc"})
        return

    assert complaints(text)


def test_an_attribute_is_a_key_and_never_an_attribute_of_the_object(compiled: Compile) -> None:
    for name in ("real", "numerator", "absent", "upper", "append", "copy"):
        with pytest.raises(ExpressionError):
            compiled(f"x.{name}").evaluate({"x": 1})
        with pytest.raises(ExpressionError):
            compiled(f"x.{name}").evaluate({"x": {"a": 1}})


@pytest.mark.parametrize("path", ["__class__", "a.__class__", "__class__.__mro__"])
def test_a_computed_key_finds_only_data(compiled: Compile, path: str) -> None:
    with pytest.raises(ExpressionError):
        compiled("x[p]").evaluate({"x": {"a": 1}, "p": path})
    with pytest.raises(ExpressionError):
        compiled("[x] | map(attribute=p)").evaluate({"x": {"a": 1}, "p": path})


@pytest.mark.parametrize("value", ["{{ 7*7 }}", "{% if x %}", "{{ ''.__class__ }}", "${{x}}", "{{", "}}", "{#"])
def test_host_data_is_never_a_template(template: Callable[[str], Template], value: str) -> None:
    made = template("out: {{ x }} {{ x }}")

    assert made.text({"x": value}) == f"out: {value} {value}"


def test_an_object_with_behaviour_is_refused(compiled: Compile) -> None:
    names: dict[str, Value] = {"x": object()}  # type: ignore[dict-item]  # what a caller must not do

    with pytest.raises(ExpressionError, match="not plain data"):
        compiled("x == 1").evaluate(names)
