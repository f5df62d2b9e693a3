"""What an answer is for: a step by its name, what takes it back, or an action by kind and pattern."""

import re
from collections.abc import Collection
from fnmatch import translate
from functools import cached_property
from typing import TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.rehearsal.naming import UNDO

KINDS = ("ssh", "local", "http", "kubectl", "manual")
_ACTION = re.compile(rf"({'|'.join(KINDS)}): (.+)")


@dataclass(frozen=True, slots=True)
class StepKey:
    """A step, or with `undo` what takes it back."""

    name: str
    undo: bool = False


@dataclass(frozen=True)
class ActionKey:
    """Requests of one kind whose summary fits a pattern with `*` and `?`."""

    kind: str
    pattern: str

    @cached_property
    def _fitting(self) -> re.Pattern[str]:
        # Brackets stand for themselves: requests are full of them.
        return re.compile(translate(self.pattern.replace("[", "[[]")))

    def fits(self, kind: str, summary: str) -> bool:
        """Return whether a request is meant."""
        return kind == self.kind and self._fitting.match(summary) is not None


Key: TypeAlias = StepKey | ActionKey


def parse(text: str, names: Collection[str]) -> Key | None:
    """Return what a key means; None when there is no step of that name."""
    if text in names:
        return StepKey(text)
    before = text.removesuffix(UNDO)
    if before != text and before in names:
        return StepKey(before, undo=True)
    action = _ACTION.fullmatch(text)
    return ActionKey(action[1], action[2]) if action else None
