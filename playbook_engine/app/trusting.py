"""`runbook trust`: hosts by their names, and the files in which their keys are kept."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playbook_engine.app import world
from playbook_engine.diagnostics import Diagnostic, Problems, Severity
from playbook_engine.errors import InvalidInput, RunbookError, UsageError
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import patterns
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.sources import InventorySources
from playbook_engine.model.targets import Host
from playbook_engine.model.trust import HostKeys, ShownKey
from playbook_engine.transports.ssh.faults import Unable
from playbook_engine.transports.ssh.settings import UserFiles, current_user
from playbook_engine.transports.ssh.trust import Inspector, typed


@dataclass(frozen=True, slots=True)
class Chosen:
    """The hosts to look at, and what is doubtful about the inventory."""

    hosts: tuple[Host, ...]
    warnings: tuple[Diagnostic, ...] = ()


def chosen(words: tuple[str, ...], sources: InventorySources | None) -> Chosen:
    """Return the hosts: those of an inventory by pattern, else what one would type after `ssh`.

    Raises:
        InvalidInput: with every problem found.
        UsageError: a word is no host.
    """
    if sources is None:
        try:
            return Chosen(tuple(typed(word) for word in words))
        except ValueError as error:
            raise UsageError(str(error), "With -i, hosts are named as the inventory names them.") from None
    from playbook_engine.app import loading  # noqa: PLC0415  not needed without an inventory

    problems = Problems()
    inventory = loading.inventory(sources, problems)
    names = () if inventory is None else _selected(inventory, words, problems)
    if inventory is None or problems.has_errors:
        raise InvalidInput(problems.sorted())
    hosts = tuple(each.host for each in inventory.hosts if each.name in names and each.host.connection == "ssh")
    if not hosts:
        raise UsageError("none of these hosts is reached by SSH")
    return Chosen(hosts, tuple(each for each in problems.sorted() if each.severity is Severity.WARNING))


def _selected(inventory: Inventory, words: tuple[str, ...], problems: Problems) -> frozenset[str]:
    return frozenset(name for word in words for name in patterns.select(inventory, word, None, problems))


class Trusting:
    """Looks at hosts and keeps their keys."""

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector

    def layers(self, hosts: tuple[Host, ...]) -> Iterator[tuple[HostKeys, ...]]:
        """Yield hosts with their keys, those on the way before those behind them."""
        return self._inspector.layers(hosts)

    def keep(self, host: HostKeys, keys: tuple[ShownKey, ...]) -> str:
        """Add keys to known_hosts; return the file.

        Raises:
            RunbookError: it cannot be written.
        """
        try:
            return self._inspector.keep(host, keys)
        except Unable as error:
            raise RunbookError(error.fault.message) from None


@contextmanager
def opened() -> Iterator[Trusting]:
    """Look at hosts as the user of this process would reach them, until the block ends."""
    files = UserFiles.standard(Path.home(), current_user(), os.environ)
    inspector = Inspector(world.jitter, files)
    try:
        yield Trusting(inspector)
    finally:
        inspector.close()
