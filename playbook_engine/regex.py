"""Regular expressions that people write into playbooks and on the command line.

Python's engine cannot be stopped once it runs, so what makes it run away is refused beforehand: a repetition
without an end inside another one, as in `(a+)+`, takes exponential time on the wrong text.
"""

import re
from functools import lru_cache
from typing import Final

MAX_PATTERN: Final = 1_000
_PIECES = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?#[^)]*\)|[()|]|[*+?]|\{\d*,?\d*\}|.", re.DOTALL)
_ENDLESS = re.compile(r"[*+]|\{\d*,\}")
_BOUNDED = re.compile(r"\{(\d*)(,?)(\d*)\}")


class RegexFault(ValueError):
    """A pattern that is not accepted: what is wrong with it, what to do, and the character where it is wrong."""

    def __init__(self, message: str, hint: str | None = None, position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.position = position


@lru_cache(maxsize=512)
def compile_regex(pattern: str) -> re.Pattern[str]:
    """Compile a pattern, each only once; RegexFault when it is no regular expression, too long, or may run away."""
    if len(pattern) > MAX_PATTERN:
        raise RegexFault(f"the pattern has {len(pattern)} characters; the limit is {MAX_PATTERN}")
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise RegexFault(f"is not a regular expression: {error}", position=error.pos) from None
    except (OverflowError, RecursionError) as error:
        raise RegexFault(f"is not a regular expression: {error}") from None
    if _runs_away(pattern):
        hint = "Repeat only once: (ab)+ instead of (a+b*)+."
        raise RegexFault("repeats a repetition, which can take forever on some texts", hint)
    return compiled


def effort(pattern: str, length: int) -> float:
    """Estimate how many ways of matching there are at most on a text of some length.

    Each repetition may end at any character of the text, and what is repeated may be matched in several ways itself.
    """
    ways, last, enclosing = [1.0], 1.0, list[float]()
    for piece in _PIECES.findall(pattern):
        if piece == "(":
            enclosing.append(last)
            ways.append(1.0)
        elif piece == ")" and len(ways) > 1:
            last = ways.pop()
            enclosing.pop()
            ways[-1] = _bounded(ways[-1] * last)
        elif piece == "|":
            ways[-1] += 1
        elif (times := _times(piece, length)) is not None:
            ways[-1] = _bounded(ways[-1] * _repeated(last, *times))
            last = 1.0
        else:
            last = 1.0
    return _product(ways)


def _repeated(ways: float, least: int, most: int) -> float:
    """Return by how much a repetition multiplies the ways; the piece itself has been counted once."""
    if ways <= 1:
        return float(max(most - least + 1, 1))
    return _bounded(ways ** min(most, 64))


def _times(piece: str, length: int) -> tuple[int, int] | None:
    """Return how often a quantifier repeats at least and at most; None for what is none."""
    if piece in {"?", "*", "+"}:
        return 0, 1 if piece == "?" else length
    bounded = _BOUNDED.fullmatch(piece)
    if bounded is None or not (bounded[1] or bounded[3]):
        return None
    least = int(bounded[1] or 0)
    most = int(bounded[3] or (length if bounded[2] else least))
    return least, min(most, max(length, least))


def _bounded(ways: float) -> float:
    return min(ways, 1e30)


def _product(factors: list[float]) -> float:
    result = 1.0
    for factor in factors:
        result = _bounded(result * factor)
    return result


def _runs_away(pattern: str) -> bool:
    """Tell whether a group that repeats without end is itself repeated without end."""
    open_groups, closed_endless = [False], False
    for piece in _PIECES.findall(pattern):
        if piece == "(":
            open_groups.append(False)
            closed_endless = False
        elif piece == ")":
            closed_endless = len(open_groups) > 1 and open_groups.pop()
            open_groups[-1] = open_groups[-1] or closed_endless
        elif _ENDLESS.fullmatch(piece):
            if closed_endless:
                return True
            open_groups[-1] = True
        else:
            closed_endless = False
    return False
