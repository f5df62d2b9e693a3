"""The five verbs, as a playbook's author wrote them."""

from enum import StrEnum
from typing import TypeAlias

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action
from playbook_engine.model.expressions import Expression, Template
from playbook_engine.model.repeating import Loop, Poll, Retry
from playbook_engine.model.rolling import Rolling
from playbook_engine.values import Duration, Value


class Approve(StrEnum):
    REQUIRED = "required"
    AUTO = "auto"


class OnFailure(StrEnum):
    UNDO = "undo"
    STOP = "stop"
    CONTINUE = "continue"


class OnPass(StrEnum):
    RESOLVE = "resolve"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Capture:
    """A name that later steps can use for a value of this step's answer."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class HostPattern:
    """An inventory pattern and where it is written."""

    text: str
    span: Span


class Which(StrEnum):
    """Which targets of an earlier result are meant."""

    PASSED = "passed"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ResultHosts:
    """The hosts on which an earlier step ended so: `disk.failed`."""

    step: str
    which: Which
    span: Span

    @property
    def text(self) -> str:
        return f"{self.step}.{self.which.value}"


Hosts: TypeAlias = HostPattern | ResultHosts
"""Where a step is carried out."""


@dataclass(frozen=True, slots=True)
class AutoUndo:
    """The engine inverts the change from what it saw before."""

    span: Span


@dataclass(frozen=True, slots=True)
class Irreversible:
    """The author declares that the change cannot be taken back."""

    span: Span


Undo: TypeAlias = AutoUndo | Irreversible | Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every step can carry. `id` is None when nobody refers to it; `title` is what people read."""

    title: str
    span: Span
    id: str | None = None
    when: Expression | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Common):
    """Find out a fact; stops nothing, unless it is critical.

    `critical` is None when nothing is said: then a health check is, and a check among the steps is not.
    """

    action: Action
    hosts: Hosts | None = None
    cluster: str | None = None
    timeout: Duration | None = None
    expect: tuple[Expression, ...] = ()
    capture: tuple[Capture, ...] = ()
    poll: Poll | None = None
    retry: Retry | None = None
    loop: Loop | None = None
    reads: bool = False
    critical: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigate(Common):
    """Change the world, after its intent is on record and someone said yes."""

    action: Action
    hosts: Hosts | None = None
    cluster: str | None = None
    timeout: Duration | None = None
    expect: tuple[Expression, ...] = ()
    capture: tuple[Capture, ...] = ()
    approve: Approve | None = None
    unless: Expression | None = None
    undo: Undo
    on_failure: OnFailure | None = None
    idempotent: bool = False
    retry: Retry | None = None
    loop: Loop | None = None
    cooldown: Duration | None = None
    rolling: Rolling = Rolling()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify(Common):
    """Prove that it worked: by an action of its own, or by repeating the playbook's health checks."""

    action: Action | None = None
    hosts: Hosts | None = None
    cluster: str | None = None
    timeout: Duration | None = None
    expect: tuple[Expression, ...] = ()
    capture: tuple[Capture, ...] = ()
    poll: Poll | None = None
    loop: Loop | None = None
    reads: bool = False
    on_pass: OnPass = OnPass.RESOLVE
    on_failure: OnFailure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayInput:
    """A value for an input of the other playbook: data as it is written, or a template that gives it."""

    name: str
    span: Span
    value: Value = None
    template: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Continue with another playbook of the same set, in the same run and record."""

    playbook: str
    span: Span
    inputs: tuple[PlayInput, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One road of a branch: steps, or another playbook instead."""

    when: Expression
    steps: tuple["Step", ...]
    span: Span
    play: Play | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Common):
    """Take the first case that holds, else `otherwise`.

    With `per_host` (`for: host`) every host of `hosts`, else of the playbook's, takes its own case.
    """

    cases: tuple[Case, ...]
    otherwise: tuple["Step", ...]
    otherwise_span: Span
    per_host: bool = False
    hosts: Hosts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(Common):
    """Tell someone, now; `wait_for_ack` is how long to wait for somebody to take it."""

    to: str
    to_span: Span
    message: Template | None = None
    wait_for_ack: Duration | None = None


Step: TypeAlias = Check | Branch | Mitigate | Verify | Escalate
"""Closed: match it exhaustively."""

ActingStep: TypeAlias = Check | Mitigate | Verify
"""The steps that send requests to targets."""


def verb_of(step: Step) -> str:
    """Return the word that the step begins with in YAML."""
    return type(step).__name__.lower()
