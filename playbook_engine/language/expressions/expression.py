"""A compiled expression: evaluate, holds, trace."""

from collections.abc import Callable
from typing import TypeAlias

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.language.expressions import patience
from playbook_engine.language.expressions.computing import Condition
from playbook_engine.language.expressions.kinds import brief, need_boolean
from playbook_engine.language.expressions.limits import check_value
from playbook_engine.language.expressions.paths import Run, Use
from playbook_engine.language.expressions.refusal import Place, Refused
from playbook_engine.model.expressions import ExpressionError, Reference
from playbook_engine.values import Names, Value

Locate: TypeAlias = Callable[[int, int], Span]
"""Where a stretch of the expression's text (offset, length) stands in the playbook."""

_TOO_DEEP = "the values are nested too deeply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A whole expression: what computes it, the names it uses, and the parts that `and` joins."""

    source: str
    run: Run
    uses: tuple[Use, ...]
    conjuncts: tuple[Condition, ...]
    raw: bool
    """Whether `| raw` stood last: the value goes into a shell command without quotes."""
    heavy: bool = False
    """Whether it searches or goes through lists, so that its time has to be bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledExpression:
    """An expression that can be evaluated again and again; see `model.expressions.Expression`."""

    source: str
    span: Span
    references: tuple[Reference, ...]
    built: Built
    locate: Locate

    @classmethod
    def of(cls, built: Built, locate: Locate) -> "CompiledExpression":
        """Return the expression whose text begins where `locate` counts from."""
        references = tuple(
            Reference(use.name, use.attributes, locate(*use.place), optional=use.optional) for use in built.uses
        )
        source = built.source.strip()
        start = built.source.index(source)
        span = locate(start, len(source))
        return cls(source=source, span=span, references=references, built=built, locate=locate)

    def evaluate(self, names: Names) -> Value:
        try:
            if self.built.heavy:
                with patience.bounded():
                    value = self.built.run(names)
            else:
                value = self.built.run(names)
            check_value(value)
        except Refused as refused:
            raise self._error(refused) from None
        except RecursionError:
            raise self._error(Refused(_TOO_DEEP)) from None
        return value

    def holds(self, names: Names) -> bool:
        value = self.evaluate(names)
        try:
            return need_boolean(value)
        except Refused as refused:
            raise self._error(refused) from None

    def trace(self, names: Names) -> str:
        failing = self._failing(names) if len(self.built.conjuncts) > 1 else []
        if failing:
            return "; ".join(self._with_values(place, names) for _, place in failing)
        return self._with_values((0, len(self.built.source)), names)

    def _failing(self, names: Names) -> list[Condition]:
        """Return the parts that are false; none when it would take too long to tell."""
        if not self.built.heavy:
            return [part for part in self.built.conjuncts if _value(part, names) is False]
        try:
            with patience.bounded():
                return [part for part in self.built.conjuncts if _value(part, names) is False]
        except Refused:
            return []

    def _with_values(self, place: Place, names: Names) -> str:
        start, length = place
        text = " ".join(self.built.source[start : start + length].split())
        values: dict[str, str] = {}
        for use in self.built.uses:
            at, size = use.place
            if start <= at and at + size <= start + length:
                values.setdefault(use.label or self.built.source[at : at + size], _shown(use.run, names))
        listed = ", ".join(f"{name} = {value}" for name, value in values.items())
        return f"{text} ({listed})" if listed else text

    def _error(self, refused: Refused) -> ExpressionError:
        span = self.locate(*refused.place) if refused.place else self.span
        return ExpressionError(refused.message, span, refused.hint)


def _value(part: Condition, names: Names) -> Value:
    """Return what a part of a condition gives; none when it cannot be told."""
    try:
        return part[0](names)
    except (Refused, RecursionError):
        return None


def _shown(run: Callable[[Names], Value], names: Names) -> str:
    try:
        return brief(run(names))
    except Refused:
        return "not known"
