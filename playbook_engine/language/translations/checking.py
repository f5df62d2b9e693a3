"""What does not fit between a translation and its playbook."""

from collections.abc import Iterator

from playbook_engine.diagnostics import Problems, Span, did_you_mean
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.language.reader import read
from playbook_engine.language.translations.binding import holes
from playbook_engine.language.translations.prose import prose_of
from playbook_engine.model.document import Mapping, Node, Scalar, Sequence
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.translations import Rendering, Translation, essence

_NEAR = 0.5
"""A text whose wording was changed is longer than a name, and less of it has to be alike."""


def check(translation: Translation, playbook: Playbook, problems: Problems) -> None:
    """Report what is translated and not there, what is there and not translated, and values that differ."""
    prose = {essence(written): (written, has_values) for written, has_values in prose_of(playbook).items()}
    missing = {key: written for key, (written, _) in prose.items() if key not in translation.renderings}
    for key, rendering in translation.renderings.items():
        if key not in prose:
            _unknown(rendering, playbook, missing, prose, problems)
        elif prose[key][1]:
            _check_values(rendering, problems)
    for key, written in missing.items():
        message = f"no translation into '{translation.language}': {_short(written)}"
        hint = f"Add it to {translation.source.name}."
        problems.warning("untranslated", message, _place(playbook, key) or translation.texts_span, hint)


def _unknown(
    rendering: Rendering,
    playbook: Playbook,
    missing: dict[str, str],
    prose: dict[str, tuple[str, bool]],
    problems: Problems,
) -> None:
    """Report a text that the playbook does not have; one that has no translation is most likely meant."""
    key = essence(rendering.written.text)
    near = did_you_mean(key, missing, nearness=_NEAR) or did_you_mean(key, prose)
    hint = near or "Remove it, or write it as the playbook does."
    problems.error("unknown-text", f"'{playbook.name}' has no such text", rendering.written.span, hint)


def _check_values(rendering: Rendering, problems: Problems) -> None:
    """Report `{{ … }}` that are not the same in a text and its translation."""
    ExpressionCompiler(problems).template(rendering.translated)
    here, there = holes(rendering.translated.text), holes(rendering.written.text)
    if here == there:
        return
    lacking, beyond = _braces(there - here), _braces(here - there)
    parts = [f"it lacks {lacking}" if lacking else "", f"it has {beyond} beyond the text" if beyond else ""]
    message = f"the translation has other values in it: {' and '.join(part for part in parts if part)}"
    hint = "Take over each {{ … }} as the playbook has it; their order does not matter."
    problems.error("other-values", message, rendering.translated.span, hint)


def _braces(found: dict[str, int]) -> str:
    return ", ".join(f"{{{{ {source} }}}}" for source in found)


def _short(written: str, most: int = 60) -> str:
    line = essence(written)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _place(playbook: Playbook, key: str) -> Span | None:
    """Return where a text stands in the playbook. The file is read again, since the model has no places of texts."""
    document = read(playbook.source, Problems())
    found = (scalar.span for scalar in _scalars(document.root if document else None) if essence(scalar.text) == key)
    return next(found, None)


def _scalars(node: Node | None) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case Sequence():
            for item in node.items:
                yield from _scalars(item)
        case Mapping():
            for entry in node:
                yield from _scalars(entry.value)
        case None:
            pass
