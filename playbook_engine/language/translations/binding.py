"""A translation with the playbook that it is of: its texts, ready to be shown."""

import re
import unicodedata
from collections import Counter
from dataclasses import replace

from playbook_engine.diagnostics import Problems
from playbook_engine.language.expressions.compiler import ExpressionCompiler
from playbook_engine.language.expressions.scanner import Hole, pieces_of
from playbook_engine.language.translations.prose import handed, prose_of
from playbook_engine.model.expressions import Template
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.translations import Accompanied, Texts, Translation, essence


def texts(translation: Translation, playbook: Playbook) -> Texts:
    """Return the prose of a playbook in another language.

    Where a translation has other values in it than the text, the text is shown as written: the run knows the names
    of the one and not of the other. Lint says so.
    """
    plain: dict[str, str] = {}
    templates: dict[str, Template] = {}
    for written, has_values in prose_of(playbook).items():
        key = essence(written)
        rendering = translation.renderings.get(key)
        if rendering is None:
            continue
        plain[key] = unfolded(rendering.translated.text.strip())
        if has_values and holes(written) == holes(rendering.translated.text):
            wording = rendering.translated
            template = ExpressionCompiler(Problems()).template(replace(wording, text=unfolded(wording.text)))
            templates |= {} if template is None else {key: template}
    return Texts(plain=plain, templates=templates)


def unbound(translation: Translation) -> Texts:
    """Return all texts of a translation, for viewers of what was played: the playbook may be another one by now."""
    found = translation.renderings.items()
    return Texts(plain={key: unfolded(rendering.translated.text.strip()) for key, rendering in found})


def holes(text: str) -> Counter[str]:
    """Return the expressions of a text's `{{ … }}`, blanks apart, and how often each stands there."""
    pieces, _ = pieces_of(text)
    return Counter(essence(piece.source) for piece in pieces if isinstance(piece, Hole))


_FOLD = re.compile(r"(?<=(.)) (?=(.))")


def unfolded(text: str) -> str:
    """Return a text without the blanks that YAML makes of line breaks between characters that have none in print.

    Chinese and Japanese are written without blanks; a folded text (`>-`) has one wherever its author began a line.
    """
    return _FOLD.sub(lambda blank: "" if _is_wide(blank[1]) and _is_wide(blank[2]) else " ", text)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def translated(playbook: Playbook, into: Texts) -> Playbook:
    """Return a playbook for a reader: all its prose in the other language, and nothing else changed."""
    return handed(playbook, into)


def accompanied(playbook: Playbook, into: Texts) -> Playbook:
    """Return a playbook for a run: all as written, and beside each text that is filled in its translation."""
    return handed(playbook, _Beside(into))


class _Beside:
    def __init__(self, into: Texts) -> None:
        self._into = into

    def text(self, written: str) -> str:
        return written

    def template(self, written: Template) -> Template:
        shown = self._into.template(written)
        return written if shown is written else Accompanied(written, shown)
