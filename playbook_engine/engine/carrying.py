"""Takes each request to the transport that carries it."""

from collections.abc import Mapping

from playbook_engine.frozen import dataclass
from playbook_engine.model.errands import Errand
from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.requests import Request
from playbook_engine.ports import Transport


@dataclass(frozen=True, slots=True)
class ByTransport:
    """A `ports.Carrier` of transports by name; what a request is for is nothing to them."""

    transports: Mapping[str, Transport]

    async def carry(self, request: Request, errand: Errand) -> Answer:
        """Hand a request to its transport."""
        del errand
        transport = self.transports.get(request.transport)
        if transport is None:
            return Fault(kind=FaultKind.ERROR, message=f"there is no transport for {request.transport}")
        return await transport.perform(request)
