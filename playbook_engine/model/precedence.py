"""Where values come from: what a name stands for, who says so, and what was overridden."""

from collections.abc import Mapping
from enum import IntEnum
from typing import TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Node, Scalar
from playbook_engine.values import Value


class Level(IntEnum):
    """Who gives a value; a higher level wins. Docs: `docs/decisions/0010-inputs.md`."""

    PLAYBOOK = 1
    """Defaults of `inputs`, and `vars`."""
    INVENTORY = 2
    """Variables of groups and hosts; the order among them is Ansible's, and the inventory knows it."""
    CALLER = 3
    """The playbook that plays this one."""
    PERSON = 4
    """Whoever plays it now: by the environment, in files, with `--set`."""


@dataclass(frozen=True, slots=True)
class Sourced:
    """A value, how strong it is, and where it stands: `group_vars/api.yml:3:1 (group api)`, `--set`."""

    value: Value
    level: Level
    origin: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a name stands for: the value that counts, and those that it overrode, the strongest first."""

    name: str
    winner: Sourced
    overrode: tuple[Sourced, ...] = ()


Layer: TypeAlias = Mapping[str, Sourced]
"""The values that one place gives, by name."""


@dataclass(frozen=True, slots=True)
class GivenNode:
    """A value for an input that stands in a file: its key and the value itself, with their places."""

    key: Scalar
    node: Node
