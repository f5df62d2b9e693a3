"""Templates: what is special in a text, and what a value becomes in it."""

from collections.abc import Callable

import pytest

from playbook_engine.diagnostics import Diagnostic, Problems, Source, Span
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.model.document import Scalar
from playbook_engine.model.expressions import ExpressionError, Template
from playbook_engine.values import Names, Secret, SecretText, Value

Render = Callable[[str], Template]
Complain = Callable[[str], list[Diagnostic]]
NAMES: Names = {
    "n": 3,
    "f": 1.50,
    "b": True,
    "s": "a b",
    "xs": [1, 2],
    "m": {"a": 1},
    "key": Secret("KEY", "hunter2"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{{ s }}", "a b"),
        ("<{{n}}|{{ f }}|{{ b }}>", "<3|1.5|true>"),
        ("${#list} {% if %} {# no #} %} }} ${x} {", "${#list} {% if %} {# no #} %} }} ${x} {"),
        ("{{ '{{' }} x {{ '}}' }}", "{{ x }}"),
        ('{{ "}}" }}', "}}"),
        (r"{{ 'it\'s }}' }}", "it's }}"),
        ("{{ {'a': {'b': 1}}.a.b }}", "1"),
        ("{{ {'a': {'b': 1}}|tojson }}}}", '{"a": {"b": 1}}}}'),
        ("{{ [[1], [2]] | tojson }}", "[[1], [2]]"),
        ("{{ xs | join(', ') }}", "1, 2"),
        ("a\n{{ s }}\nb\n", "a\na b\nb\n"),
        ("{{\n  n +\n  1\n}}", "4"),
        ("{{ -n }}", "-3"),
        ("名 {{ s }} 前", "名 a b 前"),
    ],
)
def test_renders(template: Render, text: str, expected: str) -> None:
    assert template(text).text(NAMES) == expected


@pytest.mark.parametrize(
    ("text", "column", "code", "message"),
    [
        ("a {{ n", 13, "template-unclosed", "this {{ is never closed"),
        ("{{ n }} {{ 'a }", 19, "template-unclosed", "this {{ is never closed"),
        ("a {{ (n }} b {{ n }}", 18, "expression-syntax", "the expression ends too early, expected ')'"),
        ("{{ 'a }} b", 14, "expression-syntax", "this quote is never closed"),
        ("{{ }}", 13, "expression-syntax", "an expression is missing here"),
        ("{{.Names}}", 13, "expression-syntax", "unexpected '.', expected a value"),
        ("{{- n }}", 13, "expression-syntax", "`{{-` does not trim blanks here"),
        ("{{ n -}}", 16, "expression-syntax", "`-}}` does not trim blanks here"),
        ("{{ n | lenght }}", 18, "unknown-filter", "there is no filter 'lenght'"),
        ("{{ n | raw }}", 13, "not-allowed", "`| raw` has a meaning in shell commands only; nothing is quoted here"),
        ("{{ (n | raw) ~ 'a' }}", 19, "not-allowed", "`raw` cannot stand here"),
        ("{{ if n }}", 17, "expression-syntax", None),
    ],
)
def test_names_the_problem_at_its_column(
    template_complaints: Complain, text: str, column: int, code: str, message: str | None
) -> None:
    [found] = template_complaints(text)

    assert found.span is not None
    assert (found.span.column, found.code) == (column, code)
    assert message is None or found.message == message


def test_a_template_of_another_program_gets_the_hint(command_complaints: Complain) -> None:
    [found] = command_complaints("docker ps --format '{{.Names}}'")

    assert found.hint == "Text for another program? A literal {{ is written {{ '{{' }}."


def test_lists_the_problems_of_all_parts(template_complaints: Complain) -> None:
    assert [each.code for each in template_complaints("{{ a | b }} {{ c | d }}")] == ["unknown-filter"] * 2


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("a {{ none }}", "the expression has no value (none)", 16),
        ("a {{ xs }}", "the list [1, 2] cannot be put into a text as it is", 16),
        ("{{ m }}", "the mapping {'a': 1} cannot be put into a text as it is", 14),
        ("ab {{ xss }}", "'xss' is not known here", 17),
        ("{{ n }} {{ n + s }}", None, 22),
    ],
)
def test_errors_point_into_the_template(template: Render, text: str, message: str | None, column: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        template(text).text(NAMES)

    assert caught.value.span.column == column
    assert message is None or caught.value.message == message


def test_a_secret_stays_secret_in_the_text(template: Render) -> None:
    text = template("Bearer {{ key }} {{ n }}").text(NAMES)

    assert isinstance(text, SecretText)
    assert (str(text), text.reveal()) == ("Bearer <secret KEY> 3", "Bearer hunter2 3")


@pytest.mark.parametrize(
    ("text", "expected"), [("{{ n }}", 3), ("{{ xs }}", [1, 2]), ("{{ none }}", None), (" {{ n }}", " 3"), ("n", "n")]
)
def test_a_lone_expression_keeps_its_type(template: Render, text: str, expected: Value) -> None:
    assert template(text).value(NAMES) == expected


def test_knows_whether_it_is_literal_and_what_it_refers_to(template: Render) -> None:
    assert template("a {% b").is_literal
    assert not template("a {{ n }}").is_literal
    references = template("a {{ n }} {{ m.a | default(s) }}").references
    assert [(each.name, each.attributes, each.span.column, each.optional) for each in references] == [
        ("n", (), 16, False),
        ("m", ("a",), 24, True),
        ("s", (), 38, False),
    ]


def test_a_text_has_a_limit(template: Render, command: Render) -> None:
    with pytest.raises(ExpressionError, match="the limit is"):
        template("{{ s }}{{ s }}").text({"s": "x" * 600_000})
    with pytest.raises(ExpressionError, match="the limit is"):
        command("{{ s }}{{ s }}").shell({"s": "x" * 600_000})


def test_only_shell_templates_become_commands(template: Render) -> None:
    with pytest.raises(TypeError):
        template("{{ n }}").shell(NAMES)


def make(text: str, *, literal: bool) -> Scalar:
    source = Source("x.yml", text)
    span = Span(source, 7, 5, 9, 1)
    return Scalar(text, text, span, literal=literal, content=Span(source, 7, 6, 7, 6 + len(text)))


def test_a_fragment_keeps_its_position() -> None:
    problems = Problems()
    text = "scale deployment/{{ app }} --replicas={{ n | itn }}"
    compiler = ExpressionCompiler(problems)
    good = compiler.fragment(make(text, literal=True), 6, 26)
    bad = compiler.fragment(make(text, literal=True), 27, len(text))

    assert good is not None
    assert (good.source, good.text({"app": "api"})) == ("deployment/{{ app }}", "deployment/api")
    assert (good.span.column, good.references[0].span.column) == (12, 26)
    assert bad is None
    [found] = problems.sorted()
    assert found.span is not None
    assert found.span.column == 6 + text.index("itn")


def test_a_scalar_that_is_not_shown_literally_is_blamed_as_a_whole() -> None:
    problems = Problems()

    assert ExpressionCompiler(problems).template(make("a\n{{ b | c }}", literal=False)) is None
    [found] = problems.sorted()
    assert str(found.span) == "x.yml:7:5"
