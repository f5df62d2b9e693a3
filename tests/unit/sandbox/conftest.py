"""What the tests of the demo stack share."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.identity import new_key
from playbook_engine.sandbox.tokens import PrivateKey


@pytest.fixture(scope="session")
def key() -> PrivateKey:
    return new_key("key-1")


@pytest.fixture(scope="session")
def other_key() -> PrivateKey:
    return new_key("key-2")


@pytest.fixture(scope="session")
def template() -> Path:
    return Path(__file__).parents[3] / "inventories" / "demo"


@pytest.fixture
def guard() -> Iterator[Guard]:
    made = Guard()
    made.start()
    yield made
    made.close()


@pytest.fixture
def no_thread_left() -> Iterator[None]:
    """Fail when a thread outlives the test."""
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) - before == set()
