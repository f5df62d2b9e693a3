"""Files in, playbook and inventory out; every problem is found before anything else happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.diagnostics import Problems, Source
from playbook_engine.language import build, reader, rehearsals, schema
from playbook_engine.language.companions import PlaybookCompiler
from playbook_engine.language.translations import reading
from playbook_engine.model.document import Document
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.rehearsal import Rehearsal
from playbook_engine.model.sources import InventorySources
from playbook_engine.model.translations import Translation


def playbook(path: Path, problems: Problems) -> Playbook | None:
    """Read one playbook; None when too much is wrong to go on (the problems are on the list)."""
    with _of_one_file(problems) as own:
        document = reader.read_file(path, str(path), own)
        if document is None:
            return None
        schema.check(document, "playbook.v1", own)
        return build.playbook(document, PlaybookCompiler(own, path.parent), ACTIONS, own)


def translation(path: Path, problems: Problems) -> Translation | None:
    """Read one translation; None when something is wrong with it (the problems are on the list)."""
    with _of_one_file(problems) as own:
        document = reader.read_file(path, str(path), own)
        if document is None:
            return None
        schema.check(document, "translation.v1", own)
        return reading.translation(document, own)


def rehearsal(path: Path, problems: Problems) -> Rehearsal | None:
    """Read one rehearsal; None when too much is wrong to go on (the problems are on the list)."""
    with _of_one_file(problems) as own:
        return _checked_rehearsal(reader.read_file(path, str(path), own), own)


def rehearsal_text(source: Source, problems: Problems) -> Rehearsal | None:
    """Read a rehearsal that is no file yet."""
    with _of_one_file(problems) as own:
        return _checked_rehearsal(reader.read(source, own), own)


def _checked_rehearsal(document: Document | None, problems: Problems) -> Rehearsal | None:
    if document is None:
        return None
    schema.check(document, "rehearsal.v1", problems)
    return rehearsals.rehearsal(document, problems)


@contextmanager
def _of_one_file(problems: Problems) -> Iterator[Problems]:
    """Give one file a list of its own: what an earlier stage said of a place keeps a later one from saying it again.

    In a common list the lines of one file would be taken for those of another.
    """
    own = Problems()
    try:
        yield own
    finally:
        problems.extend(own.sorted())


def inventory(sources: InventorySources, problems: Problems) -> Inventory | None:
    """Read one inventory with its environment; None when too much is wrong to go on."""
    from playbook_engine.app import means  # noqa: PLC0415  lint mostly does without, and has to be quick

    return means.load(sources, environment, problems)


def environment(path: Path, shown: str, problems: Problems) -> Document | None:
    """Read an environment file and check it against its schema."""
    with _of_one_file(problems) as own:
        document = reader.read_file(path, shown, own)
        if document is not None:
            schema.check(document, "environment.v1", own)
        return document
