"""The verbs of the kubectl action against a real API server, and the way back from each change.

See test_kube_cluster.py for what has to be set. exec and metrics are tested against the demo's API server: a control
plane without kubelets has neither.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from playbook_engine.actions.kubectl import KUBECTL
from playbook_engine.actions.kubectl.action import KubectlAction
from playbook_engine.app.world import SystemClock
from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.language.companions import PlaybookCompiler
from playbook_engine.model.document import Scalar
from playbook_engine.model.replies import FaultKind, KubectlReply
from playbook_engine.model.targets import Cluster
from playbook_engine.transports.kubernetes.transport import KubernetesTransport
from playbook_engine.values import Duration, TargetName

KUBECONFIG = os.environ.get("RUNBOOK_TEST_KUBECONFIG")
VIEWER = os.environ.get("RUNBOOK_TEST_VIEWER_CONTEXT", "testbed-viewer")

pytestmark = [
    pytest.mark.kube,
    pytest.mark.skipif(not KUBECONFIG, reason="RUNBOOK_TEST_KUBECONFIG names no cluster"),
]

Run = Callable[..., Awaitable[Any]]

OWNER = f"of-{token_hex(4)}"
"""Marks the pods of this process: a drain takes those of other namespaces, too."""

WORKLOADS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {level: info}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers: [{name: app, image: "app:1", env: [{name: API_KEY, value: old-k3y}]}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db, owner: OWNER}}
    spec: {containers: [{name: db, image: "db:1"}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: "agent:1"}]}
"""


def client() -> Any:
    import kubernetes

    configuration = kubernetes.client.Configuration()
    loader: Any = kubernetes.config
    loader.load_kube_config(config_file=KUBECONFIG, client_configuration=configuration, persist_config=False)
    return kubernetes.client.ApiClient(configuration)


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    import kubernetes

    api: Any = kubernetes.client
    name = f"runbook-{token_hex(4)}"
    with client() as connection:
        api.CoreV1Api(connection).create_namespace({"metadata": {"name": name}})
        yield name
        api.CoreV1Api(connection).delete_namespace(name)
        connection.rest_client.pool_manager.clear()


@pytest.fixture
async def transport() -> AsyncIterator[KubernetesTransport]:
    transport = KubernetesTransport(clock=SystemClock(), environ={})
    yield transport
    await transport.close()


@pytest.fixture
def run(transport: KubernetesTransport, namespace: str, tmp_path: Path) -> Run:
    """Carry out a line; with `undo` what takes it back, too; `files` lie beside the playbook."""

    async def perform(line: str, *, undo: bool = False, context: str | None = None, **files: str) -> Any:
        for name, content in files.items():
            (tmp_path / f"{name}.yml").write_text(content, encoding="utf-8")
        target = Cluster(name=TargetName("test"), kubeconfig=KUBECONFIG, namespace=namespace, context=context)
        action = action_of(line, tmp_path)
        request = action.request({}, target, Duration(60_000))
        before = await transport.perform(action.snapshot(request)) if undo else None
        answer = await transport.perform(request)
        if not undo:
            return answer
        assert isinstance(before, KubectlReply), before
        return answer, await transport.perform(action.inverse(request, before))  # type: ignore[arg-type]  # never a CannotInvert here

    return perform


def action_of(line: str, folder: Path) -> KubectlAction:
    span = Span(Source("line", line), 1, 1, 1, len(line) + 1)
    problems = Problems()
    scalar = Scalar(line, line, span, literal=True, content=span)
    action = KUBECTL.read(scalar, PlaybookCompiler(problems, folder), problems)
    assert problems.sorted() == ()
    assert isinstance(action, KubectlAction)
    return action


@pytest.fixture
async def workloads(run: Run) -> None:
    """The objects above, as the file has them, and rolled out."""
    applied = await run("apply -f workloads.yml --force-conflicts", workloads=WORKLOADS.replace("OWNER", OWNER))
    assert isinstance(applied, KubectlReply), applied
    for workload in ("deployment/api", "statefulset/db", "daemonset/agent"):
        assert isinstance(await run(f"rollout status {workload}"), KubectlReply)


