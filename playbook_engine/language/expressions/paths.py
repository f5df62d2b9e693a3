"""Names and what stands behind them: `jwks.json['keys']`."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.language.expressions.members import member, named, sliced
from playbook_engine.language.expressions.refusal import Missing, Place, Refused
from playbook_engine.values import Names, Value

Run: TypeAlias = Callable[[Names], Value]
"""A compiled part of an expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A name with its constant attributes, as an expression uses it; `optional` tolerates absence.

    `label` is how a trace calls it where it is not written at its place.
    """

    name: str
    attributes: tuple[str, ...]
    place: Place
    run: Run
    optional: bool
    label: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One constant step of a path: the key, how the part before it is written, and where all of it stands."""

    key: str | int
    owner: str
    place: Place


def constant_path(name: str, place: Place, segments: Sequence[Segment]) -> Run:
    """Return what looks a name up and follows its constant steps."""
    steps = tuple(segments)

    def run(names: Names) -> Value:
        at = place
        try:
            value = named(names, name)
            for step in steps:
                at = step.place
                value = member(value, step.key, step.owner)
        except Refused as refused:
            refused.place = refused.place or at
            raise
        return value

    return run


def dynamic_member(base: Run, key: Run, owner: str, place: Place) -> Run:
    """Return what looks up a part whose key is computed."""
    firm_key = firm(key)

    def run(names: Names) -> Value:
        value, wanted = base(names), firm_key(names)
        try:
            return member(value, wanted, owner)
        except Refused as refused:
            refused.place = refused.place or place
            raise

    return run


def stretch(base: Run, bounds: tuple[Run, Run, Run], place: Place) -> Run:
    """Return what takes a stretch: `[a:b:c]`."""
    start, stop, step = map(firm, bounds)

    def run(names: Names) -> Value:
        try:
            return sliced(base(names), start(names), stop(names), step(names))
        except Refused as refused:
            refused.place = refused.place or place
            raise

    return run


def firm(run: Run) -> Run:
    """Return the same computation for a place where an unknown name may not count as merely absent."""

    def checked(names: Names) -> Value:
        try:
            return run(names)
        except Missing as missing:
            raise Refused(missing.message, missing.hint, missing.place) from None

    return checked
