"""The reference page is written from the tables."""

import os
from pathlib import Path

import pytest

from playbook_engine.language.expressions.filters import FILTERS
from playbook_engine.language.expressions.reference import evaluated, page
from playbook_engine.language.expressions.tests import TESTS

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "expressions.md"


def test_the_page_is_up_to_date() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_word_is_on_the_page() -> None:
    rows = page()

    assert all(f"| `value \\| {name}" in rows for name in FILTERS)
    assert all(f"| `value is {name}" in rows for name in TESTS)


def test_a_wrong_example_is_noticed() -> None:
    with pytest.raises(ValueError, match="does not compile"):
        evaluated("1 | nope")
