"""Which objects a line names: `KIND NAME…`, `KIND/NAME…`, a pod, a node, or all that a selector finds."""

from collections.abc import Sequence

from playbook_engine.actions.kubectl import checks
from playbook_engine.actions.kubectl.flags import Option
from playbook_engine.actions.kubectl.kinds import CLUSTER_WIDE, nearest_kind, plural_of, singular_of
from playbook_engine.actions.kubectl.tokens import Word
from playbook_engine.actions.kubectl.verb import Operands, Verb
from playbook_engine.actions.kubectl.wording import check_text
from playbook_engine.diagnostics import Problems
from playbook_engine.frozen import dataclass

_SELECTING = ("selector", "field-selector", "all-namespaces", "all")


@dataclass(frozen=True, slots=True)
class Objects:
    """One kind, by its plural, and the names; no names mean all of the kind."""

    kind: str
    names: tuple[Word, ...]


def read_objects(
    verb: Verb, words: tuple[Word, ...], options: Sequence[Option], last: Word, problems: Problems
) -> Objects | None:
    """Return what the words name; None when they cannot be understood (the problems are on the list)."""
    objects = _read(verb, words, options, problems)
    if objects is None:
        if not words:
            _missing(verb, last, problems)
        return None
    if verb.kinds and objects.kind not in verb.kinds:
        known = ", ".join(singular_of(kind) for kind in verb.kinds)
        message = f"'{verb.name}' does not work on {objects.kind}"
        problems.error("kubectl-kind", message, words[0].span, f"It works on {known}.")
    for name in objects.names:
        if name.is_literal:
            check_text(name.shown, checks.object_name, name.span, problems)
    _check_number(verb, objects, options, last, problems)
    _check_selection(objects, options, problems)
    return objects


def _read(verb: Verb, words: tuple[Word, ...], options: Sequence[Option], problems: Problems) -> Objects | None:
    match verb.operands:
        case Operands.LOGS | Operands.PROGRAM:
            return _bare("pods", words)
        case Operands.NODE:
            return _bare("nodes", words)
        case Operands.NEW_JOB:
            return Objects("jobs", words)
        case Operands.NOTHING:
            return _named_by_flag(words, options, problems)
        case _:
            return _kind_and_names(words, problems)


def _bare(usual: str, words: tuple[Word, ...]) -> Objects | None:
    """Return objects whose kind may be left out, as `logs` takes a pod's bare name where others want a kind."""
    if not words:
        return Objects(usual, ())
    kind, slash, _ = words[0].prefix.partition("/")
    if not slash:
        return Objects(usual, words)
    plural = plural_of(kind)
    return Objects(plural or kind, (words[0].after(len(kind) + 1), *words[1:]))


def _named_by_flag(words: tuple[Word, ...], options: Sequence[Option], problems: Problems) -> Objects | None:
    """Return the object that `--for` names; nothing else may stand on such a line."""
    if words:
        message = f"'{words[0].shown}' has no place here: only flags are taken"
        problems.error("kubectl-argument", message, words[0].span, "Leave it out, or name an object with --for.")
        return None
    about = next((option.value for option in options if option.flag.name == "for"), None)
    if about is None or "/" not in about.prefix:
        return Objects("", ())
    kind = about.prefix.partition("/")[0]
    return Objects(plural_of(kind) or "", (about.after(len(kind) + 1),))


def _kind_and_names(words: tuple[Word, ...], problems: Problems) -> Objects | None:
    if not words:
        return None
    first = words[0]
    kind = _kind(first, problems)
    if kind is None:
        return None
    if "/" not in first.prefix:
        return Objects(kind, words[1:])
    names = [_behind_slash(first)]
    for word in words[1:]:
        other = _kind(word, problems) if "/" in word.prefix else None
        if other != kind:
            problems.error(
                "kubectl-argument",
                f"'{word.shown}' does not fit '{first.shown}': one line names objects of one kind",
                word.span,
                f"Write {first.prefix.partition('/')[0]}/NAME, or make it a step of its own.",
            )
        else:
            names.append(_behind_slash(word))
    return Objects(kind, tuple(names))


def _behind_slash(word: Word) -> Word:
    return word.after(word.prefix.index("/") + 1)


def _kind(word: Word, problems: Problems) -> str | None:
    text, slash, _ = word.prefix.partition("/")
    if not slash and not word.is_literal:
        hint = "Write the kind, then '{{ … }}' for the name: pod/{{ name }}."
        problems.error("kubectl-kind", f"the kind has to be written out, not '{word.shown}'", word.span, hint)
        return None
    span = word.scalar.at(word.start, max(len(text), 1)) if slash else word.span
    plural = plural_of(text)
    if plural is not None:
        return plural
    if "," in text or text == "all":
        hint = "Make it one step for each kind; neighbouring checks run side by side."
        problems.error("kubectl-kind", "one line names objects of one kind", span, hint)
    else:
        hint = nearest_kind(text) or "Custom resources can be applied, and not be named in a line."
        problems.error("kubectl-kind", f"unknown kind '{text}'", span, hint)
    return None


_NEEDED = {
    Operands.LIST: "a kind of object",
    Operands.MEASURED: "'pods' or 'nodes'",
    Operands.NODE: "the name of a node",
    Operands.NEW_JOB: "a name for the new job",
}


def _missing(verb: Verb, last: Word, problems: Problems) -> None:
    what = _NEEDED.get(verb.operands, "an object, KIND/NAME")
    problems.error("kubectl-argument", f"'{verb.name}' needs {what}", last.span, f"For example: {verb.example}")


_SEVERAL = (Operands.LIST, Operands.MANY)
_LEAST = {Operands.LIST: 0, Operands.MEASURED: 0, Operands.NOTHING: 0}


def _check_number(verb: Verb, objects: Objects, options: Sequence[Option], last: Word, problems: Problems) -> None:
    selects = any(option.flag.name in ("selector", "field-selector", "all") for option in options)
    least = 0 if selects and verb.operands in (Operands.LOGS, Operands.MANY) else _LEAST.get(verb.operands, 1)
    if len(objects.names) < least:
        _missing(verb, last, problems)
    elif len(objects.names) > 1 and verb.operands not in _SEVERAL:
        hint = "Name the container with -c." if verb.name == "logs" else "Make it one step for each object."
        if verb.operands is Operands.PROGRAM:
            hint = "Write -- before the program and its arguments."
        message = f"'{verb.name}' takes one object, not '{objects.names[1].shown}' too"
        problems.error("kubectl-argument", message, objects.names[1].span, hint)


def _check_selection(objects: Objects, options: Sequence[Option], problems: Problems) -> None:
    for option in options:
        if option.flag.name in _SELECTING and objects.names:
            message = f"'{option.shown}' cannot be used together with a name"
            problems.error("kubectl-argument", message, option.word.span, "Leave out one of them.")
        if option.flag.name in ("namespace", "all-namespaces") and objects.kind in CLUSTER_WIDE:
            message = f"{objects.kind} live in no namespace"
            problems.error("kubectl-flag", message, option.word.span, f"Leave out {option.shown}.")
    given = {option.flag.name: option for option in options}
    if "namespace" in given and "all-namespaces" in given:
        span = given["all-namespaces"].word.span
        problems.error("kubectl-flag", "'-n' and '-A' contradict each other", span, "Keep one of them.")
