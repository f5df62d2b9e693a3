"""A line's words as a command: verb, objects, flags, assignments; every problem with its column."""

from collections.abc import Iterator, Sequence

from playbook_engine.actions.kubectl import checks
from playbook_engine.actions.kubectl.flags import Option, sort
from playbook_engine.actions.kubectl.objects import Objects, check_text, read_objects
from playbook_engine.actions.kubectl.tokens import Word
from playbook_engine.actions.kubectl.verbs import FLAGS, GROUPS, LATER_VERBS, VERBS, Verb
from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.expressions import Template

_VARIABLES = "Write NAME=VALUE to set one, NAME- to remove one; the name has to be written out."


@dataclass(frozen=True, slots=True)
class Assignment:
    """A variable of `set env`; without a value it is removed."""

    name: str
    value: Word | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A kubectl line, understood; `words` are all of it, for people to read."""

    verb: Verb
    kind: str
    names: tuple[Word, ...]
    options: tuple[Option, ...]
    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]

    @property
    def templates(self) -> Iterator[Template]:
        return (template for word in self.words for template in word.templates)

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.flag.name == name), None)


def parse(words: Sequence[Word], problems: Problems) -> Command | None:
    """Read the words of a line; None when it cannot be understood (the problems are on the list)."""
    told = len(problems.sorted())
    found = sort(words, problems)
    verb, rest = _verb(found.words, problems)
    if verb is None:
        return None
    _check_flags(verb, found.options, words, problems)
    assignments: tuple[Assignment, ...] = ()
    if verb.name == "set env":
        rest, assignments = _assignments(rest, problems)
    objects = read_objects(verb, rest, found.options, words[-1], problems)
    if verb.name == "set env" and not assignments and objects is not None:
        problems.error("kubectl-argument", "'set env' needs a variable", words[-1].span, _VARIABLES)
    _refuse_secrets(words, assignments, problems)
    if objects is None or len(problems.sorted()) > told:
        return None
    return _command(verb, objects, found.options, assignments, words)


def _command(
    verb: Verb,
    objects: Objects,
    options: tuple[Option, ...],
    assignments: tuple[Assignment, ...],
    words: Sequence[Word],
) -> Command:
    return Command(
        verb=verb,
        kind=objects.kind,
        names=objects.names,
        options=options,
        assignments=assignments,
        words=tuple(words),
    )


def _verb(words: tuple[Word, ...], problems: Problems) -> tuple[Verb | None, tuple[Word, ...]]:
    """Return the verb and the words behind it."""
    if not words:
        return None, ()
    first, rest = words[0], words[1:]
    if first.shown == "kubectl":
        problems.error("kubectl-verb", "leave out the word 'kubectl'", first.span, "Begin with the command: get …")
        return None, ()
    name, span = first.shown, first.span
    if name in GROUPS and rest:
        name, span, rest = f"{name} {rest[0].shown}", rest[0].span, rest[1:]
    if name in VERBS:
        return VERBS[name], rest
    if name in LATER_VERBS:
        problems.error("not-yet-supported", f"'kubectl {name}' is not yet supported", span, _supported())
    else:
        hint = did_you_mean(name, (*VERBS, *LATER_VERBS)) or _supported()
        problems.error("kubectl-verb", f"unknown command 'kubectl {name}'", span, hint)
    return None, ()


def _supported() -> str:
    return f"There are {', '.join(VERBS)}."


def _check_flags(verb: Verb, options: tuple[Option, ...], words: Sequence[Word], problems: Problems) -> None:
    seen: set[str] = set()
    for option in options:
        _check_flag(verb, option, problems)
        name = option.flag.option or option.flag.name
        if name in seen:
            problems.error("kubectl-flag", f"'{option.shown}' is given twice", option.word.span, "Keep one of them.")
        seen.add(name)
    for name in verb.required:
        if name not in seen:
            problems.error(
                "kubectl-flag", f"'{verb.name}' needs --{name}", words[-1].span, f"For example: {verb.example}"
            )


def _check_flag(verb: Verb, option: Option, problems: Problems) -> None:
    flag, span = option.flag, option.word.span
    if flag.refusal is not None:
        problems.error("kubectl-flag", f"'{option.shown}' cannot be used: {flag.refusal}", span, "Leave it out.")
    elif flag.later:
        problems.error("not-yet-supported", f"'{option.shown}' is not yet supported", span, _flags_of(verb))
    elif flag.name not in verb.flags:
        near = did_you_mean(flag.name, verb.flags)
        problems.error(
            "kubectl-flag", f"'{option.shown}' does not belong to '{verb.name}'", span, near or _flags_of(verb)
        )
    elif flag.check is not None and option.value is not None and option.value.is_literal:
        check_text(option.value.shown, flag.check, option.value.span, problems, f"{option.shown}: ")


def _flags_of(verb: Verb) -> str:
    return f"'{verb.name}' takes {', '.join(f'--{FLAGS[name].name}' for name in verb.flags)}."


def _assignments(words: tuple[Word, ...], problems: Problems) -> tuple[tuple[Word, ...], tuple[Assignment, ...]]:
    """Tell the variables of `set env` from the object before them."""
    objects: list[Word] = []
    found: dict[str, Assignment] = {}
    for word in words:
        name, equals, _ = word.prefix.partition("=")
        named = len(objects) == (1 if objects and "/" in objects[0].prefix else 2)
        if not equals and not (objects and word.is_literal and word.shown.endswith("-")):
            if named:
                message = f"'{word.shown}' is not a variable of 'set env'"
                problems.error("kubectl-argument", message, word.span, _VARIABLES)
            else:
                objects.append(word)
            continue
        name = name if equals else word.shown[:-1]
        check_text(name, checks.variable, word.span, problems)
        if name in found:
            problems.error("kubectl-argument", f"the variable '{name}' is named twice", word.span, "Keep one.")
        found[name] = Assignment(name, word.after(len(name) + 1) if equals else None)
    return tuple(objects), tuple(found.values())


def _refuse_secrets(words: Sequence[Word], assignments: tuple[Assignment, ...], problems: Problems) -> None:
    """Secrets go into values of variables only: names, flags and selectors are on record."""
    allowed = {id(t) for assignment in assignments if assignment.value for t in assignment.value.templates}
    for word in words:
        for template in word.templates:
            if id(template) not in allowed and any(ref.name == "secret" for ref in template.references):
                problems.error(
                    "kubectl-secret",
                    "a secret can stand only in the value of a variable of 'set env'",
                    template.span,
                    "What is written here goes into the record and into the server's log.",
                )
