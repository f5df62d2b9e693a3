"""Answers in turn: those that repeat are written once.

The last answer of a list repeats by itself. Of many that are alike before it, one says for how long it is the answer
(`for`): up to the middle between the last time that it came and the first time that the next one came.
"""

from collections.abc import Sequence
from itertools import groupby, pairwise

from playbook_engine.rehearsal.writing.answers import Answer, Fields
from playbook_engine.rehearsal.writing.yaml_lines import Noted, Written
from playbook_engine.values import Duration

MANY = 6
"""So many turns are written one by one."""


def in_turn(answers: Sequence[Answer]) -> Written:
    """Return the answers of one target as they are written: one, or a list."""
    groups = [list(group) for _, group in groupby(answers, key=lambda answer: answer.fields)]
    turns = sum(map(len, groups[:-1])) + 1
    if turns <= MANY:
        listed = [_written(answer.fields, answer) for group in groups[:-1] for answer in group]
    else:
        listed = [
            _written({**group[0].fields, "for": _lasts(group, after[0])}, group[0])
            for group, after in pairwise(groups)
        ]
    listed.append(_written(groups[-1][0].fields, groups[-1][0]))
    return listed[0] if len(listed) == 1 else listed


def _written(fields: Fields, answer: Answer) -> Written:
    return Noted(fields, answer.notes) if answer.notes else fields


def _lasts(group: Sequence[Answer], after: Answer) -> str:
    """Return for how long a group of equal answers was the answer."""
    middle = (group[-1].asked_ms + after.asked_ms) // 2
    return str(Duration(max(middle - group[0].asked_ms, 1)))
