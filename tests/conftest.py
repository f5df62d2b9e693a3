"""The language is English, and signals are as they usually are.

Who starts the tests in the background has them ignore two, and children inherit that.
"""

import os
import signal
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

SECONDS = {"e2e": 4, "kube": 1, "transports": 0.4, "unit/sandbox": 0.3, "unit/cli": 0.7, "contracts/test_readme": 1}
"""How long a test of these folders takes, about: they mostly wait for servers and programs."""
OTHERS_SECONDS = 0.06
"""The same for all others, which mostly keep a processor busy."""
_DONE_BY = 0.75
"""At this share of the others, all that wait have begun."""

os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("RUNBOOK_LANG", None)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put modules that wait between those that compute, the long ones first: so the processors are always busy.

    A module is carried out by one worker (`--dist loadscope`), with its servers started once.
    """
    modules = [_Module(path, list(tests)) for path, tests in groupby(items, key=lambda item: item.path)]
    modules.sort(key=lambda module: -module.seconds)
    total = {waits: sum(each.seconds for each in modules if each.waits is waits) for waits in (True, False)}
    begun = dict.fromkeys(total, 0.0)
    places: list[tuple[float, list[pytest.Item]]] = []
    for module in modules:
        share = begun[module.waits] / total[module.waits] * (_DONE_BY if module.waits else 1)
        begun[module.waits] += module.seconds
        places.append((share, module.tests))
    items[:] = [item for _, tests in sorted(places, key=lambda place: place[0]) for item in tests]


@dataclass(frozen=True)
class _Module:
    """The tests of a file, and how long they take, about."""

    path: Path
    tests: list[pytest.Item]

    @property
    def each(self) -> float:
        folder = self.path.relative_to(Path(__file__).parent).as_posix()
        return next((seconds for name, seconds in SECONDS.items() if folder.startswith(name)), OTHERS_SECONDS)

    @property
    def seconds(self) -> float:
        return self.each * len(self.tests)

    @property
    def waits(self) -> bool:
        return self.each > OTHERS_SECONDS
