"""The reference page of translations is written from the schema, and its example is right."""

import os
import re
from pathlib import Path

from translating import read

from playbook_engine.diagnostics import Problems
from playbook_engine.language.translations.reference import page

DOCS = Path(__file__).parents[4] / "docs"
PAGE = DOCS / "reference" / "translation.md"


def test_the_page_is_up_to_date() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_example_for_authors_is_a_translation() -> None:
    text = (DOCS / "languages.md").read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    problems = Problems()

    translation = read(found[1], problems)

    assert problems.sorted() == ()
    assert translation is not None
    assert len(translation.renderings) == 4
