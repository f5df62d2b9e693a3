"""Regular expressions on text from hosts.

Python's engine cannot be stopped once it runs, so what makes it run away is refused beforehand: a repetition
without an end inside another one, as in `(a+)+`, takes exponential time on the wrong text. The length of the text is
bounded too.
"""

import re
from functools import lru_cache

from playbook_engine.language.expressions.kinds import brief, need_text
from playbook_engine.language.expressions.limits import MAX_TEXT
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Value

MAX_PATTERN = 1_000
_PIECES = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?#[^)]*\)|[()]|[*+]|\{\d*,?\d*\}|.", re.DOTALL)
_ENDLESS = re.compile(r"[*+]|\{\d*,\}")


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern, or say what is wrong with it; a constant pattern is compiled once."""
    if len(pattern) > MAX_PATTERN:
        raise Refused(f"the pattern has {len(pattern)} characters; the limit is {MAX_PATTERN}")
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Refused(f"{brief(pattern)} is not a regular expression: {error}") from None
    if _runs_away(pattern):
        hint = "Repeat only once: (ab)+ instead of (a+b*)+."
        raise Refused(f"{brief(pattern)} repeats a repetition, which can take forever on some texts", hint)
    return compiled


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


def searches(value: Value, pattern: Value) -> bool:
    """Tell whether the pattern matches anywhere in the text."""
    return compile_pattern(need_text(pattern, "`search`")).search(_subject(value, "`search`")) is not None


def matches(value: Value, pattern: Value) -> bool:
    """Tell whether the pattern matches at the beginning of the text."""
    return compile_pattern(need_text(pattern, "`match`")).match(_subject(value, "`match`")) is not None


def _subject(value: Value, what: str) -> str:
    text = need_text(value, what)
    if len(text) > MAX_TEXT:
        raise Refused(f"{what} looks at no more than {MAX_TEXT:,} characters, the text has {len(text):,}")
    return text
