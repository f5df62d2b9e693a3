"""Reading from a document whose shape the schema has checked, and plain values as nodes of one.

What has the wrong shape was reported by the schema; here it counts as absent, so that one mistake makes one message
and the rest of the file is still examined.
"""

from playbook_engine.diagnostics import Span
from playbook_engine.model.document import Entry, Mapping, Node, Scalar, Sequence

_WORDS = {True: "true", False: "false", None: "null"}


def entries(node: Node | None) -> tuple[Entry, ...]:
    return node.entries if isinstance(node, Mapping) else ()


def items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else ()


def get(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Mapping) else None


def text(node: Node | None) -> str | None:
    """Return the text of a string that is not empty."""
    return node.value or None if isinstance(node, Scalar) and isinstance(node.value, str) else None


def scalar(node: Node | None) -> Scalar | None:
    """Return the node when it is a string that is not empty."""
    return node if isinstance(node, Scalar) and text(node) else None


def of(value: object, span: Span) -> Node:
    """Return plain data as a node that stands at one place as a whole.

    Keys become texts as JSON writes them.

    Raises:
        TypeError: there is something in it that is not plain data.
    """
    match value:
        case None | bool() | int() | float() | str():
            return Scalar(value, word(value), span)
        case list() | tuple() | set():
            return Sequence(tuple(of(item, span) for item in value), span)
        case dict():
            return Mapping(tuple(Entry(_key(key, span), of(item, span)) for key, item in value.items()), span)
        case _:
            raise TypeError(type(value).__name__)


def word(value: object) -> str:
    """Return a scalar as JSON writes it, a text without quotes."""
    return _WORDS[value] if value is None or isinstance(value, bool) else str(value)


def _key(key: object, span: Span) -> Scalar:
    if not isinstance(key, str | int | float | None):
        raise TypeError(f"a key of type {type(key).__name__}")
    return Scalar(word(key), word(key), span)
