"""Which requests are sent again by themselves: the policy as a table, and the same over the wire."""

import time
from typing import Any

import pytest
from urllib3 import exceptions as http

from playbook_engine.model.replies import FaultKind, KubectlReply
from playbook_engine.transports.kubernetes.repeating import Tried, pause
from playbook_engine.transports.kubernetes.session import ApiError
from playbook_engine.values import Duration

POOL: Any = None
READS, CHANGES = Tried(change=False, times=1), Tried(change=True, times=1)
SCALE = "/apis/apps/v1/namespaces/shop/deployments/api/scale"
PODS = "/api/v1/namespaces/shop/pods"


@pytest.mark.parametrize(
    ("error", "tried", "wait"),
    [
        (ApiError(429), READS, 0.2),
        (ApiError(429), CHANGES, 0.2),
        (ApiError(429, retry_after=3), CHANGES, 3),
        (ApiError(429, retry_after=0), READS, 0.2),
        (ApiError(429), Tried(change=True, times=5), 3.2),
        (ApiError(429), Tried(change=True, times=9), 5.0),
        (ApiError(429), Tried(change=True, times=12), None),
        (ApiError(500), READS, 0.2),
        (ApiError(503, retry_after=1), READS, 1),
        (ApiError(503), Tried(change=False, times=3), None),
        (ApiError(503, retry_after=1), Tried(change=False, times=3), 1),
        (ApiError(500), CHANGES, None),
        (ApiError(503, retry_after=1), CHANGES, None),
        (ApiError(501), READS, None),
        (ApiError(404), READS, None),
        (http.ProtocolError("reset"), READS, 0.2),
        (http.ProtocolError("reset"), CHANGES, None),
        (http.SSLError("EOF occurred in violation of protocol"), READS, 0.2),
        (http.SSLError("certificate verify failed"), READS, None),
        (http.NewConnectionError(POOL, "refused"), READS, None),
        (http.ReadTimeoutError(POOL, "u", "slow"), READS, None),
        (http.ProtocolError("reset"), Tried(change=False, times=1, begun_to_answer=True), None),
    ],
)
def test_policy(error: Exception, tried: Tried, wait: float | None) -> None:
    assert pause(error, tried) == wait


async def test_a_server_that_has_too_much_to_do_is_asked_again(
    script: Any, ask: Any, clock: Any, refusal: Any
) -> None:
    script.on("GET", SCALE, {"spec": {"replicas": 1}})
    script.on("PATCH", SCALE, refusal(429, "TooManyRequests", "slow down"), {"spec": {"replicas": 5}})
    reply = await ask("scale", "deployments", "api", options={"replicas": "5"})
    assert isinstance(reply, KubectlReply)
    assert (reply.changed, len(script.patches()), clock.slept) == (True, 2, [0.2])


async def test_a_wait_that_is_longer_than_the_deadline_is_not_begun(script: Any, ask: Any, refusal: Any) -> None:
    script.on("GET", PODS, (*refusal(429, "TooManyRequests", "slow down"), {"Retry-After": "60"}))
    began = time.monotonic()
    fault = await ask("get", "pods", timeout=Duration(5000))
    assert time.monotonic() - began < 2
    assert (fault.kind, fault.begun, len(script.asked)) == (FaultKind.ERROR, False, 1)
    assert fault.hint == "It asks to wait for 60 seconds; give the step more time ('timeout'), or try again later."


async def test_priority_and_fairness_is_named(script: Any, ask: Any, refusal: Any) -> None:
    """kubernetes.io/docs/concepts/cluster-administration/flow-control: a rejection carries the flow schema's uid."""
    headers = {"Retry-After": "60", "X-Kubernetes-PF-FlowSchema-UID": "7f"}
    script.on("GET", PODS, (*refusal(429, "TooManyRequests", "too many requests"), headers))
    assert "priority and fairness turned the request away" in (await ask("get", "pods")).message


async def test_pages_that_are_too_old_to_go_on_are_read_at_once(script: Any, ask: Any, refusal: Any) -> None:
    """A `continue` token holds for minutes (410 `Expired`, kubernetes.io: API concepts); kubectl reads all of it then."""
    first = {"metadata": {"continue": "x"}, "items": [{"metadata": {"name": "a"}}]}
    whole = {"items": [{"metadata": {"name": name}} for name in "abc"]}
    script.on("GET", PODS, first, refusal(410, "Expired", "too old"), whole)
    reply = await ask("get", "pods", options={"output": "name"})
    assert reply.text.text == "pod/a\npod/b\npod/c\n"
    assert [asked.query for asked in script.asked] == [{"limit": "500"}, {"limit": "500", "continue": "x"}, {}]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('admission webhook "policy.example.org" denied the request: no latest tags', "admission webhook 'policy.example.org' denied it (403): no latest tags"),
        ("deployments.apps \"api\" is forbidden: ValidatingAdmissionPolicy 'small' with binding 'all' denied request: replicas must be no greater than 5", "ValidatingAdmissionPolicy 'small' with binding 'all' denied it (403): replicas must be no greater than 5"),
    ],
)  # fmt: skip
async def test_an_admission_denial_is_no_missing_right(
    script: Any, ask: Any, refusal: Any, said: str, message: str
) -> None:
    """A 403 of a webhook and one of RBAC look alike but for their words; the first is no matter of rights."""
    script.on("GET", SCALE, {"spec": {"replicas": 1}})
    script.on("PATCH", SCALE, refusal(403, "Forbidden", said))
    fault = await ask("scale", "deployments", "api", options={"replicas": "9"})
    assert (fault.kind, fault.begun, fault.message) == (FaultKind.REFUSED, False, message)
    assert "RBAC" not in fault.message
