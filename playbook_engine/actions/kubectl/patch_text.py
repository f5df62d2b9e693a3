"""The JSON of `patch -p`: understood when the playbook is loaded, so that a value can never become another field.

Each `{{ … }}` is a place in the parsed JSON. Outside of quotes it becomes the value itself, a number, a list; inside,
it becomes a part of the text. Names of fields have to be written out.
"""

import json
import re
from typing import Any, cast

from playbook_engine.actions.kubectl.tokens import Piece, Word
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.values import Names, Secret, SecretText, Value

_WHOLE, _PART, _END = "\ue000", "\ue001", "\ue002"
_MARK = re.compile("([\ue000\ue001])([0-9]+)\ue002")
_RESERVED = re.compile("[\ue000-\ue002]")
_PROBLEM = "kubectl-patch"
_EXAMPLE = """For example: -p '{"spec": {"replicas": 3}}'"""


@dataclass(frozen=True, slots=True)
class PatchText:
    """A patch, parsed; `pieces` are its `{{ … }}` by number."""

    tree: Value
    pieces: tuple[Piece, ...]

    def value(self, names: Names) -> Value:
        """Render; raises ExpressionError."""
        return self._filled(self.tree, names)

    def _filled(self, node: Any, names: Names) -> Value:
        match node:
            case dict():
                return {key: self._filled(value, names) for key, value in node.items()}
            case list():
                return [self._filled(item, names) for item in node]
            case str():
                return self._text(node, names)
            case _:
                return cast("Value", node)

    def _text(self, text: str, names: Names) -> Value:
        whole = _MARK.fullmatch(text)
        if whole is not None and whole[1] == _WHOLE:
            return self._value(int(whole[2]), names)
        parts: list[str | Secret] = []
        at = 0
        for mark in _MARK.finditer(text):
            parts.append(text[at : mark.start()])
            template = self.pieces[int(mark[2])].template
            found = template.text(names) if template is not None else ""
            parts.extend((found,) if isinstance(found, str) else found.parts)
            at = mark.end()
        parts.append(text[at:])
        if any(isinstance(part, Secret) for part in parts):
            return cast("Value", SecretText(tuple(part for part in parts if part)))
        return "".join(str(part) for part in parts)

    def _value(self, number: int, names: Names) -> Value:
        template = self.pieces[number].template
        return None if template is None else template.value(names)


def read_patch(word: Word, kind: str, problems: Problems) -> PatchText | None:
    """Parse the patch; `kind` is its type. None when it cannot be read (the problems are on the list)."""
    pieces = tuple(piece for piece in word.pieces if piece.templated)
    text = _marked(word)
    if text is None:
        problems.error(_PROBLEM, "the patch holds a character that has no place in a text", word.span)
        return None
    try:
        tree = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_mapping)
    except (ValueError, RecursionError) as error:
        message = f"the patch is not JSON: {_said(error)}"
        problems.error(_PROBLEM, message, word.span, _EXAMPLE)
        return None
    complaint = _wrong_shape(tree, kind)
    if complaint is not None:
        problems.error(_PROBLEM, complaint[0], word.span, complaint[1])
        return None
    return PatchText(tree, pieces)


def _marked(word: Word) -> str | None:
    """Return the text with a mark for each `{{ … }}`; None when the marks would be ambiguous."""
    text, number, quoted = "", 0, False
    for piece in word.pieces:
        if not piece.templated:
            if _RESERVED.search(piece.text):
                return None
            text += piece.text
            quoted = _is_quoted(piece.text, quoted=quoted)
            continue
        text += f"{_PART}{number}{_END}" if quoted else f'"{_WHOLE}{number}{_END}"'
        number += 1
    return text


def _is_quoted(text: str, *, quoted: bool) -> bool:
    """Return whether what follows the text stands in a string of JSON."""
    escaped = False
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\" and quoted:
            escaped = True
        elif char == '"':
            quoted = not quoted
    return quoted


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if _MARK.search(key):
            raise ValueError("the name of a field has to be written out")
        if key in found:
            raise ValueError(f"the field '{key}' is given twice")
        found[key] = value
    return found


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not a value of JSON")


def _said(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg[0].lower()}{error.msg[1:]} at character {error.pos + 1}"
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)


def _wrong_shape(tree: Any, kind: str) -> tuple[str, str] | None:
    if kind != "json":
        if isinstance(tree, dict) and tree:
            return None
        return f"a {kind} patch is an object with fields", _EXAMPLE
    example = """For example: -p '[{"op": "replace", "path": "/spec/replicas", "value": 3}]'"""
    if not isinstance(tree, list) or not tree:
        return "a JSON patch is a list of operations", example
    for operation in tree:
        if not isinstance(operation, dict) or operation.get("op") not in _OPERATIONS:
            return f"an operation of a JSON patch has an 'op' of {', '.join(_OPERATIONS)}", example
        if not isinstance(operation.get("path"), str) or not operation["path"].startswith("/"):
            return "an operation of a JSON patch has a 'path' such as /spec/replicas", example
    return None


_OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
