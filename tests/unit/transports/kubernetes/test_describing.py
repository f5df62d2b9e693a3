"""`describe` as people read it, and the small verbs on nodes, images and rights."""

from collections.abc import Callable
from typing import Any

import pytest

from playbook_engine.model.replies import FaultKind

Ask = Callable[..., Any]
APPS = "/apis/apps/v1/namespaces/shop"
CORE = "/api/v1/namespaces/shop"

POD: Any = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "api-0",
        "namespace": "shop",
        "uid": "u",
        "labels": {"app": "api", "tier": "web"},
        "annotations": {"note": "x" * 300},
        "creationTimestamp": "2026-11-23T11:00:00Z",
        "deletionTimestamp": "2026-11-23T11:59:00Z",
        "ownerReferences": [{"kind": "ReplicaSet", "name": "api", "controller": True}],
    },
    "spec": {
        "nodeName": "n1",
        "containers": [{"name": "app", "image": "app:1", "env": [{"name": "API_KEY", "value": "s3cr3t"}]}],
    },
    "status": {
        "phase": "Running",
        "podIP": "10.0.0.1",
        "conditions": [
            {
                "type": "Ready",
                "status": "False",
                "lastTransitionTime": "2026-11-23T11:58:00Z",
                "reason": "ContainersNotReady",
                "message": "containers with unready\nstatus: [app]",
            }
        ],
        "containerStatuses": [
            {
                "name": "app",
                "ready": False,
                "restartCount": 4,
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {
                    "terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-23T11:57:00Z"}
                },
            }
        ],
    },
}

GOLDEN = f"""\
Name:          api-0
Namespace:     shop
Kind:          Pod (v1)
Labels:        app=api
               tier=web
Annotations:   note={"x" * 194}…
Created:       2026-11-23T11:00:00Z (60m ago)
Deleted:       2026-11-23T11:59:00Z (60s ago)
Controlled by: ReplicaSet/api
Status:        Terminating
Node:          n1
IP:            10.0.0.1
Containers:    app: waiting (CrashLoopBackOff), not ready, 4 restarts, last ended with 137 (OOMKilled) at 2026-11-23T11:57:00Z
Spec:
  nodeName: n1
  containers:
  - name: app
    image: app:1
    env:
    - name: API_KEY
      value: "<secret API_KEY>"
Status:
  phase: Running
  podIP: "10.0.0.1"
  containerStatuses:
  - name: app
    ready: false
    restartCount: 4
    state:
      waiting:
        reason: CrashLoopBackOff
    lastState:
      terminated:
        exitCode: 137
        reason: OOMKilled
        finishedAt: "2026-11-23T11:57:00Z"
Conditions:
  TYPE    STATUS   SINCE   REASON               MESSAGE
  Ready   False    2m      ContainersNotReady   containers with unready status: [app]
Events:
  LAST SEEN   TYPE      REASON    OBJECT      MESSAGE
  5m (x9)     Warning   BackOff   pod/api-0   Back-off restarting failed container
"""


async def test_a_pod(script: Any, ask: Ask) -> None:
    about = {"kind": "Pod", "name": "api-0", "namespace": "shop", "uid": "u"}
    event = {"involvedObject": about, "type": "Warning", "reason": "BackOff", "count": 9}
    event |= {"message": "Back-off restarting failed container", "lastTimestamp": "2026-11-23T11:55:00Z"}
    earlier = event | {"involvedObject": about | {"uid": "of a pod that had the name before"}}
    script.on("GET", f"{CORE}/pods/api-0", POD)
    script.on("GET", f"{CORE}/events", {"items": [event, earlier]})
    reply = await ask("describe", "pods", "api-0")
    assert reply.text.text == GOLDEN
    assert script.asked[1].query["fieldSelector"] == "involvedObject.kind=Pod,involvedObject.name=api-0"
    assert reply.data["metadata"]["name"] == "api-0"


async def test_many_events_lose_the_oldest(script: Any, ask: Ask) -> None:
    about = {"kind": "Pod", "name": "api-0", "namespace": "shop", "uid": "u"}
    many = [
        {"involvedObject": about, "message": f"m{n}", "lastTimestamp": f"2026-11-23T11:00:{n:02}Z"} for n in range(30)
    ]
    script.on("GET", f"{CORE}/pods/api-0", POD)
    script.on("GET", f"{CORE}/events", {"items": many})
    text = (await ask("describe", "pods", "api-0")).text.text
    assert "  … 10 older ones\n" in text
    assert "m29" in text
    assert "m9\n" not in text


@pytest.mark.parametrize(
    ("kind", "path", "item", "line"),
    [
        ("daemonsets", f"{APPS}/daemonsets/x", {"status": {"desiredNumberScheduled": 3, "numberReady": 2}}, "Pods:          3 desired | 2 ready | 0 available"),
        ("statefulsets", f"{APPS}/statefulsets/x", {"spec": {"replicas": 2}, "status": {"replicas": 1}}, "Replicas:      2 desired | 0 updated | 1 total | 0 available"),
        ("nodes", "/api/v1/nodes/x", {"spec": {"unschedulable": True}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}, "Status:        Ready,SchedulingDisabled"),
        ("configmaps", f"{CORE}/configmaps/x", {"data": {"a": "1"}}, "Labels:        <none>"),
    ],
)  # fmt: skip
async def test_what_people_look_for_first(script: Any, ask: Ask, kind: str, path: str, item: Any, line: str) -> None:
    script.on("GET", path, {"metadata": {"name": "x"}} | item)
    script.on("GET", f"{CORE}/events", {"items": []})
    script.on("GET", "/api/v1/events", {"items": []})
    text = (await ask("describe", kind, "x")).text.text
    assert f"{line}\n" in text
    assert text.endswith("Events:\n  <none>\n")


