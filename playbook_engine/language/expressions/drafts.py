"""What can be said of a template before a run: known values in their places, the rest as it is written."""

from playbook_engine.language.expressions.converting import to_text
from playbook_engine.language.expressions.expression import CompiledExpression
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.values import Names, Secret, SecretText, Value


def known_value(expression: CompiledExpression, names: Names) -> Value:
    """Return the value of an expression all of whose names are known; None when there is none yet.

    A secret is given only where it stands alone: what would be made of it is not known.
    """
    if any(reference.name not in names for reference in expression.references):
        return None
    try:
        value = expression.evaluate(names)
    except ExpressionError:
        return None
    if isinstance(value, Secret | SecretText) or _has_secret(value):
        return value if isinstance(value, Secret) and _is_path(expression) else None
    return value


def known(expression: CompiledExpression, names: Names) -> str | Secret | None:
    """Return the known value as text."""
    value = known_value(expression, names)
    if value is None or isinstance(value, Secret):
        return value
    try:
        return str(to_text(value))
    except Refused:
        return None


def as_written(expression: CompiledExpression) -> str:
    """Return the expression as the playbook has it."""
    return f"{{{{ {expression.source} }}}}"


def _has_secret(value: Value) -> bool:
    match value:
        case Secret() | SecretText():
            return True
        case list() | tuple():
            return any(_has_secret(item) for item in value)
        case None | bool() | int() | float() | str():
            return False
        case _:
            return any(_has_secret(item) for item in value.values())


def _is_path(expression: CompiledExpression) -> bool:
    """Tell whether the expression is a name and nothing else, such as `secret.API_TOKEN`."""
    if len(expression.references) != 1:
        return False
    (reference,) = expression.references
    return expression.source == ".".join((reference.name, *reference.attributes))
