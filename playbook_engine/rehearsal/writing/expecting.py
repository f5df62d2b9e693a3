"""What must come of a rehearsal: what came of the run."""

import re
from collections.abc import Mapping, Sequence

from playbook_engine.rehearsal.taken import Entry, Taken
from playbook_engine.rehearsal.writing.yaml_lines import Block, Written, as_yaml
from playbook_engine.values import Value

MASK = re.compile(r"<secret [^<>]*>")
_LONGEST = 200
"""Characters of a captured text that is worth comparing."""


def expectations(taken: Taken, told: Sequence[str], not_told: Sequence[str]) -> dict[str, Written]:
    """Return the expectations, the path one step on a line."""
    finished = taken.finished
    path: list[Written] = [Block({entry.name: _ended(entry)}) for entry in taken.entries]
    found: dict[str, Written] = {
        "verdict": finished.verdict.value,
        "path": Block(path) if path else [],
        "changed": {name: list(targets) for name, targets in taken.changed.items()},
    }
    if taken.undone:
        found["undone"] = list(taken.undone)
    found["told"] = list(told)
    if not_told:
        found["not_told"] = list(not_told)
    captured = _captured(taken.captured)
    return {**found, "captured": captured} if captured else found


def _ended(entry: Entry) -> Written:
    """Return how a step ended: by target where they differ."""
    outcomes = set(entry.by_target.values())
    return dict(entry.by_target) if len(outcomes) > 1 else entry.ended


def _captured(captured: Mapping[str, Mapping[str, Value]]) -> dict[str, Written]:
    found: dict[str, Written] = {}
    for name, by_target in captured.items():
        values = list(by_target.values())
        if not all(map(_is_worth_comparing, values)):
            continue
        alike = all(value == values[0] for value in values)
        found[name] = as_yaml(values[0]) if alike else {target: as_yaml(value) for target, value in by_target.items()}
    return found


def _is_worth_comparing(value: Value) -> bool:
    """Return whether a value is a short one without a masked secret in it."""
    text = str(value)
    return len(text) <= _LONGEST and not MASK.search(text)
