"""Which environment file belongs to an inventory, and what the inventory is called."""

from collections.abc import Sequence
from pathlib import Path

from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import environment
from playbook_engine.inventory.files import Digest, Files, ReadFile
from playbook_engine.inventory.layout import Layout
from playbook_engine.inventory.paths import lexical
from playbook_engine.model.inventory import Environment


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The inventory's name, and its environment file if it has one."""

    name: str
    path: Path | None
    files: Files


def find(layouts: Sequence[Layout], given: Path | None, problems: Problems, digest: Digest) -> Surroundings | None:
    """Choose the environment file: the one that was given, else the only one that the places have.

    Of several inventories the one with the environment lends its name; without any they are named together. None
    comes back when it is not clear which file counts.
    """
    names = [layout.name for layout in layouts if layout.place.path is not None]
    name = "+".join(dict.fromkeys(names)) or layouts[0].name
    if given is not None:
        prefix = "environment:" if len(layouts) > 1 else ""
        return Surroundings(name, given, Files(given.parent, str(given.parent), problems, digest, prefix))
    found = {lexical(path): (path, layout) for layout in layouts for path in layout.environments}
    if len(found) > 1:
        _ambiguous(list(found.values()), problems)
        return None
    for path, layout in found.values():
        return Surroundings(layout.name, path, layout.files)
    return Surroundings(name, None, layouts[0].files)


def read(place: Surroundings, reader: ReadFile) -> Environment | None:
    """Read the environment; without a file it has the inventory's name and the strictest policy."""
    if place.path is None:
        return Environment(name=place.name)
    document = place.files.document(place.path, reader)
    if document is None:
        return None
    return environment.build(document, place.name, place.path.parent, place.files.problems)


def named(found: Environment) -> frozenset[Path]:
    """Return the files that an environment speaks of: a kubeconfig or a secret in the folder lists no hosts."""
    secrets = (source.file for source in found.secrets)
    kubeconfigs = (cluster.kubeconfig for cluster in found.clusters)
    return frozenset(lexical(Path(file)) for file in (*secrets, *kubeconfigs) if file)


def _ambiguous(found: list[tuple[Path, Layout]], problems: Problems) -> None:
    names = " and ".join(layout.files.shown(path) for path, layout in found)
    path, layout = found[1]
    hint = "Keep one of them, or say which with --environment FILE."
    problems.error("ambiguous-file", f"{names}: which one counts?", layout.files.place(path), hint)
