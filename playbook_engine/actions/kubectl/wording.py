"""How a check's complaint becomes a problem with its place."""

from playbook_engine.actions.kubectl.checks import Check
from playbook_engine.diagnostics import Problems, Span


def check_text(text: str, check: Check, span: Span, problems: Problems, prefix: str = "") -> None:
    """Put a text that fails its check on the list of problems; what follows `; ` in the error is the hint."""
    try:
        check(text)
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        problems.error("kubectl-value", f"{prefix}{message}", span, f"{hint[0].upper()}{hint[1:]}." if hint else None)
