"""What each command asks of the API, and what it makes of the answers."""

from collections.abc import Callable
from typing import Any

import pytest

from playbook_engine.model.replies import Fault, FaultKind, KubectlReply
from playbook_engine.model.requests import EnvEntry
from playbook_engine.transports.kubernetes.printing import KEEP
from playbook_engine.values import Duration, Secret, SecretText

Ask = Callable[..., Any]
APPS = "/apis/apps/v1/namespaces/shop"
CORE = "/api/v1/namespaces/shop"


def deployment(**changes: Any) -> Any:
    """Return a deployment with two containers, rolled out."""
    item: Any = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "api",
            "namespace": "shop",
            "generation": 2,
            "creationTimestamp": "2026-11-23T11:00:00Z",
        },
        "spec": {
            "replicas": 3,
            "selector": {
                "matchLabels": {"app": "api"},
                "matchExpressions": [
                    {"key": "tier", "operator": "In", "values": ["a", "b"]},
                    {"key": "old", "operator": "DoesNotExist"},
                    {"key": "new", "operator": "Exists"},
                ],
            },
            "template": {
                "spec": {
                    "containers": [
                        {
                            "name": "app",
                            "env": [
                                {"name": "TTL", "value": "60"},
                                {"name": "API_KEY", "value": "old-k3y"},
                                {"name": "REF", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                            ],
                        },
                        {"name": "side"},
                    ],
                    "initContainers": [{"name": "prepare", "env": [{"name": "TTL", "value": "1"}]}],
                }
            },
        },
        "status": {
            "observedGeneration": 2,
            "replicas": 3,
            "updatedReplicas": 3,
            "availableReplicas": 3,
            "readyReplicas": 3,
        },
    }
    item["status"] |= changes.pop("status", {})
    item["spec"] |= changes.pop("spec", {})
    return item | changes


def pod(name: str, **status: Any) -> Any:
    return {
        "metadata": {"name": name, "namespace": "shop", "creationTimestamp": "2026-11-23T11:59:30Z"},
        "spec": {"containers": [{"name": "app"}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [{"name": "app", "ready": True, "restartCount": 2, "state": {"running": {}}}],
        }
        | status,
    }


def scale_of(replicas: int) -> Any:
    spec = {"replicas": replicas} if replicas else {}
    return {"kind": "Scale", "metadata": {"name": "api", "resourceVersion": "77"}, "spec": spec}


# get


async def test_one_object(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    reply = await ask("get", "deployments", "api")
    assert reply.text.text == (
        "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\napi    3/3     3            3           60m\n"
    )
    assert reply.data["metadata"]["name"] == "api"
    assert reply.changed is None


async def test_a_list_is_read_in_pages(script: Any, ask: Ask) -> None:
    first = {"kind": "PodList", "apiVersion": "v1", "metadata": {"continue": "more"}, "items": [pod("a")]}
    last = {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [pod("b", phase="Pending")]}
    script.on("GET", f"{CORE}/pods", first, last)
    reply = await ask("get", "pods", options={"selector": "app=api", "field-selector": "spec.nodeName=n"})
    assert reply.text.text == (
        "NAME   READY   STATUS    RESTARTS   AGE\n"
        "a      1/1     Running   2          30s\n"
        "b      1/1     Pending   2          30s\n"
    )
    assert [item["kind"] for item in reply.data["items"]] == ["Pod", "Pod"]
    assert [asked.query for asked in script.asked] == [
        {"labelSelector": "app=api", "fieldSelector": "spec.nodeName=n", "limit": "500"},
        {"labelSelector": "app=api", "fieldSelector": "spec.nodeName=n", "limit": "500", "continue": "more"},
    ]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"output": "name"}, "pod/a\npod/b\n"),
        ({"output": "jsonpath={.items[*].metadata.name}"}, "a b"),
        ({"output": "jsonpath={.items[0].status.containerStatuses[0].ready}"}, "true"),
        ({"output": "jsonpath={.items[-1]['metadata'][\"name\"]}"}, "b"),
        ({"output": "jsonpath={.items[0].spec}"}, '{"containers":[{"name":"app"}]}'),
    ],
)
async def test_outputs(script: Any, ask: Ask, options: dict[str, str], text: str) -> None:
    script.on("GET", f"{CORE}/pods", {"kind": "PodList", "items": [pod("a"), pod("b")]})
    assert (await ask("get", "pods", options=options)).text.text == text


