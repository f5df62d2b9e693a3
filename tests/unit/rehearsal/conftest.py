"""What the tests of rehearsals share."""

from pathlib import Path

import pytest
from rehearsed import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "playbooks")
