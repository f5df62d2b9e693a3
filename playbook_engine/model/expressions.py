"""What a compiled expression or template can do; `language.expressions` makes them."""

from typing import Protocol

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Scalar
from playbook_engine.values import Names, ShellText, Text, Value


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that an expression uses, with the constant attributes behind it: `jwks.json.keys`.

    `optional` marks a use that tolerates absence (`x is defined`, `x | default(1)`).
    """

    name: str
    attributes: tuple[str, ...]
    span: Span
    optional: bool = False


class ExpressionError(Exception):
    """An expression could not be evaluated; `span` points into the playbook, never into host data."""

    def __init__(self, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint


class Expression(Protocol):
    """A condition or computation, compiled once from the playbook's own text."""

    @property
    def source(self) -> str: ...
    @property
    def span(self) -> Span: ...
    @property
    def references(self) -> tuple[Reference, ...]: ...

    def evaluate(self, names: Names) -> Value:
        """Return the value; raises ExpressionError (unknown name, wrong type, limits exceeded)."""
        ...

    def holds(self, names: Names) -> bool:
        """Return a boolean value; raises ExpressionError when the value is not a boolean."""
        ...

    def trace(self, names: Names) -> str:
        """Return the expression with the value of every name in it: `cpu < 80 (cpu = 95.8)`."""
        ...


class Template(Protocol):
    """A string in which `{{ expression }}` stands for a value."""

    @property
    def source(self) -> str: ...
    @property
    def span(self) -> Span: ...
    @property
    def references(self) -> tuple[Reference, ...]: ...
    @property
    def is_literal(self) -> bool: ...

    def text(self, names: Names) -> Text:
        """Render to text; raises ExpressionError."""
        ...

    def shell(self, names: Names) -> ShellText:
        """Render to a shell command, each value quoted for the place where it stands; raises ExpressionError."""
        ...

    def draft(self, names: Names) -> Text:
        """Render what is known; the rest stays as it is written, `{{ … }}`. Never raises for a value."""
        ...

    def shell_draft(self, names: Names) -> str:
        """Render what is known of a shell command, quoted; a secret is a reference to `$NAME`."""
        ...

    def value(self, names: Names) -> Value:
        """Return the typed value when the whole template is one `{{ … }}`, else the text; raises ExpressionError."""
        ...


class Compiler(Protocol):
    """Turns scalars of a playbook into expressions and templates; problems are collected, not raised."""

    def expression(self, scalar: Scalar) -> Expression | None:
        """Compile `scalar.text`; None when it does not parse (the problem is on the list)."""
        ...

    def template(self, scalar: Scalar, *, shell: bool = False) -> Template | None:
        """Compile a string with `{{ … }}`; `shell` says that it becomes a shell command."""
        ...

    def fragment(self, scalar: Scalar, start: int, end: int) -> Template | None:
        """Compile a part of a scalar's text, such as one token of a kubectl line, keeping its position."""
        ...
