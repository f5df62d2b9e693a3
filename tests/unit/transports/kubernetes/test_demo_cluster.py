"""The verbs against the demo's API server: real processes, real revisions, real programs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kube_places import own_server
from kubectl_lines import action_of, carry_out

from playbook_engine.model.replies import FaultKind, KubectlReply, ShellReply
from playbook_engine.model.targets import Cluster
from playbook_engine.sandbox.kube.server import KubeApi
from playbook_engine.transports.kubernetes.transport import KubernetesTransport
from playbook_engine.values import Duration, TargetName

Run = Callable[..., Any]
NAME = "deployment/gymbro-api"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kube")


@pytest.fixture(scope="module")
def kube(folder: Path) -> Iterator[KubeApi]:
    with own_server(folder) as api:
        (folder / "note.txt").write_text("in the pod's folder\n", encoding="utf-8")
        yield api


@pytest.fixture
def target(kube: KubeApi, folder: Path) -> Cluster:
    del kube  # it has to run
    return Cluster(name=TargetName("demo"), kubeconfig=str(folder / "kubeconfig"))


@pytest.fixture
async def transport() -> AsyncIterator[KubernetesTransport]:
    from playbook_engine.app.world import SystemClock

    transport = KubernetesTransport(clock=SystemClock(), environ={})
    yield transport
    await transport.close()


@pytest.fixture
def run(transport: KubernetesTransport, target: Cluster) -> Run:
    """Carry out a line on the demo's cluster."""
    return partial(carry_out, transport, target=target)


async def version(run: Run, what: str = NAME) -> str:
    found = await run(f"get {what} -o jsonpath={{.metadata.generation}}")
    return str(found.text.text)


# exec


@pytest.mark.parametrize(
    ("program", "rc", "stdout", "stderr"),
    [
        ("cat note.txt", 0, "in the pod's folder\n", ""),
        ("sh -c 'printf out; printf err >&2; exit 3'", 3, "out", "err"),
        ("sh -c 'exit 255'", 255, "", ""),
        ("sh -c 'kill -9 $$'", 137, "", ""),
        ("printf '%s|' 'a b' '$HOME' ';' '中'", 0, "a b|$HOME|;|中|", ""),
        ("printf 'no newline'", 0, "no newline", ""),
        ("printf 'a\\000\\377b'", 0, "a\x00\\xffb", ""),
        ("sh -c 'echo $LOG_FILE'", 0, "api.log\n", ""),
    ],
)
async def test_a_program_says_what_it_says(run: Run, program: str, rc: int, stdout: str, stderr: str) -> None:
    reply = await run(f"exec {NAME} -- {program}")
    assert isinstance(reply, ShellReply), reply
    assert (reply.rc, reply.stdout.text, reply.stderr.text) == (rc, stdout, stderr)
    assert reply.default_expectation() == (None if rc == 0 else f"rc = {rc}, expected 0")


async def test_floods_on_both_streams_are_bounded_and_counted(run: Run) -> None:
    script = "head -c 3000000 /dev/zero | tr '\\0' o; head -c 3000000 /dev/zero | tr '\\0' e >&2"
    reply = await run(f'exec {NAME} -- sh -c "{script}"')
    assert (reply.rc, reply.stdout.size, reply.stderr.size) == (0, 3_000_000, 3_000_000)
    assert reply.stdout.truncated
    assert len(reply.stdout.text) < 300_000
    assert set(reply.stderr.head) == {"e"}


async def test_a_program_that_does_not_end(run: Run) -> None:
    fault = await run(f"exec {NAME} -- sh -c 'echo begun; sleep 30'", limit=1500)
    assert (fault.kind, fault.begun, fault.may_live) == (FaultKind.TIMEOUT, True, False)
    assert fault.duration_ms < 4000
    assert fault.partial["stdout"].text == "begun\n"


async def test_a_program_that_is_not_there(run: Run) -> None:
    fault = await run(f"exec {NAME} -- no-such-program")
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert fault.message.startswith("the program could not be run: there is no 'no-such-program'")


async def test_pods_and_containers_that_are_not_there(run: Run) -> None:
    fault = await run("exec nope -- true")
    assert (fault.kind, fault.message) == (FaultKind.REFUSED, "pods 'nope' not found in namespace gymbro")
    pod = (await run("get pods -o name")).text.text.split()[0]
    fault = await run(f"exec {pod} -c nope -- true")
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert fault.message.endswith("has no container 'nope'")


# reading


