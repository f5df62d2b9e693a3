"""Short ways from a text to an expression, a template, or the problems found in it."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from playbook_engine.diagnostics import Diagnostic, Problems, Source, Span
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.model.document import Scalar
from playbook_engine.model.expressions import Expression, Template
from playbook_engine.values import Value

Compile: TypeAlias = Callable[[str], Expression]
Render: TypeAlias = Callable[[str], Template]
Complain: TypeAlias = Callable[[str], list[Diagnostic]]
Evaluate: TypeAlias = Callable[..., Value]


def scalar(text: str) -> Scalar:
    """Return a scalar that stands on line 3 from column 11 on, as after `    when: `."""
    source = Source("x.yml", f"\n\n    when: {text}")
    span = Span(source, 3, 11, 3, 11 + len(text))
    return Scalar(text, text, span, literal="\n" not in text, content=span)


@pytest.fixture
def compiled() -> Compile:
    """Compile an expression that must be right."""

    def run(text: str) -> Expression:
        problems = Problems()
        expression = ExpressionCompiler(problems).expression(scalar(text))

        assert problems.sorted() == ()
        assert expression is not None
        return expression

    return run


@pytest.fixture
def evaluate(compiled: Compile) -> Evaluate:
    """Evaluate an expression with names given as keywords."""

    def run(text: str, **names: Value) -> Value:
        return compiled(text).evaluate(names)

    return run


@pytest.fixture
def template() -> Render:
    """Compile a template that must be right."""
    return lambda text: _rendering(text, as_command=False)


@pytest.fixture
def command() -> Render:
    """Compile a shell command that must be right."""
    return lambda text: _rendering(text, as_command=True)


def _rendering(text: str, *, as_command: bool) -> Template:
    problems = Problems()
    made = ExpressionCompiler(problems).template(scalar(text), shell=as_command)

    assert problems.sorted() == ()
    assert made is not None
    return made


@pytest.fixture
def complaints() -> Complain:
    """Compile an expression that must be refused, and return the problems."""

    def run(text: str) -> list[Diagnostic]:
        problems = Problems()

        assert ExpressionCompiler(problems).expression(scalar(text)) is None
        return list(problems.sorted())

    return run


@pytest.fixture
def template_complaints() -> Complain:
    """Compile a template that must be refused, and return the problems."""
    return lambda text: _refused(text, as_command=False)


@pytest.fixture
def command_complaints() -> Complain:
    """Compile a shell command that must be refused, and return the problems."""
    return lambda text: _refused(text, as_command=True)


def _refused(text: str, *, as_command: bool) -> list[Diagnostic]:
    problems = Problems()

    assert ExpressionCompiler(problems).template(scalar(text), shell=as_command) is None
    return list(problems.sorted())
