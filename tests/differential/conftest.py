"""ansible-core's answers, asked for once in each session; all of these tests run in one worker."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ansible_core
import pytest

Ask = Callable[[Sequence[Mapping[str, Any]], Path], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def ansible() -> Ask:
    """Return a way to ask ansible-core, which is installed when it is missing."""
    python = ansible_core.environment()
    return lambda jobs, folder: ansible_core.ask(python, jobs, folder)
