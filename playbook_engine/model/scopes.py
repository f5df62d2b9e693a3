"""Which playbook a step is part of, by its path."""

from playbook_engine.values import StepPath

PLAY = "/play"


def scope_of(path: StepPath) -> StepPath:
    """Return the playbook that a step is part of, by its path; empty for the one that the run plays itself.

    Results, captures and inputs are known within one such playbook only.
    """
    before, found, _ = path.rpartition(f"{PLAY}/")
    return StepPath(f"{before}{PLAY}" if found else "")


def within_scope(path: StepPath) -> StepPath:
    """Return where a step stands in its own playbook, whoever plays it: `steps/3/case 2/1`."""
    return StepPath(path.rpartition(f"{PLAY}/")[2])
