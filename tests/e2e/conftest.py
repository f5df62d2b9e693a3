"""A folder to work in, and the demo stack."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import Place

from playbook_engine.resources import data_path
from playbook_engine.sandbox.stack import DemoStack


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return an empty folder to work in."""
    return Place(tmp_path)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoStack]:
    """Return a demo stack that is up; each test breaks it as it needs."""
    with DemoStack.start(tmp_path_factory.mktemp("stack"), data_path("inventories") / "demo") as running:
        yield running
