"""What an expression says, as plain data: for those who put it into words."""

from typing import TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.values import Scalar


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, true, false or none."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Path:
    """A name and the constant keys behind it: `jwks.json['keys']`."""

    name: str
    keys: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list that is written out."""

    items: tuple["Shape", ...]


@dataclass(frozen=True, slots=True)
class Filtered:
    """A value and the filter that it goes through."""

    subject: "Shape"
    filter: str
    arguments: tuple["Shape", ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values and the operator between them, as it is written: `==`, `not in`."""

    left: "Shape"
    operator: str
    right: "Shape"


@dataclass(frozen=True, slots=True)
class Tested:
    """A value and the test behind `is`."""

    subject: "Shape"
    test: str
    arguments: tuple["Shape", ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    part: "Shape"


@dataclass(frozen=True, slots=True)
class AllOf:
    """What `and` joins."""

    parts: tuple["Shape", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What `or` joins."""

    parts: tuple["Shape", ...]


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else: arithmetic, methods, choices."""


Shape: TypeAlias = Constant | Path | Items | Filtered | Comparison | Tested | Not | AllOf | AnyOf | Other