async def test_several_names(script: Any, ask: Ask) -> None:
    script.on("GET", f"{CORE}/configmaps/a", {"metadata": {"name": "a"}})
    script.on("GET", f"{CORE}/configmaps/b", {"metadata": {"name": "b"}})
    reply = await ask("get", "configmaps", "a", "b", options={"output": "json"})
    assert '"kind": "ConfigMap"' in reply.text.text
    assert [item["metadata"]["name"] for item in reply.data["items"]] == ["a", "b"]


async def test_all_namespaces(script: Any, ask: Ask) -> None:
    script.on("GET", "/api/v1/pods", {"items": [pod("a")]})
    reply = await ask("get", "pods", options={"all-namespaces": "true"})
    assert reply.text.text.splitlines()[1].split() == ["shop", "a", "1/1", "Running", "2", "30s"]


async def test_kinds_without_a_namespace(script: Any, ask: Ask) -> None:
    script.on("GET", "/api/v1/nodes", {"items": [{"metadata": {"name": "n"}}]})
    script.on("GET", "/api/v1/namespaces/shop", {"metadata": {"name": "shop"}})
    assert (
        await ask("get", "nodes")
    ).text.text == "NAME   STATUS    ROLES    AGE\nn      Unknown   <none>   <unknown>\n"
    assert (await ask("get", "namespaces", "shop")).data["kind"] == "Namespace"


async def test_nothing_found(script: Any, ask: Ask) -> None:
    script.on("GET", f"{CORE}/pods", {"items": []})
    reply = await ask("get", "pods")
    assert reply.text.text == "No resources found in shop namespace.\n"
    assert reply.data["items"] == []
    assert (await ask("get", "pods", options={"output": "name"})).text.text == ""


async def test_the_namespace_of_a_bare_context_is_default(script: Any, ask: Ask) -> None:
    script.on("GET", "/api/v1/namespaces/default/pods", {"items": []})
    assert isinstance(await ask("get", "pods", context="bare"), KubectlReply)
    script.on("GET", "/api/v1/namespaces/other/pods", {"items": []})
    assert isinstance(await ask("get", "pods", context="bare", namespace="other"), KubectlReply)


async def test_secrets_stay_secret(script: Any, ask: Ask) -> None:
    script.on(
        "GET",
        f"{CORE}/secrets/s",
        {
            "metadata": {
                "name": "s",
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "aGlkZGVu", "a": "b"},
            },
            "data": {"key": "aGlkZGVu"},
        },
    )
    reply = await ask("get", "secrets", "s", options={"output": "json"})
    assert "aGlkZGVu" not in f"{reply!r}{reply.text.text}"
    assert reply.data["data"]["key"].reveal() == "aGlkZGVu"
    assert reply.data["metadata"]["annotations"] == {"a": "b"}


