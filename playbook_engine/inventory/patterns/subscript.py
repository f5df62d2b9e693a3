"""Choosing hosts by number: `web[0]`, `web[-1]`, `web[1:]`, `web[0:2]` with the end included, as in Ansible."""

import re
from collections.abc import Sequence
from typing import TypeVar

from playbook_engine.frozen import dataclass
from playbook_engine.inventory.patterns.faults import INVALID, UNKNOWN
from playbook_engine.inventory.patterns.terms import Term

T = TypeVar("T")

_BEHIND = re.compile(r"(?P<base>.+)\[(?:(?P<index>-?\d+)|(?P<first>\d*)(?P<sign>[:-])(?P<last>\d*))\]", re.ASCII)
_LIKE_ONE = re.compile(r".+\[-?\d*(?::-?\d*)+\]", re.ASCII)
_FORMS = "Write [0], [-1], [1:], [:2] or [0:2]; hosts are counted from 0, and the end is included."


@dataclass(frozen=True, slots=True)
class Subscript:
    """`first` to `last` (None: the end), or the host `index`; `text` is as it was written."""

    text: str
    index: int | None = None
    first: int = 0
    last: int | None = None


def parse(term: Term) -> tuple[str, Subscript | None]:
    """Return a term's text without its subscript, and the subscript; PatternFault for one that is none."""
    if term.is_regex:
        return term.text, None
    match = _BEHIND.fullmatch(term.text)
    if match is None or (match["sign"] and not (match["first"] or match["last"])):
        if _LIKE_ONE.fullmatch(term.text):
            raise term.fault(INVALID, f"'{term.text}' does not choose hosts by number", _FORMS)
        return term.text, None
    base, text = match["base"], term.text[len(match["base"]) :]
    if match["index"]:
        return base, Subscript(text, index=int(match["index"]))
    last = int(match["last"]) if match["last"] else None
    return base, Subscript(text, first=int(match["first"] or 0), last=last)


def apply(subscript: Subscript, hosts: Sequence[T], base: str, term: Term) -> Sequence[T]:
    """Return the hosts that are meant; PatternFault when there are none."""
    count = len(hosts)
    if subscript.index is not None:
        if not -count <= subscript.index < count:
            raise _out_of_range(term, base, subscript, count)
        return (hosts[subscript.index],)
    if subscript.last is not None and subscript.last < subscript.first:
        raise term.fault(INVALID, f"'{term.text}' ends before it begins", _FORMS)
    chosen = hosts[subscript.first : None if subscript.last is None else subscript.last + 1]
    if not chosen:
        raise _out_of_range(term, base, subscript, count)
    return chosen


def _out_of_range(term: Term, base: str, subscript: Subscript, count: int) -> Exception:
    only = "1 host, which is [0]" if count == 1 else f"{count:,} hosts, [0] to [{count - 1}]"
    return term.fault(UNKNOWN, f"{subscript.text} is out of range: '{base}' has {only}")
