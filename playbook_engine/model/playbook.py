"""A playbook as its author meant it."""

from dataclasses import field

from playbook_engine.diagnostics import Source, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.repeating import Retry
from playbook_engine.model.steps import Check, HostPattern, Step
from playbook_engine.values import Duration, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSpec:
    """A value that whoever plays the playbook may give: with `--set`, in a file, by the environment.

    `type` is one of `string`, `integer`, `number`, `boolean`, `array`, `object`, `duration`; `format` is a name of
    `model.formats`. What fits is judged by `model.inputs`.
    """

    name: str
    type: str
    span: Span
    required: bool = False
    default: Value = None
    description: str = ""
    enum: tuple[Value, ...] = ()
    pattern: str | None = None
    format: str | None = None
    minimum: int | float | Duration | None = None
    maximum: int | float | Duration | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A name of `vars` with its value and place."""

    name: str
    value: Value
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What steps do that do not say otherwise; `retry` is for checks that do not poll, never for mitigations."""

    timeout: Duration | None = None
    every: Duration | None = None
    retry: Retry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """One failure scenario. The prose fields are for people; the rest is for the engine."""

    source: Source
    name: str
    version: str
    title: str
    severity: str | None = None
    owner: str | None = None
    reviewed: str | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    prevention: tuple[str, ...] = ()
    long_term: tuple[str, ...] = ()
    inputs: tuple[InputSpec, ...] = ()
    variables: tuple[Variable, ...] = ()
    hosts: HostPattern | None = None
    defaults: Defaults = Defaults()
    health: tuple[Check, ...] = ()
    steps: tuple[Step, ...] = ()
    finally_: tuple[Step, ...] = ()
    references: tuple[tuple[str, str], ...] = field(default=())
