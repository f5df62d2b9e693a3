"""Filters, tests and methods with their arguments, as compiled parts."""

from collections.abc import Callable, Mapping

from playbook_engine.frozen import dataclass
from playbook_engine.language.expressions.entries import Entry
from playbook_engine.language.expressions.filters import FILTERS
from playbook_engine.language.expressions.paths import Run, Segment, Use, constant_path, firm
from playbook_engine.language.expressions.refusal import Empty, Missing, Place, Refused
from playbook_engine.language.expressions.sequences import chosen, entries_of, entry_judge, judge_of, mapped
from playbook_engine.language.expressions.tests import TESTS
from playbook_engine.values import Names, Value

CHOOSING = frozenset({"select", "reject", "selectattr", "rejectattr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The arguments of a call.

    `words` are the constant texts among the positional ones, None for the others; `tokens` are the numbers of their
    first tokens.
    """

    positional: tuple[Run, ...] = ()
    keywords: Mapping[str, Run]
    words: tuple[str | None, ...] = ()
    tokens: tuple[int, ...] = ()


def applied(function: Callable[..., Value], operand: Run, arguments: Arguments, place: Place) -> Run:
    """Return what applies a function of one of the tables."""
    if not arguments.positional and not arguments.keywords:
        return _applied_alone(function, operand, place)
    positional = tuple(map(firm, arguments.positional))
    keywords = {word: firm(run) for word, run in arguments.keywords.items()}

    def run(names: Names) -> Value:
        try:
            value = operand(names)
            given = {word: argument(names) for word, argument in keywords.items()}
            return function(value, *[argument(names) for argument in positional], **given)
        except Refused as refused:
            refused.place = refused.place or place
            raise

    return run


def _applied_alone(function: Callable[..., Value], operand: Run, place: Place) -> Run:
    def run(names: Names) -> Value:
        try:
            return function(operand(names))
        except Refused as refused:
            refused.place = refused.place or place
            raise

    return run


def from_the_start(place: Place) -> Use:
    """Return the use of `run.started`: with time from there, an answer stays what it is."""
    run = constant_path("run", place, [Segment("started", "run", place)])
    return Use(name="run", attributes=("started",), place=place, run=run, optional=False, label="run.started")


def or_default(operand: Run, other: Run, *, path: bool) -> Run:
    """Return what takes the other value when a path leads nowhere or to none, or when a list was empty."""
    absent: tuple[type[Refused], ...] = (Missing, Empty) if path else (Empty,)

    def run(names: Names) -> Value:
        try:
            value = operand(names)
        except absent:
            return other(names)
        return other(names) if value is None else value

    return run


def is_there(operand: Run, *, wanted: bool) -> Run:
    """Return what tells whether a path leads somewhere."""

    def run(names: Names) -> Value:
        try:
            operand(names)
        except Missing:
            return not wanted
        return wanted

    return run


def mapping_run(operand: Run, arguments: Arguments, place: Place) -> Run:
    """Return what `map` does: one entry of every item, or a filter on every item."""
    if "attribute" in arguments.keywords:
        tolerant = "default" in arguments.keywords

        def entries(value: Value, attribute: Value, default: Value = None) -> Value:
            return entries_of(value, attribute, default, tolerant=tolerant)

        return applied(entries, operand, arguments, place)
    change = FILTERS[arguments.words[0] or ""].run

    def each(value: Value, _: Value, *given: Value) -> Value:
        return mapped(value, lambda item: change(item, *given) if change else item)

    return applied(each, operand, arguments, place)


def choosing_run(name: str, operand: Run, arguments: Arguments, place: Place) -> Run:
    """Return what `select`, `reject`, `selectattr` and `rejectattr` do."""
    test = tested_by(name, arguments)

    def choose(value: Value, *given: Value) -> Value:
        by_entry = name.endswith("attr")
        judge = entry_judge(given[0], test, given[2:]) if by_entry else judge_of(_sure(test), given[1:])
        return chosen(value, judge, f"`{name}`", keep=name.startswith("select"))

    return applied(choose, operand, arguments, place)


def _sure(test: Entry | None) -> Entry:
    return test or TESTS["defined"]


def tested_by(name: str, arguments: Arguments) -> Entry | None:
    """Return the test that `select` and its kin were given by name."""
    place = 1 if name.endswith("attr") else 0
    word = arguments.words[place] if len(arguments.words) > place else None
    return TESTS.get(word) if word else None


def call_complaint(entry: Entry, arguments: Arguments, *, keywords: bool) -> str | None:
    """Return what is wrong with a call's arguments, or None."""
    if arguments.keywords and not keywords:
        return f"`{entry.name}` takes its arguments in order, without names"
    if complaint := entry.complaint(len(arguments.positional), arguments.keywords):
        return complaint
    if entry.name in CHOOSING:
        return _choosing_complaint(entry.name, arguments)
    return _mapping_complaint(arguments) if entry.name == "map" and keywords else None


def stranger(entry: Entry, arguments: Arguments) -> tuple[int, str, str] | None:
    """Return place, kind and text of a name that no test or filter has, in `map`, `select` and their kin."""
    if entry.name == "map":
        at, what, known = 0, "filter", FILTERS
    elif entry.name in CHOOSING:
        at, what, known = (1 if entry.name.endswith("attr") else 0), "test", TESTS
    else:
        return None
    word = arguments.words[at] if len(arguments.words) > at else None
    return None if word is None or word in known else (arguments.tokens[at], what, word)


def _choosing_complaint(name: str, arguments: Arguments) -> str | None:
    if arguments.keywords:
        return f"`{name}` takes its arguments in order, without names"
    place = 1 if name.endswith("attr") else 0
    if len(arguments.positional) <= place:
        return None
    return _by_name(arguments, place, TESTS, "test", f"`{name}`")


def _mapping_complaint(arguments: Arguments) -> str | None:
    if "attribute" in arguments.keywords:
        return "`map` takes an attribute or a filter, not both" if arguments.positional else None
    if not arguments.positional or arguments.keywords:
        return "`map` needs attribute='…' or the name of a filter"
    return _by_name(arguments, 0, FILTERS, "filter", "`map`")


def _by_name(arguments: Arguments, place: int, known: Mapping[str, Entry], what: str, who: str) -> str | None:
    word = arguments.words[place]
    entry = known.get(word) if word is not None else None
    if word is None:
        return f"{who} needs the name of a {what}, written as a text"
    if entry is None:
        return f"there is no {what} '{word}'"
    if entry.run is None and what == "filter":
        return f"{who} cannot use `{entry.name}`"
    return entry.complaint(len(arguments.positional) - place - 1, ())


def constant_pattern(entry: Entry, arguments: Arguments) -> str | None:
    """Return the regular expression that a call names, when it is constant."""
    if entry.patterns and arguments.words:
        return arguments.words[0]
    if entry.name == "map" and arguments.words:
        change = FILTERS.get(arguments.words[0] or "")
        return arguments.words[1] if change and change.patterns and len(arguments.words) > 1 else None
    test = tested_by(entry.name, arguments) if entry.name in CHOOSING else None
    at = 2 if entry.name.endswith("attr") else 1
    return arguments.words[at] if test and test.patterns and len(arguments.words) > at else None
