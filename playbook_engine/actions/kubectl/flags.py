"""Sorts the words of a line into flags with their values, the words that are no flags, and those behind `--`."""

from collections.abc import Iterator, Sequence

from playbook_engine.actions.kubectl.flag_table import FLAGS, Flag, Flags
from playbook_engine.actions.kubectl.tokens import Word
from playbook_engine.actions.kubectl.verbs import GROUPS, VERBS
from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """A flag that was given; `value` is None for a switch that was given alone."""

    flag: Flag
    word: Word
    value: Word | None

    @property
    def shown(self) -> str:
        """Return the flag as its author wrote it, without the value."""
        return self.word.prefix.partition("=")[0] if self.word.prefix.startswith("--") else self.word.prefix[:2]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The words that are no flags, in their order, the flags, and the words behind `--`."""

    words: tuple[Word, ...]
    options: tuple[Option, ...]
    program: tuple[Word, ...] = ()


def sort(words: Sequence[Word], problems: Problems) -> Sorted:
    """Tell flags from other words; unknown and unfinished flags go on the list of problems."""
    flags = _known(words)
    plain: list[Word] = []
    options: list[Option] = []
    rest = iter(words)
    for word in rest:
        if word.is_literal and word.shown == "--" and plain and plain[0].shown == "exec":
            return Sorted(tuple(plain), tuple(options), tuple(rest))
        if not word.prefix.startswith("-"):
            plain.append(word)
            continue
        option = _option(flags, word, rest, problems)
        if option is not None:
            options.append(option)
    return Sorted(tuple(plain), tuple(options))


def _known(words: Sequence[Word]) -> Flags:
    """Return the flags by what the line's command takes for its own: `-f` is a file for apply, and not for logs."""
    shown = [word.shown for word in words]
    for at, text in enumerate(shown):
        name = f"{text} {shown[at + 1]}" if text in GROUPS and at + 1 < len(shown) else text
        if name in VERBS:
            return Flags.of(VERBS[name].flags)
    return Flags(())


def _option(flags: Flags, word: Word, rest: Iterator[Word], problems: Problems) -> Option | None:
    name = word.prefix.partition("=")[0] if word.prefix.startswith("--") else word.prefix[:2]
    unfinished = len(name) == len(word.prefix) and not word.is_literal
    if unfinished and (len(name) < 2 or name.startswith("--")):
        _templated(word, problems)
        return None
    if name.startswith("--"):
        attached = word.after(len(name) + 1) if "=" in word.prefix else None
        flag = flags.named(name[2:])
    else:
        attached = _behind_letter(word)
        flag = flags.lettered(name[1:])
    if flag is None:
        _unknown(word, name, problems)
        return None
    if flag.check is None:
        return _switch(flag, word, attached, problems)
    return _with_value(flag, word, attached, rest, problems)


def _behind_letter(word: Word) -> Word | None:
    """Return what follows `-n` in `-nprod` and `-n=prod`; None when nothing does."""
    if word.is_literal and len(word.prefix) == 2:
        return None
    return word.after(3 if word.prefix[2:3] == "=" else 2)


def _switch(flag: Flag, word: Word, attached: Word | None, problems: Problems) -> Option | None:
    """Return a switch; one that is given as what it is anyway says nothing."""
    if attached is None or flag.refusal is not None:
        return None if flag.is_on else Option(flag, word, None)
    if not attached.is_literal or attached.shown not in ("true", "false"):
        message = f"--{flag.name} takes no value but true and false"
        problems.error("kubectl-flag", message, word.span, f"Write --{flag.name} alone.")
        return None
    return Option(flag, word, None) if (attached.shown == "true") is not flag.is_on else None


def _with_value(
    flag: Flag, word: Word, attached: Word | None, rest: Iterator[Word], problems: Problems
) -> Option | None:
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
    known = [f"--{flag.name}" for flag in FLAGS.values() if flag.refusal is None]
    problems.error("kubectl-flag", f"unknown flag '{name}'", word.span, did_you_mean(name, known))
