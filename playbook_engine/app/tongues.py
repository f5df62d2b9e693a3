"""The language of whoever reads along, and where its translations stand."""

import re
from collections.abc import Mapping
from pathlib import Path

from playbook_engine.app import finding, kinds
from playbook_engine.app.kinds import Kind
from playbook_engine.diagnostics import did_you_mean
from playbook_engine.errors import UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.phrases.words import ENGLISH, OWN, Words

VARIABLE = "RUNBOOK_LANG"
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where a system says in which language people are spoken to, the strongest first."""
_LOCALE = re.compile(r"([A-Za-z]{2,3})(?:[_-]([A-Za-z0-9]{2,8}))?(?:[.@].*)?")


@dataclass(frozen=True, slots=True)
class Tongue:
    """A reader's language: codes, the nearest first, such as `zh-tw` and `zh`; none when nothing is said."""

    codes: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        """Return runbook's own words in this language, else in English."""
        return next((OWN[code] for code in self.codes if code in OWN), ENGLISH)


def chosen(option: str | None, environ: Mapping[str, str], folders: tuple[Path, ...]) -> Tongue:
    """Return the language of `--lang`, else RUNBOOK_LANG, else of the locale.

    A locale of a language that nobody knows means English; it is no wish for this program.

    Raises:
        UsageError: `--lang` or RUNBOOK_LANG names a language that neither runbook nor a translation knows.
    """
    said = option or environ.get(VARIABLE)
    if not said:
        return _of_locale(environ)
    codes = _codes(said)
    known = known_languages(folders)
    if not set(codes) & set(known):
        name = "--lang" if option else VARIABLE
        hint = did_you_mean(said, known) or f"Known: {', '.join(known)}."
        raise UsageError(f"{name}: there is nothing in the language '{said}'", hint)
    return Tongue(codes)


def _of_locale(environ: Mapping[str, str]) -> Tongue:
    return Tongue(_codes(next((environ[name] for name in LOCALES if environ.get(name)), "")))


def _codes(said: str) -> tuple[str, ...]:
    """Return `zh_TW.UTF-8` as `zh-tw` and `zh`; nothing for `C` and `POSIX`."""
    found = _LOCALE.fullmatch(said.strip())
    if found is None:
        return ()
    language, region = found[1].lower(), (found[2] or "").lower()
    return (f"{language}-{region}", language) if region else (language,)


def known_languages(folders: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the languages that runbook speaks, and those of the translations in folders of playbooks."""
    return tuple(sorted({*OWN, *(path.name for folder in folders for path in language_folders(folder))}))


def language_folders(folder: Path) -> tuple[Path, ...]:
    """Return the folders of translations within a folder of playbooks."""
    try:
        inner = sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return ()
    return tuple(path for path in inner if any(map(_is_translation, finding.all_playbooks(path))))


def _is_translation(path: Path) -> bool:
    return kinds.kind_of(path) is Kind.TRANSLATION


def translation_of(path: Path, folder: Path) -> Path | None:
    """Return the translation of the playbook `path` in a folder of translations."""
    places = (folder / f"{path.stem}{ending}" for ending in finding.ENDINGS)
    return next((place for place in places if place.is_file()), None)
