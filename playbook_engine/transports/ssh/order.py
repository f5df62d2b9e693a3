"""What is asked of a connection, and what may become of it besides an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from playbook_engine.model.replies import Answer, Fault
from playbook_engine.model.requests import ShellRequest
from playbook_engine.values import Duration


@dataclass(frozen=True, slots=True)
class NotBegun:
    """Nothing was sent, because the connection had died: a new one may do."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Full:
    """Nothing was sent, because the host opens no more channels for now; `others` says that we have some open."""

    fault: Fault
    others: bool = False


@dataclass(frozen=True, slots=True)
class Cold:
    """Nothing was run, because the host's shell cannot stay for several commands."""


Result: TypeAlias = Answer | NotBegun | Full


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be run, until when (on the monotonic clock), and unguessable words for the talk with the shell."""

    request: ShellRequest
    word: Callable[[], str]
    until: float

    @property
    def timeout(self) -> Duration:
        return self.request.timeout
