"""Declared inputs with their limits, and variables."""

import re

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.language.build.nodes import Context, each, field, mapping, no_templates, value
from playbook_engine.language.wording import describe
from playbook_engine.model.document import Entry, Mapping, Node, Scalar, Sequence
from playbook_engine.model.playbook import InputSpec, Variable
from playbook_engine.values import Duration, Value

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "duration": "a duration such as 30s",
}


def inputs(ctx: Context, node: Node | None) -> tuple[InputSpec, ...]:
    """Return the declared inputs."""
    fields = None if node is None else mapping(ctx, node)
    specs = [_Input(ctx, entry).spec() for entry in fields or ()]
    return tuple(spec for spec in specs if spec is not None)


def variables(ctx: Context, node: Node | None) -> tuple[Variable, ...]:
    """Return the variables; they are data, so a template in them is a mistake."""
    fields = None if node is None else mapping(ctx, node)
    found = []
    for entry in fields or ():
        ctx.names.give(entry.key, "a variable")
        no_templates(ctx, entry.value, "vars")
        found.append(Variable(name=entry.key.text, value=value(entry.value), span=entry.key.span))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Input:
    """One input being read."""

    ctx: Context
    entry: Entry

    def spec(self) -> InputSpec | None:
        fields = mapping(self.ctx, self.entry.value)
        kind = None if fields is None else field(self.ctx, fields, "type")
        self.ctx.names.give(self.entry.key, "an input")
        if fields is None or kind not in _TYPES:
            self.ctx.missing(self.entry.value, "type")
            return None
        self._contradictions(fields, kind)
        spec = InputSpec(
            name=self.entry.key.text,
            type=kind,
            span=self.entry.key.span,
            required=_flag(fields, "required"),
            default=value(fields.get("default") or Scalar(None, "", self.entry.key.span)),
            description=field(self.ctx, fields, "description") or "",
            enum=self._enum(fields, kind),
            pattern=self._pattern(fields),
            minimum=_number(fields, "minimum"),
            maximum=_number(fields, "maximum"),
            secret=_flag(fields, "secret"),
        )
        default = fields.get("default")
        if default is not None and self._has_type(default, kind, "default"):
            no_templates(self.ctx, default, "defaults")
            self._within_limits(spec, default)
        return spec

    def _enum(self, fields: Mapping, kind: str) -> tuple[Value, ...]:
        def item(_: Context, node: Node) -> tuple[Value] | None:
            return (value(node),) if self._has_type(node, kind, "enum") else None

        return tuple(found for (found,) in each(self.ctx, fields.get("enum"), item))

    def _pattern(self, fields: Mapping) -> str | None:
        node = fields.get("pattern")
        if not isinstance(node, Scalar):
            return None
        try:
            re.compile(node.text)
        except re.error as error:
            message = f"pattern: not a regular expression: {error.msg}"
            self._error("wrong-value", message, node.at(error.pos or 0))
            return None
        return node.text

    def _contradictions(self, fields: Mapping, kind: str) -> None:
        """Report fields that have no meaning together or with this type."""
        for name, kinds in (
            ("pattern", ("string",)),
            ("minimum", ("integer", "number")),
            ("maximum", ("integer", "number")),
        ):
            entry = fields.entry(name)
            if entry and kind not in kinds:
                message = f"'{name}' has no meaning for the type {kind}"
                self._error("contradictory-field", message, entry.key.span, f"It limits {_TYPES[kinds[0]]}.")
        default = fields.entry("default")
        if default and _flag(fields, "secret"):
            hint = "Let it be given with --set, or take it from 'secrets:' of the environment file."
            self._error("secret-in-playbook", "a secret must not stand in a playbook", default.key.span, hint)
        if default and _flag(fields, "required"):
            message = "an input with a default is never missing: 'required' has no meaning"
            self._error("contradictory-field", message, default.key.span, "Remove one of the two.")
        low, high = _number(fields, "minimum"), _number(fields, "maximum")
        upper = fields.get("maximum")
        if low is not None and high is not None and low > high and upper is not None:
            self._error("contradictory-field", f"the maximum {high} is below the minimum {low}", upper.span)

    def _has_type(self, node: Node, kind: str, where: str) -> bool:
        if _fits(node, kind):
            return True
        if not self.ctx.is_blamed(node.span):
            message = f"{where}: expected {_TYPES[kind]}, found {describe(node)}"
            hint = f'Put it in quotes: "{node.text}".' if kind == "string" and isinstance(node, Scalar) else None
            self._error("wrong-type", message, node.span, hint)
        return False

    def _within_limits(self, spec: InputSpec, node: Node) -> None:
        found = value(node)
        complaint = None
        if spec.enum and found not in spec.enum:
            complaint = f"is not one of {', '.join(str(item) for item in spec.enum)}"
        elif spec.pattern is not None and isinstance(found, str) and not re.search(spec.pattern, found):
            complaint = f"does not match the pattern {spec.pattern}"
        elif isinstance(found, int | float) and spec.minimum is not None and found < spec.minimum:
            complaint = f"is below the minimum of {spec.minimum}"
        elif isinstance(found, int | float) and spec.maximum is not None and found > spec.maximum:
            complaint = f"is above the maximum of {spec.maximum}"
        if complaint:
            self._error("wrong-value", f"default: {describe(node)} {complaint}", node.span)

    def _error(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        self.ctx.problems.error(code, message, span, hint)


def _fits(node: Node, kind: str) -> bool:
    match node, kind:
        case (Sequence(), "array") | (Mapping(), "object"):
            return True
        case Scalar(value=bool()), _:
            return kind == "boolean"
        case (Scalar(value=int()), "integer" | "number") | (Scalar(value=float()), "number"):
            return True
        case Scalar(value=str(text)), "duration":
            return _is_duration(text)
        case Scalar(value=str()), "string":
            return True
        case _:
            return False


def _is_duration(text: str) -> bool:
    try:
        Duration.parse(text)
    except ValueError:
        return False
    return True


def _flag(fields: Mapping, name: str) -> bool:
    node = fields.get(name)
    return isinstance(node, Scalar) and node.value is True


def _number(fields: Mapping, name: str) -> int | float | None:
    node = fields.get(name)
    if not isinstance(node, Scalar) or isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return None
    return node.value