async def test_what_the_processes_use(run: Run) -> None:
    reply = await run("top pods")
    lines = reply.text.text.splitlines()
    assert lines[0].split() == ["NAME", "CPU(cores)", "MEMORY(bytes)"]
    assert len(lines) == 3
    assert all(item["memory"] > 2**20 for item in reply.data["items"])
    assert isinstance(reply.data["items"][0]["cpu"], int)
    nodes = await run("top nodes")
    assert nodes.text.text.splitlines()[1].split()[0] == "api-1"
    assert nodes.data["items"][0]["cpu_percent"] is None
    by_container = await run("top pods --containers --sort-by=memory")
    assert by_container.text.text.splitlines()[0].split()[:2] == ["NAME", "CONTAINER"]


async def test_what_we_may_do(run: Run) -> None:
    yes = await run("auth can-i patch deployments")
    assert (yes.text.text, yes.data["allowed"], yes.default_expectation()) == ("yes\n", True, None)
    no = await run("auth can-i delete deployments/gymbro-api")
    assert (no.text.text, no.data["allowed"]) == ("no\n", False)
    assert no.default_expectation() == "no: not allowed to delete deployments/gymbro-api"
    elsewhere = await run("auth can-i get pods -n kube-system")
    assert elsewhere.data["allowed"] is False


async def test_a_description_tells_the_whole_story(run: Run) -> None:
    text = (await run(f"describe {NAME}")).text.text
    for part in (
        "Name:          gymbro-api\n",
        "Namespace:     gymbro\n",
        "Replicas:      2 desired | 2 updated | 2 total | 2 available\n",
        "\nSpec:\n  replicas: 2\n",
        "\nConditions:\n  TYPE ",
        "MinimumReplicasAvailable",
        "\nEvents:\n  LAST SEEN ",
        "ScalingReplicaSet",
    ):
        assert part in text, part
    pods = (await run("describe pods")).text.text
    assert pods.count("Name:  ") == 2
    assert "Containers:    api: running, ready\n" in pods


async def test_events_of_one_object(run: Run) -> None:
    reply = await run(f"events --for {NAME}")
    assert {item["involvedObject"]["name"] for item in reply.data["items"]} == {"gymbro-api"}
    assert reply.text.text.startswith("LAST SEEN   TYPE     REASON ")
    assert (await run("events --for deployment/nope")).text.text == "No events found in gymbro namespace.\n"


# changing, and back


async def test_a_dry_run_changes_nothing(run: Run) -> None:
    before = await version(run)
    reply = await run(f"scale {NAME} --replicas=5 --dry-run=server")
    assert (reply.changed, reply.text.text) == (False, "deployment.apps/gymbro-api scaled (server dry run)\n")
    refused = await run(f"scale {NAME} --replicas=99 --dry-run=server")
    assert (refused.kind, refused.begun) == (FaultKind.REFUSED, False)
    pod = (await run("get pods -o name")).text.text.split()[0]
    gone = await run(f"delete {pod} --dry-run=server")
    assert gone.changed is False
    assert pod in (await run("get pods -o name")).text.text
    assert await version(run) == before


@pytest.mark.parametrize(
    ("line", "path", "during"),
    [
        (f"set image {NAME} api=registry.example/gymbro-api:9", ".spec.template.spec.containers[0].image", "registry.example/gymbro-api:9"),
        (f"set image {NAME} *=x:1", ".spec.template.spec.containers[*].image", "x:1"),
        (f"label {NAME} tier=web", ".metadata.labels", '{"app":"gymbro-api","tier":"web"}'),
        (f"label {NAME} app-", ".metadata.labels", "{}"),
        (f"annotate {NAME} note='two words'", ".metadata.annotations.note", "two words"),
        (f"""patch {NAME} -p '{{"spec": {{"replicas": 3}}}}'""", ".spec.replicas", "3"),
        (f"""patch {NAME} --type=merge -p '{{"metadata": {{"annotations": {{"a/b": "c"}}}}}}'""", ".metadata.annotations.a/b", None),
        (f"""patch {NAME} --type=json -p '[{{"op": "replace", "path": "/spec/progressDeadlineSeconds", "value": 7}}]'""", ".spec.progressDeadlineSeconds", "7"),
        ("patch configmap/gymbro-api-config --type=merge -p '{\"data\": {\"LOG_LEVEL\": null, \"NEW\": \"1\"}}'", ".data", None),
    ],
)  # fmt: skip
async def test_there_and_back(run: Run, line: str, path: str, during: str | None) -> None:
    kind, _, name = line.split()[2 if line.startswith("set") else 1].partition("/")
    show = f"get {kind} {name} -o json"
    before = await run(show)
    changed, undone = await run(line, undo=True)
    assert isinstance(changed, KubectlReply), changed
    assert changed.changed is True
    assert changed.before
    if during is not None and not line.startswith("set image"):
        assert changed.data is not None
    after = await run(show)
    assert isinstance(undone, KubectlReply), undone
    assert undone.changed is True
    for part in ("spec", "data"):
        assert after.data.get(part) == before.data.get(part)
    for part in ("labels", "annotations"):
        revision = "deployment.kubernetes.io/revision"
        kept = [
            {k: v for k, v in (d.data["metadata"].get(part) or {}).items() if k != revision} for d in (before, after)
        ]
        assert kept[0] == kept[1]


