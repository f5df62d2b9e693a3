"""Operators, conditions and literals as compiled parts."""

from collections.abc import Callable, Sequence

from playbook_engine.language.expressions import operators
from playbook_engine.language.expressions.kinds import describe, need_boolean
from playbook_engine.language.expressions.limits import check_items
from playbook_engine.language.expressions.paths import Run
from playbook_engine.language.expressions.refusal import Place, Refused
from playbook_engine.values import Names, Value

Condition = tuple[Run, Place]
"""A part that must be true or false, and where it stands."""


def constant(value: Value) -> Run:
    def run(_: Names) -> Value:
        return value

    return run


def binary(compute: Callable[[Value, Value], Value], left: Run, right: Run, place: Place) -> Run:
    """Return what computes both sides, then the operator."""

    def run(names: Names) -> Value:
        try:
            return compute(left(names), right(names))
        except Refused as refused:
            refused.place = refused.place or place
            raise

    return run


def unary(compute: Callable[[Value], Value], operand: Run, place: Place) -> Run:
    def run(names: Names) -> Value:
        try:
            return compute(operand(names))
        except Refused as refused:
            refused.place = refused.place or place
            raise

    return run


def chain(first: Run, others: Sequence[tuple[Callable[[Value, Value], bool], Run]], place: Place) -> Run:
    """Return what compares neighbours: `0 < x < 10`; it stops at the first that does not hold."""

    def run(names: Names) -> Value:
        try:
            left = first(names)
            for compare, operand in others:
                right = operand(names)
                if not compare(left, right):
                    return False
                left = right
        except Refused as refused:
            refused.place = refused.place or place
            raise
        return True

    return run


def all_hold(conditions: Sequence[Condition]) -> Run:
    """Return `and`: it stops at the first that is false."""

    def run(names: Names) -> Value:
        return all(truth(condition, names) for condition in conditions)

    return run


def any_holds(conditions: Sequence[Condition]) -> Run:
    """Return `or`: it stops at the first that is true."""

    def run(names: Names) -> Value:
        return any(truth(condition, names) for condition in conditions)

    return run


def inverted(condition: Condition) -> Run:
    return lambda names: not truth(condition, names)


def choice(condition: Condition, first: Run, second: Run) -> Run:
    """Return `first if condition else second`."""
    return lambda names: first(names) if truth(condition, names) else second(names)


def truth(condition: Condition, names: Names) -> bool:
    """Return a condition's value; only true and false are conditions."""
    run, place = condition
    value = run(names)
    try:
        return need_boolean(value)
    except Refused as refused:
        refused.place = refused.place or place
        raise


def joined(parts: Sequence[Run], place: Place) -> Run:
    """Return `a ~ b ~ c`."""

    def run(names: Names) -> Value:
        try:
            return operators.join([part(names) for part in parts])
        except Refused as refused:
            refused.place = refused.place or place
            raise

    return run


def listed(items: Sequence[Run]) -> Run:
    check_items(len(items))
    return lambda names: [item(names) for item in items]


def mapped(entries: Sequence[tuple[Run, Run]], place: Place) -> Run:
    """Return a mapping that is written out; its keys are texts."""

    def run(names: Names) -> Value:
        made: dict[str, Value] = {}
        for key, item in entries:
            name = key(names)
            if not isinstance(name, str):
                raise Refused(f"the keys of a mapping are text, not {describe(name)}", None, place)
            made[name] = item(names)
        return made

    return run
