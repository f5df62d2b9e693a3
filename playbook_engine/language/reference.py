"""The page `docs/reference/playbook.md`, from the schema: every field with its meaning, values and default."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from playbook_engine.language.reference_text import PAGE
from playbook_engine.model.actions import ActionKind, Addressing
from playbook_engine.resources import schema_text

Schema: TypeAlias = Mapping[str, Any]

Cells: TypeAlias = tuple[str, str, str, str, str]

HEAD = ("field", "value", "default", "meaning", "example")
VERBS = ("check", "branch", "mitigate", "verify", "escalate")
_KINDS = {
    "line": "one line of text",
    "prose": "text",
    "hosts": "a host pattern",
    "lines": "a list of lines",
    "steps": "a list of steps",
    "identifier": "a name",
    "expression": "an expression",
    "condition": "an expression, or true or false",
    "duration": "a duration",
    "command": "a command line",
    "id": "a name",
}
"""What the definitions that many fields share are called."""
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
_FOR_EACH = "With `hosts` it is done once for each host, in that host's name."
_LETTERS = "The letters say which verbs have it: **c**heck, **b**ranch, **m**itigate, **v**erify, **e**scalate."


def page(kinds: Mapping[str, ActionKind]) -> str:
    """Return the reference page as Markdown; `kinds` are the actions that there are."""
    return _page(Tables(json.loads(schema_text("playbook.v1"))), kinds)


class Tables:
    """Reads the schema with its references resolved."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.definitions: Schema = schema["$defs"]

    def resolved(self, field: Schema) -> Schema:
        """Return a field with what it refers to; its own words win."""
        name = reference_of(field)
        return {**self.resolved(self.definitions[name]), **field} if name else field

    def table(self, owner: Schema) -> str:
        """Return the fields of a mapping as a table."""
        required = set(owner.get("required", ())) | set(owner.get("then", {}).get("required", ()))
        rows = [self._cells(name, field, must=name in required) for name, field in owner["properties"].items()]
        return markdown_table(HEAD, rows)

    def verbs(self) -> str:
        """Return the verbs as a table."""
        told = self.definitions["step"]["properties"]
        rows = [
            (f"`{verb}`", told[verb]["description"], self.definitions[verb]["properties"][verb]["description"])
            for verb in VERBS
        ]
        return markdown_table(("verb", "what it does", "its title"), rows)

    def steps(self, kinds: Mapping[str, ActionKind]) -> str:
        """Return the fields of all verbs as a table; the same field on several verbs is one row."""
        owners: dict[str, list[str]] = {}
        for verb in VERBS:
            for name in self.definitions[verb]["properties"]:
                if name not in kinds and name not in VERBS:
                    owners.setdefault(name, []).append(verb)
        rows = [
            (cells[0], "".join(verb[0] if verb in verbs else "·" for verb in VERBS), *cells[1:])
            for cells, verbs in ((self._row(name, verbs), verbs) for name, verbs in owners.items())
        ]
        return markdown_table((HEAD[0], "on", *HEAD[1:]), rows)

    def _row(self, name: str, verbs: list[str]) -> Cells:
        """Return the row of a field; where verbs describe it differently, they are told apart in one cell."""
        must = any(name in self.definitions[verb].get("required", ()) for verb in verbs)
        meanings: dict[str, list[str]] = {}
        for verb in verbs:
            meanings.setdefault(self.resolved(self.definitions[verb]["properties"][name])["description"], []).append(
                verb
            )
        field, value, default, meaning, example = self._cells(
            name, self.definitions[verbs[0]]["properties"][name], must=must
        )
        if len(meanings) > 1:
            meaning = prose(" ".join(f"*{', '.join(owners)}:* {each}" for each, owners in meanings.items()))
        return field, value, default, meaning, example

    def _cells(self, name: str, field: Schema, *, must: bool) -> Cells:
        full = self.resolved(field)
        default = "**required**" if must else f"`{flow(full['default'])}`" if "default" in full else ""
        examples = " or ".join(f"`{flow(example)}`" for example in full.get("examples", ())[:2])
        return f"`{name}`", self.value(field), default, prose(full.get("description", "")), examples

    def value(self, field: Schema) -> str:
        """Return what may be written: the allowed words, or the kind of value."""
        full = self.resolved(field)
        if "enum" in full:
            return listed((f"`{flow(value)}`" for value in full["enum"]), "or")
        if "const" in full:
            return f"`{flow(full['const'])}`"
        if "x-expected" in field:
            return str(field["x-expected"])
        kinds = (_KINDS[name] for name in self._references(field) if name in _KINDS)
        return next(kinds, None) or str(full.get("x-expected") or self._typed(full))

    def _references(self, field: Schema) -> Iterator[str]:
        """Yield the names of all definitions that a field leads to."""
        while name := reference_of(field):
            yield name
            field = self.definitions[name]

    def _typed(self, field: Schema) -> str:
        kinds = field.get("type", ())
        words = [_TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)]
        if words == ["a list"] and isinstance(field.get("items"), Mapping):
            name = reference_of(field["items"])
            return {"healthCheck": "a list of checks", "case": "a list of cases"}.get(name or "", "a list of texts")
        return listed(words, "or") or "any value"

    def action(self, kind: ActionKind) -> str:
        """Return the section of an action."""
        full = self.resolved(self.definitions[kind.name])
        each = [_FOR_EACH] if kind.addressing is Addressing.CONTROL else []
        parts = [
            f"### `{kind.name}`",
            " ".join([prose(full["description"]), *each]),
            f"```yaml\n{kind.name}: {full['examples'][0]}\n```",
            "The long form:",
            self.table(full),
            f"Its answer has {listed(f'`{name}`' for name in kind.fields)}.",
        ]
        return "\n\n".join(parts)


