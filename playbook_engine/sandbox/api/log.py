"""The API's log: `2026-11-23 14:30:15 INFO HTTP GET /api/v1/me {"duration_ms":12,"user":"user_7"} 200`."""

import json
import threading
from typing import TextIO

from playbook_engine.sandbox.stamps import log_time


class Log:
    """Writes each line to all of its files at once; lines of two threads do not mix."""

    def __init__(self, *files: TextIO) -> None:
        self._files = files
        self._lock = threading.Lock()

    def write(self, level: str, message: str) -> None:
        line = f"{log_time()} {level} {message}\n"
        with self._lock:
            for file in self._files:
                file.write(line)
                file.flush()

    def event(self, name: str, **fields: object) -> None:
        """Write what happened and its fields: `rate_limit {"action":"queue"}`."""
        self.write("INFO", f"{name} {compact(fields)}")


def compact(fields: object) -> str:
    """Return JSON without spaces, so that a line stays a row of words."""
    return json.dumps(fields, separators=(",", ":"))
