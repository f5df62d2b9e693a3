"""How every action reads the values written under it: one wording for one kind of mistake."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.model.document import Mapping, Node, Scalar, Sequence
from playbook_engine.model.expressions import Reference, Template

Read = TypeVar("Read")


def known_fields(form: Mapping, known: Iterable[str], action: str, problems: Problems) -> None:
    """Report every key of a long form that the action does not know."""
    names = tuple(known)
    for entry in form:
        if entry.key.text not in names:
            hint = did_you_mean(entry.key.text, names) or f"It takes {', '.join(names)}."
            problems.error("unknown-key", f"'{entry.key.text}' is not a field of {action}", entry.key.span, hint)


def text_of(node: Node, expected: str, problems: Problems) -> Scalar | None:
    """Return a scalar that holds text and is not blank; `expected` names it: "a command line"."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        problems.error("wrong-type", f"expected {expected}, found {describe(node)}", node.span)
        return None
    if not node.text.strip():
        problems.error("empty-value", f"expected {expected}, found an empty text", node.span)
        return None
    return node


def plain_scalar(node: Node, expected: str, problems: Problems) -> Scalar | None:
    """Return a scalar that can be written as text: numbers and booleans too, but not nothing."""
    if isinstance(node, Scalar) and node.value is not None:
        return node
    problems.error("wrong-type", f"expected {expected}, found {describe(node)}", node.span)
    return None


def mapping_of(node: Node, expected: str, problems: Problems) -> Mapping | None:
    """Return a mapping; anything else is reported."""
    if isinstance(node, Mapping):
        return node
    problems.error("wrong-type", f"expected {expected}, found {describe(node)}", node.span)
    return None


def all_read(nodes: Iterable[Node], read: Callable[[Node], Read | None]) -> tuple[Read, ...] | None:
    """Read every node, so that all problems are found; None when any of them could not be read."""
    found = [read(node) for node in nodes]
    kept = tuple(item for item in found if item is not None)
    return kept if len(kept) == len(found) else None


def describe(node: Node) -> str:
    """Return what a node is, in words: `a list`, `the number 5`, `nothing`."""
    match node:
        case Sequence():
            return "a list"
        case Mapping():
            return "a mapping"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool()):
            return f"the boolean {node.text}"
        case Scalar(value=str()):
            return f"the text '{node.text}'"
        case Scalar():
            return f"the number {node.text}"


def one_line(text: str) -> str:
    """Return a text on one line; a line end of a longer text stays visible."""
    return " ⏎ ".join(line.strip() for line in text.strip().splitlines())


def references_of(templates: Iterable[Template]) -> tuple[Reference, ...]:
    """Return the names that any of the templates uses."""
    return tuple(reference for template in templates for reference in template.references)
