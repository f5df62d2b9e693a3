"""Which playbooks a playbook leads to: are they there, do they end, are they given what they ask for?"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Protocol

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.plan import PlannedInput, PlaybookRef
from playbook_engine.model.playbook import InputSpec, Playbook
from playbook_engine.model.steps import Branch, Play, PlayInput
from playbook_engine.plan import inputs
from playbook_engine.plan.walk import playbook_steps
from playbook_engine.values import Names, TargetName, Value

MOST_DEEP = 5
"""How many playbooks may stand one inside the other below the one that is played."""


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such playbook, or it cannot be used: why, and what to do."""

    message: str
    hint: str | None = None


class Library(Protocol):
    """Finds the playbooks that others play; each is read once."""

    def find(self, caller: Playbook, name: str) -> Playbook | Absent: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A playbook that another one plays, with the names that its steps see."""

    playbook: Playbook
    ref: PlaybookRef
    names: Names
    host_names: Mapping[TargetName, Names]
    given: tuple[tuple[str, Value], ...] = ()
    later: tuple[PlannedInput, ...] = ()


class OpenPlay(Protocol):
    """Opens a playbook that another one plays; None when there is a problem with it, which is on the list."""

    def __call__(self, play: Play, caller: Playbook) -> Opened | None: ...


def nothing_to_open(play: Play, caller: Playbook) -> Opened | None:
    """Open nothing: for playbooks that play no other."""
    del play, caller
    return None


def plays_of(playbook: Playbook) -> Iterator[Play]:
    """Yield where a playbook leads to another one, in file order."""
    for step in playbook_steps(playbook):
        if isinstance(step, Branch):
            yield from (case.play for case in step.cases if case.play is not None)


def family(playbook: Playbook, library: Library) -> tuple[Playbook, ...]:
    """Return a playbook and all that it leads to, each once."""
    found = {playbook.source.name: playbook}
    waiting = [playbook]
    for caller in waiting:  # grows while it is walked
        for child in _children(caller, library):
            if child.source.name not in found:
                found[child.source.name] = child
                waiting.append(child)
    return tuple(found.values())


def check(playbook: Playbook, library: Library, variables: frozenset[str], problems: Problems) -> None:
    """Report what is wrong with the playbooks that this one plays, each at the place where it is played.

    `variables` are the names that the inventory knows: they may give an input its value too.
    """
    for play in plays_of(playbook):
        found = library.find(playbook, play.playbook)
        if isinstance(found, Absent):
            problems.error("unknown-playbook", found.message, play.span, found.hint)
            continue
        _check_end(playbook, found, play, library, problems)
        _check_inputs(play, found, variables, problems)


def _children(playbook: Playbook, library: Library) -> Iterator[Playbook]:
    for play in plays_of(playbook):
        found = library.find(playbook, play.playbook)
        if isinstance(found, Playbook):
            yield found


def _check_end(caller: Playbook, child: Playbook, play: Play, library: Library, problems: Problems) -> None:
    """Report a chain of playbooks that never ends, or that nobody could follow."""
    endless = _cycle(caller, child, library)
    if endless:
        message = f"playing '{play.playbook}' would never end: {' → '.join(endless)}"
        problems.error("cyclic-play", message, play.span, "A playbook cannot lead back to one that leads to it.")
        return
    deep = _too_deep(caller, child, library)
    if deep:
        message = f"playbooks play each other {len(deep) - 1} deep: {' → '.join(deep)}"
        problems.error("too-deep", message, play.span, f"At most {MOST_DEEP} are allowed.")


def _cycle(caller: Playbook, child: Playbook, library: Library) -> tuple[str, ...]:
    """Return the names on a way that comes back to a playbook it has passed; none when no way does."""
    way = [caller, child]
    seen = {playbook.source.name for playbook in way}
    if len(seen) < len(way):
        return (caller.name, child.name)
    on_the_way = set(seen)
    open_ends = [_children(child, library)]
    while open_ends:
        following = next(open_ends[-1], None)
        if following is None:
            open_ends.pop()
            on_the_way.discard(way.pop().source.name)
        elif following.source.name in on_the_way:
            return (*(playbook.name for playbook in way), following.name)
        elif following.source.name not in seen:
            seen.add(following.source.name)
            on_the_way.add(following.source.name)
            way.append(following)
            open_ends.append(_children(following, library))
    return ()


def _too_deep(caller: Playbook, child: Playbook, library: Library) -> tuple[str, ...]:
    """Return the names on a way that is longer than allowed; none when all are short enough."""
    level: dict[str, tuple[Playbook, tuple[str, ...]]] = {child.source.name: (child, (caller.name, child.name))}
    for _ in range(MOST_DEEP):
        level = {
            following.source.name: (following, (*names, following.name))
            for playbook, names in level.values()
            for following in _children(playbook, library)
        }
    return next((names for _, names in level.values()), ())


def _check_inputs(play: Play, child: Playbook, variables: frozenset[str], problems: Problems) -> None:
    specs = {spec.name: spec for spec in child.inputs}
    for given in play.inputs:
        if given.name not in specs:
            listed = f"Its inputs are: {', '.join(specs)}." if specs else "It has no inputs."
            message = f"'{play.playbook}' has no input '{given.name}'"
            problems.error("unknown-input", message, given.span, did_you_mean(given.name, specs) or listed)
        elif given.template is None:
            _check_value(specs[given.name], given, problems)
    named = {given.name for given in play.inputs}
    for spec in child.inputs:
        if spec.required and spec.name not in named | variables:
            hint = f"Write inputs: {{{spec.name}: …}} beside 'playbook' ({inputs.EXAMPLES[spec.type]})."
            problems.error("missing-input", f"'{play.playbook}' needs the input '{spec.name}'", play.span, hint)


def _check_value(spec: InputSpec, given: PlayInput, problems: Problems) -> None:
    try:
        inputs.check(spec, given.value)
    except ValueError as error:
        message = f"the value for the input '{given.name}' does not fit: {error}"
        problems.error("invalid-input", message, given.span, spec.description or None)


def literals(play: Play, child: Playbook) -> dict[str, Value]:
    """Return the values that are written in the playbook, as the inputs take them; what does not fit is left out."""
    specs = {spec.name: spec for spec in child.inputs}
    found: dict[str, Value] = {}
    for given in play.inputs:
        if given.template is None and given.name in specs:
            try:
                found[given.name] = inputs.check(specs[given.name], given.value)
            except ValueError:
                continue  # which `check` reports
    return found


def templates(play: Play, child: Playbook) -> tuple[PlannedInput, ...]:
    """Return the inputs whose values are known only when it comes to that."""
    specs = {spec.name: spec for spec in child.inputs}
    return tuple(
        PlannedInput(name=given.name, template=given.template, fit=partial(inputs.check, specs[given.name]))
        for given in play.inputs
        if given.template is not None and given.name in specs
    )
