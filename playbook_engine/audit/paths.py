"""Where records and the ledger lie under the state directory.

<state>/runs/<run>.jsonl    one file for each run
<state>/runs/<run>.answers  its full answers, when it was played with --record
<state>/ledger.jsonl        one line for each run opened and sealed
<state>/ledger.lock         held while a line is added to the ledger
"""

import re
from pathlib import Path

from playbook_engine.values import RunId

_SAFE_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")

SUFFIX = ".jsonl"
ANSWERS_SUFFIX = ".answers"
"""Not one of records: older versions would take it for a run."""


def runs_folder(state_dir: Path) -> Path:
    return state_dir / "runs"


def record_file(state_dir: Path, run: RunId) -> Path:
    """Return the file of a run; ValueError for an id that could name another place."""
    if not _SAFE_NAME.fullmatch(run):
        raise ValueError(f"'{run}' cannot be the id of a run")
    return runs_folder(state_dir) / f"{run}{SUFFIX}"


def state_dir(record: Path) -> Path:
    """Return the state directory that a run's file lies in."""
    return record.parent.parent


def answers_file(record: Path) -> Path:
    """Return where the full answers of a run lie: beside its record."""
    return record.with_suffix(ANSWERS_SUFFIX)


def ledger_file(state_dir: Path) -> Path:
    return state_dir / "ledger.jsonl"


def ledger_lock(ledger: Path) -> Path:
    """Return the lock that writers of this ledger hold."""
    return ledger.with_suffix(".lock")
