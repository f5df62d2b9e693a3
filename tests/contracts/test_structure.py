"""The shape of the source: sizes, packages that say what belongs in them, imports as agreed."""

import ast
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "playbook_engine").rglob("*.py"))
PACKAGES = sorted(path.parent for path in SOURCES if path.name == "__init__.py" and path.parent.parent != ROOT)
MOST_LINES = 400


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_too_long() -> None:
    files = [*SOURCES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    sizes = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    limit = {path: MOST_LINES if path.startswith("playbook_engine") else 2 * MOST_LINES for path in sizes}

    assert len(sizes) > len(SOURCES)
    assert {path: size for path, size in sizes.items() if size > limit[path]} == {}


@pytest.mark.parametrize("package", PACKAGES, ids=name)
def test_a_package_says_what_belongs_in_it(package: Path) -> None:
    """Its docstring names each of its modules; `local_*` stands for several."""
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
    modules = {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}
    modules |= {path.parent.name for path in package.glob("*/__init__.py")}
    listed = re.findall(r"(?<![\w`/.])([a-z][a-z0-9_]*\*?)(?![\w.`])", docstring)

    assert docstring.splitlines()[0].endswith(".")
    assert {module for module in modules if not any(fnmatch(module, entry) for entry in listed)} == set()


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_stages_import_each_other_as_agreed() -> None:
    """The contracts of pyproject.toml; cycles count where only a type checker would follow them, too."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout
