"""Words for values, for what they should have been, and for where they stand."""

from typing import Any, TypeAlias

from playbook_engine.model.document import Mapping, Node, Scalar, Sequence

Path: TypeAlias = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping (key: value)",
    "null": "nothing",
}


def label(path: Path) -> str:
    """Return the name of a value: `timeout`, or `symptoms, item 2`."""
    keys = [key for key in path if isinstance(key, str)]
    if not path:
        return "the file"
    if isinstance(path[-1], int):
        return f"{keys[-1]}, item {path[-1] + 1}" if keys else f"item {path[-1] + 1}"
    return path[-1]


def expected(schema: dict[str, Any], keyword: str, argument: object) -> str:
    """Return what a schema wants of a value that does not meet one of its keywords."""
    if "x-expected" in schema:
        return str(schema["x-expected"])
    if "enum" in schema:
        return one_of([str(item) for item in schema["enum"]])
    if "const" in schema:
        return str(schema["const"]).lower() if isinstance(schema["const"], bool) else str(schema["const"])
    types = schema.get("type", "object" if "properties" in schema else [])
    words = one_of([_TYPES[name] for name in ([types] if isinstance(types, str) else types)])
    if keyword in ("minimum", "maximum"):
        words += f" {'of at least' if keyword == 'minimum' else 'of at most'} {argument}"
    elif schema.get("examples") and not isinstance(schema["examples"][0], list | dict):
        words += f" such as {schema['examples'][0]}"
    return words or "something else"


def one_of(words: list[str]) -> str:
    """Return the words as a choice: `a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else ""


def describe(node: Node) -> str:
    """Return what a value is, in words: `the number 5`, `an empty list`."""
    match node:
        case Sequence():
            return "a list" if node.items else "an empty list"
        case Mapping():
            return "a mapping" if node.entries else "an empty mapping"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool()):
            return node.text
        case Scalar(value=str()):
            return f"the text '{_short(node.text)}'" if node.text else "an empty text"
        case Scalar():
            return f"the number {_short(node.text)}"


def _short(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else text
    return line if line == text and len(line) <= 60 else f"{line[:60]}…"
