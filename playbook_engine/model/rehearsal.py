"""A rehearsal as its author wrote it: what is answered, who says yes, and what must come of it."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from playbook_engine.diagnostics import Source, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.outcomes import Verdict
from playbook_engine.model.precedence import GivenNode
from playbook_engine.values import Duration, Value

ROADS = re.compile(r"(case [1-9][0-9]*|else)(, (case [1-9][0-9]*|else))*")
"""What a branch ends with: the road, or where hosts take their own, all roads that were taken."""


_SHELL = ("rc", "stdout", "stderr", "signal")
ANSWER_FIELDS: Mapping[str, tuple[str, ...]] = {
    "ssh": _SHELL,
    "local": _SHELL,
    "http": (
        "status",
        "headers",
        "body",
        "json",
        "connect_time",
        "tls_time",
        "ttfb",
        "retry_after",
        "certificate_days_left",
        "certificate_not_after",
        "certificate_names",
        "certificate_issuer",
    ),
    "kubectl": ("json", "text", "changed", "before", "after", "unmet", *_SHELL),
    "manual": ("answer", "by", "note"),
}
"""The fields of an answer by the action's kind."""
ANY_ANSWER = ("for", "duration", "fault", "message")
"""Fields that the answer of any action can have."""


@dataclass(frozen=True, slots=True)
class Word:
    """A text and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerField:
    """One field of an answer; `span` is that of its name."""

    name: str
    value: Value
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAnswer:
    """What comes back; `lasts` (`for`) is how long it is the answer before the next one of its list is."""

    span: Span
    fields: tuple[AnswerField, ...] = ()
    lasts: Duration | None = None

    def value(self, name: str) -> Value:
        """Return a field's value; None when it is not there."""
        return next((field.value for field in self.fields if field.name == name), None)

    def __contains__(self, name: str) -> bool:
        return any(field.name == name for field in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAnswers:
    """The answers of one target, in turn; `target` is None where all targets answer alike."""

    answers: tuple[ScriptedAnswer, ...]
    target: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What is answered under one key: for a step by name, or for an action by kind and pattern."""

    key: Word
    by_target: tuple[TargetAnswers, ...]


class Consent(StrEnum):
    """What a person says when a mitigation needs a yes."""

    YES = "yes"
    NO = "no"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """What a person says, by step; to what is not named `otherwise`. `present` is False when nobody is there."""

    otherwise: Consent = Consent.YES
    by_step: tuple[tuple[Word, Consent], ...] = ()
    present: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """Who takes an escalation that waits for it, and when."""

    by: str
    span: Span
    after: Duration = Duration(0)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """In what a scenario is played; the file's setting is that of all scenarios, and a scenario's own wins."""

    variables: Mapping[str, Value]
    hosts: tuple[tuple[Word, Mapping[str, Value]], ...] = ()
    inputs: tuple[GivenNode, ...] = ()
    secrets: tuple[tuple[Word, str], ...] = ()
    env: Mapping[str, str]
    limit: str | None = None
    tags: tuple[str, ...] = ()
    skip_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PathEntry:
    """A step of the expected path: how it ended, as one word or by target."""

    name: Word
    ended: str | tuple[tuple[Word, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What must come of a scenario; None: not compared."""

    span: Span
    verdict: Verdict
    verdict_span: Span
    path: tuple[PathEntry, ...] | None = None
    path_span: Span
    changed: tuple[tuple[Word, tuple[Word, ...]], ...] | None = None
    undone: tuple[Word, ...] | None = None
    told: tuple[Word, ...] | None = None
    not_told: tuple[Word, ...] | None = None
    captured: tuple[tuple[Word, Value], ...] = ()
    spans: Mapping[str, Span]
    """Where each of these words stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One course of events."""

    name: str
    span: Span
    setting: Setting
    answers: tuple[Answered, ...] = ()
    approvals: Approvals = Approvals()
    ack: Ack | None = None
    cannot_be_told: tuple[Word, ...] = ()
    interrupt: Duration | None = None
    expected: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The scenarios of one playbook. `playbook` and `inventory` are names and paths as they are written."""

    source: Source
    playbook: Word
    inventory: Word | None = None
    groups: tuple[tuple[Word, tuple[str, ...]], ...] = ()
    now: datetime
    setting: Setting
    answers: tuple[Answered, ...] = ()
    scenarios: tuple[Scenario, ...]
