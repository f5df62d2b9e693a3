"""Expressions in words: `dns.failed or rc == 0` becomes "step 1 failed or the exit status is 0".

What there are no words for has none: the reader gets the expression alone.
"""

from collections.abc import Callable
from typing import assert_never

from playbook_engine.frozen import dataclass
from playbook_engine.model.shapes import (
    AllOf,
    AnyOf,
    Comparison,
    Constant,
    Filtered,
    Items,
    Not,
    Other,
    Path,
    Shape,
    Tested,
)
from playbook_engine.report.handbook.markdown import listed
from playbook_engine.report.handbook.numbers import Numbers
from playbook_engine.values import Scalar

_COMPARED = {
    "==": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "not in", "not in": "in"}
_TESTS = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "in": "in",
}
"""Tests that say what an operator says."""
_MATCHES = {"search": ("matches", "does not match"), "match": ("begins with", "does not begin with")}
_IS = {
    "defined": "known",
    "undefined": "not known",
    "number": "a number",
    "integer": "a whole number",
    "string": "a text",
    "even": "even",
    "odd": "odd",
}
_FACTS = {
    "passed": ("passed", "did not pass"),
    "failed": ("failed", "did not fail"),
    "unreachable": ("could not reach a target", "reached every target"),
    "skipped": ("was skipped", "was not skipped"),
}
"""What is true or false of a step: said and denied."""
_HOSTS = {
    "passed": "on which step {} passed",
    "failed": "on which step {} failed",
    "unreachable": "that step {} could not reach",
    "skipped": "on which step {} was skipped",
}
_ANSWER = {
    "rc": "the exit status",
    "stdout": "the output",
    "stderr": "the error output",
    "status": "the status",
    "body": "the body",
    "text": "the output",
    "json": "the JSON answer",
    "duration": "the time that it took",
    "answer": "the answer",
    "by": "whoever answered",
    "changed": "whether it changed something",
}
_SAME = ("string", "trim", "list")
"""Filters that change nothing which a reader would notice."""
_OF = {
    "length": "the number of entries in",
    "count": "the number of entries in",
    "sum": "the sum of",
    "avg": "the average of",
    "min": "the smallest of",
    "max": "the largest of",
    "first": "the first of",
    "last": "the last of",
    "lines": "the lines of",
    "abs": "the size of",
    "url_host": "the host in",
    "int": "the number in",
    "float": "the number in",
    "percent": "the percentage in",
    "size": "the size in",
    "duration": "the duration in",
    "json": "the JSON in",
}


@dataclass(frozen=True, slots=True)
class Speech:
    """Puts expressions of one playbook into words; `code` says how code looks within a sentence."""

    numbers: Numbers
    code: Callable[[str], str]

    def sentence(self, shape: Shape, *, own: tuple[str, ...] = ()) -> str | None:
        """Return a condition in words; `own` are the fields of the answer that it is about."""
        return _Speaker(self.numbers, self.code, own).clause(shape, said=True)

    def hosts(self, step: str, which: str) -> str:
        """Return the hosts on which an earlier step ended so: "on which step 2 failed"."""
        number = self.numbers.steps.get(step)
        written = self.code(f"{step}.{which}")
        return f"{_HOSTS[which].format(number)} ({written})" if number else f"of {written}"


