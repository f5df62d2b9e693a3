"""ansible-core's answers, asked for once in each module; all of these tests run in one worker."""

import ansible_core
import pytest
from ansible_core import Ask


@pytest.fixture(scope="session")
def ansible() -> Ask:
    """Return a way to ask ansible-core, which is installed when it is missing."""
    return ansible_core.asking()
