"""Small values that every stage speaks of: ids, durations, sizes, secrets."""

import re
from collections.abc import Iterator, Mapping
from typing import NewType, TypeAlias

from playbook_engine.frozen import dataclass

RunId = NewType("RunId", str)
"""A ULID: sorts by the time the run began."""

TargetName = NewType("TargetName", str)
"""A host of the inventory, a cluster, `control` or `operator`."""

StepPath = NewType("StepPath", str)
"""Where a step stands: `health/1`, `steps/3/case 2/1`, `steps/3/else/1`, `finally/1`.

In a playbook that another one plays: `steps/3/case 2/play/health/1`.
"""

Scalar: TypeAlias = bool | int | float | str | None
Value: TypeAlias = "Scalar | Secret | SecretText | list[Value] | tuple[Value, ...] | Mapping[str, Value]"
"""What a name in an expression may stand for: plain data, never an object with behaviour."""

Names: TypeAlias = Mapping[str, Value]
"""The names an expression can see, and what they stand for."""

_UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII)
_SIZE = re.compile(r"(\d+)(B|KiB|MiB|GiB|kB|MB|GB)", re.ASCII)
_PERCENT = re.compile(r"([+-]?\d{1,400}(?:\.\d{1,400})?) ?%", re.ASCII)
_SIZES = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "kB": 10**3, "MB": 10**6, "GB": 10**9}


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time in whole milliseconds; written `500ms`, `30s`, `5m`, `1h30m`."""

    ms: int

    @property
    def seconds(self) -> float:
        return self.ms / 1000

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read `1h30m` and the like; ValueError says what was expected."""
        match = _DURATION.fullmatch(text)
        if not match or not text:
            raise ValueError(f"'{text}' is not a duration; write 500ms, 30s, 5m or 1h30m")
        days, hours, minutes, seconds, millis = (int(group or 0) for group in match.groups())
        return cls((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + millis)

    def __str__(self) -> str:
        rest, parts = self.ms, []
        for unit in ("d", "h", "m", "s", "ms"):
            count, rest = divmod(rest, _UNITS_MS[unit])
            if count:
                parts.append(f"{count}{unit}")
        return "".join(parts) or "0s"


def parse_size(text: str) -> int:
    """Read `10MiB`, `512KiB`, `1GB` into bytes; ValueError says what was expected."""
    match = _SIZE.fullmatch(text)
    if not match:
        raise ValueError(f"'{text}' is not a size; write 512KiB, 10MiB or 1GB")
    return int(match[1]) * _SIZES[match[2]]


def parse_percent(text: str) -> float:
    """Read `25%` or `99.5 %` into a number; ValueError says what was expected."""
    match = _PERCENT.fullmatch(text)
    if not match:
        raise ValueError(f"'{text}' is not a percentage; write 25% or 99.5%")
    return float(match[1])


class Secret:
    """A value that must never be shown; only `reveal()` gives it out, and nothing serialises it."""

    __slots__ = ("_text", "name")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<secret {self.name}>"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and (self.name, self._text) == (other.name, other._text)

    def __hash__(self) -> int:
        return hash((Secret, self.name))

    def __reduce__(self) -> str:
        raise TypeError("a secret cannot be serialised")


@dataclass(frozen=True, slots=True)
class SecretText:
    """A text with secrets in it: shown masked, revealed only to the transport that sends it."""

    parts: tuple[str | Secret, ...]

    def reveal(self) -> str:
        return "".join(part if isinstance(part, str) else part.reveal() for part in self.parts)

    def secrets(self) -> Iterator[Secret]:
        return (part for part in self.parts if isinstance(part, Secret))

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)

    def __reduce__(self) -> str:
        raise TypeError("a text with secrets cannot be serialised")


Text: TypeAlias = str | SecretText
"""What a template renders to; `str()` of it is safe to show."""


def reveal(text: Text | Secret) -> str:
    """Return the text as the target must get it, secrets included."""
    return text if isinstance(text, str) else text.reveal()


@dataclass(frozen=True, slots=True)
class ShellText:
    """A shell command in which each secret is a variable reference, and the values of those variables.

    `command` is safe to show and to record: `curl -H "apikey: ${RUNBOOK_SECRET_KEY}"`. The values travel by
    the process environment or standard input, never by argv.
    """

    command: str
    secrets: tuple[tuple[str, Secret], ...] = ()