@dataclass(frozen=True, slots=True)
class _Speaker:
    numbers: Numbers
    code: Callable[[str], str]
    own: tuple[str, ...]

    def clause(self, shape: Shape, *, said: bool) -> str | None:
        """Return what is claimed, or denied when it is not `said`; None when there are no words for it."""
        match shape:
            case Constant(value=bool(value)):
                return "always" if value is said else "never"
            case Path():
                return self._fact(shape, said=said)
            case Comparison():
                return self._comparison(shape, said=said)
            case Tested():
                return self._tested(shape, said=said)
            case Not(part):
                return self.clause(part, said=not said)
            case AllOf(parts):
                return self._joined(parts, "and" if said else "or", said=said)
            case AnyOf(parts):
                return self._joined(parts, "or" if said else "and", said=said)
            case Constant() | Items() | Filtered() | Other():
                return None
            case _:
                assert_never(shape)

    def _joined(self, parts: tuple[Shape, ...], word: str, *, said: bool) -> str | None:
        clauses = [self.clause(part, said=said) for part in parts]
        if None in clauses:
            return None
        mixed = any(isinstance(part, AllOf | AnyOf) for part in parts)
        return (f", {word} " if mixed else f" {word} ").join(clause for clause in clauses if clause)

    def _fact(self, path: Path, *, said: bool) -> str:
        number = self.numbers.steps.get(path.name)
        if number and len(path.keys) == 1 and path.keys[0] in _FACTS:
            return f"step {number} {_FACTS[str(path.keys[0])][0 if said else 1]}"
        return f"{self._path(path)} is {'true' if said else 'false'}"

    def _comparison(self, shape: Comparison, *, said: bool) -> str | None:
        operator = shape.operator if said else _OPPOSITE[shape.operator]
        left, right = self.noun(shape.left), self.noun(shape.right)
        if left is None or right is None:
            return None
        if operator in ("in", "not in"):
            return self._contained(shape, left, right, holds=operator == "in")
        emptiness = _emptiness(shape.left, operator, shape.right)
        if emptiness and isinstance(shape.left, Filtered):
            return f"{self.noun(shape.left.subject)} {emptiness}"
        return f"{left} {_COMPARED[operator]} {right}"

    def _contained(self, shape: Comparison, left: str, right: str, *, holds: bool) -> str:
        if isinstance(shape.right, Items):
            return f"{left} is {'' if holds else 'none of '}{right}"
        if right.startswith("the hosts"):
            return f"{left} is {'' if holds else 'not '}among {right}"
        return f"{right} {'contains' if holds else 'does not contain'} {left}"

    def _tested(self, shape: Tested, *, said: bool) -> str | None:
        subject = self.noun(shape.subject)
        if subject is None:
            return None
        if shape.test in _TESTS and len(shape.arguments) == 1:
            return self.clause(Comparison(shape.subject, _TESTS[shape.test], shape.arguments[0]), said=said)
        if shape.test in _MATCHES and shape.arguments:
            pattern = self.noun(shape.arguments[0])
            return f"{subject} {_MATCHES[shape.test][0 if said else 1]} {pattern}" if pattern else None
        if shape.test == "none":
            return f"{subject} has {'no' if said else 'a'} value"
        if shape.test in _IS and not shape.arguments:
            return f"{subject} is {'' if said else 'not '}{_IS[shape.test]}"
        return None

    def noun(self, shape: Shape) -> str | None:
        """Return what a value is called; None when there are no words for it."""
        match shape:
            case Constant(value):
                return _constant(value, self.code)
            case Path():
                return self._path(shape)
            case Items(items):
                nouns = [self.noun(item) for item in items]
                return None if None in nouns or not nouns else listed([noun for noun in nouns if noun], "or")
            case Filtered(subject, name, ()):
                return self._filtered(self.noun(subject), name)
            case _:
                return None

    def _filtered(self, noun: str | None, name: str) -> str | None:
        if noun is None or name in _SAME:
            return noun
        return f"{_OF[name]} {noun}" if name in _OF else None

    def _path(self, path: Path) -> str:
        number = self.numbers.steps.get(path.name)
        if path.name in self.own:
            return self._answer(path.name, path.keys, "")
        if number is None:
            captured = self.numbers.captures.get(path.name)
            return self.code(_written(path)) + (f" (from step {captured})" if captured else "")
        if not path.keys:
            return f"the result of step {number}"
        first, rest = str(path.keys[0]), path.keys[1:]
        if first == "failed_hosts" and not rest:
            return f"the hosts on which step {number} failed"
        if first == "targets" and rest:
            return self._answer(str(rest[1]) if len(rest) > 1 else "", rest[2:], f" of step {number} on {rest[0]}")
        return self._answer(first, rest, f" of step {number}")

    def _answer(self, field: str, keys: tuple[str | int, ...], whose: str) -> str:
        named = _ANSWER.get(field, self.code(field) if field else "the result")
        if not keys:
            return f"{named}{whose}"
        if field == "headers":
            return f"the header {self.code(str(keys[0]))}{whose}"
        return f"{self.code(_dotted(keys))} in {named}{whose}"


def _emptiness(left: Shape, operator: str, right: Shape) -> str | None:
    """Return `length > 0` and the like in plain words."""
    if not (isinstance(left, Filtered) and left.filter in ("length", "count") and right == Constant(0)):
        return None
    return {"==": "is empty", ">": "is not empty", "!=": "is not empty"}.get(operator)


def _constant(value: Scalar, code: Callable[[str], str]) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case str():
            return code(value) if value.strip() else "an empty text"
        case _:
            return str(value)


def _written(path: Path) -> str:
    return path.name + (f".{_dotted(path.keys)}" if path.keys else "")


def _dotted(keys: tuple[str | int, ...]) -> str:
    return ".".join(str(key) for key in keys)
