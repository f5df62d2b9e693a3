"""What the person asked for, resolved once."""

from enum import StrEnum
from pathlib import Path

from playbook_engine.frozen import dataclass


class Mode(StrEnum):
    """How far a run may go."""

    PLAY = "play"
    CHECK = "check"
    """Reading steps only; mitigations are shown, not run."""
    SWEEP = "sweep"
    """Health only, many playbooks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """Every knob of a run, one field each."""

    mode: Mode = Mode.PLAY
    yes: bool = False
    """Every mitigation is approved in advance."""
    approved: frozenset[str] = frozenset()
    """Ids or paths of mitigations approved in advance (`--approve`)."""
    tags: frozenset[str] = frozenset()
    """Of the steps that carry tags, only those with one of these (`--tags`); none means all."""
    skip_tags: frozenset[str] = frozenset()
    """No steps with one of these (`--skip-tags`)."""
    interactive: bool = False
    """Someone sits at the terminal and can be asked."""
    parallel: int = 50
    """How many targets of a step are worked on at once."""
    record: bool = False
    """Full answers are kept beside the record (`--record`)."""
    state_dir: Path
    """Where records, locks and the ledger live."""
