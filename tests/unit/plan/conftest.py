"""What tests of binding share."""

from pathlib import Path

import pytest

from playbook_engine.model.settings import RunSettings


@pytest.fixture
def settings() -> RunSettings:
    """Return the settings of a plain `play`."""
    return RunSettings(state_dir=Path("unused"))