async def test_variables_that_look_secret_are_hidden(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    reply = await ask("get", "deployments", "api", options={"output": "json"})
    assert "old-k3y" not in f"{reply!r}{reply.text.text}"
    assert '"value": "60"' in reply.text.text


# logs


async def test_the_log_of_a_pod(script: Any, ask: Ask) -> None:
    script.on("GET", f"{CORE}/pods/a/log", (200, b"one\n\xfftwo\n"))
    options = {"tail": "20", "since": "5m", "container": "app", "previous": "true"}
    reply = await ask("logs", "pods", "a", options=options)
    assert reply.text.text == "one\n\\xfftwo\n"
    assert script.asked[0].query == {
        "tailLines": "20",
        "sinceSeconds": "300",
        "container": "app",
        "previous": "true",
    }


async def test_all_lines_unless_told(script: Any, ask: Ask) -> None:
    script.on("GET", f"{CORE}/pods/a/log", (200, b""))
    assert (await ask("logs", "pods", "a", options={"tail": "-1"})).text.text == ""
    assert script.asked[0].query == {}


async def test_a_long_log_loses_its_middle(script: Any, ask: Ask) -> None:
    script.on("GET", f"{CORE}/pods/a/log", (200, b"first" + b"x" * 3 * KEEP + b"last"))
    text = (await ask("logs", "pods", "a")).text
    assert text.truncated
    assert text.size == 3 * KEEP + 9
    assert (len(text.head), len(text.tail)) == (KEEP, KEEP)
    assert text.head.startswith("first")
    assert text.tail.endswith("last")


async def test_the_logs_of_an_object(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    script.on("GET", f"{CORE}/pods", {"items": [pod("b"), pod("a"), pod("c")]})
    script.on("GET", f"{CORE}/pods/a/log", (200, b"1\n2\n"))
    script.on("GET", f"{CORE}/pods/b/log", (200, b"3"))
    waiting = refusal(400, "BadRequest", 'container "app" in pod "c" is waiting to start: ContainerCreating')
    script.on("GET", f"{CORE}/pods/c/log", waiting)
    reply = await ask("logs", "deployments", "api", options={"tail": "2"})
    assert reply.text.text == ("[pod/a] 1\n[pod/a] 2\n[pod/b] 3\n[pod/c] (no log: the container has not started)\n")
    assert script.asked[1].query["labelSelector"] == "app=api,tier in (a, b),!old,new"


async def test_no_pods_are_an_error(script: Any, ask: Ask) -> None:
    script.on("GET", f"{CORE}/pods", {"items": []})
    fault = await ask("logs", "pods", options={"selector": "app=api"})
    assert fault.kind is FaultKind.REFUSED
    assert fault.message == "no pod has the labels app=api in namespace shop"


async def test_one_log_that_cannot_be_read_fails_them_all(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    script.on("GET", f"{CORE}/pods", {"items": [pod("a"), pod("b")]})
    script.on("GET", f"{CORE}/pods/a/log", (200, b"1\n"))
    script.on("GET", f"{CORE}/pods/b/log", refusal(500, "InternalError", "kubelet is gone"))
    fault = await ask("logs", "pods", options={"selector": "app=api"})
    assert isinstance(fault, Fault)
    assert "kubelet is gone" in fault.message


# scale


async def test_scale(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api/scale", scale_of(2))
    script.on("PATCH", f"{APPS}/deployments/api/scale", scale_of(5))
    reply = await ask("scale", "deployments", "api", options={"replicas": "5"})
    (patch,) = script.patches()
    assert patch.body == {"spec": {"replicas": 5}}
    assert patch.content_type == "application/strategic-merge-patch+json"
    assert (reply.changed, reply.before, reply.text.text) == (True, {"replicas": 2}, "deployment.apps/api scaled\n")


async def test_scale_to_what_it_is_sends_nothing(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/statefulsets/api/scale", scale_of(0))
    reply = await ask("scale", "statefulsets", "api", options={"replicas": "0"})
    assert (reply.changed, reply.before) == (False, {"replicas": 0})
    assert script.patches() == []


async def test_scale_only_from_the_number_expected(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/replicasets/api/scale", scale_of(2))
    script.on("PATCH", f"{APPS}/replicasets/api/scale", scale_of(5))
    fault = await ask("scale", "replicasets", "api", options={"replicas": "5", "current-replicas": "3"})
    assert fault.message == "replicasets 'api' has 2 replicas, not 3 as --current-replicas says"
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    await ask("scale", "replicasets", "api", options={"replicas": "5", "current-replicas": "2"})
    assert script.patches()[0].body == {"spec": {"replicas": 5}, "metadata": {"resourceVersion": "77"}}


# set env


def env_patch(asked: Any) -> Any:
    return asked.body["spec"]["template"]["spec"]


async def test_set_env_in_one_container(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    script.on("PATCH", f"{APPS}/deployments/api", deployment())
    assignments = (("TTL", "90"), ("NEW", ""), ("API_KEY", None), ("REF", "plain"), ("GONE", None))
    reply = await ask("set env", "deployments", "api", assignments=assignments, options={"container": "app"})
    (patch,) = script.patches()
    assert env_patch(patch) == {
        "containers": [
            {
                "name": "app",
                "env": [
                    {"name": "TTL", "value": "90", "valueFrom": None},
                    {"name": "NEW", "value": "", "valueFrom": None},
                    {"name": "API_KEY", "$patch": "delete"},
                    {"name": "REF", "value": "plain", "valueFrom": None},
                ],
            }
        ]
    }
    assert reply.changed is True
    assert reply.before == {
        "app": {
            "TTL": "60",
            "NEW": None,
            "API_KEY": Secret("earlier value of API_KEY", "old-k3y"),
            "REF": {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            "GONE": None,
        }
    }
    assert "old-k3y" not in f"{reply!r}"


async def test_set_env_in_all_containers(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    script.on("PATCH", f"{APPS}/deployments/api", deployment())
    await ask("set env", "deployments", "api", assignments=(("TTL", "60"),))
    entry = {"name": "TTL", "value": "60", "valueFrom": None}
    assert env_patch(script.patches()[0]) == {
        "containers": [{"name": "side", "env": [entry]}],
        "initContainers": [{"name": "prepare", "env": [entry]}],
    }


async def test_set_env_to_what_it_is_sends_nothing(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    reply = await ask(
        "set env", "deployments", "api", assignments=(("TTL", "60"), ("GONE", None)), options={"container": "app"}
    )
    assert reply.changed is False
    assert script.patches() == []


async def test_a_secret_makes_the_earlier_value_secret(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    script.on("PATCH", f"{APPS}/deployments/api", deployment())
    pinned = SecretText((Secret("PIN", "n3w"), "!"))
    reply = await ask("set env", "deployments", "api", assignments=(("TTL", pinned),), options={"container": "app"})
    assert env_patch(script.patches()[0])["containers"][0]["env"][0]["value"] == "n3w!"
    assert reply.before == {"app": {"TTL": Secret("earlier value of TTL", "60")}}


async def test_an_unknown_container(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    fault = await ask("set env", "deployments", "api", assignments=(("A", "1"),), options={"container": "apq"})
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert fault.message == "deployments 'api' has no container 'apq'"
    assert fault.hint == "Did you mean 'app'?"


async def test_snapshots(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    script.on("GET", f"{APPS}/deployments/api/scale", scale_of(2))
    asked = (("TTL", "1"), ("API_KEY", "2"), ("REF", "3"), ("NEW", "4"))
    options = {"container": "app"}
    changes = {"assignments": asked, "options": options}
    reply = await ask("snapshot", "deployments", "api", arguments=("set env",), **changes)
    assert reply.data == {
        "env": [
            {"container": "app", "name": "TTL", "value": "60"},
            {"container": "app", "name": "API_KEY", "value": Secret("earlier value of API_KEY", "old-k3y")},
            {"container": "app", "name": "REF", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"container": "app", "name": "NEW"},
        ]
    }
    assert reply.text.text == ""
    assert (await ask("snapshot", "deployments", "api", arguments=("scale",))).data == {"replicas": 2}


async def test_putting_variables_back(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    script.on("PATCH", f"{APPS}/deployments/api", deployment())
    reference: Any = {"fieldRef": {"fieldPath": "metadata.uid"}}
    restore = (
        EnvEntry(container="app", name="TTL", value=Secret("earlier value of TTL", "5")),
        EnvEntry(container="app", name="API_KEY"),
        EnvEntry(container="side", name="REF", reference=reference),
        EnvEntry(container="prepare", name="TTL", value="1"),
    )
    reply = await ask("set env", "deployments", "api", restore=restore)
    assert reply.changed is True
    assert env_patch(script.patches()[0]) == {
        "containers": [
            {
                "name": "app",
                "env": [{"name": "TTL", "value": "5", "valueFrom": None}, {"name": "API_KEY", "$patch": "delete"}],
            },
            {"name": "side", "env": [{"name": "REF", "value": None, "valueFrom": reference}]},
        ]
    }
    gone = await ask("set env", "deployments", "api", restore=(EnvEntry(container="x", name="A"),))
    assert gone.message == "deployments 'api' has no container 'x'"


# rollout


async def test_restart(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment())
    script.on("PATCH", f"{APPS}/deployments/api", deployment())
    reply = await ask("rollout restart", "deployments", "api")
    (patch,) = script.patches()
    assert patch.body == {
        "spec": {
            "template": {
                "metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-11-23T12:00:00.123456Z"}}
            }
        }
    }
    assert (reply.changed, reply.text.text) == (True, "deployment.apps/api restarted\n")


async def test_a_paused_object_is_not_restarted(script: Any, ask: Ask) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment(spec={"paused": True}))
    fault = await ask("rollout restart", "deployments", "api")
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert fault.message == "deployments 'api' is paused"


async def test_status_waits_until_it_is_over(script: Any, ask: Ask) -> None:
    script.watched(
        f"{APPS}/deployments",
        "api",
        deployment(status={"observedGeneration": 1}),
        deployment(status={"updatedReplicas": 2}),
        deployment(status={"updatedReplicas": 2}),
        deployment(status={"replicas": 4}),
        deployment(status={"availableReplicas": 1}),
        deployment(),
    )
    reply = await ask("rollout status", "deployments", "api")
    assert reply.text.text.splitlines() == [
        "Waiting for deployment spec update to be observed...",
        'Waiting for deployment "api" rollout to finish: 2 out of 3 new replicas have been updated...',
        'Waiting for deployment "api" rollout to finish: 1 old replicas are pending termination...',
        'Waiting for deployment "api" rollout to finish: 1 of 3 updated replicas are available...',
        'deployment "api" successfully rolled out',
    ]
    assert reply.changed is False
    assert [asked.query.get("watch") for asked in script.asked] == [None, "true"]


async def test_status_says_how_far_it_came(script: Any, ask: Ask) -> None:
    script.watched(f"{APPS}/deployments", "api", deployment(status={"updatedReplicas": 2}))
    fault = await ask("rollout status", "deployments", "api", timeout=Duration(300))
    assert (fault.kind, fault.begun) == (FaultKind.TIMEOUT, False)
    said = 'Waiting for deployment "api" rollout to finish: 2 out of 3 new replicas have been updated...'
    assert fault.message == f"{said}, after 300ms"


async def test_status_of_a_revision(script: Any, ask: Ask) -> None:
    item = deployment()
    item["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "3"}
    script.watched(f"{APPS}/deployments", "api", item)
    assert isinstance(await ask("rollout status", "deployments", "api", options={"revision": "3"}), KubectlReply)
    fault = await ask("rollout status", "deployments", "api", options={"revision": "2"})
    assert fault.message == "desired revision (2) is different from the running revision (3)"
    other = await ask("rollout status", "daemonsets", "api", options={"revision": "2"})
    assert other.message.startswith("--revision is for deployments")


GONE = {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}}
BOOKMARK = {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "77"}}}


@pytest.mark.parametrize(
    ("watches", "versions"),
    [
        pytest.param([["end"], ["done"]], ["5", "5"], id="its time is over: kubernetes-client/python#728"),
        pytest.param([[BOOKMARK, "end"], ["done"]], ["5", "77"], id="a bookmark: kubernetes-client/python#700"),
        pytest.param([["break"], ["done"]], ["5", "5"], id="dropped"),
        pytest.param(["break", ["done"]], ["5", "5"], id="reset before it begins"),
        pytest.param([(503, {}), (429, {}), ["done"]], ["5", "5", "5"], id="the server is away for a while"),
        pytest.param([[GONE], ["done"]], ["5", "5"], id="gone: kubernetes-client/python-base#57"),
        pytest.param([(410, {}), ["done"]], ["5", "5"], id="gone at once"),
    ],
)
async def test_a_watch_that_ends_is_taken_up_again(
    script: Any, ask: Ask, watches: list[Any], versions: list[str]
) -> None:
    going = deployment(status={"updatedReplicas": 2})
    going["metadata"]["resourceVersion"] = "5"
    done = {"type": "MODIFIED", "object": deployment()}
    script.on("GET", f"{APPS}/deployments/api", going)
    script.on("GET", f"{APPS}/deployments", *([done] if one == ["done"] else one for one in watches))
    reply = await ask("rollout status", "deployments", "api")
    assert reply.text.text.splitlines()[-1] == 'deployment "api" successfully rolled out'
    watched = [asked for asked in script.asked if asked.query.get("watch")]
    assert [asked.query["resourceVersion"] for asked in watched] == versions
    assert {asked.query["fieldSelector"] for asked in watched} == {"metadata.name=api"}
    assert len([asked for asked in script.asked if not asked.query]) == (
        2 if "gone" in repr(watches).lower() or "410" in repr(watches) else 1
    )


@pytest.mark.parametrize(
    ("events", "kind", "message"),
    [
        ([{"type": "DELETED", "object": {"metadata": {"name": "api"}}}], FaultKind.REFUSED, "'api' was deleted meanwhile"),
        ([{"type": "ERROR", "object": {"code": 403, "message": "no"}}], FaultKind.REFUSED, "not allowed to rollout status"),
        ([{"kind": "List"}], FaultKind.ERROR, "did not answer with JSON"),
    ],
)  # fmt: skip
async def test_a_watch_that_cannot_go_on(
    script: Any, ask: Ask, events: list[Any], kind: FaultKind, message: str
) -> None:
    script.on("GET", f"{APPS}/deployments/api", deployment(status={"updatedReplicas": 2}))
    script.on("GET", f"{APPS}/deployments", events)
    fault = await ask("rollout status", "deployments", "api")
    assert fault.kind is kind
    assert message in fault.message


async def test_status_of_a_rollout_that_gave_up(script: Any, ask: Ask) -> None:
    conditions = [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]
    script.on("GET", f"{APPS}/deployments/api", deployment(status={"updatedReplicas": 1, "conditions": conditions}))
    fault = await ask("rollout status", "deployments", "api")
    assert fault.kind is FaultKind.REFUSED
    assert fault.message == 'deployment "api" exceeded its progress deadline'


@pytest.mark.parametrize(
    ("kind", "spec", "status", "text"),
    [
        (
            "daemonsets",
            {},
            {"desiredNumberScheduled": 2, "updatedNumberScheduled": 1},
            'Waiting for daemon set "x" rollout to finish: 1 out of 2 new pods have been updated...',
        ),
        (
            "daemonsets",
            {},
            {"desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 1},
            'Waiting for daemon set "x" rollout to finish: 1 of 2 updated pods are available...',
        ),
        ("statefulsets", {"replicas": 2}, {"readyReplicas": 1}, "Waiting for 1 pods to be ready..."),
        (
            "statefulsets",
            {"replicas": 2},
            {"readyReplicas": 2, "updatedReplicas": 1, "updateRevision": "b", "currentRevision": "a"},
            "waiting for statefulset rolling update to complete 1 pods at revision b...",
        ),
        (
            "statefulsets",
            {"replicas": 3, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}},
            {"readyReplicas": 3, "updatedReplicas": 1},
            "Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...",
        ),
    ],
)
async def test_status_of_other_kinds(script: Any, ask: Ask, kind: str, spec: Any, status: Any, text: str) -> None:
    going: Any = {"metadata": {"generation": 1}, "spec": spec, "status": {"observedGeneration": 1} | status}
    done = {"observedGeneration": 1, "desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2}
    done |= {"readyReplicas": 3, "updatedReplicas": 3}
    script.watched(f"{APPS}/{kind}", "x", going, going | {"status": done})
    reply = await ask("rollout status", kind, "x")
    assert reply.text.text.splitlines()[0] == text


@pytest.mark.parametrize("kind", ["daemonsets", "statefulsets"])
async def test_status_of_what_is_not_updated_by_itself(script: Any, ask: Ask, kind: str) -> None:
    script.on("GET", f"{APPS}/{kind}/x", {"spec": {"updateStrategy": {"type": "OnDelete"}}})
    fault = await ask("rollout status", kind, "x")
    assert fault.message == "rollout status is only available for RollingUpdate strategy type"
