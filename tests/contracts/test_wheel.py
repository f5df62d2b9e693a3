"""The wheel is whole: installed alone, the demo works from an empty folder."""

import importlib.util
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel; with hatchling here no package index is needed."""
    folder = tmp_path_factory.mktemp("wheel")
    alone = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", *alone, "--wheel-dir", folder, ROOT],
        check=True,
        timeout=110,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install it into an environment of its own, which borrows its dependencies from this one."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(place, symlinks=True)
    python = place / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel],
        check=True,
        timeout=60,
        capture_output=True,
    )
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return place


def test_everything_that_travels_is_in_it(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    travels = [
        path.relative_to(ROOT)
        for folder in ("schemas", "playbooks", "inventories")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    ]

    assert {f"playbook_engine/data/{path}" for path in travels} <= inside
    assert {path.name for path in travels} >= {"jwks-outage.yml", "hosts.yml", "playbook.v1.json"}
    assert "playbook_engine/py.typed" in inside
    assert not [name for name in inside if name.startswith(("tests", "bench", "docs")) or "__pycache__" in name]
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RUNBOOK_", "PYTHON", "XDG_"))}
    return subprocess.run(
        [installed / "bin" / "runbook", *arguments],
        cwd=folder,
        env=kept | {"HOME": str(folder.parent / "home")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_it_is_the_wheel_that_runs(installed: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [installed / "bin" / "python", "-c", "import playbook_engine; print(playbook_engine.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert Path(where.stdout.strip()).is_relative_to(installed)


def test_the_demo_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()

    done = run(installed, folder, "demo")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "resolved" in done.stdout
    assert list(folder.iterdir()) == []
    records = list((tmp_path / "home" / ".local" / "state" / "runbook" / "runs").glob("*.jsonl"))
    assert len(records) == 1
    assert run(installed, folder, "audit", "verify").returncode == 0


def test_its_playbook_lints_without_a_repository(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "lint", "jwks-outage")

    assert (done.returncode, done.stdout) == (0, "1 playbook, no problems\n")
