"""A container's log, as much of it as was asked for."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playbook_engine.sandbox.kube.objects import CONTAINER
from playbook_engine.sandbox.kube.statuses import bad_request
from playbook_engine.sandbox.stamps import log_time

_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_FORMAT = "%Y-%m-%d %H:%M:%S"


def read_log(folder: Path, pod: str, query: Mapping[str, str]) -> bytes:
    """Return the lines that `container`, `previous`, `sinceSeconds`, `tailLines` and `limitBytes` ask for."""
    container = query.get("container") or CONTAINER
    if container != CONTAINER:
        raise bad_request(f"container {container} is not valid for pod {pod}")
    previous = _is_true(query.get("previous"))
    file = folder / (f"{pod}.previous.log" if previous else f"{pod}.log")
    if not file.exists():
        if previous:
            raise bad_request(f'previous terminated container "{CONTAINER}" in pod "{pod}" not found')
        return b""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    lines = _since(lines, _number(query, "sinceSeconds"))
    tail = _number(query, "tailLines")
    if tail is not None:
        lines = lines[max(len(lines) - tail, 0) :]
    return "".join(lines).encode()[: _number(query, "limitBytes")]


def _since(lines: list[str], seconds: int | None) -> list[str]:
    """Drop the lines before the first that is young enough; a line without a time belongs to the one before."""
    if seconds is None:
        return lines
    now = datetime.strptime(log_time(), _FORMAT).replace(tzinfo=UTC)
    oldest = (now - timedelta(seconds=seconds)).strftime(_FORMAT)
    young = (place for place, line in enumerate(lines) if _STAMP.match(line) and line[:19] >= oldest)
    return lines[next(young, len(lines)) :]


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not text.isdecimal():
        raise bad_request(f'{name}: "{text}" is not a whole number')
    return int(text)


def _is_true(text: str | None) -> bool:
    return text is not None and text.lower() in {"", "1", "true"}
