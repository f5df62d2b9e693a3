"""A line's words as a command: verb, objects, flags, pairs; every problem with its column."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from playbook_engine.actions.kubectl.access import read_access
from playbook_engine.actions.kubectl.flag_table import FLAGS
from playbook_engine.actions.kubectl.flags import Option, Sorted, sort
from playbook_engine.actions.kubectl.manifests import Applied, read_manifests
from playbook_engine.actions.kubectl.objects import Objects, read_objects
from playbook_engine.actions.kubectl.pairs import Assignment, how_to, needs, read_pairs
from playbook_engine.actions.kubectl.patch_text import PatchText, read_patch
from playbook_engine.actions.kubectl.refused import COMMANDS
from playbook_engine.actions.kubectl.tokens import Word
from playbook_engine.actions.kubectl.verb import Operands, Verb
from playbook_engine.actions.kubectl.verbs import GROUPS, VERBS
from playbook_engine.actions.kubectl.wording import check_text
from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.expressions import Compiler, Template

SECRETS = "a secret can stand only in the value of a variable of 'set env', and in a patch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A kubectl line, understood; `words` are all of it, for people to read."""

    verb: Verb
    kind: str
    names: tuple[Word, ...]
    options: tuple[Option, ...]
    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...] = ()
    program: tuple[Word, ...] = ()
    access: tuple[str, ...] = ()
    patch: PatchText | None = None
    applied: Applied | None = None

    @property
    def templates(self) -> Iterator[Template]:
        return (template for word in self.words for template in word.templates)

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.flag.name == name), None)

    @property
    def is_dry(self) -> bool:
        """Return whether the server only works out what would come of it."""
        option = self.option("dry-run")
        return option is not None and option.value is not None and option.value.shown == "server"


def parse(words: Sequence[Word], compiler: Compiler, problems: Problems) -> Command | None:
    """Read the words of a line; None when it cannot be understood (the problems are on the list)."""
    told = len(problems.sorted())
    found = sort(words, problems)
    if not found.words and len(problems.sorted()) == told:
        problems.error("kubectl-verb", "there is no command before the flags", words[0].span, _supported())
    verb, rest = _verb(found.words, problems)
    if verb is None:
        return None
    _check_flags(verb, found.options, words, problems)
    command = _read(verb, rest, found, words, problems)
    if command is None or len(problems.sorted()) > told:
        return None
    command = _with_content(command, compiler, problems)
    _refuse_secrets(command, problems)
    return command if len(problems.sorted()) == told else None


def _read(
    verb: Verb, rest: tuple[Word, ...], found: Sorted, words: Sequence[Word], problems: Problems
) -> Command | None:
    last = words[-1]
    assignments: tuple[Assignment, ...] = ()
    access: tuple[str, ...] = ()
    objects: Objects | None
    if verb.operands is Operands.ACCESS:
        asked = read_access(verb, rest, last, problems)
        if asked is None:
            return None
        objects, access = asked
    else:
        if verb.pairs is not None:
            rest, assignments = read_pairs(verb, verb.pairs, rest, problems)
        objects = read_objects(verb, rest, found.options, last, problems)
        if verb.pairs is not None and not assignments and objects is not None:
            problems.error("kubectl-argument", needs(verb, verb.pairs), last.span, how_to(verb.pairs))
    if verb.operands is Operands.PROGRAM and not found.program and objects is not None:
        message = f"'{verb.name}' needs a program"
        problems.error("kubectl-argument", message, last.span, f"For example: {verb.example}")
    if objects is None:
        return None
    return Command(
        verb=verb,
        kind=objects.kind,
        names=objects.names,
        options=found.options,
        words=tuple(words),
        assignments=assignments,
        program=found.program,
        access=access,
    )


