"""Label and field selectors, as in `-l app=api,tier!=web` and `--field-selector status.phase=Running`."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from playbook_engine.sandbox.kube.statuses import bad_request

Matches: TypeAlias = Callable[[Mapping[str, Any]], bool]
"""Whether an object is meant."""

_COMMA = re.compile(r",(?![^(]*\))")
_IN = re.compile(r"(\S+)\s+(in|notin)\s*\(([^)]*)\)")
_EQUALS = re.compile(r"([^!=\s]+)\s*(==|=|!=)\s*(\S*)")
_EXISTS = re.compile(r"(!?)\s*([^!=\s()]+)")


def labels(text: str) -> Matches:
    """Read a label selector; an empty one means every object."""
    terms = [_label_term(term.strip()) for term in _COMMA.split(text) if term.strip()]

    def matches(thing: Mapping[str, Any]) -> bool:
        found = thing["metadata"].get("labels") or {}
        return all(term(found) for term in terms)

    return matches


def fields(text: str) -> Matches:
    """Read a field selector; an empty one means every object."""
    terms = []
    for term in filter(None, (part.strip() for part in text.split(","))):
        match = _EQUALS.fullmatch(term)
        if not match:
            raise bad_request(f'invalid field selector: "{term}"')
        terms.append((match[1].split("."), match[2] != "!=", match[3]))

    def matches(thing: Mapping[str, Any]) -> bool:
        return all((_field(thing, path) == value) is wanted for path, wanted, value in terms)

    return matches


def _label_term(term: str) -> Matches:
    if match := _IN.fullmatch(term):
        name, wanted = match[1], match[2] == "in"
        values = {value.strip() for value in match[3].split(",")}
        return lambda found: (found.get(name) in values) is wanted
    if match := _EQUALS.fullmatch(term):
        name, wanted, value = match[1], match[2] != "!=", match[3]
        return lambda found: (found.get(name) == value) is wanted
    if match := _EXISTS.fullmatch(term):
        name, wanted = match[2], not match[1]
        return lambda found: (name in found) is wanted
    raise bad_request(f'unable to parse requirement: "{term}"')


def _field(thing: Any, path: list[str]) -> str:
    for step in path:
        thing = thing.get(step) if isinstance(thing, Mapping) else None
    return "" if thing is None else str(thing)
