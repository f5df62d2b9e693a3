"""What kubectl commands have to do, against the project's own API server and against a real one alike.

Faults are injected by a server that stands before either of them (`kube_between`).
"""

import asyncio
import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import certificates
import kube_between
import pytest
from kube_between import Between
from kube_places import REAL, Place, own, real
from kubectl_lines import action_of, carry_out

from playbook_engine.app.world import SystemClock
from playbook_engine.model.replies import Fault, FaultKind, KubectlReply, ShellReply
from playbook_engine.model.targets import Cluster
from playbook_engine.transports.kubernetes.transport import KubernetesTransport
from playbook_engine.values import Duration, TargetName

Run = Callable[..., Any]
NO_CLUSTER = "RUNBOOK_TEST_KUBECONFIG names no cluster: nothing was tested against a real API server"
PLACES = [
    pytest.param("own"),
    pytest.param(
        "real",
        marks=[
            pytest.mark.kube,
            pytest.mark.skipif(not REAL, reason=NO_CLUSTER),
        ],
    ),
]


@pytest.fixture(scope="module", params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with own(tmp_path_factory.mktemp("kube")) if request.param == "own" else real(str(REAL)) as found:
        yield found


@pytest.fixture
def between(place: Place) -> Iterator[Between]:
    with kube_between.before(place.kubeconfig) as server:
        yield server


@pytest.fixture
async def transport() -> AsyncIterator[KubernetesTransport]:
    transport = KubernetesTransport(clock=SystemClock(), environ={})
    yield transport
    await transport.close()


@pytest.fixture
def run(transport: KubernetesTransport, place: Place) -> Run:
    """Carry out a line in which WORKLOAD, CONTAINER and MAP are the place's own; `undo` takes it back as well."""

    async def perform(
        line: str,
        *,
        kubeconfig: str = place.kubeconfig,
        context: str | None = None,
        limit: int = 20_000,
        undo: bool = False,
        check: bool = False,
    ) -> Any:
        for word, name in (("WORKLOAD", place.workload), ("CONTAINER", place.container), ("MAP", place.config_map)):
            line = line.replace(word, name)
        target = Cluster(name=TargetName("c"), kubeconfig=kubeconfig, context=context, namespace=place.namespace)
        if check:
            action = action_of(line)
            return await transport.perform(action.rehearsal(action.request({}, target, Duration(limit))))
        return await carry_out(transport, line, target, limit=limit, undo=undo)

    return perform


@pytest.fixture
async def rolled(run: Run) -> KubectlReply:
    """Wait until the deployment is as it should be."""
    reply = await run("rollout status deployment/WORKLOAD --timeout=60s")
    assert isinstance(reply, KubectlReply), reply
    return reply


# commands


@pytest.mark.usefixtures("rolled")
@pytest.mark.parametrize(
    ("line", "begins"),
    [
        ("get deploy", "NAME"),
        ("get pods -o wide --show-labels", "NAME"),
        ("get deploy WORKLOAD -o json", "{"),
        ("get deploy WORKLOAD -o yaml", "apiVersion: apps/v1"),
        ("get deploy -o name", "deployment.apps/WORKLOAD"),
        ("get deploy WORKLOAD -o jsonpath={.metadata.name}", "WORKLOAD"),
        ("get pods -A --field-selector status.phase=Running --sort-by {.metadata.name}", "NAMESPACE"),
        ("get pods nothing --ignore-not-found", ""),
        ("get pods --field-selector status.phase=Failed", "No resources found in"),
        ("get cm MAP --no-headers", "MAP"),
        ("describe deployment WORKLOAD", "Name:"),
        ("events --for deployment/WORKLOAD", ""),
        ("rollout history deployment/WORKLOAD", "deployment.apps/WORKLOAD"),
    ],
)
async def test_reading(run: Run, place: Place, line: str, begins: str) -> None:
    reply = await run(line)
    assert isinstance(reply, KubectlReply), reply
    assert reply.text.text.startswith(begins.replace("WORKLOAD", place.workload).replace("MAP", place.config_map))


@pytest.mark.usefixtures("rolled")
async def test_logs(run: Run, place: Place) -> None:
    pod = (await run("get pods -o jsonpath={.items[0].metadata.name}")).text.text
    for line in (
        f"logs {pod} --tail=2 -c CONTAINER",
        "logs deployment/WORKLOAD --tail=1 --since=1h",
        f"logs {pod} --all-containers --timestamps",
        f"logs {pod} --since-time=2020-01-01T00:00:00Z",
    ):
        reply = await run(line)
        assert isinstance(reply, KubectlReply), reply
    selector = (await run("get deploy WORKLOAD -o json")).data["spec"]["selector"]["matchLabels"]
    label = ",".join(f"{key}={value}" for key, value in selector.items())
    assert isinstance(await run(f"logs -l {label} --tail=5"), KubectlReply)
    missing = await run(f"logs {pod} -c none")
    assert (missing.kind, missing.begun) == (FaultKind.REFUSED, False)
    assert place.container in f"{missing.message} {missing.hint}"


@pytest.mark.usefixtures("rolled")
@pytest.mark.parametrize(
    ("line", "before", "after"),
    [
        ("scale deployment/WORKLOAD --replicas=3", {"replicas": 2}, {"replicas": 3}),
        ("scale deployment/WORKLOAD --replicas=3 --current-replicas=2", {"replicas": 2}, {"replicas": 3}),
        ("set env deployment/WORKLOAD CACHE=60", {"CONTAINER": {"CACHE": None}}, {"CONTAINER": {"CACHE": "60"}}),
        ("set image deployment/WORKLOAD CONTAINER=api:9", None, {"CONTAINER": "api:9"}),
        ("label deployment/WORKLOAD tier=web", {"tier": None}, {"tier": "web"}),
        ("annotate cm/MAP note=pinned", {"note": None}, {"note": "pinned"}),
        ("""patch cm/MAP --type=merge -p '{"data": {"more": "1"}}'""", {"data.more": None}, {"data.more": "1"}),
    ],
)
async def test_a_change_its_record_and_the_way_back(
    run: Run, place: Place, line: str, before: Any, after: Any
) -> None:
    kind = "cm/MAP" if "MAP" in line else "deployment/WORKLOAD"
    then = (await run(f"get {kind.replace('/', ' ')} -o json")).data
    changed, undone = await run(line, undo=True)
    assert isinstance(changed, KubectlReply), changed
    assert isinstance(undone, KubectlReply), undone
    named = {key.replace("CONTAINER", place.container): value for key, value in after.items()}
    assert (changed.changed, changed.after, undone.changed) == (True, named, True)
    if before is not None:
        assert changed.before == {key.replace("CONTAINER", place.container): each for key, each in before.items()}
    assert undone.before == changed.after
    now = (await run(f"get {kind.replace('/', ' ')} -o json")).data
    assert [now.get(part) for part in ("spec", "data")] == [then.get(part) for part in ("spec", "data")]


@pytest.mark.usefixtures("rolled")
async def test_a_restart_is_watched_and_put_back(run: Run) -> None:
    changed, undone = await run("rollout restart deployment/WORKLOAD", undo=True)
    assert (changed.before, undone.changed) == ({"restartedAt": None}, True)
    assert changed.after["restartedAt"].startswith("20")
    rolled = await run("rollout status deployment/WORKLOAD")
    assert rolled.text.text.splitlines()[-1].endswith("successfully rolled out")


@pytest.mark.usefixtures("rolled")
async def test_a_rollout_that_gets_stuck_is_told(run: Run) -> None:
    """ProgressDeadlineExceeded is a failure and not something to wait for (kubectl ends with 1)."""
    stuck = '{"spec": {"progressDeadlineSeconds": 2, "template": {"spec": {"containers": [{"name": "CONTAINER", "env": [{"name": "X", "valueFrom": {"configMapKeyRef": {"name": "none", "key": "x"}}}]}]}, "metadata": {"annotations": {"testbed/ready": "false"}}}}}'
    changed = await run(f"patch deployment/WORKLOAD -p '{stuck}'")
    assert isinstance(changed, KubectlReply), changed
    try:
        fault = await run("rollout status deployment/WORKLOAD --timeout=60s", limit=60_000)
        assert isinstance(fault, Fault), fault
        assert fault.kind is FaultKind.REFUSED
        assert fault.message.endswith("exceeded its progress deadline")
    finally:
        # The way back is the template's only; the next tests would have two seconds for everything.
        patient = '{"spec": {"progressDeadlineSeconds": 600}}'
        await run(f"patch deployment/WORKLOAD -p '{patient}'")
        await run("rollout undo deployment/WORKLOAD")
        await run("rollout status deployment/WORKLOAD")


# --check


@pytest.mark.usefixtures("rolled")
@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("scale deployment/WORKLOAD --replicas=5", ["would change deployments/WORKLOAD:", "spec.replicas: 2 → 5"]),
        (
            "label deployment/WORKLOAD tier=web",
            ["would change deployments/WORKLOAD:", "metadata.labels.tier: (none) → web"],
        ),
        (
            """patch cm/MAP --type=merge -p '{"data": {"more": "1"}}'""",
            ["would change configmaps/MAP:", "data.more: (none) → 1"],
        ),
        ("scale deployment/WORKLOAD --replicas=2", ["would change nothing"]),
    ],
)
async def test_what_a_change_would_do(run: Run, place: Place, line: str, lines: list[str]) -> None:
    before = (await run("get deploy WORKLOAD -o json")).data["metadata"]["generation"]
    reply = await run(line, check=True)
    assert isinstance(reply, KubectlReply), reply
    names = {"WORKLOAD": place.workload, "MAP": place.config_map}
    for word, name in names.items():
        lines = [one.replace(word, name) for one in lines]
    assert (reply.text.text.splitlines(), reply.changed) == (lines, False)
    assert (await run("get deploy WORKLOAD -o json")).data["metadata"]["generation"] == before


