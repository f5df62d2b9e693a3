"""The name by which a receiver recognises a notice that it got before."""

import hashlib

from playbook_engine.values import RunId, StepPath


def idempotency_key(run: RunId, step: StepPath | None, contact: str) -> str:
    """Return 32 hex digits: the same for every try to tell this contact about this step of this run.

    `step` is None for what is told at the end of a run.
    """
    facts = "|".join((run, step or "", contact))
    return hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()[:32]
