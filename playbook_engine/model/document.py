"""A YAML file as a tree in which every node knows where it stands."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from playbook_engine.diagnostics import Source, Span
from playbook_engine.frozen import dataclass
from playbook_engine.values import Scalar as ScalarValue
from playbook_engine.values import Value

VAULTED: Final = "!vault"
UNSAFE: Final = "!unsafe"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value.

    `text` is the text as YAML understands it (quotes and escapes undone), `value` the typed value. For a plain
    or quoted scalar on one line, `literal` is True when the source shows the text character by character, so
    that an offset in `text` is an offset in the source from `content` on. `tag` is what Ansible's files may say
    of a text: that it is encrypted, or that it is no template.
    """

    value: ScalarValue
    text: str
    span: Span
    literal: bool = False
    content: Span | None = None
    tag: str | None = None

    def at(self, start: int, length: int = 1) -> Span:
        """Return where `length` characters of the text from `start` on stand in the source, or the whole span."""
        if self.literal and self.content is not None:
            return self.content.within(start, length)
        return self.span


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """One key with its value; keys are always strings, `key.text`."""

    key: Scalar
    value: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values, in the order of the file, each key once."""

    entries: tuple[Entry, ...]
    span: Span

    def get(self, key: str) -> "Node | None":
        return next((entry.value for entry in self.entries if entry.key.text == key), None)

    def entry(self, key: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.key.text == key), None)

    def __contains__(self, key: str) -> bool:
        return self.entry(key) is not None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def keys(self) -> tuple[str, ...]:
        return tuple(entry.key.text for entry in self.entries)


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file; `root` is None when it holds nothing."""

    source: Source
    root: Node | None


def plain(node: Node | None) -> Value:
    """Return the node as plain Python data: dicts, lists and scalars without positions."""
    match node:
        case None:
            return None
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {entry.key.text: plain(entry.value) for entry in node.entries}
