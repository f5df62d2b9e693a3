"""The schemas by the names that people type."""

from playbook_engine.diagnostics import did_you_mean
from playbook_engine.errors import UsageError
from playbook_engine.resources import data_path, schema_text


def names() -> tuple[str, ...]:
    """Return what there are schemas of; each is the newest version."""
    return tuple(_files())


def text(name: str) -> str:
    """Return a schema as it is written.

    Raises:
        UsageError: there is none by that name; the nearest one is in the hint.
    """
    known = _files()
    if name not in known:
        hint = did_you_mean(name, known) or f"There are: {', '.join(known)}."
        raise UsageError(f"there is no schema '{name}'", hint)
    return schema_text(known[name])


def _files() -> dict[str, str]:
    """Return each name with its newest file's: `playbook` is `playbook.v1`."""
    stems = sorted(path.stem for path in data_path("schemas").glob("*.v*.json"))
    return {stem.partition(".")[0]: stem for stem in stems}
