"""Declared inputs with their limits, and variables."""

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.language.build.nodes import Context, each, field, mapping, no_templates
from playbook_engine.language.wording import describe
from playbook_engine.model.document import Entry, Mapping, Node, Scalar, plain
from playbook_engine.model.formats import FORMATS
from playbook_engine.model.inputs import LIMITED, TYPES, environment_name, has_type, objection
from playbook_engine.model.playbook import InputSpec, Variable
from playbook_engine.regex import RegexFault, compile_regex
from playbook_engine.values import Duration, Value

_MEANING = {
    "pattern": (("string",), "It limits a text."),
    "format": (("string",), "It is the form of a text."),
    "minimum": (LIMITED, "It limits a number or a duration."),
    "maximum": (LIMITED, "It limits a number or a duration."),
}
"""Fields that have a meaning for some types only, and what to say where they have none."""


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
        found.append(Variable(name=entry.key.text, value=plain(entry.value), span=entry.key.span))
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
        if fields is None or kind not in TYPES:
            self.ctx.missing(self.entry.value, "type")
            return None
        self._contradictions(fields, kind)
        default = fields.get("default")
        spec = InputSpec(
            name=self.entry.key.text,
            type=kind,
            span=self.entry.key.span,
            required=_flag(fields, "required"),
            default=plain(default),
            description=field(self.ctx, fields, "description") or "",
            enum=self._enum(fields, kind),
            pattern=self._pattern(fields),
            format=self._format(fields),
            minimum=self._limit(fields, "minimum", kind),
            maximum=self._limit(fields, "maximum", kind),
            secret=_flag(fields, "secret"),
        )
        self._bounds(spec, fields.get("maximum"))
        if default is not None and self._has_type(default, kind, "default"):
            no_templates(self.ctx, default, "defaults")
            self._within_limits(spec, default)
        return spec

    def _enum(self, fields: Mapping, kind: str) -> tuple[Value, ...]:
        def item(_: Context, node: Node) -> tuple[Value] | None:
            return (plain(node),) if self._has_type(node, kind, "enum") else None

        return tuple(found for (found,) in each(self.ctx, fields.get("enum"), item))

    def _pattern(self, fields: Mapping) -> str | None:
        node = fields.get("pattern")
        if not isinstance(node, Scalar):
            return None
        try:
            compile_regex(node.text)
        except RegexFault as fault:
            place = node.span if fault.position is None else node.at(fault.position)
            self._error("wrong-value", f"pattern: it {fault.message}", place, fault.hint)
            return None
        return node.text

    def _format(self, fields: Mapping) -> str | None:
        """Return the format; the schema check has reported one that does not exist."""
        node = fields.get("format")
        return node.text if isinstance(node, Scalar) and node.text in FORMATS else None

    def _limit(self, fields: Mapping, name: str, kind: str) -> int | float | Duration | None:
        """Return a minimum or maximum; for durations it is one, for numbers a number."""
        node = fields.get(name)
        if not isinstance(node, Scalar) or kind not in LIMITED:
            return None
        kind = "number" if kind == "integer" else kind
        if not self._has_type(node, kind, name):
            return None
        match node.value:
            case str(text):
                return Duration.parse(text)
            case int(number) | float(number):
                return number
            case _:
                return None

    def _contradictions(self, fields: Mapping, kind: str) -> None:
        """Report fields that have no meaning together or with this type."""
        for name, (kinds, hint) in _MEANING.items():
            entry = fields.entry(name)
            if entry and kind not in kinds:
                message = f"'{name}' has no meaning for the type {kind}"
                self._error("contradictory-field", message, entry.key.span, hint)
        default = fields.entry("default")
        if default and _flag(fields, "secret"):
            variable = environment_name(self.entry.key.text)
            hint = f"Let it be given as {variable}, or take it from 'secrets:' of the environment file."
            self._error("secret-in-playbook", "a secret must not stand in a playbook", default.key.span, hint)
        if default and _flag(fields, "required"):
            message = "an input with a default is never missing: 'required' has no meaning"
            self._error("contradictory-field", message, default.key.span, "Remove one of the two.")

    def _bounds(self, spec: InputSpec, upper: Node | None) -> None:
        """Report a maximum below the minimum: nothing would fit."""
        match spec.minimum, spec.maximum:
            case Duration() as low, Duration() as high:
                crossed = low > high
            case int() | float() as low, int() | float() as high:
                crossed = low > high
            case _:
                crossed = False
        if crossed and upper is not None:
            message = f"the maximum {spec.maximum} is below the minimum {spec.minimum}"
            self._error("contradictory-field", message, upper.span)

    def _has_type(self, node: Node, kind: str, where: str) -> bool:
        if has_type(kind, plain(node)):
            return True
        if not self.ctx.is_blamed(node.span):
            message = f"{where}: expected {TYPES[kind]}, found {describe(node)}"
            hint = f'Put it in quotes: "{node.text}".' if kind == "string" and isinstance(node, Scalar) else None
            self._error("wrong-type", message, node.span, hint)
        return False

    def _within_limits(self, spec: InputSpec, node: Node) -> None:
        complaint = objection(spec, plain(node))
        if complaint:
            self._error("wrong-value", f"default: {describe(node)} {complaint}", node.span)

    def _error(self, code: str, message: str, span: Span, hint: str | None = None) -> None:
        self.ctx.problems.error(code, message, span, hint)


def _flag(fields: Mapping, name: str) -> bool:
    node = fields.get(name)
    return isinstance(node, Scalar) and node.value is True