async def test_a_restart_and_back_is_the_revision_before(run: Run, kube: KubeApi) -> None:
    await run(f"rollout status {NAME}")
    shown = "get rs --sort-by=.metadata.name -o json"
    before = {item["metadata"]["name"] for item in (await run(shown)).data["items"] if item["spec"]["replicas"]}
    restarted, undone = await run(f"rollout restart {NAME}", undo=True)
    assert (restarted.changed, undone.changed) == (True, True)
    assert undone.text.text == "deployment.apps/gymbro-api put back\n"
    await run(f"rollout status {NAME}")
    assert kube.wait_until_complete(20)
    after = {item["metadata"]["name"] for item in (await run(shown)).data["items"] if item["spec"]["replicas"]}
    assert after == before


async def test_history_and_the_way_back(run: Run) -> None:
    await run(f"rollout status {NAME}")
    await run(f"annotate {NAME} kubernetes.io/change-cause=first")
    await run(f"set env {NAME} MARK=1")
    await run(f"rollout status {NAME}")
    history = await run(f"rollout history {NAME}")
    numbers = [item["revision"] for item in history.data["items"]]
    assert history.text.text.splitlines()[:2] == ["deployment.apps/gymbro-api", "REVISION   CHANGE-CAUSE"]
    one = await run(f"rollout history {NAME} --revision={numbers[-1]}")
    assert "name: MARK" in one.text.text
    back, undone = await run(f"rollout undo {NAME}", undo=True)
    assert (back.changed, back.before) == (True, {"revision": numbers[-1]})
    assert undone.changed is True
    assert "MARK" in (await run(f"get {NAME} -o yaml")).text.text
    assert (await run(f"rollout undo {NAME}")).changed is True
    assert "name: MARK" not in (await run(f"get {NAME} -o yaml")).text.text
    missing = await run(f"rollout undo {NAME} --to-revision=99")
    assert missing.message.endswith("has no revision 99")


async def test_a_patch_is_not_undone_over_a_change_of_someone_else(
    run: Run, transport: KubernetesTransport, target: Cluster
) -> None:
    action = action_of(f"""patch {NAME} -p '{{"spec": {{"progressDeadlineSeconds": 50}}}}'""")
    request = action.request({}, target, Duration(20_000))
    before = await transport.perform(action.snapshot(request))
    await transport.perform(request)
    await run(f"""patch {NAME} -p '{{"spec": {{"progressDeadlineSeconds": 55}}}}'""")
    assert isinstance(before, KubectlReply)
    fault: Any = await transport.perform(action.inverse(request, before))  # type: ignore[arg-type]  # as above
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert fault.message == "spec.progressDeadlineSeconds has been changed by someone else since"
    assert (await run(f"get {NAME} -o jsonpath={{.spec.progressDeadlineSeconds}}")).text.text == "55"


async def test_a_label_that_says_something_else_stays(run: Run) -> None:
    fault = await run(f"label {NAME} app=other")
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert fault.message == "'app' is 'gymbro-api' already; it is replaced only with --overwrite"


async def test_a_deleted_pod_is_gone_before_the_answer(run: Run, kube: KubeApi) -> None:
    pods = (await run("get pods -o name")).text.text.split()
    reply = await run(f"delete {pods[0]}")
    assert (reply.changed, reply.text.text) == (True, f"{pods[0]} deleted\n")
    assert reply.before[0]["metadata"]["name"] == pods[0].partition("/")[2]
    assert pods[0] not in (await run("get pods -o name")).text.text.split()
    assert (await run(f"delete {pods[0]} --ignore-not-found")).changed is False
    assert await asyncio.to_thread(kube.wait_until_complete, 20)


async def test_what_the_user_may_not_do(run: Run) -> None:
    fault = await run("cordon api-1")
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert "may not patch nodes" in fault.message
