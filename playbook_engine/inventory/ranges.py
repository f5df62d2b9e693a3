"""Host ranges: `web[01:20]`, `[a:f]`, `[0:10:2]`, several in one name.

Several ranges make every combination; the leftmost range is the slowest to change, as in Ansible.
"""

import re
from itertools import product
from math import prod
from string import ascii_lowercase, ascii_uppercase
from typing import Final

MAX_NAMES: Final = 100_000
_MAX_DIGITS: Final = 9
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


class RangeFault(Exception):
    """A range that cannot be spelled out; `start` and `length` say where in the name it stands."""

    def __init__(self, message: str, start: int, length: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.length = length
        self.hint = hint


def expand(name: str) -> tuple[str, ...]:
    """Return the names that `name` stands for; a name without brackets stands for itself."""
    if "[" not in name and "]" not in name:
        return (name,)
    parts = [_Part(match) for match in _BRACKETS.finditer(name)]
    _refuse_stray(name)
    if prod(len(part.words) for part in parts) > MAX_NAMES:
        raise RangeFault(f"the range stands for more than {MAX_NAMES:,} hosts", 0, len(name))
    fixed = _BRACKETS.split(name)[::2]
    words = [part.words for part in parts]
    return tuple(_joined(fixed, turn) for turn in product(*words))


def _joined(fixed: list[str], turn: tuple[str, ...]) -> str:
    return fixed[0] + "".join(word + rest for word, rest in zip(turn, fixed[1:], strict=True))


def _refuse_stray(name: str) -> None:
    blanked = _BRACKETS.sub(lambda match: " " * len(match[0]), name)
    stray = re.search(r"[\[\]]", blanked)
    if stray:
        raise RangeFault(f"'{stray[0]}' without its other half", stray.start(), 1, "Write ranges as web[01:20].")


class _Part:
    """One bracket of a name, spelled out in `words`."""

    def __init__(self, match: re.Match[str]) -> None:
        self.text = match[0]
        self.start = match.start()
        first, last, step = self._bounds(match[1])
        self.words = self._letters(first, last, step) or self._numbers(first, last, step)

    def fault(self, message: str, hint: str | None = None) -> RangeFault:
        return RangeFault(f"{self.text}: {message}", self.start, len(self.text), hint)

    def _bounds(self, inside: str) -> tuple[str, str, int]:
        fields = inside.split(":")
        if len(fields) not in {2, 3} or not fields[1]:
            raise self.fault("a range has two ends", "Write [01:20], [a:f], or [0:10:2] with a step.")
        step = fields[2] if len(fields) == 3 else "1"
        if not _is_number(step) or int(step) == 0:
            raise self.fault(f"the step '{step}' is not a whole number from 1 on")
        return fields[0] or "0", fields[1], int(step)

    def _letters(self, first: str, last: str, step: int) -> tuple[str, ...]:
        for alphabet in (ascii_lowercase, ascii_uppercase):
            if len(first) == len(last) == 1 and first in alphabet and last in alphabet:
                words = alphabet[alphabet.index(first) : alphabet.index(last) + 1 : step]
                if not words:
                    raise self._backwards(first, last)
                return tuple(words)
        return ()

    def _numbers(self, first: str, last: str, step: int) -> tuple[str, ...]:
        if not (_is_number(first) and _is_number(last)):
            hint = "Both ends are numbers of at most nine digits, or both are letters of the same case."
            raise self.fault(f"'{first}' to '{last}' is not a range", hint)
        if len(first) != len(last) and "0" in {first[0] if len(first) > 1 else "", last[0] if len(last) > 1 else ""}:
            raise self.fault("the ends are padded to different widths", self._padded(first, last))
        if int(first) > int(last):
            raise self._backwards(first, last)
        numbers = range(int(first), int(last) + 1, step)
        if len(numbers) > MAX_NAMES:
            raise self.fault(f"stands for more than {MAX_NAMES:,} hosts")
        width = len(first) if first[0] == "0" else 1
        return tuple(str(number).zfill(width) for number in numbers)

    def _backwards(self, first: str, last: str) -> RangeFault:
        return self.fault(f"{first} comes after {last}", f"Write [{last}:{first}].")

    @staticmethod
    def _padded(first: str, last: str) -> str:
        width = max(len(first), len(last))
        return f"Write [{first.zfill(width)}:{last.zfill(width)}], or both ends without leading zeros."


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS
