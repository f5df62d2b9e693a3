"""A pod: one process of the API, started again when it ends by itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from pathlib import Path

from playbook_engine.sandbox.guard import Guard, kill_group
from playbook_engine.sandbox.server import ReservedPort, accepts
from playbook_engine.sandbox.stamps import object_time

_FIRST_DELAY, _LONGEST_DELAY = 0.5, 8.0
_SETTLED_SECONDS = 10.0
_LAST_CALL_SECONDS, _GRACE_SECONDS = 0.1, 1.0
_PROBE_SECONDS = 1.0
_PACKAGE_ROOT = Path(__file__).resolve().parents[3]


class PodState(StrEnum):
    UNREADY = auto()
    READY = auto()
    BACK_OFF = auto()
    MISCONFIGURED = auto()
    STOPPING = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Where pods run: a folder that their relative paths mean, and the program that they run."""

    name: str
    folder: Path
    program: Sequence[str] = (sys.executable, "-m", "playbook_engine.sandbox.api")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastExit:
    """How the container ended last time."""

    code: int
    reason: str
    began: str
    ended: str


class ConfigError(Exception):
    """A container's environment cannot be made; the text is what `kubectl describe` shows."""


class Pod:
    """Its `state` changes in `look`, which the controller calls again and again from one thread."""

    def __init__(
        self,
        *,
        name: str,
        template: str,
        node: Node,
        logs: Path,
        environment: Callable[[], Mapping[str, str]],
        guard: Guard,
        memory_limit: int | None = None,
    ) -> None:
        self.name = name
        self.template = template
        self.node = node
        self.log = logs / f"{name}.log"
        self.previous_log = logs / f"{name}.previous.log"
        self.state = PodState.UNREADY
        self.restarts = 0
        self.born = object_time()
        self.began: str | None = None
        self.ready_since: str | None = None
        self.stopping_since: str | None = None
        self.last_exit: LastExit | None = None
        self.problem = ""
        self._environment = environment
        self._guard = guard
        self._memory_limit = memory_limit
        self._is_too_large = False
        self._reserved = ReservedPort()
        self._process: subprocess.Popen[bytes] | None = None
        self._began_at = 0.0
        self._next_start = 0.0
        self._delay = _FIRST_DELAY
        self._next_probe = 0.0
        self._ask_at = 0.0
        self._is_asked = False
        self._kill_at = 0.0

    @property
    def port(self) -> int:
        return self._reserved.number

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def environment(self) -> dict[str, str]:
        """Return the variables that the container's programs see; ConfigError says what is missing."""
        return {**_SYSTEM, **self._environment(), "PORT": str(self.port), "HOSTNAME": self.name}

    def look(self, now: float) -> None:
        """See how the process is doing and do what is due."""
        if self.state is PodState.GONE:
            return
        if self._process is not None and (code := self._process.poll()) is not None:
            self._ended(code, now)
        self._limit()
        if self.state is PodState.STOPPING:
            self._finish(now)
        elif self._process is None:
            if now >= self._next_start:
                self._start(now)
        elif self.state is PodState.UNREADY and accepts(self.port):
            self._set_ready(now)
        elif self.state is PodState.READY and now >= self._next_probe:
            self._probe(now)

    def _limit(self) -> None:
        """Kill a process that has more memory than its container may, as a kernel would."""
        if self._process is None or self._memory_limit is None or self._is_too_large:
            return
        if (memory := resident(self._process.pid)) is not None and memory > self._memory_limit:
            self._is_too_large = True
            kill_group(self._process.pid, signal.SIGKILL)

    def stop(self, now: float) -> None:
        """Have the process end: it is asked to when nobody is on the way to it any more, and killed when it stays."""
        if self.state in {PodState.STOPPING, PodState.GONE}:
            return
        self.state, self.ready_since, self.stopping_since = PodState.STOPPING, None, object_time()
        self._ask_at = now + _LAST_CALL_SECONDS
        self._kill_at = self._ask_at + _GRACE_SECONDS

    def close(self) -> None:
        """End the process now, whatever it does, and give the port back."""
        if self._process is not None:
            kill_group(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._guard.forget(self._process.pid)
            self._process = None
        self.state, self.ready_since = PodState.GONE, None
        self._reserved.close()

    def _start(self, now: float) -> None:
        try:
            environment = self.environment()
        except ConfigError as problem:
            self.state, self.problem = PodState.MISCONFIGURED, str(problem)
            self._next_start = now + _FIRST_DELAY
            return
        if self.log.exists():
            self.log.replace(self.previous_log)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                list(self.node.program),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.node.folder,
                env=environment,
                start_new_session=True,
            )
        self._guard.watch(self._process.pid)
        self.state, self.problem = PodState.UNREADY, ""
        self.began, self._began_at = object_time(), now

    def _ended(self, code: int, now: float) -> None:
        assert self._process is not None  # noqa: S101 only a process that was there can end
        self._guard.forget(self._process.pid)
        self._process, self.ready_since = None, None
        reason = "OOMKilled" if self._is_too_large else "Completed" if code == 0 else "Error"
        self._is_too_large = False
        shown = code if code >= 0 else 128 - code
        self.last_exit = LastExit(code=shown, reason=reason, began=self.began or "", ended=object_time())
        if self.state is PodState.STOPPING:
            return
        self.restarts += 1
        self._delay = _FIRST_DELAY if now - self._began_at > _SETTLED_SECONDS else self._delay
        self.state, self._next_start = PodState.BACK_OFF, now + self._delay
        self._delay = min(self._delay * 2, _LONGEST_DELAY)

    def _finish(self, now: float) -> None:
        if self._process is None or now >= self._kill_at:
            self.close()
        elif now >= self._ask_at and not self._is_asked:
            self._is_asked = True
            kill_group(self._process.pid, signal.SIGTERM)

    def _set_ready(self, now: float) -> None:
        self.state, self.ready_since = PodState.READY, object_time()
        self._next_probe = now + _PROBE_SECONDS

    def _probe(self, now: float) -> None:
        """Look whether a pod that was ready still is."""
        self._next_probe = now + _PROBE_SECONDS
        if not accepts(self.port):
            self.state, self.ready_since = PodState.UNREADY, None


def resident(pid: int) -> int | None:
    """Return how many bytes of memory a process has; None where the system does not tell, or when it is gone."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


# The API finds this package wherever it was started from; nothing else of the environment is handed on.
_SYSTEM = {"PATH": os.defpath, "PYTHONPATH": str(_PACKAGE_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
