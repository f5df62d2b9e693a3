"""What travels with an HTTP request besides its URL: headers and at most one of `json`, `form` and `body`."""

import math
import re
from typing import TypeAlias, assert_never

from playbook_engine.actions.nodes import all_read, mapping_of, plain_scalar, references_of
from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Entry, Mapping, Node, Scalar, Sequence
from playbook_engine.model.expressions import Compiler, ExpressionError, Reference, Template
from playbook_engine.values import Names, Secret, SecretText, Text, Value, reveal
from playbook_engine.values import Scalar as PlainValue

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OWN_HEADERS = ("content-length", "transfer-encoding", "connection")


@dataclass(frozen=True, slots=True)
class Field:
    """A header or a form field."""

    name: str
    template: Template

    def header(self, names: Names) -> tuple[str, Text]:
        """Render a header; raises ExpressionError for what would end its line."""
        text = self.template.text(names)
        if any(char in reveal(text) for char in "\r\n\0"):
            message = f"the value of header '{self.name}' holds a line end, which would begin another header"
            raise ExpressionError(message, self.template.span, "Use `| trim` when it only ends with one.")
        return self.name, text

    def form(self, names: Names) -> tuple[str, Text]:
        return self.name, self.template.text(names)


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A number, a boolean or null."""

    value: PlainValue


@dataclass(frozen=True, slots=True)
class JsonText:
    """A text; when it is one `{{ … }}` as a whole, the value keeps its type."""

    template: Template


@dataclass(frozen=True, slots=True)
class JsonList:
    items: tuple["Json", ...]


@dataclass(frozen=True, slots=True)
class JsonObject:
    fields: tuple[tuple[str, "Json"], ...]


Json: TypeAlias = JsonValue | JsonText | JsonList | JsonObject


@dataclass(frozen=True, slots=True)
class Form:
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Body:
    template: Template


Payload: TypeAlias = Json | Form | Body


def render_json(json: Json, names: Names) -> Value:
    """Return the JSON value with its templates rendered; raises ExpressionError."""
    match json:
        case JsonValue(value):
            return value
        case JsonText(template):
            found = template.value(names)
            _refuse_not_json(found, template.span)
            return found
        case JsonList(items):
            return [render_json(item, names) for item in items]
        case JsonObject(fields):
            return {name: render_json(item, names) for name, item in fields}
        case _:
            assert_never(json)


def _refuse_not_json(value: Value, span: Span) -> None:
    """Refuse NaN and infinity, which JSON has no word for."""
    match value:
        case float() if not math.isfinite(value):
            raise ExpressionError(f"{value} cannot be written as JSON", span)
        case list() | tuple():
            for item in value:
                _refuse_not_json(item, span)
        case None | bool() | int() | float() | str() | Secret() | SecretText():
            pass
        case _:
            for item in value.values():
                _refuse_not_json(item, span)


def references(payload: Payload | None) -> tuple[Reference, ...]:
    """Return the names that a payload uses."""
    match payload:
        case None | JsonValue():
            return ()
        case JsonText(template) | Body(template):
            return template.references
        case JsonList(items):
            return tuple(reference for item in items for reference in references(item))
        case JsonObject(fields):
            return tuple(reference for _, item in fields for reference in references(item))
        case Form(fields):
            return references_of(field.template for field in fields)
        case _:
            assert_never(payload)


def read_headers(node: Node, compiler: Compiler, problems: Problems) -> tuple[Field, ...] | None:
    """Read `headers`; names are checked, and each may stand there once in any spelling."""
    form = mapping_of(node, "header names with values", problems)
    if form is None:
        return None
    seen: set[str] = set()
    for entry in form:
        _check_header_name(entry, seen, problems)
        seen.add(entry.key.text.lower())
    return _fields(form, compiler, problems)


def _check_header_name(entry: Entry, seen: set[str], problems: Problems) -> None:
    name, place = entry.key.text, entry.key.span
    if not _TOKEN.fullmatch(name):
        problems.error("invalid-header", f"'{name}' is not a header name", place)
    elif name.lower() in _OWN_HEADERS:
        problems.error("invalid-header", f"'{name}' is set by runbook itself", place, "Leave it out.")
    elif name.lower() in seen:
        problems.error("duplicate-key", f"header '{name}' is given twice; case makes no difference", place)


def read_form(node: Node, compiler: Compiler, problems: Problems) -> Form | None:
    """Read `form`: names with values."""
    form = mapping_of(node, "form fields with values", problems)
    fields = None if form is None else _fields(form, compiler, problems)
    return None if fields is None else Form(fields)


def read_body(node: Node, compiler: Compiler, problems: Problems) -> Body | None:
    """Read `body`: text, sent as it is."""
    scalar = plain_scalar(node, "a text", problems)
    template = compiler.template(scalar) if scalar else None
    return Body(template) if template else None


def read_json(node: Node, compiler: Compiler, problems: Problems) -> Json | None:
    """Read `json`: any value; strings in it are templates, keys are not."""
    match node:
        case Scalar(value=str()):
            template = compiler.template(node)
            return JsonText(template) if template else None
        case Scalar(value=value):
            return JsonValue(value)
        case Sequence(items=items):
            return _json_list(items, compiler, problems)
        case Mapping(entries=entries):
            fields = [_json_field(entry, compiler, problems) for entry in entries]
            kept = tuple(field for field in fields if field is not None)
            return JsonObject(kept) if len(kept) == len(fields) else None
        case _:
            assert_never(node)


def _json_list(items: tuple[Node, ...], compiler: Compiler, problems: Problems) -> JsonList | None:
    def read(item: Node) -> Json | None:
        return read_json(item, compiler, problems)

    found: tuple[Json, ...] | None = all_read(items, read)
    return None if found is None else JsonList(found)


def _json_field(entry: Entry, compiler: Compiler, problems: Problems) -> tuple[str, Json] | None:
    value = read_json(entry.value, compiler, problems)
    if "{{" in entry.key.text:
        problems.error(
            "template-in-key", "a key of 'json' is fixed text; only values can be templates", entry.key.span
        )
        return None
    return None if value is None else (entry.key.text, value)


def _fields(form: Mapping, compiler: Compiler, problems: Problems) -> tuple[Field, ...] | None:
    fields: list[Field] = []
    for entry in form:
        scalar = plain_scalar(entry.value, f"a value for '{entry.key.text}'", problems)
        template = compiler.template(scalar) if scalar else None
        if template is not None:
            fields.append(Field(entry.key.text, template))
    return tuple(fields) if len(fields) == len(form.entries) else None
