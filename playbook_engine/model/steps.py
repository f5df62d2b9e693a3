"""The five verbs, as a playbook's author wrote them."""

from enum import StrEnum
from typing import TypeAlias

from playbook_engine.diagnostics import Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import Action
from playbook_engine.model.expressions import Expression, Template
from playbook_engine.values import Duration


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """Repeat until it holds (`within`), how often (`every`), and for how long it must keep holding."""

    within: Duration
    every: Duration
    stable_for: Duration = Duration(0)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Common):
    """Find out a fact; stops nothing."""

    action: Action
    hosts: HostPattern | None = None
    cluster: str | None = None
    timeout: Duration | None = None
    expect: tuple[Expression, ...] = ()
    capture: tuple[Capture, ...] = ()
    poll: Poll | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigate(Common):
    """Change the world, after its intent is on record and someone said yes."""

    action: Action
    hosts: HostPattern | None = None
    cluster: str | None = None
    timeout: Duration | None = None
    expect: tuple[Expression, ...] = ()
    capture: tuple[Capture, ...] = ()
    approve: Approve | None = None
    unless: Expression | None = None
    undo: Undo
    on_failure: OnFailure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify(Common):
    """Prove that it worked: by an action of its own, or by repeating the playbook's health checks."""

    action: Action | None = None
    hosts: HostPattern | None = None
    cluster: str | None = None
    timeout: Duration | None = None
    expect: tuple[Expression, ...] = ()
    capture: tuple[Capture, ...] = ()
    poll: Poll | None = None
    on_pass: OnPass = OnPass.RESOLVE
    on_failure: OnFailure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One road of a branch."""

    when: Expression
    steps: tuple["Step", ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Common):
    """Take the first case that holds, else `otherwise`."""

    cases: tuple[Case, ...]
    otherwise: tuple["Step", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(Common):
    """Tell someone, now."""

    to: str
    to_span: Span
    message: Template | None = None


Step: TypeAlias = Check | Branch | Mitigate | Verify | Escalate
"""Closed: match it exhaustively."""

ActingStep: TypeAlias = Check | Mitigate | Verify
"""The steps that send requests to targets."""


def verb_of(step: Step) -> str:
    """Return the word that the step begins with in YAML."""
    return type(step).__name__.lower()
