"""Targets that ended alike, told once: `api-[01:40] (38 hosts)`."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playbook_engine.model.outcomes import Outcome
from playbook_engine.model.replies import Output
from playbook_engine.model.results import TargetResult
from playbook_engine.values import TargetName

_NUMBER = re.compile(r"(\d+)")
LISTED = 8
"""Names or ranges listed before the rest is only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Targets with the same outcome, for the same reason, with the same output."""

    outcome: Outcome
    targets: tuple[TargetName, ...]
    message: str | None
    hint: str | None
    outputs: tuple[tuple[str, Output], ...]


def alike(results: Iterable[TargetResult]) -> tuple[Alike, ...]:
    """Group results that say the same; the groups stand in the order of their first target."""
    groups: dict[tuple[object, ...], list[TargetResult]] = {}
    for result in results:
        groups.setdefault(_likeness(result), []).append(result)
    return tuple(_group(members) for members in groups.values())


def _likeness(result: TargetResult) -> tuple[object, ...]:
    cause = result.cause
    outputs = tuple(result.reply.outputs().items()) if result.reply else ()
    return (result.outcome, cause.message if cause else None, outputs)


def _group(members: Sequence[TargetResult]) -> Alike:
    first = members[0]
    return Alike(
        outcome=first.outcome,
        targets=tuple(member.target for member in members),
        message=first.cause.message if first.cause else None,
        hint=first.cause.hint if first.cause else None,
        outputs=tuple(first.reply.outputs().items()) if first.reply else (),
    )


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key by which web-2 comes before web-10."""
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in _NUMBER.split(name) if part)


def compact(names: Iterable[str]) -> str:
    """Return names in short: `api-[01:03], db-1`; runs of three numbers and more become ranges."""
    ordered = sorted(dict.fromkeys(names), key=natural)
    parts: list[str] = []
    index = 0
    while index < len(ordered):
        end = _run_end(ordered, index)
        parts.append(_range(ordered[index], ordered[end]) if end - index >= 2 else ordered[index])
        index = end + 1 if end - index >= 2 else index + 1
    if len(parts) > LISTED:
        return f"{', '.join(parts[:LISTED])}, … ({len(ordered)} in all)"
    return ", ".join(parts)


def _split(name: str) -> tuple[str, str] | None:
    match = re.fullmatch(r"(.*?)(\d+)", name)
    return (match[1], match[2]) if match else None


def _run_end(names: Sequence[str], start: int) -> int:
    """Return the index of the last name that counts on from the one at `start`."""
    end = start
    while end + 1 < len(names):
        here, following = _split(names[end]), _split(names[end + 1])
        if here is None or following is None or here[0] != following[0]:
            break
        if int(following[1]) != int(here[1]) + 1 or len(following[1]) != len(here[1]):
            break
        end += 1
    return end


def _range(first: str, last: str) -> str:
    stem, low = _split(first) or (first, "")
    _, high = _split(last) or (last, "")
    return f"{stem}[{low}:{high}]"
