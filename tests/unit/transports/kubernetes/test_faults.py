"""What goes wrong on the way is a Fault: the right kind, a sentence that helps, and whether a change had left."""

import asyncio
import json
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3.exceptions

from playbook_engine.model.replies import Fault, FaultKind, KubectlReply
from playbook_engine.model.requests import KubectlRequest, ManualRequest
from playbook_engine.model.targets import Cluster, Person
from playbook_engine.transports.kubernetes import api as api_module
from playbook_engine.transports.kubernetes.faults import Refused, translate
from playbook_engine.transports.kubernetes.jsonpath import BadPath
from playbook_engine.transports.kubernetes.session import ApiError, DeadlinePassed, NotJson, TooLarge
from playbook_engine.transports.kubernetes.transport import KubernetesTransport
from playbook_engine.transports.kubernetes.unusable import KubeconfigError
from playbook_engine.values import Duration, Secret, TargetName

Ask = Callable[..., Any]
APPS = "/apis/apps/v1/namespaces/shop"
PODS = "/api/v1/namespaces/shop/pods"
SCALE = {"replicas": "5"}


def forbidden(refusal: Callable[..., Any]) -> Any:
    message = 'pods is forbidden: User "eve" cannot list resource "pods" in API group "" in the namespace "shop"'
    return refusal(403, "Forbidden", message)


@pytest.mark.parametrize(
    ("code", "reason", "kind", "message"),
    [
        (401, "Unauthorized", FaultKind.AUTH, "did not accept the credentials (401)"),
        (400, "BadRequest", FaultKind.REFUSED, "the server refused it (400): said so"),
        (405, "MethodNotAllowed", FaultKind.REFUSED, "the server refused it (405): said so"),
        (409, "Conflict", FaultKind.REFUSED, "someone else changed it meanwhile (409): said so"),
        (410, "Expired", FaultKind.REFUSED, "the server refused it (410): said so"),
        (422, "Invalid", FaultKind.REFUSED, "the server refused it (422): said so"),
        (429, "TooManyRequests", FaultKind.ERROR, "has too much to do (429)"),
        (500, "InternalError", FaultKind.ERROR, "failed with status 500: said so"),
        (503, "ServiceUnavailable", FaultKind.ERROR, "failed with status 503: said so"),
        (302, "Found", FaultKind.ERROR, "answered with status 302: said so"),
    ],
)
async def test_statuses(
    script: Any, ask: Ask, refusal: Callable[..., Any], code: int, reason: str, kind: FaultKind, message: str
) -> None:
    script.on("GET", PODS, refusal(code, reason, "said so"))
    fault = await ask("get", "pods")
    assert (fault.kind, fault.begun) == (kind, False)
    assert message in fault.message
    # A reading is sent again when the server failed or has too much to do (transports/kubernetes/repeating.py).
    assert len(script.asked) == {429: 6, 500: 3, 503: 3}.get(code, 1)


