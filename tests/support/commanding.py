"""The installed command, run and watched from outside."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

RUNBOOK = Path(sys.executable).with_name("runbook")
DEADLINE_S = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to run the command in, with a state directory of its own."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RUNBOOK_", "CI"))}
        return kept | {"RUNBOOK_STATE_DIR": str(self.state), "COLUMNS": "100"}

    def run(
        self, *arguments: str, given: str = "", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the command to its end, without a terminal; `given` is what it can read."""
        return subprocess.run(
            [RUNBOOK, *arguments],
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            input=given,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command and leave it running."""
        return subprocess.Popen(
            [RUNBOOK, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def write(self, name: str, text: str) -> Path:
        """Write a file below the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def records(self) -> list[Path]:
        """Return the records of runs, the oldest first."""
        return sorted((self.state / "runs").glob("*.jsonl"))

    def events(self) -> list[Mapping[str, object]]:
        """Return the events of the latest record that are whole."""
        text = self.records()[-1].read_text(encoding="utf-8") if self.records() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def wait_for(self, kind: str, **fields: object) -> None:
        """Wait until the latest record has such an event."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            if any(e["type"] == kind and all(e.get(k) == v for k, v in fields.items()) for e in self.events()):
                return
            time.sleep(0.02)
        pytest.fail(f"no {kind} with {fields} on record: {[event['type'] for event in self.events()]}")
