"""Texts of playbooks in the reader's language."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from playbook_engine.app import loading
from playbook_engine.app.tongues import Tongue, translation_of
from playbook_engine.diagnostics import Problems, Severity, Span
from playbook_engine.language.translations import binding
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.translations import AS_WRITTEN, Reader, Texts


def of_record(paths: Iterable[str], tongue: Tongue) -> Reader:
    """Return in which language somebody looks at a run of the playbooks that its record names.

    Where a file is no longer there, texts are shown as recorded.
    """
    places = (translation_of(path, path.parent / code) for path in map(Path, paths) for code in tongue.codes)
    found = (loading.translation(place, Problems()) for place in places if place is not None)
    return Reader(tongue.words, Texts.together(binding.unbound(each) for each in found if each is not None))


def texts(path: Path, playbook: Playbook, tongue: Tongue, problems: Problems) -> Texts:
    """Return the prose of the playbook `path` for a reader.

    What is wrong with a translation keeps nobody from playing: it is a warning, and the texts stay as written.
    """
    places = (translation_of(path, path.parent / code) for code in tongue.codes)
    place = next((place for place in places if place is not None), None)
    if place is None:
        return AS_WRITTEN
    own = Problems()
    translation = loading.translation(place, own)
    if translation is not None:
        return binding.texts(translation, playbook)
    found = own.sorted()
    problems.extend(replace(each, severity=Severity.WARNING) for each in found)
    source = next((each.span.source for each in found if each.span is not None), None)
    where = Span(source, 1, 1, 1, 1) if source is not None else None
    problems.warning("translation-unused", f"{place} is not used: texts are shown as they are written", where)
    return AS_WRITTEN
