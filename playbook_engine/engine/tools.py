"""What everything that carries out a step shares during a run."""

from collections.abc import Mapping

from playbook_engine.engine.publishing import Publish
from playbook_engine.engine.slots import Slots
from playbook_engine.frozen import dataclass
from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.requests import Request
from playbook_engine.ports import Clock, Transport


@dataclass(frozen=True, slots=True)
class Tools:
    """What workers share during a run."""

    transports: Mapping[str, Transport]
    clock: Clock
    slots: Slots
    publish: Publish

    async def send(self, request: Request) -> Answer:
        """Hand a request to its transport; a transport that raises has a bug, and that is on record too."""
        transport = self.transports.get(request.transport)
        if transport is None:
            return Fault(kind=FaultKind.ERROR, message=f"there is no transport for {request.transport}")
        try:
            return await transport.perform(request)
        except Exception as error:  # noqa: BLE001  whatever a transport raises must become an outcome
            message = f"internal error in the {request.transport} transport: {type(error).__name__}: {error}"
            return Fault(kind=FaultKind.ERROR, message=message, begun=True)
