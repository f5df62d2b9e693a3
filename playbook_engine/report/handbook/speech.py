"""Expressions in words: `dns.failed or rc == 0` becomes "step 1 failed or the exit status is 0".

What there are no words for has none: the reader gets the expression alone.
"""

from collections.abc import Callable
from functools import reduce
from typing import TypeAlias, assert_never

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
from playbook_engine.phrases.lists import Lists, listed
from playbook_engine.phrases.speech import Claims, Hosts, Nouns
from playbook_engine.phrases.words import ENGLISH, Words
from playbook_engine.report.handbook.numbers import Numbers
from playbook_engine.values import Scalar

_COMPARED = {
    "==": Claims.EQUALS,
    "!=": Claims.DIFFERS,
    "<": Claims.BELOW,
    "<=": Claims.AT_MOST,
    ">": Claims.ABOVE,
    ">=": Claims.AT_LEAST,
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
_Pair: TypeAlias = tuple[Claims, Claims]
"""What is said, and what is said when it is denied."""
_MATCHES: dict[str, _Pair] = {
    "search": (Claims.MATCHES, Claims.MATCHES_NOT),
    "match": (Claims.BEGINS, Claims.BEGINS_NOT),
}
_IS: dict[str, _Pair] = {
    "defined": (Claims.IS_KNOWN, Claims.IS_UNKNOWN),
    "undefined": (Claims.IS_UNKNOWN, Claims.IS_KNOWN),
    "none": (Claims.HAS_NO_VALUE, Claims.HAS_A_VALUE),
    "number": (Claims.IS_NUMBER, Claims.IS_NO_NUMBER),
    "integer": (Claims.IS_INTEGER, Claims.IS_NO_INTEGER),
    "string": (Claims.IS_TEXT, Claims.IS_NO_TEXT),
    "even": (Claims.IS_EVEN, Claims.IS_NOT_EVEN),
    "odd": (Claims.IS_ODD, Claims.IS_NOT_ODD),
}
_FACTS: dict[str, _Pair] = {
    "passed": (Claims.PASSED, Claims.NOT_PASSED),
    "failed": (Claims.FAILED, Claims.NOT_FAILED),
    "unreachable": (Claims.UNREACHABLE, Claims.REACHED),
    "skipped": (Claims.SKIPPED, Claims.NOT_SKIPPED),
}
"""What is true or false of a step."""
_HOSTS = {
    "passed": Hosts.PASSED,
    "failed": Hosts.FAILED,
    "unreachable": Hosts.UNREACHABLE,
    "skipped": Hosts.SKIPPED,
}
_ANSWER = {
    "rc": Nouns.EXIT_STATUS,
    "outcome": Nouns.OUTCOME,
    "stdout": Nouns.OUTPUT,
    "stderr": Nouns.ERROR_OUTPUT,
    "status": Nouns.STATUS,
    "body": Nouns.BODY,
    "text": Nouns.OUTPUT,
    "json": Nouns.JSON,
    "duration": Nouns.DURATION,
    "answer": Nouns.ANSWER,
    "by": Nouns.WHO,
    "changed": Nouns.CHANGED,
}
_SAME = ("string", "trim", "list")
"""Filters that change nothing which a reader would notice."""
_OF = {
    "length": Nouns.ENTRIES,
    "count": Nouns.ENTRIES,
    "sum": Nouns.SUM,
    "avg": Nouns.AVERAGE,
    "min": Nouns.SMALLEST,
    "max": Nouns.LARGEST,
    "first": Nouns.FIRST,
    "last": Nouns.LAST,
    "lines": Nouns.LINES,
    "abs": Nouns.SIZE,
    "url_host": Nouns.HOST,
    "int": Nouns.NUMBER,
    "float": Nouns.NUMBER,
    "percent": Nouns.PERCENTAGE,
    "size": Nouns.AMOUNT,
    "duration": Nouns.TIME,
    "json": Nouns.DOCUMENT,
}


@dataclass(frozen=True, slots=True)
class Speech:
    """Puts expressions of one playbook into words; `code` says how code looks within a sentence."""

    numbers: Numbers
    code: Callable[[str], str]
    words: Words = ENGLISH

    def sentence(self, shape: Shape, *, own: tuple[str, ...] = ()) -> str | None:
        """Return a condition in words; `own` are the fields of the answer that it is about."""
        said = _Speaker(self.numbers, self.code, own, self.words).clause(shape, said=True)
        return said.strip() if said else None

    def hosts(self, step: str, which: str) -> str:
        """Return the hosts on which an earlier step ended so: "on which step 2 failed"."""
        number = self.numbers.steps.get(step)
        written = self.code(f"{step}.{which}")
        if not number:
            return self.words(Hosts.OTHER, written=written)
        return self.words(_HOSTS[which], number=number, written=written)


@dataclass(frozen=True, slots=True)
class _Speaker:
    numbers: Numbers
    code: Callable[[str], str]
    own: tuple[str, ...]
    words: Words

    def clause(self, shape: Shape, *, said: bool) -> str | None:
        """Return what is claimed, or denied when it is not `said`; None when there are no words for it."""
        match shape:
            case Constant(value=bool(value)):
                return self.words(Claims.ALWAYS if value is said else Claims.NEVER)
            case Path():
                return self._fact(shape, said=said)
            case Comparison():
                return self._comparison(shape, said=said)
            case Tested():
                return self._tested(shape, said=said)
            case Not(part):
                return self.clause(part, said=not said)
            case AllOf(parts):
                return self._joined(parts, every=said, said=said)
            case AnyOf(parts):
                return self._joined(parts, every=not said, said=said)
            case Constant() | Items() | Filtered() | Other():
                return None
            case _:
                assert_never(shape)

    def _joined(self, parts: tuple[Shape, ...], *, every: bool, said: bool) -> str | None:
        clauses = [self.clause(part, said=said) for part in parts]
        if None in clauses:
            return None
        if any(isinstance(part, AllOf | AnyOf) for part in parts):
            phrase = Claims.AND_MIXED if every else Claims.OR_MIXED
        else:
            phrase = Claims.AND if every else Claims.OR
        said_clauses = (clause for clause in clauses if clause)
        return reduce(lambda before, last: self.words(phrase, before=before, last=last), said_clauses)

    def _fact(self, path: Path, *, said: bool) -> str:
        number = self.numbers.steps.get(path.name)
        if number and len(path.keys) == 1 and path.keys[0] in _FACTS:
            return self.words(_FACTS[str(path.keys[0])][0 if said else 1], number=number)
        return self.words(Claims.IS_TRUE if said else Claims.IS_FALSE, what=self._path(path))

    def _comparison(self, shape: Comparison, *, said: bool) -> str | None:
        operator = shape.operator if said else _OPPOSITE[shape.operator]
        left, right = self.noun(shape.left), self.noun(shape.right)
        if left is None or right is None:
            return None
        if operator in ("in", "not in"):
            return self._contained(shape, left, right, holds=operator == "in")
        emptiness = _emptiness(shape.left, operator, shape.right)
        if emptiness and isinstance(shape.left, Filtered):
            return self.words(emptiness, what=self.noun(shape.left.subject))
        return self.words(_COMPARED[operator], left=left, right=right)

    def _contained(self, shape: Comparison, left: str, right: str, *, holds: bool) -> str:
        if isinstance(shape.right, Items):
            phrase = Claims.EQUALS if holds else Claims.NONE_OF
        elif isinstance(shape.right, Path) and self._failed_hosts(shape.right):
            phrase = Claims.AMONG if holds else Claims.NOT_AMONG
        else:
            phrase = Claims.CONTAINS if holds else Claims.LACKS
        return self.words(phrase, left=left, right=right)

    def _failed_hosts(self, path: Path) -> bool:
        return path.keys == ("failed_hosts",) and path.name in self.numbers.steps

    def _tested(self, shape: Tested, *, said: bool) -> str | None:
        subject = self.noun(shape.subject)
        if subject is None:
            return None
        if shape.test in _TESTS and len(shape.arguments) == 1:
            return self.clause(Comparison(shape.subject, _TESTS[shape.test], shape.arguments[0]), said=said)
        if shape.test in _MATCHES and shape.arguments:
            pattern = self.noun(shape.arguments[0])
            phrase = _MATCHES[shape.test][0 if said else 1]
            return self.words(phrase, what=subject, pattern=pattern) if pattern else None
        if shape.test in _IS and not shape.arguments:
            return self.words(_IS[shape.test][0 if said else 1], what=subject)
        return None

    def noun(self, shape: Shape) -> str | None:
        """Return what a value is called; None when there are no words for it."""
        match shape:
            case Constant(value):
                return self._constant(value)
            case Path():
                return self._path(shape)
            case Items(items):
                nouns = [self.noun(item) for item in items]
                if None in nouns or not nouns:
                    return None
                return listed(self.words, [noun for noun in nouns if noun], Lists.OR)
            case Filtered(subject, name, ()):
                return self._filtered(self.noun(subject), name)
            case _:
                return None

    def _filtered(self, noun: str | None, name: str) -> str | None:
        if noun is None or name in _SAME:
            return noun
        return self.words(_OF[name], what=noun) if name in _OF else None

    def _path(self, path: Path) -> str:
        number = self.numbers.steps.get(path.name)
        if path.name in self.own:
            return self._answer(path.name, path.keys)
        if number is None:
            captured = self.numbers.captures.get(path.name)
            name = self.code(_written(path))
            return self.words(Nouns.FROM_STEP if captured else Nouns.NAME, name=name, number=captured)
        if not path.keys:
            return self.words(Nouns.RESULT_OF, number=number)
        first, rest = str(path.keys[0]), path.keys[1:]
        if self._failed_hosts(path):
            return self.words(Hosts.ALL_FAILED, number=number)
        if first == "targets" and rest:
            what = self._answer(str(rest[1]) if len(rest) > 1 else "", rest[2:])
            return self.words(Nouns.OF_STEP_ON, what=what, number=number, host=rest[0])
        return self.words(Nouns.OF_STEP, what=self._answer(first, rest), number=number)

    def _answer(self, field: str, keys: tuple[str | int, ...]) -> str:
        if keys and field == "headers":
            return self.words(Nouns.HEADER, name=self.code(str(keys[0])))
        named = self._field(field)
        return self.words(Nouns.WITHIN, keys=self.code(_dotted(keys)), what=named) if keys else named

    def _field(self, field: str) -> str:
        if field in _ANSWER:
            return self.words(_ANSWER[field])
        return self.code(field) if field else self.words(Nouns.RESULT)

    def _constant(self, value: Scalar) -> str:
        match value:
            case None:
                return self.words(Nouns.NONE)
            case bool():
                return self.words(Nouns.TRUE if value else Nouns.FALSE)
            case str():
                return self.code(value) if value.strip() else self.words(Nouns.EMPTY_TEXT)
            case _:
                return str(value)


def _emptiness(left: Shape, operator: str, right: Shape) -> Claims | None:
    """Return `length > 0` and the like in plain words."""
    if not (isinstance(left, Filtered) and left.filter in ("length", "count") and right == Constant(0)):
        return None
    return {"==": Claims.IS_EMPTY, ">": Claims.IS_NOT_EMPTY, "!=": Claims.IS_NOT_EMPTY}.get(operator)


def _written(path: Path) -> str:
    return path.name + (f".{_dotted(path.keys)}" if path.keys else "")


def _dotted(keys: tuple[str | int, ...]) -> str:
    return ".".join(str(key) for key in keys)
