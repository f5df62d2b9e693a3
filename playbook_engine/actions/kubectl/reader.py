"""Reads the short form, a line, and the long form, `{command, namespace, cluster}`."""

from playbook_engine.actions.kubectl import checks
from playbook_engine.actions.kubectl.action import KubectlAction
from playbook_engine.actions.kubectl.command import Command, parse
from playbook_engine.actions.kubectl.kinds import CLUSTER_WIDE
from playbook_engine.actions.kubectl.tokens import split
from playbook_engine.actions.kubectl.wording import check_text
from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.model.actions import Action
from playbook_engine.model.document import Mapping, Node, Scalar
from playbook_engine.model.expressions import Compiler, Template

_FIELDS = ("command", "namespace", "cluster")
_EXAMPLE = "For example: rollout status deployment/api"


def read(node: Node, compiler: Compiler, problems: Problems) -> Action | None:
    """Return the action; None when it cannot be understood (the problems are on the list)."""
    if isinstance(node, Scalar):
        return _short(node, compiler, problems)
    if isinstance(node, Mapping):
        return _long(node, compiler, problems)
    problems.error("wrong-type", "expected a kubectl command on one line, not a list", node.span, _EXAMPLE)
    return None


def _short(node: Scalar, compiler: Compiler, problems: Problems) -> KubectlAction | None:
    command = _line(node, compiler, problems)
    return KubectlAction(command=command, span=node.span, source=_one_line(node)) if command else None


def _long(node: Mapping, compiler: Compiler, problems: Problems) -> KubectlAction | None:
    for entry in node:
        if entry.key.text not in _FIELDS:
            hint = did_you_mean(entry.key.text, _FIELDS) or f"There are {', '.join(_FIELDS)}."
            problems.error("unknown-key", f"unknown key '{entry.key.text}' in 'kubectl'", entry.key.span, hint)
    line = _text(node, "command", problems)
    if line is None:
        if "command" not in node:
            problems.error("missing-key", "'kubectl' needs 'command'", node.span, _EXAMPLE)
        return None
    command = _line(line, compiler, problems)
    cluster, namespace = _text(node, "cluster", problems), _text(node, "namespace", problems)
    template = _namespace(namespace, command, compiler, problems) if namespace else None
    if command is None:
        return None
    return KubectlAction(
        command=command,
        span=node.span,
        source=_one_line(line),
        namespace=template,
        cluster=cluster.text if cluster else None,
    )


def _line(node: Scalar, compiler: Compiler, problems: Problems) -> Command | None:
    if not isinstance(node.value, str) or not node.text.strip():
        problems.error("wrong-type", "expected a kubectl command", node.span, _EXAMPLE)
        return None
    told = len(problems.sorted())
    words = split(node, compiler, problems)
    command = parse(words, compiler, problems) if words else None
    return command if len(problems.sorted()) == told else None


def _namespace(node: Scalar, command: Command | None, compiler: Compiler, problems: Problems) -> Template | None:
    if command is not None:
        if command.option("namespace") or command.option("all-namespaces"):
            hint = "Keep either the flag or the key 'namespace'."
            problems.error("kubectl-flag", "the namespace is given twice", node.span, hint)
        elif command.kind in CLUSTER_WIDE:
            problems.error("kubectl-flag", f"{command.kind} live in no namespace", node.span, "Leave it out.")
    template = compiler.template(node)
    if template is not None and template.is_literal:
        check_text(node.text, checks.namespace, node.span, problems)
    return template


def _text(node: Mapping, key: str, problems: Problems) -> Scalar | None:
    value = node.get(key)
    if value is None or (isinstance(value, Scalar) and isinstance(value.value, str) and value.text):
        return value
    problems.error("wrong-type", f"expected text for '{key}'", value.span)
    return None


def _one_line(node: Scalar) -> str:
    return " ".join(node.text.split())
