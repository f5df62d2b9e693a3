"""Sorts the words of a line into flags with their values, and the words that are no flags."""

from collections.abc import Iterator, Sequence

from playbook_engine.actions.kubectl.tokens import Word
from playbook_engine.actions.kubectl.verbs import FLAGS, LETTERS, Flag
from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """A flag that was given; `value` is None for a flag that takes none."""

    flag: Flag
    word: Word
    value: Word | None

    @property
    def shown(self) -> str:
        """Return the flag as its author wrote it, without the value."""
        return self.word.prefix.partition("=")[0] if self.word.prefix.startswith("--") else self.word.prefix[:2]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The words that are no flags, in their order, and the flags."""

    words: tuple[Word, ...]
    options: tuple[Option, ...]


def sort(words: Sequence[Word], problems: Problems) -> Sorted:
    """Tell flags from other words; unknown and unfinished flags go on the list of problems."""
    plain: list[Word] = []
    options: list[Option] = []
    rest = iter(words)
    for word in rest:
        if not word.prefix.startswith("-"):
            plain.append(word)
            continue
        option = _option(word, rest, problems)
        if option is not None:
            options.append(option)
    return Sorted(tuple(plain), tuple(options))


def _option(word: Word, rest: Iterator[Word], problems: Problems) -> Option | None:
    name = word.prefix.partition("=")[0] if word.prefix.startswith("--") else word.prefix[:2]
    unfinished = len(name) == len(word.prefix) and not word.is_literal
    if unfinished and (len(name) < 2 or name.startswith("--")):
        _templated(word, problems)
        return None
    if name.startswith("--"):
        attached = word.after(len(name) + 1) if "=" in word.prefix else None
        flag = FLAGS.get(name[2:])
    else:
        attached = _behind_letter(word)
        flag = LETTERS.get(name[1:])
    if flag is None:
        _unknown(word, name, problems)
        return None
    return _with_value(flag, word, attached, rest, problems)


def _behind_letter(word: Word) -> Word | None:
    """Return what follows `-n` in `-nprod` and `-n=prod`; None when nothing does."""
    if word.is_literal and len(word.prefix) == 2:
        return None
    return word.after(3 if word.prefix[2:3] == "=" else 2)


def _with_value(
    flag: Flag, word: Word, attached: Word | None, rest: Iterator[Word], problems: Problems
) -> Option | None:
    if flag.check is None:
        if attached is not None and flag.refusal is None and not flag.later:
            problems.error("kubectl-flag", f"--{flag.name} takes no value", word.span, f"Write --{flag.name} alone.")
            return None
        return Option(flag, word, None)
    value = attached if attached is not None else next(rest, None)
    if value is None:
        problems.error("kubectl-flag", f"--{flag.name} needs a value", word.span, f"Write --{flag.name}=VALUE.")
        return None
    return Option(flag, word, value)


def _templated(word: Word, problems: Problems) -> None:
    problems.error(
        "kubectl-flag",
        f"the name of a flag has to be written out, not '{word.shown}'",
        word.span,
        "Only the value of a flag can be '{{ … }}'.",
    )


def _unknown(word: Word, name: str, problems: Problems) -> None:
    if name == "--":
        problems.error("kubectl-flag", "'--' has no use here", word.span, "Leave it out.")
        return
    known = [f"--{flag.name}" for flag in FLAGS.values() if not flag.later and flag.refusal is None]
    problems.error("kubectl-flag", f"unknown flag '{name}'", word.span, did_you_mean(name, known))