@pytest.mark.usefixtures("rolled")
async def test_a_pod_that_would_go_stays(run: Run) -> None:
    pod = (await run("get pods -o jsonpath={.items[0].metadata.name}")).text.text
    assert (await run(f"delete pod {pod}", check=True)).text.text == f"would delete pods/{pod}\n"
    assert isinstance(await run(f"get pod {pod}"), KubectlReply)


async def test_rights_that_are_missing_are_all_told(run: Run, place: Place) -> None:
    """Without the preflight the first 403 hides the second: `auth can-i` is asked for each of them."""
    if place.viewer is None:
        reply = await run("delete cm MAP", check=True)
        lacking = ["delete configmaps"]
    else:
        reply = await run("scale deployment/WORKLOAD --replicas=5", check=True, context=place.viewer)
        lacking = ["get deployments/scale", "patch deployments/scale"]
    lines = reply.text.text.splitlines()
    assert [line.partition(" in namespace")[0] for line in lines] == [
        f"would fail: not allowed to {right}" for right in lacking
    ]
    assert all("see 'kubectl auth can-i " in line for line in lines)


# exec: the testbed's kubelet runs no programs


@pytest.fixture
def programs(place: Place) -> None:
    if not place.can_exec:
        pytest.skip("the testbed's kubelet runs no programs")