async def version(run: Run, what: str) -> Any:
    return (await run(f"get {what} -o json")).data["metadata"]["resourceVersion"]


async def last_node(run: Run) -> str:
    return str((await run("get nodes -o json")).data["items"][-1]["metadata"]["name"])


async def spec(run: Run, what: str) -> Any:
    found = (await run(f"get {what} -o json")).data
    meta = found["metadata"]
    revision = "deployment.kubernetes.io/revision"
    notes = {key: value for key, value in (meta.get("annotations") or {}).items() if key != revision}
    generation = "deprecated.daemonset.template.generation"
    notes.pop(generation, None)
    wanted = dict(found.get("spec") or {})
    # A cordoned node's taint is put there and taken away by a controller, a moment after the field itself.
    taints = [one for one in wanted.pop("taints", ()) if one["key"] != "node.kubernetes.io/unschedulable"]
    return wanted, taints, found.get("data"), meta.get("labels") or {}, notes


async def test_apply_creates_changes_and_leaves_alone(run: Run) -> None:
    map_of = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: '%s'}\n"
    dry = await run("apply -f m.yml --dry-run=server", m=map_of % 1)
    assert (dry.changed, dry.text.text) == (False, "configmap/applied created (server dry run)\n")
    assert (await run("get cm applied")).kind is FaultKind.REFUSED
    created = await run("apply -f m.yml", m=map_of % 1)
    assert (created.changed, created.before) == (True, {"configmap/applied": None})
    assert (await run("apply -f m.yml", m=map_of % 1)).text.text == "configmap/applied unchanged\n"
    configured = await run("apply -f m.yml", m=map_of % 2)
    assert configured.text.text == "configmap/applied configured\n"
    assert configured.before["configmap/applied"]["data"] == {"a": "1"}


async def test_apply_does_not_take_fields_from_others(run: Run) -> None:
    map_of = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\ndata: {a: '%s'}\n"
    await run("apply -f m.yml --field-manager=helm", m=map_of % 1)
    fault = await run("apply -f m.yml", m=map_of % 2)
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert 'conflict with "helm"' in fault.message
    assert (await run("apply -f m.yml --force-conflicts", m=map_of % 2)).changed is True


async def test_apply_of_a_kind_that_is_not_there(run: Run) -> None:
    fault = await run("apply -f m.yml", m="apiVersion: example.org/v1\nkind: Foo\nmetadata: {name: x}\n")
    assert fault.message == "the server does not know the kind Foo in example.org/v1"
    odd = await run("apply -f m.yml", m="apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: x}\n")
    assert odd.text.text == "role.rbac.authorization.k8s.io/x created\n"


@pytest.mark.usefixtures("workloads")
@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("set image deploy/api app=app:2", "deploy api"),
        ("set image sts/db '*=db:2'", "sts db"),
        ("set image ds/agent agent=agent:2", "ds agent"),
        ("label deploy/api tier=web", "deploy api"),
        ("annotate cm/settings note='two words' other=x", "cm settings"),
        ("""patch deploy/api -p '{"spec": {"template": {"spec": {"containers": [{"name": "app", "env": [{"name": "N", "value": "1"}]}]}}}}'""", "deploy api"),
        ("""patch deploy/api --type=merge -p '{"spec": {"replicas": 3, "minReadySeconds": 1, "paused": true}}'""", "deploy api"),
        ("""patch deploy/api --type=json -p '[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "app:9"}, {"op": "add", "path": "/metadata/labels", "value": {"x": "y"}}]'""", "deploy api"),
        ("""patch cm/settings --type=merge -p '{"data": {"level": null, "more": "1"}}'""", "cm settings"),
        ("rollout restart deployment/api", "deploy api"),
        ("rollout restart statefulset/db", "sts db"),
        ("rollout restart daemonset/agent", "ds agent"),
        ("cordon NODE", "node NODE"),
    ],
)  # fmt: skip
async def test_every_change_and_the_way_back(run: Run, line: str, what: str) -> None:
    line, what = [text.replace("NODE", await last_node(run)) for text in (line, what)]
    before = await spec(run, what)
    changed, undone = await run(line, undo=True)
    assert isinstance(changed, KubectlReply), changed
    assert isinstance(undone, KubectlReply), undone
    assert (changed.changed, undone.changed) == (True, True)
    assert isinstance(changed.before, dict)
    assert isinstance(changed.after, dict)
    assert set(changed.before) == set(changed.after)
    assert changed.before != changed.after
    assert "old-k3y" not in f"{changed!r}{undone!r}"
    assert await spec(run, what) == before


