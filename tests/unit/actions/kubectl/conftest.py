"""A compiler small enough to see through: `{{ name }}` and `{{ secret.NAME }}`, nothing else."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from playbook_engine.actions.kubectl import KUBECTL
from playbook_engine.actions.kubectl.action import KubectlAction
from playbook_engine.diagnostics import Diagnostic, Problems, Source, Span
from playbook_engine.model.document import Entry, Mapping, Node, Scalar
from playbook_engine.model.expressions import Expression, ExpressionError, Reference
from playbook_engine.values import Names, Secret, SecretText, ShellText, Text, Value

_MARK = re.compile(r"\{\{\s*(secret\.)?(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class SmallTemplate:
    source: str
    span: Span

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(
            Reference("secret", (m[2],), self.span) if m[1] else Reference(m[2], (), self.span)
            for m in _MARK.finditer(self.source)
        )

    @property
    def is_literal(self) -> bool:
        return "{{" not in self.source

    def text(self, names: Names) -> Text:
        parts = tuple(self._parts(names))
        if any(isinstance(part, Secret) for part in parts):
            return SecretText(parts)
        return "".join(str(part) for part in parts)

    def _parts(self, names: Names) -> Iterator[str | Secret]:
        at = 0
        for match in _MARK.finditer(self.source):
            yield self.source[at : match.start()]
            value = names.get(match[2])
            if value is None:
                raise ExpressionError(f"'{match[2]}' is not defined", self.span)
            yield value if isinstance(value, Secret) else str(value)
            at = match.end()
        yield self.source[at:]

    def shell(self, names: Names) -> ShellText:
        raise NotImplementedError

    def draft(self, names: Names) -> Text:
        return self.text(names)

    def shell_draft(self, names: Names) -> str:
        raise NotImplementedError

    def value(self, names: Names) -> Value:
        return self.text(names)


class SmallCompiler:
    """Compiles fragments and whole scalars; refuses what `SmallTemplate` cannot do."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def expression(self, scalar: Scalar) -> Expression | None:
        raise NotImplementedError

    def template(self, scalar: Scalar, *, shell: bool = False) -> SmallTemplate | None:
        return SmallTemplate(scalar.text, scalar.span)

    def fragment(self, scalar: Scalar, start: int, end: int) -> SmallTemplate | None:
        text, span = scalar.text[start:end], scalar.at(start, end - start)
        if not _MARK.fullmatch(text):
            self._problems.error("bad-expression", f"cannot read {text}", span)
            return None
        return SmallTemplate(text, span)


def scalar(text: str, value: str | float | bool | None = None) -> Scalar:
    """Return a plain scalar that stands at the beginning of a file."""
    lines = text.split("\n")
    span = Span(Source("line", text), 1, 1, len(lines), len(lines[-1]) + 1)
    one_line = len(lines) == 1
    return Scalar(text if value is None else value, text, span, literal=one_line, content=span if one_line else None)


def mapping(**values: Node | str) -> Mapping:
    entries = tuple(
        Entry(scalar(key), scalar(value) if isinstance(value, str) else value) for key, value in values.items()
    )
    return Mapping(entries, scalar("{}").span)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What reading gave: the action, if there is one, and the problems."""

    action: KubectlAction | None
    problems: tuple[Diagnostic, ...]

    @property
    def only(self) -> KubectlAction:
        assert self.problems == ()
        assert self.action is not None
        return self.action


def load(node: Node | str) -> Loaded:
    problems = Problems()
    tree = scalar(node) if isinstance(node, str) else node
    action = KUBECTL.read(tree, SmallCompiler(problems), problems)
    assert action is None or isinstance(action, KubectlAction)
    return Loaded(action, problems.sorted())


@pytest.fixture(name="load", scope="session")
def load_fixture() -> Callable[[Node | str], Loaded]:
    """Read the short form from a text, or any form from a node."""
    return load


@pytest.fixture(name="mapping", scope="session")
def mapping_fixture() -> Callable[..., Mapping]:
    """Make the long form from keys and texts."""
    return mapping
