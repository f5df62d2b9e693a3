"""YAML text into a tree with positions.

Works on the parser's events, so that nesting, aliases and size are bounded before anything is built, and on
libyaml where PyYAML was built with it: ten times as fast, and the same tree.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn, Protocol, TypeAlias

import yaml

from playbook_engine.diagnostics import Problems, Source, Span, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.language.scalars import CORE_1_2, ScalarRules
from playbook_engine.language.syntax import QUOTE_BRACES, Complaint, explain
from playbook_engine.language.tags import UnknownTag, kept, refused, skip_properties, tagged
from playbook_engine.language.text import MAX_SIZE, Bounds, Lines, decode, is_readable, read_bytes
from playbook_engine.model.document import Document, Entry, Mapping, Node, Scalar, Sequence

__all__ = ["MAX_DEPTH", "MAX_NODES", "PARSERS", "decode", "read", "read_all", "read_file", "read_source"]

MAX_DEPTH = 100
"""How deep lists and mappings may be nested, aliases followed."""
MAX_NODES = 100_000
"""How many values a file may have, each alias counted with all that it stands for."""


_TOO_DEEP = "maximum nesting depth"
"""What libyaml says of a thousand open brackets, from PyYAML 6.0.4 on."""
_QUOTES = ("'", '"')
_BLOCKS = ("|", ">")


class _EventParser(Protocol):
    def get_event(self) -> yaml.Event | None: ...


Parser: TypeAlias = Callable[[str], _EventParser]

PARSERS: dict[str, Parser] = {"python": yaml.SafeLoader}
"""The parsers at hand, by name; the last is the fastest."""
if yaml.__with_libyaml__:
    PARSERS["libyaml"] = yaml.CSafeLoader


def read(
    source: Source,
    problems: Problems,
    *,
    scalars: ScalarRules = CORE_1_2,
    parser: Parser | None = None,
    bounds: Bounds | None = None,
) -> Document | None:
    """Return the text as a tree; None when it cannot be read at all.

    A tree may come back although there are problems (a repeated key, an unknown tag), so that what follows can
    look for more.
    """
    within = bounds or Bounds(MAX_SIZE, MAX_NODES)
    if not is_readable(source, problems, within.size):
        return None
    lines = Lines(source)
    try:
        events = (parser or list(PARSERS.values())[-1])(source.text)
        return _Composer(lines, events, scalars, problems, within).document()
    except yaml.MarkedYAMLError as error:
        if parser is None and _TOO_DEEP in (error.problem or ""):
            # libyaml looks far ahead and gives up on its own; the other parser comes to our bound first.
            return read(source, problems, scalars=scalars, parser=PARSERS["python"], bounds=bounds)
        problems.extend([explain(source, lines, _complaint(error, len(source.text)))])
    except _Unreadable:
        pass
    return None


def read_all(source: Source, problems: Problems, *, bounds: Bounds | None = None) -> tuple[Node, ...] | None:
    """Return the documents of a text that may hold several, the empty ones left out; None when it cannot be read."""
    if not is_readable(source, problems):
        return None
    within = bounds or Bounds(MAX_SIZE, MAX_NODES)
    lines = Lines(source)
    try:
        events = yaml.SafeLoader(source.text)
        return tuple(_Composer(lines, events, CORE_1_2, problems, within).documents())
    except yaml.MarkedYAMLError as error:
        problems.extend([explain(source, lines, _complaint(error, len(source.text)))])
    except _Unreadable:
        pass
    return None


def read_file(path: Path, shown_name: str, problems: Problems, *, scalars: ScalarRules = CORE_1_2) -> Document | None:
    """Read a file that people know by `shown_name`; None when it is not there or cannot be read."""
    source = read_source(path, shown_name, problems)
    return None if source is None else read(source, problems, scalars=scalars)


def read_source(path: Path, shown_name: str, problems: Problems) -> Source | None:
    """Read a file as text that is safe to go on with; None when it is not there or is not such a text."""
    data = read_bytes(path, shown_name, problems)
    return None if data is None else decode(shown_name, data, problems)


def _complaint(error: yaml.MarkedYAMLError, end: int) -> Complaint:
    at = min(error.problem_mark.index, end) if error.problem_mark else 0
    since = min(error.context_mark.index, end) if error.context_mark else at
    return Complaint(problem=error.problem or "", context=error.context or "", at=at, since=since)


class _Unreadable(Exception):
    """Reading cannot go on; the reason is on the list of problems."""


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A node that aliases may stand for, how many nodes it is made of, and how deep it is."""

    node: Node
    size: int
    height: int