@pytest.mark.usefixtures("workloads")
@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("scale deploy/api --replicas=4", "deploy api"),
        ("set env deploy/api A=1", "deploy api"),
        ("set image deploy/api app=app:7", "deploy api"),
        ("label cm/settings a=b", "cm settings"),
        ("annotate cm/settings a=b", "cm settings"),
        ("""patch cm/settings --type=merge -p '{"data": {"x": "y"}}'""", "cm settings"),
        ("rollout restart ds/agent", "ds agent"),
        ("cordon NODE", "node NODE"),
        ("delete cm settings", "cm settings"),
        ("drain NODE --ignore-daemonsets --delete-emptydir-data --force --pod-selector app=api", "node NODE"),
    ],
)
async def test_a_dry_run_leaves_everything_as_it_was(run: Run, line: str, what: str) -> None:
    line, what = [text.replace("NODE", await last_node(run)) for text in (line, what)]
    # A node's kubelet writes its status all the time: only what people write is compared.
    before = await spec(run, what) if what.startswith("node") else await version(run, what)
    pods = {pod["metadata"]["uid"] for pod in (await run("get pods -o json")).data["items"]}
    reply = await run(f"{line} --dry-run=server")
    assert isinstance(reply, KubectlReply), reply
    assert reply.changed is False
    assert "(server dry run)" in reply.text.text
    after = await spec(run, what) if what.startswith("node") else await version(run, what)
    assert after == before
    assert {pod["metadata"]["uid"] for pod in (await run("get pods -o json")).data["items"]} == pods


@pytest.mark.usefixtures("workloads")
@pytest.mark.parametrize(("workload", "line"), [
    ("deployment/api", "set image deploy/api app=app:3"),
    ("statefulset/db", "set image sts/db db=db:3"),
    ("daemonset/agent", "set image ds/agent agent=agent:3"),
])  # fmt: skip
async def test_back_to_the_revision_before_and_forward_again(run: Run, workload: str, line: str) -> None:
    before = (await spec(run, workload.replace("/", " ")))[0]["template"]
    await run(line)
    changed = (await spec(run, workload.replace("/", " ")))[0]["template"]
    assert changed != before
    history = await run(f"rollout history {workload}")
    assert len(history.data["items"]) >= 1
    back, forward = await run(f"rollout undo {workload}", undo=True)
    assert (back.changed, forward.changed) == (True, True)
    assert (await spec(run, workload.replace("/", " ")))[0]["template"] == changed
    assert (await run(f"rollout undo {workload}")).changed is True
    assert (await spec(run, workload.replace("/", " ")))[0]["template"] == before


@pytest.mark.usefixtures("workloads")
async def test_a_restart_that_is_undone_keeps_the_pods_that_were_left(run: Run) -> None:
    await run("rollout status deployment/api")
    before = {pod["metadata"]["uid"] for pod in (await run("get pods -l app=api -o json")).data["items"]}
    _, undone = await run("rollout restart deployment/api", undo=True)
    assert undone.changed is True
    assert isinstance(await run("rollout status deployment/api"), KubectlReply)
    after = (await run("get pods -l app=api -o json")).data["items"]
    hashes = {
        pod["metadata"]["labels"]["pod-template-hash"] for pod in after if "deletionTimestamp" not in pod["metadata"]
    }
    assert len(hashes) == 1
    assert before & {pod["metadata"]["uid"] for pod in after}


