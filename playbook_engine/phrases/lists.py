"""Words in a row, with what stands between them."""

from collections.abc import Sequence

from playbook_engine.phrases.words import Phrase, Words


class Lists(Phrase):
    """How words in a row are joined."""

    COMMA = (", ", "、")
    AND = ("{before} and {last}", "{before} 和 {last}")
    OR = ("{before} or {last}", "{before} 或 {last}")
    COMMA_IN_SENTENCE = (", ", "，")
    SEMICOLON = ("; ", "；")
    THEN = (", then ", "，然后 ")


def listed(words: Words, items: Sequence[str], last: Phrase = Lists.AND) -> str:
    """Return items as a list within a sentence: `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return words(last, before=words(Lists.COMMA).join(items[:-1]), last=items[-1])