def prose(text: str) -> str:
    """Return a description with the braces of templates as code, which some readers of Markdown would act on."""
    return text.replace("{{ }}", "`{{ }}`")


def reference_of(field: Schema) -> str | None:
    name = field.get("$ref")
    return str(name).removeprefix("#/$defs/") if name else None


def flow(value: object) -> str:
    """Return a value as YAML's flow style has it."""
    match value:
        case bool() | None | int() | float():
            return json.dumps(value)
        case list():
            return f"[{', '.join(map(flow, value))}]"
        case dict():
            return f"{{{', '.join(f'{_key(name)}: {flow(item)}' for name, item in value.items())}}}"
        case str() if "{{" in value:
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _key(name: str) -> str:
    return json.dumps(name) if ": " in name else name


def listed(words: Iterable[str], last: str = "and") -> str:
    found = list(words)
    return f"{', '.join(found[:-1])} {last} {found[-1]}" if len(found) > 1 else "".join(found)


def markdown_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _page(tables: Tables, kinds: Mapping[str, ActionKind]) -> str:
    definitions, top = tables.definitions, tables.schema["properties"]
    play = definitions["case"]["properties"]["play"]
    return PAGE.format(
        about=tables.schema["description"],
        top=tables.table(tables.schema),
        inputs_about=prose(top["inputs"]["description"]),
        inputs=tables.table(definitions["input"]),
        defaults_about=top["defaults"]["description"],
        defaults=tables.table(top["defaults"]),
        verbs=tables.verbs(),
        letters=_LETTERS,
        steps=tables.steps(kinds),
        case_about=definitions["case"]["description"],
        case=tables.table(definitions["case"]),
        play=tables.table(play),
        undo_about=definitions["mitigate"]["properties"]["undo"]["description"],
        actions="\n\n".join(tables.action(kind) for kind in kinds.values()),
        durations=", ".join(f"`{example}`" for example in definitions["duration"]["examples"]),
        identifier="`cache_ttl`",
        hosts=", ".join(f"`{example}`" for example in definitions["hosts"]["examples"]),
    )
