"""The connections to a cluster end when they are closed, whoever still holds something of them."""

from typing import Any

import pytest
from leftovers import held, nothing_more_than

from playbook_engine.model.targets import Cluster
from playbook_engine.transports.kubernetes.session import Call, Session
from playbook_engine.values import TargetName

POD = Call(method="GET", path="/api/v1/pods/api")


@pytest.mark.trap(
    "urllib3#3082",
    "A pool that is only forgotten keeps its connections open until garbage is collected.",
)
async def test_closing_ends_connections_that_somebody_still_refers_to(
    script: Any, clock: Any, kubeconfig: str
) -> None:
    """An exception holds the pool that it came through, by its traceback (urllib3#3082)."""
    script.on("GET", POD.path, {"kind": "Pod"})
    before = held()
    session = Session.open(Cluster(name=TargetName("main"), kubeconfig=kubeconfig), {}, clock.now)

    def fetch(take: Any) -> None:
        session.fetch(POD, take, (5.0, 5.0), lambda: False)

    def refuse(_: bytes) -> None:
        raise ValueError("not what was wanted")

    with pytest.raises(ValueError, match="not what was wanted") as raised:
        fetch(refuse)
    fetch(lambda _: None)
    assert "socket" in held().more_than(before)
    session.close()
    assert await nothing_more_than(before) == ""
    assert raised.traceback
