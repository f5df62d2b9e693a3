"""What whoever plays a playbook gives to its inputs: by the environment, in files, with `--set`; the later wins.

Everything that is given is checked, also what something stronger overrides: a mistake in a file is a mistake.
"""

from collections.abc import Iterable, Mapping

from playbook_engine.diagnostics import Problems, Span, did_you_mean, veiled
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Mapping as MappingNode
from playbook_engine.model.document import Node, Scalar, Sequence, plain
from playbook_engine.model.inputs import ENVIRONMENT_PREFIX, environment_name
from playbook_engine.model.playbook import InputSpec
from playbook_engine.model.precedence import GivenNode, Layer, Level, Sourced
from playbook_engine.plan import inputs

File = tuple[GivenNode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person gives, the weakest first: environment, files in their order, `--set`."""

    environ: Mapping[str, str]
    files: tuple[File, ...]
    set_texts: Mapping[str, str]
    elsewhere: frozenset[str] = frozenset()
    """The inputs of all playbooks that the same values are given to: what another one has is no mistake here."""


def layers(specs: tuple[InputSpec, ...], given: Given, problems: Problems) -> tuple[Layer, ...]:
    """Return the typed values of each place, the weakest first; what does not fit is a problem."""
    receiver = _Receiver({spec.name: spec for spec in specs}, given.elsewhere, problems)
    return (
        receiver.environment(given.environ),
        *(receiver.file(file) for file in given.files),
        receiver.set_texts(given.set_texts),
    )


def names(given: Given) -> frozenset[str]:
    """Return the inputs that somebody tries to give a value to."""
    files = (each.key.text for file in given.files for each in file)
    by_environment = (_input_of(name) for name in given.environ if name.startswith(ENVIRONMENT_PREFIX))
    return frozenset((*given.set_texts, *files, *by_environment))


def _input_of(variable: str) -> str:
    return variable.removeprefix(ENVIRONMENT_PREFIX).lower()


@dataclass(frozen=True, slots=True)
class _Receiver:
    """The inputs of one playbook, being given values."""

    specs: Mapping[str, InputSpec]
    elsewhere: frozenset[str]
    problems: Problems

    def environment(self, environ: Mapping[str, str]) -> Layer:
        found: dict[str, Sourced] = {}
        for variable in sorted(name for name in environ if name.startswith(ENVIRONMENT_PREFIX)):
            name = _input_of(variable)
            if variable != environment_name(name):
                hint = f"Write {environment_name(name)}."
                message = f"{variable}: the environment variable of an input is in capital letters"
                self.problems.error("unknown-input", message, None, hint)
            elif self._is_known(name, f"{variable}: ", None):
                self._text(found, name, environ[variable], variable, variable)
        return found

    def set_texts(self, texts: Mapping[str, str]) -> Layer:
        found: dict[str, Sourced] = {}
        for name, text in texts.items():
            if self._is_known(name, f"--set {name}: ", None):
                self._text(found, name, text, "--set", f"--set {name}")
        return found

    def file(self, given: File) -> Layer:
        found: dict[str, Sourced] = {}
        secret = [each.node.span for each in given if not self._may_be_shown(each.key.text)]
        for each in given:
            name = each.key.text
            if not self._is_known(name, "", _hidden(each.key.span, secret)):
                continue
            spec = self.specs[name]
            try:
                value = inputs.check(spec, plain(each.node))
            except ValueError as error:
                place = _hidden(each.node.span, secret)
                self.problems.error("invalid-input", f"{name}: {error}", place, spec.description or None)
                continue
            if not spec.secret:
                self._refuse_templates(each.node, secret)
            found[name] = Sourced(value, Level.PERSON, str(each.key.span))
        return found

    def _text(self, found: dict[str, Sourced], name: str, text: str, origin: str, label: str) -> None:
        spec = self.specs[name]
        try:
            found[name] = Sourced(inputs.parse(spec, text), Level.PERSON, origin)
        except ValueError as error:
            self.problems.error("invalid-input", f"{label}: {error}", None, spec.description or None)

    def _is_known(self, name: str, label: str, span: Span | None) -> bool:
        if name not in self.specs and name not in self.elsewhere:
            known = sorted(self.elsewhere) if self.elsewhere else list(self.specs)
            hint = did_you_mean(name, known) or (f"The inputs are: {', '.join(known)}." if known else None)
            who = "none of the playbooks has an" if self.elsewhere else "the playbook has no"
            self.problems.error("unknown-input", f"{label}{who} input '{name}'", span, hint)
        return name in self.specs

    def _may_be_shown(self, name: str) -> bool:
        """Tell whether a value may stand in a message's excerpt: a misspelt name may be that of a secret."""
        spec = self.specs.get(name)
        return spec is not None and not spec.secret

    def _refuse_templates(self, node: Node, secret: Iterable[Span]) -> None:
        for scalar in _texts(node):
            at = scalar.text.find("{{")
            if at >= 0:
                message = "values of inputs are plain data: '{{' has no meaning here"
                place = _hidden(scalar.at(at, 2), secret)
                self.problems.error("template-in-data", message, place, "Write the value itself.")


def _hidden(span: Span, secret: Iterable[Span]) -> Span:
    """Return the same place in a copy of the file that shows no secret."""
    return Span(veiled(span.source, secret), span.line, span.column, span.end_line, span.end_column)


def _texts(node: Node) -> Iterable[Scalar]:
    match node:
        case Scalar():
            if isinstance(node.value, str):
                yield node
        case Sequence():
            for item in node.items:
                yield from _texts(item)
        case MappingNode():
            for entry in node:
                yield from _texts(entry.value)
