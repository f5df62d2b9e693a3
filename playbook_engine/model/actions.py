"""What an action kind must offer. Verbs are closed; actions are open: `actions.registry` lists them."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Protocol, runtime_checkable

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Node
from playbook_engine.model.expressions import Compiler, Reference
from playbook_engine.model.replies import Reply
from playbook_engine.model.requests import Request
from playbook_engine.model.targets import Target
from playbook_engine.phrases.words import Phrase, Sentence
from playbook_engine.values import Duration, Names


class Addressing(StrEnum):
    """What an action is carried out on when its step does not say `hosts`."""

    HOSTS = "hosts"
    CONTROL = "control"
    CLUSTER = "cluster"
    PERSON = "person"


class Effect(StrEnum):
    """What the engine can tell of an action without running it."""

    READS = "reads"
    CHANGES = "changes"
    UNKNOWN = "unknown"
    """A shell command: only a person can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """What counts as success when a step has no `expect`: in words, and as an expression where there is one."""

    words: Phrase
    expression: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """How a person does without runbook what an action does: a command to paste into a shell, or an instruction.

    What is not known yet stays `{{ … }}`; a secret is `$NAME`, never its value. `before` is a command that shows
    what the change replaces, and `restores` says what `undo: auto` puts back.
    """

    success: Success
    command: str | None = None
    instruction: str | None = None
    answers: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()
    """What the answers mean in the reader's language, one for each; nothing where they need no words."""
    before: str | None = None
    restores: Sentence | None = None


class Action(Protocol):
    """What a step does, read from the playbook; `request` makes it concrete for one target."""

    @property
    def kind(self) -> str: ...
    @property
    def span(self) -> Span: ...
    @property
    def effect(self) -> Effect: ...
    @property
    def effect_reason(self) -> str:
        """Return what shows the effect: `kubectl scale`, `HTTP POST`."""
        ...

    @property
    def may_only_read(self) -> bool:
        """Return whether it can be that it only reads although it looks like a change: an HTTP POST."""
        ...

    @property
    def references(self) -> tuple[Reference, ...]: ...
    @property
    def default_timeout(self) -> Duration: ...
    @property
    def source(self) -> str:
        """Return the action as its author wrote it, on one line."""
        ...

    def request(self, names: Names, target: Target, timeout: Duration) -> Request:
        """Render the action for one target; raises ExpressionError."""
        ...

    def by_hand(self, names: Names, target: Target | None) -> ByHand:
        """Return how a person does it; `names` are those that are known, `target` is where, when that is known."""
        ...


@dataclass(frozen=True, slots=True)
class CannotInvert:
    """Why a change cannot be undone automatically."""

    reason: str


@runtime_checkable
class Invertible(Protocol):
    """An action whose change can be undone from what was there before (`undo: auto`)."""

    @property
    def auto_undo_refusal(self) -> str | None:
        """Return why this action cannot be undone automatically; None when it can."""
        ...

    def snapshot(self, request: Request) -> Request:
        """Return a reading request whose reply tells what `request` is about to replace."""
        ...

    def inverse(self, request: Request, before: Reply) -> Request | CannotInvert:
        """Return the request that puts back what `before` saw."""
        ...


@runtime_checkable
class Rehearsable(Protocol):
    """An action whose target can tell what it would do, without doing it (`--check`)."""

    def rehearsal(self, request: Request) -> Request:
        """Return a reading request whose reply tells, line by line, what `request` would change."""
        ...


@runtime_checkable
class Clustered(Protocol):
    """An action whose long form can name its cluster."""

    @property
    def cluster(self) -> str | None: ...


@runtime_checkable
class Addressed(Protocol):
    """An action whose long form decides what it is addressed to: an HTTP request that goes through a host."""

    @property
    def addressing(self) -> Addressing: ...


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that an action reads when it is carried out, and where the playbook names it."""

    path: str
    span: Span


@runtime_checkable
class ReadsFiles(Protocol):
    """An action that needs files of the control machine, such as certificates."""

    @property
    def files(self) -> tuple[NamedFile, ...]:
        """Return the files whose names are known before any value is."""
        ...


ReadAction = Callable[[Node, Compiler, Problems], "Action | None"]


@dataclass(frozen=True, slots=True)
class ActionKind:
    """One word of the language that does something: how it is read and what it is addressed to."""

    name: str
    addressing: Addressing
    read: ReadAction
    supports_auto_undo: bool = False
    fields: tuple[str, ...] = ()
    """The names that expressions see of its answer: `rc`, `stdout`, `json` …"""


def addressing_of(action: Action, kinds: Mapping[str, ActionKind]) -> Addressing:
    """Return what an action is addressed to: what its own long form says, else what its kind says."""
    return action.addressing if isinstance(action, Addressed) else kinds[action.kind].addressing
