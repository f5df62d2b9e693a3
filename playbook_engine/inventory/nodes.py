"""Reading from a document whose shape the schema has checked.

What has the wrong shape was reported by the schema; here it counts as absent, so that one mistake makes one message
and the rest of the file is still examined.
"""

from playbook_engine.model.document import Entry, Mapping, Node, Scalar, Sequence


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