def _with_content(command: Command, compiler: Compiler, problems: Problems) -> Command:
    """Return the command with its patch, or with the objects of its file."""
    given = {option.flag.name: option.value for option in command.options}
    patch, file, kind, namespace = (given.get(name) for name in ("patch", "filename", "type", "namespace"))
    if patch is not None and (kind is None or kind.is_literal):
        return replace(command, patch=read_patch(patch, kind.shown if kind else "strategic", problems))
    if file is not None:
        known = namespace.shown if namespace is not None and namespace.is_literal else None
        return replace(command, applied=read_manifests(file, compiler, known, problems))
    return command


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
    known = name if name in COMMANDS else first.shown
    if known in COMMANDS:
        message = f"'kubectl {known}' cannot be used: {COMMANDS[known]}"
        problems.error("kubectl-verb", message, span, _supported())
    else:
        hint = did_you_mean(name, VERBS) or _supported()
        problems.error("kubectl-verb", f"unknown command 'kubectl {name}'", span, hint)
    return None, ()


def _supported() -> str:
    return f"There are {', '.join(VERBS)}."


_APART = (("container", "all-containers"), ("now", "grace-period"), ("since", "since-time"))
_LITERAL = ("dry-run", "type")
"""Flags whose value says what the line means, so that it has to be known when the playbook is loaded."""


def _check_flags(verb: Verb, options: tuple[Option, ...], words: Sequence[Word], problems: Problems) -> None:
    seen: set[str] = set()
    for option in options:
        _check_flag(verb, option, problems)
        name = option.flag.key
        if name in seen:
            problems.error("kubectl-flag", f"'{option.shown}' is given twice", option.word.span, "Keep one of them.")
        seen.add(name)
    for one, other in _APART:
        if {one, other} <= seen:
            message = f"--{one} and --{other} contradict each other"
            problems.error("kubectl-flag", message, words[-1].span, "Keep one of them.")
    for name in verb.required:
        if name not in seen:
            problems.error(
                "kubectl-flag", f"'{verb.name}' needs --{name}", words[-1].span, f"For example: {verb.example}"
            )


def _check_flag(verb: Verb, option: Option, problems: Problems) -> None:
    flag, span = option.flag, option.word.span
    own = [FLAGS[key] for key in verb.flags]
    if flag.refusal is not None:
        problems.error("kubectl-flag", f"'{option.shown}' cannot be used: {flag.refusal}", span, "Leave it out.")
    elif flag not in own:
        near = did_you_mean(flag.name, [known.name for known in own])
        message = f"'{option.shown}' does not belong to '{verb.name}'"
        problems.error("kubectl-flag", message, span, near or _flags_of(verb))
    elif flag.name == "server-side":
        message = "objects are compared by the server, and not on this side"
        problems.error("kubectl-flag", message, span, "Leave out --server-side=false.")
    elif flag.check is not None and option.value is not None and option.value.is_literal:
        check_text(option.value.shown, flag.check, option.value.span, problems, f"{option.shown}: ")
    elif flag.name in _LITERAL and option.value is not None:
        message = f"the value of {option.shown} has to be written out"
        problems.error("kubectl-flag", message, option.value.span, "It decides what the line means.")


def _flags_of(verb: Verb) -> str:
    names = dict.fromkeys(FLAGS[key].name for key in verb.flags)
    return f"'{verb.name}' takes {', '.join(f'--{name}' for name in names)}."


def _refuse_secrets(command: Command, problems: Problems) -> None:
    """Secrets go into values of variables and into patches only: names, flags and selectors are on record."""
    allowed = set()
    if command.verb.name == "set env":
        allowed = {id(t) for pair in command.assignments if pair.value for t in pair.value.templates}
    if command.patch is not None:
        allowed |= {id(piece.template) for piece in command.patch.pieces}
    for word in command.words:
        for template in word.templates:
            if id(template) not in allowed and any(ref.name == "secret" for ref in template.references):
                hint = "What is written here goes into the record and into the server's log."
                problems.error("kubectl-secret", SECRETS, template.span, hint)