@pytest.mark.trap(
    "kubernetes.core#229",
    "The exit status of a program in a container is not the program's.",
)
@pytest.mark.usefixtures("programs", "rolled")
@pytest.mark.parametrize(
    ("program", "rc", "out", "err"),
    [
        ("true", 0, "", ""),
        ("sh -c 'echo out; echo err >&2; exit 3'", 3, "out\n", "err\n"),
        ("sh -c 'exit 255'", 255, "", ""),
        ("sh -c 'kill -9 $$'", 137, "", ""),
        ("sh -c 'printf \"no newline\"'", 0, "no newline", ""),
    ],
)
async def test_a_program_and_how_it_ends(run: Run, program: str, rc: int, out: str, err: str) -> None:
    """The exit status is exact (ansible-collections/kubernetes.core#229), both streams are apart."""
    reply = await run(f"exec deployment/WORKLOAD -- {program}")
    assert isinstance(reply, ShellReply), reply
    assert (reply.rc, reply.stdout.text, reply.stderr.text) == (rc, out, err)


@pytest.mark.usefixtures("programs", "rolled")
async def test_programs_that_cannot_be_run(run: Run) -> None:
    nothing = await run("exec deployment/WORKLOAD -- no-such-program")
    assert (nothing.kind, nothing.begun) == (FaultKind.REFUSED, False)
    assert nothing.message.startswith("the program could not be run")
    nowhere = await run("exec deployment/WORKLOAD -c apo -- true")
    assert (nowhere.kind, nowhere.begun) == (FaultKind.REFUSED, False)
    assert nowhere.message.endswith("has no container 'apo'")
    assert nowhere.hint == "Did you mean 'api'?"


