"""The reference says what patterns select, and they do."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from playbook_engine.diagnostics import Diagnostic, Problems
from playbook_engine.inventory.patterns import select
from playbook_engine.model.inventory import Inventory

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "host-patterns.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
ROWS = re.findall(r"^\| `(.+?)` \| ([\w -]+) \| ", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("pattern", "hosts"), ROWS, ids=[pattern for pattern, _ in ROWS])
def test_a_pattern_selects_what_the_page_says(
    pattern: str,
    hosts: str,
    tmp_path: Path,
    read: Callable[[Path], tuple[Inventory | None, tuple[Diagnostic, ...]]],
) -> None:
    assert EXAMPLE is not None
    (tmp_path / "hosts.yml").write_text(EXAMPLE[1], encoding="utf-8")
    inventory, found = read(tmp_path / "hosts.yml")
    assert (inventory is not None, found) == (True, ())
    assert inventory is not None
    problems = Problems()

    assert list(select(inventory, pattern.replace("\\|", "|"), None, problems)) == hosts.split()
    assert problems.sorted() == ()


def test_every_row_is_tried() -> None:
    assert len(ROWS) == PAGE.count("\n| `")
