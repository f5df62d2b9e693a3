"""What the reference says of differences from Ansible is so."""

from collections.abc import Callable
from pathlib import Path

import format_differences
import pytest
from format_differences import DIFFERENCES, Difference

from playbook_engine.diagnostics import Diagnostic
from playbook_engine.model.inventory import Inventory

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "inventories.md"


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda row: row.what[:40])
def test_a_difference_is_one(
    difference: Difference,
    tmp_path: Path,
    read: Callable[[Path], tuple[Inventory | None, tuple[Diagnostic, ...]]],
) -> None:
    for name, content in difference.files.items():
        path = tmp_path / "inv" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o755 if name in difference.programs else 0o644)

    inventory, problems = read(tmp_path / "inv")

    assert [problem.code for problem in problems] == ([difference.code] if difference.code else [])
    assert difference.code or inventory is not None


def test_the_page_lists_them_all() -> None:
    assert PAGE.read_text(encoding="utf-8").endswith(format_differences.section())