@pytest.mark.trap(
    "kubernetes#89031",
    "A program in a container goes on after its connection has ended, and nobody says so.",
)
@pytest.mark.usefixtures("programs", "rolled")
async def test_a_program_is_ended_at_the_deadline(run: Run, tmp_path: Path) -> None:
    """A container's runtime leaves it running when the connection ends (kubernetes/kubernetes#89031)."""
    mark = tmp_path / "alive"
    line = f"exec deployment/WORKLOAD -- sh -c 'echo begun; while :; do touch {mark}; sleep 0.05; done'"
    fault = await run(line, limit=1500)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.begun, fault.may_live) == (FaultKind.TIMEOUT, True, False)
    assert fault.message == "it did not end in time, and was ended"
    assert (fault.partial["stdout"].text, fault.partial["stderr"].text) == ("begun\n", "")
    assert fault.duration_ms < 4000
    mark.unlink()
    await asyncio.sleep(0.3)
    assert not mark.exists()


@pytest.mark.usefixtures("programs", "rolled")
async def test_a_program_is_ended_when_nobody_waits_for_it_any_more(run: Run, tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    line = f"exec deployment/WORKLOAD -- sh -c 'while :; do touch {mark}; sleep 0.05; done'"
    running = asyncio.create_task(run(line))
    deadline = time.monotonic() + 10
    while not mark.exists() and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    mark.unlink()
    await asyncio.sleep(0.3)
    assert not mark.exists()


@pytest.mark.usefixtures("programs", "rolled")
async def test_a_program_that_does_not_want_to_end(run: Run) -> None:
    fault = await run(
        """exec deployment/WORKLOAD -- sh -c 'trap "" TERM; while :; do sleep 0.05; done'""", limit=1500
    )
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.may_live) == (FaultKind.TIMEOUT, False)


@pytest.mark.usefixtures("programs", "rolled")
async def test_three_megabytes_on_both_streams(run: Run) -> None:
    flood = "head -c 3145728 /dev/zero"
    reply = await run(f"exec deployment/WORKLOAD -- sh -c '{flood} & {flood} >&2; wait; exit 7'")
    assert isinstance(reply, ShellReply), reply
    assert (reply.rc, reply.stdout.size, reply.stderr.size) == (7, 3145728, 3145728)
    assert len(reply.stdout.head) + len(reply.stdout.tail) < 300_000


# faults on the way


def through(between: Between, place: Place, tmp_path: Path) -> dict[str, str]:
    return {"kubeconfig": between.kubeconfig(tmp_path / "between", place.namespace)}


@pytest.mark.usefixtures("rolled")
async def test_one_connection_for_a_whole_run(run: Run, between: Between, place: Place, tmp_path: Path) -> None:
    """Each command would otherwise pay for a handshake; the client keeps its connections."""
    way = through(between, place, tmp_path)
    for _ in range(10):
        assert isinstance(await run("get pods", **way), KubectlReply)
    await run("scale deployment/WORKLOAD --replicas=2", **way)
    assert between.connections == 1
    await asyncio.gather(*(run("get pods", **way) for _ in range(40)))
    assert between.connections <= 16