# nodes


async def test_cordon_and_uncordon(script: Any, ask: Ask) -> None:
    free, shut = ({"metadata": {"name": "n"}, "spec": spec} for spec in ({}, {"unschedulable": True}))
    script.on("PATCH", "/api/v1/nodes/n", shut)
    script.on("GET", "/api/v1/nodes/n", free)
    reply = await ask("cordon", "nodes", "n")
    assert (reply.changed, reply.before, reply.text.text) == (True, {"unschedulable": False}, "node/n cordoned\n")
    assert (await ask("uncordon", "nodes", "n")).text.text == "node/n already uncordoned\n"
    script.on("GET", "/api/v1/nodes/n", shut)
    assert (await ask("snapshot", "nodes", "n", arguments=("uncordon",))).data == {"unschedulable": True}
    assert (await ask("cordon", "nodes", "n")).changed is False
    assert (await ask("uncordon", "nodes", "n")).changed is True
    assert [patch.body for patch in script.patches()] == [
        {"spec": {"unschedulable": True}},
        {"spec": {"unschedulable": None}},
    ]


async def test_a_server_that_cannot_evict(script: Any, ask: Ask) -> None:
    script.on("GET", "/api/v1/nodes/n", {"metadata": {"name": "n"}})
    script.on("GET", "/api/v1/pods", {"items": []})
    script.on("GET", "/api/v1", {"resources": [{"name": "pods"}]})
    fault = await ask("drain", "nodes", "n")
    assert (fault.kind, fault.message) == (FaultKind.REFUSED, "the server does not know how to evict pods")
    assert script.patches() == []


async def test_a_node_without_pods_is_drained_at_once(script: Any, ask: Ask) -> None:
    script.on("GET", "/api/v1/nodes/n", {"metadata": {"name": "n"}, "spec": {"unschedulable": True}})
    script.on("GET", "/api/v1/pods", {"items": []})
    script.on("GET", "/api/v1", {"resources": [{"name": "pods/eviction"}]})
    reply = await ask("drain", "nodes", "n")
    assert (reply.changed, reply.text.text) == (False, "node/n already cordoned\nnode/n drained\n")


# images


async def test_images(script: Any, ask: Ask) -> None:
    spec = {"containers": [{"name": "a", "image": "a:1"}], "initContainers": [{"name": "i", "image": "i:1"}]}
    item = {"metadata": {"name": "x"}, "spec": {"template": {"spec": spec}}}
    script.on("GET", f"{APPS}/deployments/x", item)
    script.on("PATCH", f"{APPS}/deployments/x", item)
    reply = await ask("set image", "deployments", "x", assignments=(("*", "b:2"),))
    assert (reply.changed, reply.before) == (True, {"a": "a:1", "i": "i:1"})
    assert script.patches()[0].body["spec"]["template"]["spec"] == {
        "initContainers": [{"name": "i", "image": "b:2"}],
        "containers": [{"name": "a", "image": "b:2"}],
    }
    assert (await ask("set image", "deployments", "x", assignments=(("a", "a:1"),))).changed is False
    fault = await ask("set image", "deployments", "x", assignments=(("b", "a:1"),))
    assert (fault.message, fault.hint) == ("deployments 'x' has no container 'b'", "There are a, i.")
    shot = await ask("snapshot", "deployments", "x", arguments=("set image",), assignments=(("*", "b:2"),))
    assert shot.data == {"images": {"i": "i:1", "a": "a:1"}}


# rights


@pytest.mark.parametrize(
    ("arguments", "names", "options", "spec"),
    [
        (("get", "pods"), (), {}, {"resourceAttributes": {"verb": "get", "resource": "pods", "group": "", "namespace": "shop"}}),
        (("patch", "deployments"), ("x",), {}, {"resourceAttributes": {"verb": "patch", "resource": "deployments", "group": "apps", "name": "x", "namespace": "shop"}}),
        (("get", "pods"), (), {"subresource": "log", "all-namespaces": "true"}, {"resourceAttributes": {"verb": "get", "resource": "pods", "group": "", "subresource": "log"}}),
        (("get", "nodes"), (), {}, {"resourceAttributes": {"verb": "get", "resource": "nodes", "group": ""}}),
        (("get", "foos.example.org"), (), {}, {"resourceAttributes": {"verb": "get", "resource": "foos", "group": "example.org", "namespace": "shop"}}),
        (("*", "*"), (), {}, {"resourceAttributes": {"verb": "*", "resource": "*", "group": "*", "namespace": "shop"}}),
        (("get", "/metrics"), (), {}, {"nonResourceAttributes": {"verb": "get", "path": "/metrics"}}),
    ],
)  # fmt: skip
async def test_what_the_server_is_asked(
    script: Any, ask: Ask, arguments: Any, names: Any, options: Any, spec: Any
) -> None:
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    script.on("POST", path, {"status": {"allowed": False, "reason": "no role"}})
    reply = await ask("auth can-i", "", *names, arguments=arguments, options=options, command="auth can-i it")
    assert (reply.text.text, reply.unmet) == ("no - no role\n", "no: not allowed to it")
    assert script.asked[0].body["spec"] == spec