@pytest.mark.usefixtures("workloads")
async def test_a_drain_respects_budgets(
    run: Run, transport: KubernetesTransport, namespace: str, tmp_path: Path
) -> None:
    budget = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: db}\nspec: {minAvailable: 1, selector: {matchLabels: {app: db}}}\n"
    served = await run("get pdb")
    assert isinstance(served, KubectlReply), served
    await run("apply -f pdb.yml", pdb=budget)
    node = (await run("get pod db-0 -o jsonpath={.spec.nodeName}")).text.text
    refused = await run(f"drain {node}")
    assert (refused.kind, refused.begun) == (FaultKind.REFUSED, False)
    assert "belong to a daemon set" in refused.message
    try:
        held = await run(
            f"drain {node} --ignore-daemonsets --delete-emptydir-data --force --pod-selector owner={OWNER} --timeout=2s"
        )
        assert (held.kind, held.begun) == (FaultKind.TIMEOUT, True)
        assert f"{namespace}/db-0 may not go: The disruption budget db needs 1 healthy pods" in held.message
        assert (await run("delete pdb db")).changed is True
        drained = await run(
            f"drain {node} --ignore-daemonsets --delete-emptydir-data --force --pod-selector owner={OWNER} --grace-period=1"
        )
        assert isinstance(drained, KubectlReply), drained
        assert drained.before == {"unschedulable": True, "pods": [f"{namespace}/db-0"]}
        assert "SchedulingDisabled" in (await run("get nodes")).text.text
    finally:
        await run(f"uncordon {node}")


@pytest.mark.usefixtures("workloads")
async def test_a_job_of_a_cron_job(run: Run) -> None:
    """On a server whose batch/v1 has no cron jobs, too."""
    api = (
        "batch/v1" if isinstance(await run("apply -f c.yml", c=CRON % "batch/v1"), KubectlReply) else "batch/v1beta1"
    )
    assert isinstance(await run("apply -f c.yml", c=CRON % api), KubectlReply)
    created = await run("create job now --from=cronjob/cleanup")
    assert created.text.text == "job.batch/now created from cronjob/cleanup\n"
    job = (await run("get job now -o json")).data
    assert job["metadata"]["ownerReferences"][0]["name"] == "cleanup"
    assert (await run("create job now --from=cronjob/cleanup")).message.startswith("it is there already (409)")
    gone = await run("delete job now --cascade=foreground")
    assert gone.changed is True
    assert (await run("get job now")).kind is FaultKind.REFUSED
    assert (await run("delete job now --ignore-not-found")).changed is False


CRON = """\
apiVersion: %s
kind: CronJob
metadata: {name: cleanup}
spec:
  schedule: 0 0 1 1 *
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: c, image: "c:1"}]
"""


@pytest.mark.usefixtures("workloads")
async def test_reading(run: Run) -> None:
    text = (await run("describe deployment api")).text.text
    for part in ("Replicas:      2 desired", "Conditions:", "Events:", "ScalingReplicaSet", "<secret API_KEY>"):
        assert part in text
    assert "Normal" in (await run("events --for deployment/api")).text.text
    assert (await run("get deploy api -o yaml")).text.text.startswith("apiVersion: apps/v1\nkind: Deployment\n")
    metrics = await run("top pods")
    assert metrics.message == "the cluster has no metrics: it does not serve metrics.k8s.io"
    assert (await run("auth can-i delete pods")).data["allowed"] is True
    no = await run("auth can-i delete pods", context=VIEWER)
    assert (no.data["allowed"], no.default_expectation()) == (False, "no: not allowed to delete pods")


@pytest.mark.usefixtures("workloads")
async def test_what_a_viewer_may_not_do(run: Run) -> None:
    node = await last_node(run)
    for line in (f"cordon {node}", "delete pod x", "set image deploy/api app=x:1", f"drain {node}"):
        fault = await run(line, context=VIEWER)
        assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False), fault
        assert "(RBAC)" in fault.message


@pytest.mark.usefixtures("workloads")
async def test_two_that_change_one_object_both_get_through(run: Run) -> None:
    import asyncio

    lines = [f"label cm/settings k{number}=v" for number in range(8)]
    replies = await asyncio.gather(*(run(line) for line in lines))
    assert [reply.changed for reply in replies] == [True] * 8
    labels = (await run("get cm settings -o json")).data["metadata"]["labels"]
    assert set(labels) >= {f"k{number}" for number in range(8)}
    await run("label cm/settings " + " ".join(f"k{number}-" for number in range(8)))
