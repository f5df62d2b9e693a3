"""Plays scenarios on all processors: scenarios share nothing, and a fork has read everything already."""

import asyncio
import os
import pickle
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from playbook_engine.app.rehearsing.playing import Played, play
from playbook_engine.app.rehearsing.scene import Scene
from playbook_engine.frozen import dataclass
from playbook_engine.rehearsal.virtual_time import VirtualLoop

LEAST: Final = 40
"""Scenarios for which a process of its own is worth while."""


def play_all(scenes: Sequence[Scene], processors: int | None = None) -> list[Played]:
    """Play all scenarios; what came of them is in their order."""
    workers = min(processors or os.cpu_count() or 1, len(scenes) // LEAST)
    if workers < 2:
        return _play(scenes)
    shares = [scenes[number::workers] for number in range(workers)]
    helpers = [_Helper.begin(share) for share in shares[1:]]
    try:
        played = [_play(shares[0]), *(helper.played() for helper in helpers)]
    finally:
        for helper in helpers:
            helper.end()
    return [played[number % workers][number // workers] for number in range(len(scenes))]


def _play(scenes: Sequence[Scene]) -> list[Played]:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return [runner.run(play(each)) for each in scenes]


@dataclass(frozen=True, slots=True)
class _Helper:
    """A process that plays a share of the scenarios, and where it writes what came of them.

    Which answers were used is told by identity: the objects of a fork are where ours are.
    """

    share: Sequence[Scene]
    pid: int
    reading: int

    @classmethod
    def begin(cls, share: Sequence[Scene]) -> "_Helper":
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            return cls(share, pid, reading)
        status = 1
        with suppress(BaseException):  # who waits for us plays our share then, and meets the same error
            os.close(reading)
            with os.fdopen(writing, "wb") as stream:
                stream.write(pickle.dumps(_play(share)))
            status = 0
        os._exit(status)

    def played(self) -> list[Played]:
        """Return what came of the share; what the process could not do is done here."""
        with os.fdopen(self.reading, "rb", closefd=False) as stream:
            data = stream.read()
        try:
            found: list[Played] = pickle.loads(data)  # noqa: S301  it was written by a fork of ours
        except (EOFError, pickle.UnpicklingError):
            return _play(self.share)
        return found

    def end(self) -> None:
        """Let the process go, whatever it is doing."""
        os.close(self.reading)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
