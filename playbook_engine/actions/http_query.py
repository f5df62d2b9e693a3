"""The `query` of a request: names and values that are added to its URL, encoded."""

from urllib.parse import parse_qsl, quote, urlsplit

from playbook_engine.actions.nodes import all_read, mapping_of, plain_scalar, references_of
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Entry, Mapping, Node, Sequence
from playbook_engine.model.expressions import Compiler, ExpressionError, Reference, Template
from playbook_engine.values import Names, Secret, SecretText, Text, reveal


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name with one value; a list under a name is several of these."""

    name: str
    template: Template


@dataclass(frozen=True, slots=True)
class Query:
    """All parameters in the order of the playbook."""

    parameters: tuple[Parameter, ...] = ()

    @property
    def references(self) -> tuple[Reference, ...]:
        return references_of(parameter.template for parameter in self.parameters)

    def added_to(self, url: Text, names: Names) -> Text:
        """Return the URL with the parameters behind what it has; raises ExpressionError."""
        if not self.parameters:
            return url
        have = urlsplit(reveal(url))
        self._refuse_clashes(have.fragment, dict(parse_qsl(have.query, keep_blank_values=True)))
        joint = "&" if have.query else "" if reveal(url).endswith("?") else "?"
        parts: list[str | Secret] = [*_parts(url)]
        for parameter in self.parameters:
            parts += (joint, f"{quote(parameter.name, safe='')}=", *_encoded(parameter.template, names))
            joint = "&"
        if all(isinstance(part, str) for part in parts):
            return "".join(str(part) for part in parts)
        return SecretText(tuple(parts))

    def _refuse_clashes(self, fragment: str, have: dict[str, str]) -> None:
        for parameter in self.parameters:
            place = parameter.template.span
            if parameter.name in have:
                message = f"'{parameter.name}' stands in the URL and under 'query'"
                raise ExpressionError(message, place, "Give it in one place.")
            if fragment:
                message = "the URL ends with a fragment (#…), behind which no query can stand"
                raise ExpressionError(message, place, "Leave it out: servers never see it.")


def _parts(text: Text) -> tuple[str | Secret, ...]:
    return (text,) if isinstance(text, str) else text.parts


def _encoded(template: Template, names: Names) -> tuple[str | Secret, ...]:
    try:
        return tuple(_encoded_part(part) for part in _parts(template.text(names)))
    except UnicodeEncodeError:
        raise ExpressionError("the value holds characters that cannot be sent in a URL", template.span) from None


def _encoded_part(part: str | Secret) -> str | Secret:
    return quote(part, safe="") if isinstance(part, str) else Secret(part.name, quote(part.reveal(), safe=""))


def read_query(node: Node | None, compiler: Compiler, problems: Problems) -> Query | None:
    """Read `query`: names with a value or a list of values; None when something is wrong, which is on the list."""
    if node is None:
        return Query()
    form = mapping_of(node, "names with values", problems)
    read = None if form is None else _parameters(form, compiler, problems)
    return None if read is None else Query(read)


def _parameters(form: Mapping, compiler: Compiler, problems: Problems) -> tuple[Parameter, ...] | None:
    found: list[Parameter] = []
    fine = True
    for entry in form:
        templates = _templates(entry, compiler, problems)
        fine = fine and templates is not None
        found += (Parameter(entry.key.text, template) for template in templates or ())
    return tuple(found) if fine else None


def _templates(entry: Entry, compiler: Compiler, problems: Problems) -> tuple[Template, ...] | None:
    def compiled(node: Node) -> Template | None:
        scalar = plain_scalar(node, f"a value for '{entry.key.text}'", problems)
        return compiler.template(scalar) if scalar else None

    nodes = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    found: tuple[Template, ...] | None = all_read(nodes, compiled)
    return found