async def test_forbidden_names_who_and_what(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    script.on("GET", PODS, forbidden(refusal), refusal(403, "Forbidden", "no"))
    fault = await ask("get", "pods")
    assert (fault.kind, fault.message) == (FaultKind.REFUSED, "'eve' may not list pods in namespace shop (RBAC)")
    assert fault.hint == "See 'kubectl auth can-i list pods -n shop'; somebody has to grant it."
    assert (await ask("get", "pods")).message == "not allowed to get pods in namespace shop (403): no"


async def test_not_found_tells_the_nearest_name(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments", {"items": [{"metadata": {"name": "api"}}, {"metadata": {"name": "web"}}]})
    fault = await ask("get", "deployments", "apj")
    assert fault.kind is FaultKind.REFUSED
    assert fault.message == "deployments 'apj' not found in namespace shop"
    assert fault.hint == "Did you mean 'api'?"
    assert (await ask("get", "deployments", "zzz")).hint == "There are api, web."
    script.on("GET", f"{APPS}/deployments", {"items": []})
    assert (await ask("get", "deployments", "api")).hint == "There are no deployments in namespace shop."


async def test_not_found_without_the_right_to_list(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    script.on("GET", PODS, forbidden(refusal))
    fault = await ask("logs", "pods", "a")
    assert fault.message == "pods 'log' not found in namespace shop"
    assert fault.hint is None


async def test_a_kind_that_the_server_does_not_know(script: Any, ask: Ask) -> None:
    script.on("GET", "/apis/batch/v1/namespaces/shop/cronjobs", (404, b"404 page not found\n"))
    fault = await ask("get", "cronjobs")
    assert fault.kind is FaultKind.REFUSED
    assert fault.message.startswith("the server does not know cronjobs")


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"", b"[" * 100_000])
async def test_an_answer_that_is_not_an_object(script: Any, ask: Ask, content: bytes) -> None:
    script.on("GET", PODS, (200, content))
    fault = await ask("get", "pods")
    assert fault.kind is FaultKind.ERROR
    assert fault.message.endswith("did not answer with JSON")


async def test_an_answer_that_is_too_long(script: Any, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_module, "LARGEST", 1000)
    script.on("GET", PODS, {"items": [{"metadata": {"name": "x" * 2000}}]})
    assert (await ask("get", "pods")).kind is FaultKind.ERROR


async def test_a_path_that_leads_nowhere(script: Any, ask: Ask) -> None:
    script.on("GET", f"{PODS}/a", {"metadata": {"name": "a"}, "list": [1]})
    assert (await ask("get", "pods", "a", options={"output": "jsonpath={.spec}"})).message == "there is no 'spec'"
    assert "no item 3" in (await ask("get", "pods", "a", options={"output": "jsonpath={.list[3]}"})).message
    assert "no list" in (await ask("get", "pods", "a", options={"output": "jsonpath={.metadata[0]}"})).message
    assert "not supported" in (await ask("get", "pods", "a", options={"output": "jsonpath={.list[?]}"})).message


# time


@pytest.mark.parametrize("answer", ["hang", "dribble"])
async def test_a_reading_that_takes_too_long(script: Any, ask: Ask, answer: str) -> None:
    script.on("GET", PODS, answer)
    fault = await ask("get", "pods", timeout=Duration(200))
    script.release.set()
    assert (fault.kind, fault.begun) == (FaultKind.TIMEOUT, False)
    assert 150 <= fault.duration_ms < 2000


async def test_a_change_that_takes_too_long_may_have_happened(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api/scale", {"spec": {"replicas": 1}})
    script.on("PATCH", f"{APPS}/deployments/api/scale", "hang")
    fault = await ask("scale", "deployments", "api", options=SCALE, timeout=Duration(300))
    script.release.set()
    assert (fault.kind, fault.begun, fault.may_live) == (FaultKind.TIMEOUT, True, True)
    assert len(script.patches()) == 1


async def test_a_connection_that_breaks(script: Any, ask: Ask) -> None:
    """A reading is sent again, a few times (client-go does so for GET); a change never is."""
    script.on("GET", f"{APPS}/deployments/api/scale", "break", "break", "break", "break", {"spec": {"replicas": 1}})
    script.on("PATCH", f"{APPS}/deployments/api/scale", "break")
    fault = await ask("scale", "deployments", "api", options=SCALE)
    assert (fault.kind, fault.begun, len(script.asked)) == (FaultKind.LOST, False, 3)
    fault = await ask("scale", "deployments", "api", options=SCALE)
    assert (fault.kind, fault.begun) == (FaultKind.LOST, True)
    assert len(script.patches()) == 1


@pytest.mark.parametrize(
    ("code", "begun"), [(403, False), (409, False), (422, False), (429, False), (500, True), (504, True)]
)
async def test_whether_a_refused_change_may_have_happened(
    script: Any, ask: Ask, refusal: Callable[..., Any], code: int, begun: bool
) -> None:
    script.on("GET", f"{APPS}/deployments/api/scale", {"spec": {"replicas": 1}})
    script.on("PATCH", f"{APPS}/deployments/api/scale", refusal(code, "Any", "said so"))
    assert (await ask("scale", "deployments", "api", options=SCALE)).begun is begun
    assert len(script.patches()) == (6 if code == 429 else 1)  # a 429 was turned away unread


async def test_a_secret_that_the_server_repeats_is_masked(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    script.on(
        "GET",
        f"{APPS}/deployments/api",
        {"spec": {"template": {"spec": {"containers": [{"name": "app"}]}}}},
    )
    script.on("PATCH", f"{APPS}/deployments/api", refusal(422, "Invalid", "Invalid value: s3cr3t\x1b[2J"))
    fault = await ask("set env", "deployments", "api", assignments=(("A", Secret("KEY", "s3cr3t")),))
    assert fault.message == "the server refused it (422): Invalid value: <secret KEY> [2J"


async def test_a_slow_call_does_not_hold_up_another(script: Any, ask: Ask) -> None:
    script.on("GET", PODS, "hang")
    script.on("GET", f"{PODS}/a", {"metadata": {"name": "a"}})
    slow = asyncio.create_task(ask("get", "pods"))
    await script.came(1)
    replies = await asyncio.gather(*(ask("get", "pods", "a") for _ in range(20)))
    assert all(isinstance(reply, KubectlReply) for reply in replies)
    assert not slow.done()
    script.release.set()
    assert (await slow).kind is FaultKind.LOST


async def test_cancelling_a_reading_returns_at_once(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", {"metadata": {"generation": 2}, "status": {"observedGeneration": 1}})
    waiting = asyncio.create_task(ask("rollout status", "deployments", "api"))
    await script.came(2)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_cancelling_a_watch_ends_its_reading(script: Any, ask: Ask, transport: KubernetesTransport) -> None:
    """A thread that reads a silent watch would hold up the end of the run."""
    item = {"metadata": {"name": "api", "generation": 2}, "status": {"observedGeneration": 1}}
    script.watched(f"{APPS}/deployments", "api", item)
    waiting = asyncio.create_task(ask("rollout status", "deployments", "api", timeout=Duration(60_000)))
    await script.came(2)
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    began = time.monotonic()
    await transport.close()
    assert time.monotonic() - began < 1


async def test_cancelling_a_change_waits_for_its_answer(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api/scale", {"spec": {"replicas": 1}})
    script.on("PATCH", f"{APPS}/deployments/api/scale", "hang")
    changing = asyncio.create_task(ask("scale", "deployments", "api", options=SCALE))
    await script.came(2)
    changing.cancel()
    done, _ = await asyncio.wait((changing,), timeout=0.1)
    assert not done
    script.release.set()
    with pytest.raises(asyncio.CancelledError):
        await changing


# connections and credentials


async def perform_at(transport: KubernetesTransport, tmp_path: Path, config: Any, **target: Any) -> Fault:
    path = tmp_path / "config"
    path.write_text(config if isinstance(config, str) else json.dumps(config))
    cluster = Cluster(name=TargetName("main"), kubeconfig=str(path), **target)
    answer = await transport.perform(
        KubectlRequest(target=cluster, verb="get", kind="pods", timeout=Duration(5000), command="get pods")
    )
    assert isinstance(answer, Fault)
    return answer


async def test_a_closed_port(
    transport: KubernetesTransport, tmp_path: Path, config_for: Callable[[str], Any]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        fault = await perform_at(transport, tmp_path, config_for(address))
    assert (fault.kind, fault.message) == (FaultKind.UNREACHABLE, f"{address} refuses connections")
    assert fault.duration_ms < 2000


async def test_a_server_without_tls(
    transport: KubernetesTransport, tmp_path: Path, address: str, config_for: Callable[[str], Any]
) -> None:
    fault = await perform_at(transport, tmp_path, config_for(address.replace("http:", "https:")))
    assert fault.kind is FaultKind.UNREACHABLE
    assert fault.message.startswith("no trusted connection to https://127.0.0.1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("contexts: [", "cannot be used"),
        ("", "cannot be used"),
        ("just text", "cannot be used"),
        ("{contexts: {a: b}}", "cannot be used"),
        ("{contexts: [{name: main}], clusters: [], users: []}", "cannot be used"),
        ('{"contexts": [], "current-context": "main"}', "there is no context 'main'"),
        ('{"contexts": [{"name": "main", "context": {"cluster": "gone"}}], "current-context": "main"}', "cannot be"),
    ],
)
async def test_a_malformed_kubeconfig(
    transport: KubernetesTransport, tmp_path: Path, change: str, message: str
) -> None:
    fault = await perform_at(transport, tmp_path, change)
    assert fault.kind is FaultKind.ERROR
    assert message in fault.message
    assert "\n" not in fault.message


async def test_an_unknown_context(
    transport: KubernetesTransport, tmp_path: Path, config_for: Callable[[str], Any]
) -> None:
    fault = await perform_at(transport, tmp_path, config_for("http://127.0.0.1:9"), context="mian")
    assert "there is no context 'mian'" in fault.message
    assert fault.hint == "Did you mean 'main'?"


async def test_credentials_that_a_plugin_does_not_give(
    transport: KubernetesTransport,
    tmp_path: Path,
    config_for: Callable[[str], Any],
    capfd: pytest.CaptureFixture[str],
) -> None:
    config = config_for("http://127.0.0.1:9")
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "false"}
    config["users"] = [{"name": "u", "user": {"exec": plugin}}]
    fault = await perform_at(transport, tmp_path, config)
    assert fault.kind is FaultKind.ERROR
    assert fault.message == "the credential plugin 'false' failed with exit status 1"
    assert capfd.readouterr().err == ""


async def test_where_the_kubeconfig_is(kubeconfig: str, script: Any, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    class Clock:
        def now(self) -> datetime:
            return datetime(2026, 1, 1, tzinfo=UTC)

        def monotonic_ms(self) -> int:
            return 0

        async def sleep(self, seconds: float) -> None: ...

    script.on("GET", PODS, {"items": []})
    request = KubectlRequest(
        target=Cluster(name=TargetName("main")), verb="get", kind="pods", timeout=Duration(5000), command="get pods"
    )
    found = KubernetesTransport(clock=Clock(), environ={"KUBECONFIG": f"{tmp_path}/none:{kubeconfig}"})
    assert isinstance(await found.perform(request), KubectlReply)
    await found.close()

    lost = KubernetesTransport(clock=Clock(), environ={"KUBECONFIG": f"{tmp_path}/none"})
    fault = await lost.perform(request)
    assert isinstance(fault, Fault)
    assert fault.message == f"there is no kubeconfig '{tmp_path}/none'"
    await lost.close()


async def test_a_request_of_another_kind(transport: KubernetesTransport) -> None:
    answer = await transport.perform(ManualRequest(target=Person(), instruction="look", timeout=Duration(1)))
    assert isinstance(answer, Fault)
    assert answer.message == "not a kubectl request: look"


REQUEST = KubectlRequest(target=Cluster(name=TargetName("c")), verb="get", kind="pods", timeout=Duration(5000))
POOL: Any = None


@pytest.mark.parametrize(
    ("error", "kind", "begun"),
    [
        (Refused("no"), FaultKind.REFUSED, False),
        (KubeconfigError("bad"), FaultKind.ERROR, False),
        (TimeoutError(), FaultKind.TIMEOUT, True),
        (DeadlinePassed(), FaultKind.TIMEOUT, True),
        (TooLarge(), FaultKind.ERROR, True),
        (NotJson(""), FaultKind.ERROR, True),
        (BadPath("no"), FaultKind.ERROR, True),
        (OSError(24, "too many open files"), FaultKind.UNREACHABLE, True),
        (KeyError("x"), FaultKind.ERROR, True),
        (ApiError(418, "teapot"), FaultKind.ERROR, False),
        (ApiError(500, "oh"), FaultKind.ERROR, True),
        (urllib3.exceptions.NameResolutionError("h", POOL, socket.gaierror()), FaultKind.UNREACHABLE, False),
        (urllib3.exceptions.NewConnectionError(POOL, "refused"), FaultKind.UNREACHABLE, False),
        (urllib3.exceptions.ConnectTimeoutError(), FaultKind.UNREACHABLE, False),
        (urllib3.exceptions.ReadTimeoutError(POOL, "u", "slow"), FaultKind.TIMEOUT, True),
        (urllib3.exceptions.ProtocolError("broken"), FaultKind.LOST, True),
        (urllib3.exceptions.IncompleteRead(1, 2), FaultKind.LOST, True),
        (urllib3.exceptions.ProxyError("proxy", OSError()), FaultKind.UNREACHABLE, False),
        (urllib3.exceptions.SSLError(ssl.SSLError("bad record")), FaultKind.LOST, True),
        (urllib3.exceptions.SSLError(ssl.SSLError("handshake failure")), FaultKind.UNREACHABLE, False),
        (urllib3.exceptions.LocationParseError("http://["), FaultKind.ERROR, False),
        (urllib3.exceptions.ClosedPoolError(POOL, "closed"), FaultKind.UNREACHABLE, True),
        (urllib3.exceptions.DecodeError("gzip"), FaultKind.LOST, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_exception_has_its_fault(error: Exception, kind: FaultKind, begun: bool) -> None:
    fault = translate(error, REQUEST, begun=True, server="https://k8s")
    assert (fault.kind, fault.begun) == (kind, begun)
    assert fault.message