class _Composer:
    """Builds the tree of one document from its events."""

    def __init__(
        self, lines: Lines, events: _EventParser, rules: ScalarRules, problems: Problems, bounds: Bounds
    ) -> None:
        self._source = lines.source
        self._most = bounds.nodes
        self._lines = lines
        self._events = events
        self._rules = rules
        self._problems = problems
        self._anchors: dict[str, _Anchored | None] = {}  # None while the node is still being read
        self._nodes = 0
        self._deepest = 0
        self._end = 0  # where the last value ended

    def document(self) -> Document:
        self._next()
        first = self._next()
        if isinstance(first, yaml.StreamEndEvent):
            return Document(self._source, None)
        root = self._node(self._next(), 0)
        self._next()
        following = self._next()
        if isinstance(following, yaml.DocumentStartEvent):
            self._error("several-documents", "a second document begins here", *_offsets(following), "Use two files.")
        return Document(self._source, None if _is_nothing(root) else root)

    def documents(self) -> Iterator[Node]:
        """Yield every document that holds something; the bounds are those of the whole file."""
        self._next()
        while isinstance(self._next(), yaml.DocumentStartEvent):
            root = self._node(self._next(), 0)
            self._anchors.clear()
            self._next()
            if not _is_nothing(root):
                yield root

    def _next(self) -> yaml.Event:
        event = self._events.get_event()
        if event is None:
            raise _Unreadable
        return event

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None:  # most events: the shortest way
            self._grow(event, 1, depth)
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        if not isinstance(event, yaml.NodeEvent) or event.anchor is None:
            return self._bare(event, depth)
        self._anchors[event.anchor] = None
        nodes, deepest, self._deepest = self._nodes, self._deepest, depth
        node = self._bare(event, depth)
        self._anchors[event.anchor] = _Anchored(node, self._nodes - nodes, self._deepest - depth)
        self._deepest = max(self._deepest, deepest)
        return node

    def _bare(self, event: yaml.Event, depth: int) -> Node:
        self._grow(event, 1, depth)
        match event:
            case yaml.ScalarEvent():
                return self._scalar(event)
            case yaml.SequenceStartEvent():
                return self._sequence(event, depth)
            case yaml.MappingStartEvent():
                return self._mapping(event, depth)
            case _:
                raise _Unreadable

    def _grow(self, event: yaml.Event, nodes: int, depth: int) -> None:
        self._nodes += nodes
        self._deepest = max(self._deepest, depth)
        if depth > MAX_DEPTH:
            self._stop("too-deep", f"nested more than {MAX_DEPTH} deep", event)
        if self._nodes > self._most:
            self._stop("too-many-values", f"more than {self._most:,} values, aliases followed", event)

    def _alias(self, event: yaml.AliasEvent, depth: int) -> Node:
        start, end = _offsets(event)
        name, self._end = event.anchor or "", end
        anchored = self._anchors.get(name)
        if anchored is not None:
            self._grow(event, anchored.size, depth + anchored.height)
            return anchored.node
        if name in self._anchors:
            self._error("recursive-alias", f"the alias *{name} stands for a value that it is part of", start, end)
        else:
            hint = did_you_mean(name, self._anchors) or "A value that begins with '*' must be quoted."
            self._error("unknown-alias", f"no '&{name}' stands before this alias", start, end, hint)
        return Scalar(None, "", self._lines.span(start, end))

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        (start, end), text, source = _offsets(event), event.value, self._source.text
        tag_at, at = skip_properties(source, start, end) if event.tag or event.anchor else (start, start)
        block = event.style in _BLOCKS
        if start == end:  # nothing: it stands right behind the sign that promises it, whatever the parser says
            while at and source[at - 1].isspace():
                at -= 1
            end = at
        elif block:
            end = at + len(source[at:end].rstrip())
        self._end = end
        value = self._value(event, tag_at) if event.tag or not event.implicit[0] else self._rules.resolve(text)
        span = self._lines.span(at, end)
        if event.tag and (tag := kept(event.tag, self._rules)):
            return Scalar(value, text, span, tag=tag)
        quotes = 1 if event.style in _QUOTES else 0
        if block or "\n" in text or source[at + quotes : end - quotes] != text:
            return Scalar(value, text, span)
        content = self._lines.span(at + 1, end - 1) if quotes else span
        return Scalar(value, text, span, literal=True, content=content)

    def _value(self, event: yaml.ScalarEvent, tag_at: int) -> str | int | float | bool | None:
        """Return the value of a quoted or tagged scalar."""
        if event.tag is None:
            return event.value
        value = tagged(event.tag, event.value, self._rules)
        if not isinstance(value, UnknownTag):
            return value
        self._refuse_tag(value, tag_at)
        return event.value

    def _refuse_tag(self, tag: UnknownTag, at: int) -> None:
        self._error(tag.code, tag.message, at, at + 1, tag.hint)

    def _sequence(self, event: yaml.SequenceStartEvent, depth: int) -> Sequence:
        start = self._begin(event, "seq")
        items: list[Node] = []
        while not isinstance(item := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(item, depth + 1))
        return Sequence(tuple(items), self._finish(event, start, item))

    def _mapping(self, event: yaml.MappingStartEvent, depth: int) -> Mapping | Scalar:
        start = self._begin(event, "map")
        entries: dict[str, Entry] = {}
        merged: list[Entry] = []
        braces = False
        while not isinstance(first := self._next(), yaml.MappingEndEvent):
            if self._is_merge(first):
                merged += self._merge(first, depth)
                continue
            braces = braces or self._is_template(first, start)
            key = self._key(first, depth, complain=not braces)
            value = self._node(self._next(), depth + 1)
            if key is not None:
                self._add(entries, Entry(key, value))
        span = self._finish(event, start, first)
        if braces:
            self._problems.error("yaml-syntax", QUOTE_BRACES[0], self._lines.span(start, start + 1), QUOTE_BRACES[1])
            text = self._source.text[start : self._end]
            return Scalar(text, text, span)
        inherited = {entry.key.text: entry for entry in reversed(merged) if entry.key.text not in entries}
        return Mapping((*reversed(inherited.values()), *entries.values()), span)

    def _add(self, entries: dict[str, Entry], entry: Entry) -> None:
        earlier = entries.setdefault(entry.key.text, entry)
        if earlier is not entry:
            message = f"'{entry.key.text}' was already given in line {earlier.key.span.line}"
            self._problems.error("duplicate-key", message, entry.key.span, "Remove one of the two.")

    def _key(self, event: yaml.Event, depth: int, *, complain: bool) -> Scalar | None:
        node = self._node(event, depth + 1)
        if isinstance(node, Scalar) and node.text:
            return Scalar(node.text, node.text, node.span, node.literal, node.content)
        if isinstance(node, Scalar) and node.literal:
            self._problems.error("empty-key", "a key is missing before ':'", node.span)
        elif complain and not isinstance(node, Scalar):
            self._problems.error("key-not-a-text", "a key must be a text, not a list or a mapping", node.span)
        return None

    def _is_template(self, event: yaml.Event, start: int) -> bool:
        """Tell whether a mapping is really an unquoted `{{ … }}`."""
        at = _offsets(event)[0]
        return (
            isinstance(event, yaml.MappingStartEvent)
            and at == start + 1
            and self._source.text.startswith("{{", start)
        )

    def _is_merge(self, event: yaml.Event) -> bool:
        return isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]

    def _merge(self, event: yaml.Event, depth: int) -> Iterator[Entry]:
        key = self._node(event, depth + 1)
        value = self._node(self._next(), depth + 1)
        if not self._rules.merge_keys:
            message = "the merge key '<<' is not supported"
            self._problems.error("merge-key", message, key.span, "Repeat the keys.")
            return
        for source in value.items if isinstance(value, Sequence) else (value,):
            if isinstance(source, Mapping):
                yield from source.entries
            else:
                self._problems.error("merge-key", "'<<' takes a mapping or a list of mappings", key.span)

    def _begin(self, event: yaml.CollectionStartEvent, kind: str) -> int:
        """Return where a list or mapping begins, behind its anchor and tag."""
        start, end = _offsets(event)
        if event.tag is None and event.anchor is None:
            return start
        tag_at, at = skip_properties(self._source.text, start, end)
        refusal = refused(event.tag, kind)
        if refusal:
            self._refuse_tag(refusal, tag_at)
        return at

    def _finish(self, event: yaml.CollectionStartEvent, start: int, last: yaml.Event) -> Span:
        """Return the span of a list or mapping: a block ends with its last value, not where the next thing begins."""
        if event.flow_style:
            self._end = _offsets(last)[1]
        return self._lines.span(start, max(self._end, start))

    def _error(self, code: str, message: str, start: int, end: int, hint: str | None = None) -> None:
        self._problems.error(code, message, self._lines.span(start, max(end, start + 1)), hint)

    def _stop(self, code: str, message: str, event: yaml.Event) -> NoReturn:
        start, _ = _offsets(event)
        self._error(code, message, start, start + 1, "A playbook stays far below that.")
        raise _Unreadable


def _is_nothing(root: Node) -> bool:
    return isinstance(root, Scalar) and root.value is None and not root.text


def _offsets(event: yaml.Event) -> tuple[int, int]:
    """Return where an event begins and ends; parsers always say so."""
    if event.start_mark is None or event.end_mark is None:
        raise _Unreadable
    return event.start_mark.index, event.end_mark.index
