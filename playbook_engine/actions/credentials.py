"""Passwords and tokens in a playbook: always from a secret, so that no record and no screen ever shows one."""

from playbook_engine.actions.nodes import text_of
from playbook_engine.diagnostics import Problems
from playbook_engine.model.document import Node
from playbook_engine.model.expressions import Compiler, ExpressionError, Template
from playbook_engine.values import Names, SecretText, reveal

_HINT = "Declare it under `secrets` in the environment file, and write {{ secret.NAME }}."
_LINE_ENDS = "\r\n\0"


def read_credential(node: Node, what: str, compiler: Compiler, problems: Problems) -> Template | None:
    """Read a password or a token; one that stands in the playbook itself is refused."""
    scalar = text_of(node, f"{what}, such as '{{{{ secret.NAME }}}}'", problems)
    template = compiler.template(scalar) if scalar else None
    if template is not None and template.is_literal:
        problems.error("literal-secret", f"{what} does not stand in a playbook", node.span, _HINT)
        return None
    return template


def render_credential(template: Template, what: str, names: Names) -> SecretText:
    """Render a password or a token; raises ExpressionError, also when no secret is in it."""
    text = template.text(names)
    if not isinstance(text, SecretText):
        raise ExpressionError(f"{what} does not come from a secret, so it would be shown", template.span, _HINT)
    if any(char in reveal(text) for char in _LINE_ENDS):
        raise ExpressionError(f"{what} holds a line end or a NUL character", template.span)
    return text
