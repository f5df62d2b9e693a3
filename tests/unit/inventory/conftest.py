"""An inventory on disk, read with the real reader."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from loading_means import means

from playbook_engine.diagnostics import Diagnostic, Problems
from playbook_engine.inventory import load
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.sources import InventorySources, Place


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Write files below a folder `prod` and return it."""

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / "prod" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "prod"

    return write


@pytest.fixture
def read() -> Callable[[Path], tuple[Inventory | None, tuple[Diagnostic, ...]]]:
    """Load what is at a path, shown by its last name, with whatever is wrong with it."""

    def load_path(path: Path) -> tuple[Inventory | None, tuple[Diagnostic, ...]]:
        problems = Problems()
        found = load.inventory(InventorySources(places=(Place(path.name, path),)), means(), problems)
        return found, problems.sorted()

    return load_path


@pytest.fixture
def loaded(
    written: Callable[[Mapping[str, str]], Path],
    read: Callable[[Path], tuple[Inventory | None, tuple[Diagnostic, ...]]],
) -> Callable[[Mapping[str, str]], tuple[Inventory, tuple[Diagnostic, ...]]]:
    """Write files and load them as an inventory that must come out."""

    def write_and_load(files: Mapping[str, str]) -> tuple[Inventory, tuple[Diagnostic, ...]]:
        found, problems = read(written(files))
        assert found is not None, problems
        return found, problems

    return write_and_load
