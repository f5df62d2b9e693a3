"""The fleet benchmark, small: it starts its own servers, runs ours and the bare script, and ends what it started."""

import json
import os
import subprocess
import sys
from pathlib import Path

import openssh
import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.sshd


def test_three_hosts_and_two_commands(tmp_path: Path) -> None:
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed")
    found, page = tmp_path / "found.json", tmp_path / "page.md"
    words = [
        "--only",
        "hosts",
        "--hosts",
        "3",
        "--commands",
        "2",
        "--rounds",
        "1",
        "--peers",
        "runbook,paramiko pool",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "bench", "fleet", *words, "--json", str(found), "--write", str(page)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    (scenario,) = json.loads(found.read_text())["scenarios"]
    assert scenario["skipped"] == {}
    assert [(one["who"], len(one["runs"])) for one in scenario["measured"]] == [("runbook", 1), ("paramiko pool", 1)]
    assert all(one["wall_s"] > 0 and one["cpu_s"] > 0 and one["peak_mib"] > 10 for one in scenario["measured"])
    assert "## 3 hosts × 2 commands" in page.read_text()
    assert list(tmp_path.glob("rb-bench-*")) == []
    assert not _still_running(str(tmp_path))


def _still_running(folder: str) -> list[str]:
    listed = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True, timeout=10)
    return [line for line in listed.stdout.splitlines() if f"{folder}/rb-bench-" in line]
