"""How targets and requests are written in events."""

from typing import assert_never

from playbook_engine.engine.prepare import Job
from playbook_engine.model.events import TargetInput
from playbook_engine.model.requests import Request
from playbook_engine.model.targets import Cluster, Control, Host, Person, Target


def address(target: Target) -> str:
    """Return where a target is, as people write it: `deploy@10.0.0.4:22`, `context prod`."""
    match target:
        case Host():
            user = f"{target.user}@" if target.user else ""
            port = f":{target.port}" if target.port else ""
            return f"{user}{target.address or target.name}{port}"
        case Cluster():
            return f"context {target.context}" if target.context else "current context"
        case Control():
            return "this machine"
        case Person():
            return "the terminal"
        case _:
            assert_never(target)


def target_input(job: Job, request: Request, undo: str | None = None) -> TargetInput:
    """Return what a job's target is about to be asked, as it may be shown: the job's own request, or its undo."""
    return TargetInput(
        target=job.target,
        transport=request.transport,
        address=address(request.target),
        request=request.summary(),
        timeout_ms=request.timeout.ms,
        undo=undo,
        on=job.on,
        item=job.item,
    )
