"""What every part of the builder builds with: the context, and nodes as values."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from playbook_engine.diagnostics import Problems, Span, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.language.build.naming import Names
from playbook_engine.language.wording import describe
from playbook_engine.model.actions import ActionKind
from playbook_engine.model.document import Entry, Node, Scalar, Sequence
from playbook_engine.model.document import Mapping as MappingNode
from playbook_engine.model.expressions import Compiler, Expression
from playbook_engine.model.steps import HostPattern, Hosts, ResultHosts, Which
from playbook_engine.values import Duration

Built = TypeVar("Built")
Reader = TypeVar("Reader", bound="Reading")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Where the problems of a file go, and what was found in it before."""

    problems: Problems
    blamed: frozenset[tuple[int, int]]
    """Where something was found wrong before the builder began."""

    def is_blamed(self, *spans: Span) -> bool:
        """Tell whether anything within the spans was found wrong before, so that it must not be said again."""
        return any(
            (span.line, span.column) <= position < (span.end_line, span.end_column)
            for position in self.blamed
            for span in spans
        )

    def misshapen(self, node: Node, expected: str) -> None:
        """Report a value of the wrong type, unless the schema check has: usually there is nothing left to say."""
        if not self.blamed:
            self.problems.error("wrong-type", f"expected {expected}, found {describe(node)}", node.span)

    def missing(self, owner: Node, what: str) -> None:
        """Report a missing key, unless the schema check has."""
        if not self.blamed:
            self.problems.error("missing-key", f"'{what}' is missing", owner.span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(Reading):
    """What the builder of a playbook needs to know beside that."""

    compile: Compiler
    actions: Mapping[str, ActionKind]
    names: Names
    has_health: bool
    """Whether there are health checks that a verify can repeat."""
    every: Duration | None = None
    """How often polls ask when they do not say it themselves."""


def mapping(ctx: Reading, node: Node) -> MappingNode | None:
    if isinstance(node, MappingNode):
        return node
    ctx.misshapen(node, "a mapping (key: value)")
    return None


def each(ctx: Reader, node: Node | None, build: Callable[[Reader, Node], Built | None]) -> tuple[Built, ...]:
    """Build every item of a list, leaving out those that cannot be built; nothing is an empty list."""
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        ctx.misshapen(node, "a list")
        return ()
    built = (build(ctx, item) for item in node.items)
    return tuple(item for item in built if item is not None)


def text(ctx: Reading, node: Node) -> str | None:
    """Return a text without the white space around it."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.text.strip():
        return node.text.strip()
    ctx.misshapen(node, "a text")
    return None


def field(ctx: Reading, fields: MappingNode, name: str) -> str | None:
    """Return the text of a field that may be left out."""
    node = fields.get(name)
    return None if node is None else text(ctx, node)


def choice(ctx: Reading, fields: MappingNode, name: str, values: Callable[[str], Built]) -> Built | None:
    """Return the text of a field as one of an enumeration's members."""
    node = fields.get(name)
    if not isinstance(node, Scalar):
        return None
    try:
        return values(node.text)
    except ValueError:
        ctx.misshapen(node, f"a value of '{name}'")
        return None


def duration(ctx: Reading, fields: MappingNode, name: str, *, zero: bool = False) -> Duration | None:
    """Return a field's length of time; `zero` says that none at all makes sense too."""
    node = fields.get(name)
    if node is None:
        return None
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        ctx.misshapen(node, "a duration such as 30s")
        return None
    try:
        length = Duration.parse(node.text)
    except ValueError:
        ctx.misshapen(node, "a duration such as 30s")
        return None
    if not length.ms and not zero:
        ctx.problems.error("wrong-value", f"{name}: must be longer than nothing", node.span)
        return None
    return length


def expression(ctx: Context, node: Node) -> Expression | None:
    if isinstance(node, Scalar) and isinstance(node.value, str | bool) and node.text.strip():
        return ctx.compile.expression(node)
    ctx.misshapen(node, "an expression such as rc == 0")
    return None


def condition(ctx: Context, fields: MappingNode, name: str) -> Expression | None:
    """Return the expression of a field that may be left out."""
    node = fields.get(name)
    return None if node is None else expression(ctx, node)


def hosts(ctx: Context, fields: MappingNode) -> Hosts | None:
    """Return the host pattern, with a span that an offset in the pattern can be added to, or an earlier result."""
    node, pattern = fields.get("hosts"), field(ctx, fields, "hosts")
    if pattern is None or not isinstance(node, Scalar):
        return None
    step, dot, which = pattern.partition(".")
    if dot and ctx.names.is_step(step):
        return _of_result(ctx, node, step, which)
    return HostPattern(pattern, node.content or node.span)


def _of_result(ctx: Context, node: Scalar, step: str, which: str) -> ResultHosts | None:
    words = [word.value for word in Which]
    if which in words:
        return ResultHosts(step, Which(which), node.span)
    message = f"'{step}' is a step, and '{which}' does not say which of its hosts are meant"
    hint = did_you_mean(which, words) or f"Write {step}.{words[0]}, or one of {', '.join(words[1:])}."
    ctx.problems.error("wrong-value", message, node.at(len(step) + 1, max(len(which), 1)), hint)
    return None


def no_templates(ctx: Context, node: Node, what: str) -> None:
    """Report each `{{` in data, where it has no meaning."""
    match node:
        case Scalar():
            at = node.text.find("{{") if isinstance(node.value, str) else -1
            if at >= 0:
                message = f"{what} are plain data: '{{{{' has no meaning here"
                hint = "Write the expression in the step that uses the value."
                ctx.problems.error("template-in-data", message, node.at(at, 2), hint)
        case Sequence():
            for item in node.items:
                no_templates(ctx, item, what)
        case MappingNode():
            for entry in node:
                no_templates(ctx, entry.value, what)


def head(entry: Entry) -> Span:
    """Return where a key stands together with its value when that is on the same line."""
    key, end = entry.key.span, entry.value.span
    if (end.line, end.end_line) != (key.line, key.line):
        return key
    return Span(key.source, key.line, key.column, key.line, max(end.end_column, key.end_column))


def texts(ctx: Reading, fields: MappingNode, name: str) -> tuple[str, ...]:
    """Return the texts of a field's list."""
    return each(ctx, fields.get(name), text)
