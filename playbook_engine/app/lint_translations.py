"""Translations checked against the playbooks that they stand beside."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from playbook_engine.app import finding, loading, tongues
from playbook_engine.app.shelf import Shelf
from playbook_engine.diagnostics import Problems, Span
from playbook_engine.language.translations import checking
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.translations import Translation


def folders(folder: Path) -> tuple[Path, ...]:
    """Return the folders of translations in a folder of playbooks."""
    return tongues.language_folders(folder)


def beside(path: Path, within: Sequence[Path]) -> Iterator[Path]:
    """Yield the translations of a playbook in these folders."""
    for folder in within:
        place = tongues.translation_of(path, folder)
        if place is not None:
            yield place


def check(path: Path, shelf: Shelf, problems: Problems) -> None:
    """Report what is wrong with one translation, and what does not fit between it and its playbook."""
    translation = loading.translation(path, problems)
    if translation is None:
        return
    _check_language(path, translation, problems)
    playbook = _playbook(path, translation, shelf, problems)
    if playbook is not None:
        _check_name(playbook, translation, problems)
        checking.check(translation, playbook, problems)


def _check_language(path: Path, translation: Translation, problems: Problems) -> None:
    folder = path.absolute().parent.name
    if folder != translation.language:
        message = f"the folder says '{folder}', and the file '{translation.language}'"
        hint = f"It is looked for in a folder named {translation.language}/ beside the playbook."
        problems.error("wrong-language", message, translation.language_span, hint)


def _check_name(playbook: Playbook, translation: Translation, problems: Problems) -> None:
    if playbook.name != translation.playbook:
        message = f"the playbook {playbook.source.name} is called '{playbook.name}'"
        problems.error("wrong-playbook", message, translation.playbook_span, f"Write {playbook.name}.")


def _playbook(path: Path, translation: Translation, shelf: Shelf, problems: Problems) -> Playbook | None:
    """Return the playbook that a translation stands beside."""
    folder = path.parent.parent
    places = (folder / f"{path.stem}{ending}" for ending in finding.ENDINGS)
    place = next((place for place in places if place.is_file()), None)
    if place is None:
        _unfound(folder, path, translation.playbook_span, problems)
        return None
    return shelf.read(place, problems)


def _unfound(folder: Path, path: Path, span: Span, problems: Problems) -> None:
    message = f"there is no playbook {folder / path.name} that this could be the translation of"
    hint = "A translation is named like its playbook's file, and lies in a folder beside it."
    problems.error("no-such-playbook", message, span, hint)
