"""The language is English, and signals are as they usually are.

Who starts the tests in the background has them ignore two, and children inherit that.
"""

import os
import signal
from itertools import groupby
from pathlib import Path

import pytest

WAITING = ("e2e", "kube", "transports", "unit/sandbox")
"""Folders whose tests mostly wait for servers; those of the others mostly keep a processor busy."""
FIRST = ("test_demo_faults.py", "test_kubectl_conformance.py", "test_kube_verbs.py", "test_wheel.py")
"""What takes longest in one piece, so that nothing is waited for at the end."""
_DONE_BY = 0.8
"""At this share of the others, all that wait have begun."""

os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("RUNBOOK_LANG", None)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put modules that wait between those that compute: side by side, the processors are always busy.

    Tracing makes a test up to twice as slow, so that only the unit tests are traced where nobody asks for more.
    """
    modules = [(path, list(tests)) for path, tests in groupby(items, key=lambda item: item.path)]
    total = {waits: sum(len(tests) for path, tests in modules if _waits(path) is waits) for waits in (True, False)}
    begun = dict.fromkeys(total, 0)
    places: list[tuple[float, list[pytest.Item]]] = []
    for path, tests in modules:
        waits = _waits(path)
        share = begun[waits] / total[waits] * (_DONE_BY if waits else 1)
        begun[waits] += len(tests)
        places.append((-1 if path.name in FIRST else share, tests))
    items[:] = [item for _, tests in sorted(places, key=lambda place: place[0]) for item in tests]
    if not os.environ.get("COVER_ALL"):
        for item in items:
            if not _below(item.path, ("unit",)):
                item.add_marker(pytest.mark.no_cover)


def _waits(path: Path) -> bool:
    return _below(path, WAITING)


def _below(path: Path, folders: tuple[str, ...]) -> bool:
    return path.relative_to(Path(__file__).parent).as_posix().startswith(folders)
