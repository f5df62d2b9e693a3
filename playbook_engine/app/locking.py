"""One run at a time for a playbook and environment."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from playbook_engine.app.origin import actor
from playbook_engine.errors import Locked
from playbook_engine.model.plan import Plan, planned_plays
from playbook_engine.model.settings import Mode
from playbook_engine.values import RunId


@contextmanager
def held(plan: Plan, run: RunId, state: Path) -> Iterator[None]:
    """Hold the locks of a plan: of its playbook, and of those that it may play, each on its environment.

    Only a run that may change something holds the locks of what it may play. A state directory that cannot be written
    has no locks; such a run changes nothing anyway.

    Raises:
        Locked: another run holds one of them; the message says whose.
    """
    names = {plan.playbook.name}
    if plan.settings.mode is Mode.PLAY:
        names |= {play.playbook.name for play in planned_plays(plan.blocks)}
    with ExitStack() as locks:
        for name in sorted(names):
            locks.enter_context(_held(f"{name}@{plan.environment.name}".replace("/", "_"), run, state))
        yield


@contextmanager
def _held(name: str, run: RunId, state: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415  lint and help do not need it

    folder = state / "locks"
    holder = folder / f"{name}.json"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(folder / f"{name}.lock", timeout=0, mode=0o600)
        lock.acquire()
    except Timeout:
        raise Locked(f"another run holds {name}: {_holder(holder)}") from None
    except OSError:
        yield
        return
    try:
        with suppress(OSError):  # a full disk keeps the lock's word from being written, not the lock
            who = actor()
            holder.write_text(json.dumps({"run": run, "pid": os.getpid(), "user": who.user, "host": who.host}))
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _holder(path: Path) -> str:
    try:
        who = json.loads(path.read_text())
        return f"run {who['run']} of {who['user']} on {who['host']} (process {who['pid']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "whose, it did not say"
