"""Names that may be given once, and names that may not be given.

Steps, captures, inputs and variables share one set of names, because an expression sees them side by side.
"""

from collections.abc import Iterable

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.model.document import Scalar

_BUILT_IN = ("env", "secret", "run", "playbook", "hosts", "item", "host", "inventory_hostname", "groups")
_RESULT_WORDS = ("outcome", "passed", "failed", "skipped", "unreachable", "failed_hosts", "targets")
_EXPRESSION_WORDS = ("and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "null")


A_STEP = "a step"
"""What an id is the name of."""


class Names:
    """The names given so far, each with what it is the name of and where it was given."""

    def __init__(self, answer_fields: Iterable[str], problems: Problems) -> None:
        self._problems = problems
        self._given: dict[str, tuple[str, Span]] = {}
        self._reserved = {
            **dict.fromkeys(answer_fields, "is a field of an action's answer"),
            **dict.fromkeys(_RESULT_WORDS, "is a field of every step's result"),
            **dict.fromkeys(_BUILT_IN, "is a name that every step sees"),
            **dict.fromkeys(_EXPRESSION_WORDS, "is a word of the expression language"),
        }

    def give(self, name: Scalar, what: str) -> None:
        """Note a name; report it when it is reserved or was given before."""
        reason = self._reserved.get(name.text)
        if reason:
            message = f"'{name.text}' {reason}"
            self._problems.error("reserved-name", message, name.span, "Choose another name.")
            return
        if name.text not in self._given:
            self._given[name.text] = (what, name.span)
            return
        kind, span = self._given[name.text]
        message = f"'{name.text}' is already the name of {kind} in line {span.line}"
        self._problems.error("duplicate-name", message, name.span, "Choose another name.")

    def is_step(self, name: str) -> bool:
        """Tell whether a step before this place has that id."""
        return name in self._given and self._given[name][0] == A_STEP
