"""The page of differences is written from the rows; `UPDATE_GOLDEN=1` writes it anew."""

import os
from pathlib import Path

from ansible_differences import page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "inventory-differences.md"


def test_the_page_is_up_to_date() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
