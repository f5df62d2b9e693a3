"""What `runbook explain` tells: every name that a playbook's steps see, with where its value comes from."""

from enum import StrEnum

from playbook_engine.frozen import dataclass
from playbook_engine.model.precedence import Resolved, Sourced
from playbook_engine.values import TargetName


class Origin(StrEnum):
    """What kind of name it is."""

    INPUT = "input"
    VARIABLE = "vars"
    INVENTORY = "inventory"
    ENVIRONMENT = "env"
    SECRET = "secret"  # noqa: S105  a word, not a password


@dataclass(frozen=True, slots=True)
class Difference:
    """Hosts on which a name stands for something else; each source once, the strongest values only."""

    hosts: tuple[TargetName, ...]
    sources: tuple[Sourced, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One name; `resolved` is None when nobody gives it a value here."""

    name: str
    kind: Origin
    resolved: Resolved | None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All names of a playbook: on a host, or as steps see them that are not carried out on one."""

    playbook: str
    version: str
    title: str
    environment: str | None
    """None when there is no inventory to look into."""
    host: TargetName | None
    hosts: int
    """How many hosts were looked at for differences."""
    names: tuple[Explained, ...]