@pytest.mark.parametrize(
    ("fault", "source"),
    [
        pytest.param(kube_between.reset, "a kept connection that is reset", id="reset"),
        pytest.param(kube_between.half, "an answer that breaks off", id="half an answer"),
        pytest.param(kube_between.status(500), "etcd leader changed", id="500"),
        pytest.param(kube_between.status(503), "the server is starting", id="503"),
        pytest.param(kube_between.status(429, Retry_After="1"), "priority and fairness", id="429"),
    ],
)
@pytest.mark.usefixtures("rolled")
async def test_a_reading_gets_over_it(
    run: Run, between: Between, place: Place, tmp_path: Path, fault: kube_between.Fault, source: str
) -> None:
    """client-go repeats a GET whose connection was reset, and what carries Retry-After (rest/request.go)."""
    between.fault(fault, "GET /api/v1")
    began = time.monotonic()
    assert isinstance(await run("get pods", **through(between, place, tmp_path)), KubectlReply), source
    assert len(between.asked) == 2
    assert time.monotonic() - began >= (1 if "priority" in source else 0)


@pytest.mark.parametrize(
    ("fault", "kind", "times"),
    [
        pytest.param(kube_between.reset, FaultKind.LOST, 1, id="reset"),
        pytest.param(kube_between.reset_afterwards, FaultKind.LOST, 1, id="done, and the answer lost"),
        pytest.param(kube_between.half, FaultKind.LOST, 1, id="half an answer"),
        pytest.param(kube_between.status(500), FaultKind.ERROR, 1, id="500"),
        pytest.param(kube_between.status(503, Retry_After="1"), FaultKind.ERROR, 1, id="503"),
        pytest.param(kube_between.status(504), FaultKind.ERROR, 1, id="504"),
    ],
)
@pytest.mark.usefixtures("rolled")
async def test_a_change_is_never_sent_twice(
    run: Run, between: Between, place: Place, tmp_path: Path, fault: kube_between.Fault, kind: FaultKind, times: int
) -> None:
    """Nobody knows whether it was made."""
    between.fault(fault, "PATCH ")
    answer = await run("annotate cm/MAP turn=1 --overwrite", **through(between, place, tmp_path))
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (kind, True)
    assert len([line for line in between.asked if line.startswith("PATCH")]) == times
    await run("annotate cm/MAP turn-")


@pytest.mark.usefixtures("rolled")
async def test_a_change_that_was_turned_away_is_sent_again(
    run: Run, between: Between, place: Place, tmp_path: Path
) -> None:
    between.fault(kube_between.status(429, "TooManyRequests", Retry_After="1"), "PATCH ")
    between.fault(kube_between.status(409, "Conflict"), "PATCH ")
    reply = await run("annotate cm/MAP turn=2 --overwrite", **through(between, place, tmp_path))
    assert isinstance(reply, KubectlReply), reply
    assert reply.changed is True
    await run("annotate cm/MAP turn-")


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(kube_between.silent, id="silent"),
        pytest.param(kube_between.slow, id="slow body"),
    ],
)
async def test_what_never_ends_is_ended_in_time(
    run: Run, between: Between, place: Place, tmp_path: Path, fault: kube_between.Fault
) -> None:
    between.fault(fault, times=9)
    answer = await run("get pods", limit=600, **through(between, place, tmp_path))
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.TIMEOUT, False)
    assert answer.duration_ms < 3000


async def test_an_endless_answer(run: Run, between: Between, place: Place, tmp_path: Path) -> None:
    """A list is bounded by its bytes; a log keeps its two ends and says how much there was by the deadline."""
    between.fault(kube_between.endless, "GET ", times=2)
    way = through(between, place, tmp_path)
    answer = await run("get pods", **way)
    assert isinstance(answer, Fault)
    assert "longer than 16 MiB" in answer.message
    log = await run("logs some-pod", limit=1500, **way)
    assert isinstance(log, Fault)
    assert (log.kind, log.duration_ms < 4000) == (FaultKind.TIMEOUT, True)
    kept = log.partial["text"]
    assert kept.truncated
    assert kept.size > len(kept.head) + len(kept.tail)


