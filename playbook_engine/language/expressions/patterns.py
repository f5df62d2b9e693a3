"""Regular expressions on text from hosts.

What may run away is refused beforehand where it can be seen (`regex`); the length of the text is bounded, and so is
the time (`patience`).
"""

import re
from functools import lru_cache

from playbook_engine.language.expressions.kinds import brief, describe, need_text, need_whole
from playbook_engine.language.expressions.limits import MAX_TEXT, check_items, check_length
from playbook_engine.language.expressions.refusal import Empty, Refused
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


def found(value: Value, pattern: Value, group: Value = 0) -> str:
    """Return the first part of a text that matches, or a group of the match."""
    what = "`regex_search`"
    match = compile_pattern(need_text(pattern, what)).search(_subject(value, what))
    wanted = group if isinstance(group, str) else need_whole(group, what)
    if match is None:
        raise Empty(
            f"nothing in {describe(value)} matches {brief(pattern)}", "Say what to take instead: | default(…)."
        )
    try:
        text: str | None = match[wanted]
    except IndexError:
        raise Refused(f"{brief(pattern)} has no group {brief(wanted)}") from None
    if text is None:
        raise Empty(f"the group {brief(wanted)} of {brief(pattern)} has no part in the match")
    return text


def all_found(value: Value, pattern: Value) -> Value:
    """Return all parts of a text that match: the group of each match, or its groups as a list, or the whole match."""
    what = "`regex_findall`"
    compiled = compile_pattern(need_text(pattern, what))
    parts: list[Value] = []
    for match in compiled.finditer(_subject(value, what)):
        check_items(len(parts) + 1)
        groups = [group or "" for group in match.groups()]
        parts.append(match[0] if not groups else groups[0] if len(groups) == 1 else [*groups])
    return parts


def substituted(value: Value, pattern: Value, replacement: Value) -> str:
    r"""Put a text in place of every match; `\1` and `\g<name>` in it are groups. The size is watched on the way."""
    what = "`regex_replace`"
    compiled, text = compile_pattern(need_text(pattern, what)), _subject(value, what)
    written = need_text(replacement, what)
    plain = "\\" not in written
    parts: list[str] = []
    length, last = 0, 0
    for match in compiled.finditer(text):
        try:
            parts += (text[last : match.start()], written if plain else match.expand(written))
        except (re.error, IndexError) as error:
            raise Refused(f"{brief(written)} cannot be put in place of a match: {error}") from None
        length += len(parts[-1]) + len(parts[-2])
        check_length(length)
        last = match.end()
    check_length(length + len(text) - last)
    return "".join((*parts, text[last:]))


def _subject(value: Value, what: str) -> str:
    text = need_text(value, what)
    if len(text) > MAX_TEXT:
        raise Refused(f"{what} looks at no more than {MAX_TEXT:,} characters, the text has {len(text):,}")
    return text
