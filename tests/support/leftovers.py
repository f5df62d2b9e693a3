"""What this process holds at a moment: threads, tasks, sockets, children. Two of them are compared."""

import asyncio
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Held:
    """A moment; equal to another one when nothing has come or gone."""

    threads: frozenset[tuple[str, int | None]]
    tasks: frozenset[str]
    descriptors: Counter[str]
    children: frozenset[int]

    def more_than(self, before: "Held") -> str:
        """Say what is there now and was not there before; an empty text when there is nothing."""
        found = {
            "threads": sorted(name for name, _ in self.threads - before.threads),
            "tasks": sorted(self.tasks - before.tasks),
            "descriptors": sorted((self.descriptors - before.descriptors).elements()),
            "children": sorted(map(str, self.children - before.children)),
        }
        return "; ".join(f"{what}: {', '.join(names)}" for what, names in found.items() if names)


def held() -> Held:
    """Return what is held now."""
    current = asyncio.current_task()
    return Held(
        threads=frozenset((thread.name, thread.ident) for thread in threading.enumerate()),
        tasks=frozenset(task.get_name() for task in asyncio.all_tasks() if task is not current),
        descriptors=_descriptors(),
        children=_children(),
    )


async def nothing_more_than(before: Held, seconds: float = 5) -> str:
    """Wait until nothing is held that was not held before; say what still is when the time is over."""
    until = asyncio.get_running_loop().time() + seconds
    while (more := held().more_than(before)) and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.02)
    return more


def _descriptors() -> Counter[str]:
    """Count descriptors by kind: a socket's number says nothing."""
    found: Counter[str] = Counter()
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found[str(entry.readlink()).partition(":")[0]] += 1
    return found


def _children() -> frozenset[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            found.update(map(int, (task / "children").read_text().split()))
    return frozenset(found)