@pytest.mark.usefixtures("rolled")
async def test_refused_and_back_again(run: Run, between: Between, place: Place, tmp_path: Path) -> None:
    """Between two commands the API server is restarted: the next one finds its connections dead."""
    way = through(between, place, tmp_path)
    assert isinstance(await run("get pods", **way), KubectlReply)
    between.stop()
    away = await run("get pods", **way)
    assert isinstance(away, Fault)
    assert (away.kind, away.begun) == (FaultKind.UNREACHABLE, False)
    assert away.duration_ms < 3000
    between.start()
    assert isinstance(await run("get pods", **way), KubectlReply)


WATCH = "watch=true"


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([kube_between.torn], id="torn after an event: kubernetes-client/python#728"),
        pytest.param([kube_between.reset, kube_between.status(503)], id="reset, then unavailable"),
        pytest.param([kube_between.gone], id="410 in the watch: kubernetes-client/python-base#57"),
        pytest.param([kube_between.status(410, "Expired")], id="410 at once: apache/airflow#21087"),
        pytest.param([kube_between.status(429, Retry_After="1")], id="429"),
    ],
)
@pytest.mark.usefixtures("rolled")
async def test_a_rollout_is_followed_through_it(
    run: Run, between: Between, place: Place, tmp_path: Path, faults: list[kube_between.Fault]
) -> None:
    for fault in faults:
        between.fault(fault, WATCH)
    assert isinstance(await run("rollout restart deployment/WORKLOAD"), KubectlReply)
    reply = await run("rollout status deployment/WORKLOAD", **through(between, place, tmp_path))
    assert isinstance(reply, KubectlReply), reply
    assert reply.text.text.splitlines()[-1].endswith("successfully rolled out")
    assert len([line for line in between.asked if WATCH in line]) >= 2


@pytest.mark.usefixtures("rolled")
async def test_the_api_server_is_restarted_in_the_middle_of_a_watch(
    run: Run, between: Between, place: Place, tmp_path: Path
) -> None:
    between.fault(kube_between.silent, WATCH)
    assert isinstance(await run("rollout restart deployment/WORKLOAD"), KubectlReply)
    way = through(between, place, tmp_path)
    waiting = asyncio.create_task(run("rollout status deployment/WORKLOAD", **way))
    deadline = time.monotonic() + 10
    while not any(WATCH in line for line in between.asked) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    await asyncio.to_thread(between.stop)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(between.start)
    reply = await waiting
    assert isinstance(reply, KubectlReply), reply
    assert reply.text.text.splitlines()[-1].endswith("successfully rolled out")


async def test_an_expired_certificate(run: Run, place: Place, tmp_path: Path) -> None:
    """Told before anything is sent, and not passed over."""
    pem = certificates.certificate(tmp_path, ends=dt.datetime(2021, 1, 1, tzinfo=dt.UTC), address="127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def serve() -> None:
        with pytest.raises(OSError):
            context.wrap_socket(listener.accept()[0], server_side=True)

    thread = threading.Thread(target=serve)
    thread.start()
    config = tmp_path / "expired"
    cluster = f'{{"server": "https://127.0.0.1:{port}", "certificate-authority": "{pem}"}}'
    config.write_text(
        f'{{"clusters": [{{"name": "c", "cluster": {cluster}}}], "current-context": "c", '
        '"contexts": [{"name": "c", "context": {"cluster": "c"}}]}'
    )
    answer = await run("scale deployment/WORKLOAD --replicas=7", kubeconfig=str(config))
    thread.join()
    listener.close()
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.UNREACHABLE, False)
    assert "certificate has expired" in answer.message


async def test_metrics_that_are_not_there(run: Run, between: Between, place: Place, tmp_path: Path) -> None:
    way = through(between, place, tmp_path)
    between.fault(kube_between.status(404, "NotFound", "the server could not find the requested resource"), "metrics")
    absent = await run("top pods", **way)
    assert absent.message == "the cluster has no metrics: it does not serve metrics.k8s.io"
    between.fault(kube_between.status(503), "metrics", times=3)
    assert (await run("top nodes", **way)).message == "metrics.k8s.io does not answer (503)"
