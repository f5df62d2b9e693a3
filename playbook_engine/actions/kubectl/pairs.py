"""`NAME=VALUE` and `NAME-`: the variables, images, labels and annotations of a line."""

from playbook_engine.actions.kubectl.tokens import Word
from playbook_engine.actions.kubectl.verb import Pairs, Verb
from playbook_engine.actions.kubectl.wording import check_text
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Assignment:
    """One pair of a line; without a value it is removed."""

    name: str
    value: Word | None


def read_pairs(
    verb: Verb, pairs: Pairs, words: tuple[Word, ...], problems: Problems
) -> tuple[tuple[Word, ...], tuple[Assignment, ...]]:
    """Tell the pairs from the object before them."""
    objects: list[Word] = []
    found: dict[str, Assignment] = {}
    for word in words:
        name, equals, _ = word.prefix.partition("=")
        removes = bool(objects) and word.is_literal and word.shown.endswith("-") and pairs.removable
        if not equals and not removes:
            if _is_named(objects):
                message = f"'{word.shown}' is not {_a(pairs.noun)} of '{verb.name}'"
                problems.error("kubectl-argument", message, word.span, how_to(pairs))
            else:
                objects.append(word)
            continue
        name = name if equals else word.shown[:-1]
        check_text(name, pairs.key, word.span, problems)
        if name in found:
            problems.error("kubectl-argument", f"the {pairs.noun} '{name}' is named twice", word.span, "Keep one.")
        value = word.after(len(name) + 1) if equals else None
        if value is not None and value.is_literal:
            check_text(value.shown, pairs.value, value.span, problems)
        found[name] = Assignment(name, value)
    return tuple(objects), tuple(found.values())


def how_to(pairs: Pairs) -> str:
    """Return how a pair is written."""
    if not pairs.removable:
        return "Write CONTAINER=IMAGE to set one; the container's name has to be written out."
    return "Write NAME=VALUE to set one, NAME- to remove one; the name has to be written out."


def needs(verb: Verb, pairs: Pairs) -> str:
    return f"'{verb.name}' needs {_a(pairs.noun)}"


def _is_named(objects: list[Word]) -> bool:
    return len(objects) == (1 if objects and "/" in objects[0].prefix else 2)


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
