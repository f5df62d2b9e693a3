"""What everything that carries out a step shares during a run."""

from playbook_engine.engine.publishing import Publish
from playbook_engine.engine.slots import Slots
from playbook_engine.frozen import dataclass
from playbook_engine.model.errands import Errand
from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.requests import Request
from playbook_engine.ports import Carrier, Clock


@dataclass(frozen=True, slots=True)
class Tools:
    """What workers share during a run."""

    carrier: Carrier
    clock: Clock
    slots: Slots
    publish: Publish

    async def send(self, request: Request, errand: Errand) -> Answer:
        """Hand a request to who carries it; a transport that raises has a bug, and that is on record too."""
        try:
            return await self.carrier.carry(request, errand)
        except Exception as error:  # noqa: BLE001  whatever a transport raises must become an outcome
            message = f"internal error in the {request.transport} transport: {type(error).__name__}: {error}"
            return Fault(kind=FaultKind.ERROR, message=message, begun=True)
