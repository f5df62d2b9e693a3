"""Regular expressions on text from hosts; the length of the text is bounded, and so is what a pattern may do."""

import re
from functools import lru_cache

from playbook_engine.language.expressions.kinds import brief, need_text
from playbook_engine.language.expressions.limits import MAX_TEXT
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.regex import MAX_PATTERN, RegexFault, compile_regex
from playbook_engine.values import Value


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern, or say what is wrong with it; a constant pattern is compiled once."""
    try:
        return compile_regex(pattern)
    except RegexFault as fault:
        named = fault.message if len(pattern) > MAX_PATTERN else f"{brief(pattern)} {fault.message}"
        raise Refused(named, fault.hint) from None


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
