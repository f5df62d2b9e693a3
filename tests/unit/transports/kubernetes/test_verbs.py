"""What the changing verbs ask of the API, in which order, and what they make of refusals."""

from collections.abc import Callable
from typing import Any

import pytest

from playbook_engine.model.replies import FaultKind, KubectlReply
from playbook_engine.model.requests import FieldEntry
from playbook_engine.values import Duration, Secret, SecretText

Ask = Callable[..., Any]
APPS = "/apis/apps/v1/namespaces/shop"
CORE = "/api/v1/namespaces/shop"
POD = f"{CORE}/pods/x"


def thing(**changes: Any) -> Any:
    meta = {"name": "x", "namespace": "shop", "uid": "u1", "resourceVersion": "7"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta | changes.pop("metadata", {})} | changes


# conflicts, and what had happened by then


async def test_a_conflict_is_tried_again_from_the_beginning(
    script: Any, ask: Ask, refusal: Callable[..., Any]
) -> None:
    script.on("GET", POD, thing(metadata={"resourceVersion": "7"}), thing(metadata={"resourceVersion": "8"}))
    script.on("PATCH", POD, refusal(409, "Conflict", "the object has been modified", "x"), thing())
    reply = await ask("label", "pods", "x", assignments=(("a", "b"),))
    assert reply.changed is True
    versions = [patch.body["metadata"]["resourceVersion"] for patch in script.patches()]
    assert versions == ["7", "8"]


async def test_a_conflict_that_does_not_end_is_told_in_time(
    script: Any, ask: Ask, refusal: Callable[..., Any]
) -> None:
    script.on("GET", POD, thing())
    script.on("PATCH", POD, refusal(409, "Conflict", "the object has been modified", "x"))
    fault = await ask("label", "pods", "x", assignments=(("a", "b"),), timeout=Duration(600))
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert fault.message.startswith("someone else changed it meanwhile (409)")
    assert len(script.patches()) > 2
    assert fault.duration_ms < 1500


async def test_a_patch_that_names_a_version_is_sent_once(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    script.on("GET", POD, thing())
    script.on("PATCH", POD, refusal(409, "Conflict", "the object has been modified", "x"))
    fault = await ask("patch", "pods", "x", payload={"metadata": {"resourceVersion": "1"}})
    assert fault.message == "pods 'x' is not the version that the patch names"
    assert len(script.patches()) == 1


@pytest.mark.parametrize(
    ("code", "kind", "begun"),
    [(429, FaultKind.ERROR, False), (403, FaultKind.REFUSED, False), (500, FaultKind.ERROR, True), (503, FaultKind.ERROR, True)],
)  # fmt: skip
async def test_what_a_refused_patch_leaves_open(
    script: Any, ask: Ask, refusal: Callable[..., Any], code: int, kind: FaultKind, begun: bool
) -> None:
    script.on("GET", POD, thing())
    script.on("PATCH", POD, refusal(code, "Any", "no"))
    fault = await ask("patch", "pods", "x", payload={"spec": {"a": 1}})
    assert (fault.kind, fault.begun, len(script.patches())) == (kind, begun, 6 if code == 429 else 1)


async def test_what_was_done_before_a_refusal_counts(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    script.on("GET", "/api/v1/nodes/n", {"metadata": {"name": "n"}, "spec": {}})
    script.on("GET", "/api/v1/pods", {"items": [owned("a")]})
    script.on("GET", "/api/v1", {"resources": [{"name": "pods/eviction", "group": "policy", "version": "v1"}]})
    script.on("PATCH", "/api/v1/nodes/n", {"metadata": {"name": "n"}})
    script.on("POST", f"{CORE}/pods/a/eviction", refusal(403, "Forbidden", "no"))
    fault = await ask("drain", "nodes", "n")
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, True)


# patch, and putting back


async def test_patches_by_type(script: Any, ask: Ask) -> None:
    script.on("GET", POD, thing())
    script.on("PATCH", POD, thing())
    bodies: list[Any] = [{"a": 1}, {"a": 1}, [{"op": "add", "path": "/a", "value": 1}]]
    for kind, body in zip(("strategic", "merge", "json"), bodies, strict=True):
        reply = await ask("patch", "pods", "x", payload=body, options={"type": kind})
        assert (reply.changed, reply.text.text) == (False, "pod/x patched (no change)\n")
    media = [patch.content_type for patch in script.patches()]
    assert media == [
        "application/strategic-merge-patch+json",
        "application/merge-patch+json",
        "application/json-patch+json",
    ]
    assert [patch.body for patch in script.patches()] == bodies


async def test_a_patch_records_what_it_replaced(script: Any, ask: Ask) -> None:
    script.on("GET", POD, thing(spec={"a": 1, "b": [1, 2], "c": [{"x": 1}]}, status={"n": 1}))
    script.on(
        "PATCH",
        POD,
        thing(spec={"a": 2, "b": [1], "c": [{"x": 2}], "d": {}}, status={"n": 2}, metadata={"resourceVersion": "8"}),
    )
    reply = await ask("patch", "pods", "x", payload={"spec": {"a": 2}})
    assert reply.changed is True
    assert reply.before == {"spec.a": 1, "spec.b": [1, 2], "spec.c[0].x": 1, "spec.d": None}


async def test_a_preview_asks_the_server_and_changes_nothing(script: Any, ask: Ask) -> None:
    script.on("GET", POD, thing(spec={"a": 1}))
    script.on("PATCH", POD, thing(spec={"a": 2}))
    reply = await ask("snapshot", "pods", "x", arguments=("patch",), payload={"spec": {"a": 2}})
    assert reply.data == {"fields": [{"path": ["spec", "a"], "before": 1, "after": 2}]}
    assert script.patches()[0].query == {"dryRun": "All"}


async def test_a_secret_in_a_patch_reaches_only_the_server(
    script: Any, ask: Ask, refusal: Callable[..., Any]
) -> None:
    script.on("GET", POD, thing())
    script.on("PATCH", POD, refusal(422, "Invalid", "bad value s3cr3t"))
    text = SecretText((Secret("KEY", "s3cr3t"), "!"))
    fault = await ask("patch", "pods", "x", payload={"metadata": {"annotations": {"k": text}}})
    assert script.patches()[0].body == {"metadata": {"annotations": {"k": "s3cr3t!"}}}
    assert "s3cr3t" not in repr(fault)


async def test_putting_fields_back(script: Any, ask: Ask) -> None:
    script.on("GET", POD, thing(spec={"a": 2, "d": {}}))
    script.on("PATCH", POD, thing(spec={"a": 1, "b": {"c": 3}}))
    fields = (
        FieldEntry(path=("spec", "a"), before=1, after=2),
        FieldEntry(path=("spec", "d"), before=None, after={}),
        FieldEntry(path=("spec", "b", "c/d"), before=Secret("s", "3"), after=None),
        FieldEntry(path=("spec", "same"), before=None, after=9),
    )
    reply = await ask("patch", "pods", "x", fields=fields)
    assert reply.changed is True
    (patch,) = script.patches()
    assert patch.content_type == "application/json-patch+json"
    assert patch.body == [
        {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"},
        {"op": "replace", "path": "/spec/a", "value": 1},
        {"op": "remove", "path": "/spec/d"},
        {"op": "add", "path": "/spec/b", "value": {}},
        {"op": "add", "path": "/spec/b/c~1d", "value": "3"},
    ]


async def test_what_is_so_already_is_not_sent(script: Any, ask: Ask) -> None:
    script.on("GET", POD, thing(spec={"a": 1}))
    fields = (FieldEntry(path=("spec", "a"), before=1, after=2),)
    for entries in (fields, ()):
        reply = await ask("patch", "pods", "x", fields=entries)
        assert (reply.changed, reply.text.text) == (False, "pod/x is so already\n")
    assert script.patches() == []


# top, events, describe


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((404, b"404 page not found\n"), "the cluster has no metrics: it does not serve metrics.k8s.io"),
        ((503, b"no endpoints"), "metrics.k8s.io does not answer (503)"),
    ],
)
async def test_a_cluster_without_metrics(script: Any, ask: Ask, answer: Any, message: str) -> None:
    script.on("GET", "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods", answer)
    fault = await ask("top", "pods")
    assert (fault.kind, fault.message) == (FaultKind.REFUSED, message)
    assert "metrics-server" in fault.hint


async def test_top_nodes(script: Any, ask: Ask) -> None:
    usage = {"cpu": "1500m", "memory": "3Gi"}
    script.on("GET", "/apis/metrics.k8s.io/v1beta1/nodes", {"items": [{"metadata": {"name": "n"}, "usage": usage}]})
    room = {"metadata": {"name": "n"}, "status": {"allocatable": {"cpu": "2", "memory": "4Gi"}}}
    script.on("GET", "/api/v1/nodes", {"items": [room]})
    reply = await ask("top", "nodes")
    assert reply.text.text == (
        "NAME   CPU(cores)   CPU%   MEMORY(bytes)   MEMORY%\nn      1500m        75%    3072Mi          75%\n"
    )
    assert reply.data == {
        "items": [
            {"name": "n", "cpu": 1500, "memory": 3 * 2**30, "cpu_percent": 75, "memory_percent": 75},
        ]
    }


async def test_a_description_without_the_right_to_see_events(
    script: Any, ask: Ask, refusal: Callable[..., Any]
) -> None:
    script.on("GET", f"{CORE}/secrets/s", {"kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "aGlkZGVu"}})
    script.on("GET", f"{CORE}/events", refusal(403, "Forbidden", "no"))
    text = (await ask("describe", "secrets", "s")).text.text
    assert "aGlkZGVu" not in text
    assert '  k: "8 characters, hidden"\n' in text
    assert "  <not allowed to see them>\n" in text


async def test_a_description_of_nothing(script: Any, ask: Ask) -> None:
    script.on("GET", f"{CORE}/pods", {"items": []})
    assert (await ask("describe", "pods")).message == "no pods found"


async def test_events_by_when_they_were_seen_last(script: Any, ask: Ask) -> None:
    def event(name: str, **fields: Any) -> Any:
        about = {"kind": "Pod", "name": name, "namespace": "shop"}
        return {
            "metadata": {"name": "e", "namespace": "shop"},
            "involvedObject": about,
            "type": "Normal",
            "reason": "R",
        } | fields

    old = event("a", lastTimestamp="2026-11-23T11:00:00Z", count=3, message="two\nlines")
    new = event("b", eventTime="2026-11-23T11:59:00.1Z", type="Warning", message="new")
    script.on("GET", f"{CORE}/events", {"items": [new, old]})
    reply = await ask("events")
    assert reply.text.text == (
        "LAST SEEN   TYPE      REASON   OBJECT   MESSAGE\n"
        "60m (x3)    Normal    R        pod/a    two lines\n"
        "60s         Warning   R        pod/b    new\n"
    )
    named = await ask("events", "pods", "a", options={"output": "name"})
    assert named.text.text.startswith("event/")
    warnings = await ask("events", options={"types": "Warning"})
    assert [item["message"] for item in warnings.data["items"]] == ["new"]


# drain


def owned(name: str, kind: str = "ReplicaSet", **changes: Any) -> Any:
    owners = [{"kind": kind, "controller": True}] if kind else []
    meta = {"name": name, "namespace": "shop", "uid": f"u-{name}", "ownerReferences": owners}
    return {"metadata": meta | changes.pop("metadata", {}), "spec": {}, "status": {"phase": "Running"}} | changes


@pytest.fixture
def node(script: Any) -> Any:
    script.on("GET", "/api/v1/nodes/n", {"metadata": {"name": "n"}, "spec": {}})
    script.on("PATCH", "/api/v1/nodes/n", {"metadata": {"name": "n"}})
    resources = [{"name": "pods"}, {"name": "pods/eviction", "group": "policy", "version": "v1beta1"}]
    script.on("GET", "/api/v1", {"resources": resources})
    return script


async def test_what_must_not_be_evicted_is_told_before_anything_changes(node: Any, ask: Ask) -> None:
    emptied = {"volumes": [{"name": "v", "emptyDir": {}}]}
    pods = [owned("agent", "DaemonSet"), owned("bare", ""), owned("data", spec=emptied), owned("fine")]
    node.on("GET", "/api/v1/pods", {"items": pods})
    fault = await ask("drain", "nodes", "n")
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert fault.message == (
        "not drained: shop/agent belong to a daemon set, which would bring them back; "
        "shop/bare belong to nothing that would bring them back; "
        "shop/data keep data in an emptyDir, which would be lost"
    )
    assert "--ignore-daemonsets leaves them" in fault.hint
    assert node.patches() == []
    assert node.by("GET")[1].query["fieldSelector"] == "spec.nodeName=n"


async def test_a_drain_evicts_waits_for_budgets_and_for_the_end(
    node: Any, ask: Ask, refusal: Callable[..., Any]
) -> None:
    static = owned("static", "", metadata={"annotations": {"kubernetes.io/config.mirror": "x"}})
    done = owned("done", "", status={"phase": "Succeeded"})
    node.on("GET", "/api/v1/pods", {"items": [owned("a"), owned("agent", "DaemonSet"), static, done]})
    budget = refusal(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.")
    node.on("POST", f"{CORE}/pods/a/eviction", budget, {"kind": "Status", "status": "Success"})
    node.on("POST", f"{CORE}/pods/done/eviction", refusal(404, "NotFound", "pods done not found", "done"))
    node.on("GET", f"{CORE}/pods/a", owned("a"), owned("a", metadata={"uid": "another"}))
    reply = await ask("drain", "nodes", "n", options={"ignore-daemonsets": "true", "grace-period": "3"})
    assert isinstance(reply, KubectlReply), reply
    assert reply.text.text.splitlines() == [
        "node/n cordoned",
        "Ignoring shop/agent: it belongs to a daemon set",
        "pod/a evicted",
        "pod/done evicted",
        "node/n drained",
    ]
    assert (reply.changed, reply.before) == (True, {"unschedulable": False, "pods": ["shop/a", "shop/done"]})
    eviction = next(asked for asked in node.by("POST") if "/a/" in asked.path)
    assert eviction.body == {
        "apiVersion": "policy/v1beta1",
        "kind": "Eviction",
        "metadata": {"name": "a", "namespace": "shop"},
        "deleteOptions": {"preconditions": {"uid": "u-a"}, "gracePeriodSeconds": 3},
    }


async def test_a_budget_that_never_allows_it(node: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    node.on("GET", "/api/v1/pods", {"items": [owned("a")]})
    node.on("POST", f"{CORE}/pods/a/eviction", refusal(429, "TooManyRequests", "budget api needs 2"))
    fault = await ask("drain", "nodes", "n", timeout=Duration(400))
    assert (fault.kind, fault.begun) == (FaultKind.TIMEOUT, True)
    assert fault.message == "node 'n': 0 of 1 pods are gone; shop/a may not go: budget api needs 2, after 400ms"


async def test_a_pod_whose_namespace_is_being_deleted_goes_with_it(
    node: Any, ask: Ask, refusal: Callable[..., Any]
) -> None:
    """Nothing can be evicted in such a namespace; kubectl's drain waits for the pod too (NamespaceTerminating)."""
    code, body = refusal(403, "Forbidden", "pods is forbidden: namespace shop is being terminated", "a")
    body["details"]["causes"] = [{"reason": "NamespaceTerminating", "message": "it is being terminated"}]
    node.on("GET", "/api/v1/pods", {"items": [owned("a")]})
    node.on("POST", f"{CORE}/pods/a/eviction", (code, body))
    node.on("GET", f"{CORE}/pods/a", owned("a"), refusal(404, "NotFound", "pods a not found", "a"))
    reply = await ask("drain", "nodes", "n")
    assert isinstance(reply, KubectlReply), reply
    assert reply.changed is True


# delete, apply, create job


async def test_delete_waits_until_it_is_gone(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    gone = refusal(404, "NotFound", 'pods "x" not found', "x")
    script.on("GET", POD, thing(), thing(), gone)
    script.on("DELETE", POD, thing())
    reply = await ask("delete", "pods", "x", options={"grace-period": "5", "cascade": "foreground"})
    assert (reply.changed, reply.text.text) == (True, "pod/x deleted\n")
    (deletion,) = script.by("DELETE")
    assert deletion.body["propagationPolicy"] == "Foreground"
    assert deletion.body["preconditions"] == {"uid": "u1"}
    assert deletion.body["gracePeriodSeconds"] == 5


async def test_a_dry_deletion_says_so_where_the_server_looks(script: Any, ask: Ask) -> None:
    """The parameter of the address counts for nothing beside a body: with it alone, the object would be gone."""
    script.on("GET", POD, thing())
    script.on("DELETE", POD, thing())
    reply = await ask("delete", "pods", "x", options={"dry-run": "server"})
    assert script.by("DELETE")[0].body["dryRun"] == ["All"]
    assert (reply.changed, reply.text.text) == (False, "pod/x deleted (server dry run)\n")


async def test_something_that_does_not_end(script: Any, ask: Ask) -> None:
    script.on("GET", POD, thing())
    script.on("DELETE", POD, thing())
    fault = await ask("delete", "pods", "x", timeout=Duration(300))
    assert (fault.kind, fault.begun, fault.may_live) == (FaultKind.TIMEOUT, True, False)
    assert fault.message == "1 of 1 are still ending: x, after 300ms"


def config_map(version: str, **fields: Any) -> Any:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "resourceVersion": version}} | fields


async def test_apply(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    path = f"{CORE}/configmaps/c"
    script.on("GET", path, refusal(404, "NotFound", "no", "c"), config_map("1"), config_map("2"))
    script.on("PATCH", path, config_map("1"), config_map("2"), config_map("2"))
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1"}}
    replies = [await ask("apply", payload=[item], options={"force-conflicts": "true"}) for _ in range(3)]
    assert [reply.text.text for reply in replies] == [
        "configmap/c created\n",
        "configmap/c configured\n",
        "configmap/c unchanged\n",
    ]
    assert [reply.changed for reply in replies] == [True, True, False]
    assert replies[0].before == {"configmap/c": None}
    patch = script.patches()[0]
    assert patch.content_type == "application/apply-patch+yaml"
    assert patch.query == {"fieldManager": "runbook-apply", "force": "true"}
    assert patch.body["metadata"] == {"name": "c", "namespace": "shop"}


async def test_fields_of_another_manager(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    code, body = refusal(409, "Conflict", 'conflict with "helm": .data.a')
    body["details"] = {"causes": [{"reason": "FieldManagerConflict", "field": ".data.a"}]}
    script.on("GET", f"{CORE}/configmaps/c", config_map("1"))
    script.on("PATCH", f"{CORE}/configmaps/c", (code, body))
    fault = await ask("apply", payload=[config_map("")])
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert "fields belong to another manager (409)" in fault.message
    assert "--force-conflicts" in fault.hint
    assert len(script.patches()) == 1


async def test_a_custom_kind_is_looked_up_once(script: Any, ask: Ask) -> None:
    served = {
        "resources": [{"name": "foos/status", "kind": "Foo"}, {"name": "foos", "kind": "Foo", "namespaced": True}]
    }
    script.on("GET", "/apis/example.org/v1", served)
    path = "/apis/example.org/v1/namespaces/shop/foos"
    items = [{"apiVersion": "example.org/v1", "kind": "Foo", "metadata": {"name": name}} for name in ("a", "b")]
    for name in ("a", "b"):
        script.on("PATCH", f"{path}/{name}", {"metadata": {"name": name, "resourceVersion": "1"}})
    reply = await ask("apply", payload=items)
    assert reply.text.text == "foo.example.org/a created\nfoo.example.org/b created\n"
    assert [asked.path for asked in script.asked].count("/apis/example.org/v1") == 1


async def test_an_apply_that_stops_half_way_has_begun(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    script.on("PATCH", f"{CORE}/configmaps/c", config_map("1"))
    script.on("PATCH", f"{CORE}/configmaps/d", refusal(422, "Invalid", "bad"))
    other = config_map("") | {"metadata": {"name": "d"}}
    fault = await ask("apply", payload=[config_map(""), other])
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, True)


@pytest.mark.parametrize(
    ("preferred", "served"), [("v1", {"v1"}), ("v1", {"v1beta1"}), ("v1beta1", {"v1beta1", "v1"})]
)
async def test_a_job_of_a_cron_job_of_any_version(script: Any, ask: Ask, preferred: str, served: set[str]) -> None:
    """The preferred version of a group need not know all of its kinds: batch/v1 of 1.20 has no cron jobs."""
    versions = [{"version": "v1"}, {"version": "v1beta1"}]
    script.on("GET", "/apis/batch", {"preferredVersion": {"version": preferred}, "versions": versions})
    for version in ("v1", "v1beta1"):
        names = [{"name": "jobs"}, *([{"name": "cronjobs"}] if version in served else [])]
        script.on("GET", f"/apis/batch/{version}", {"resources": names})
    found = preferred if preferred in served else next(iter(served))
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"template": {}}}
    cron = {"metadata": {"name": "c", "uid": "u"}, "spec": {"jobTemplate": template}}
    script.on("GET", f"/apis/batch/{found}/namespaces/shop/cronjobs/c", cron)
    script.on("POST", "/apis/batch/v1/namespaces/shop/jobs", {"metadata": {"name": "now"}})
    reply = await ask("create job", "jobs", "now", options={"from": "cronjob/c"})
    assert (reply.changed, reply.text.text) == (True, "job.batch/now created from cronjob/c\n")
    (post,) = script.by("POST")
    assert post.body["metadata"]["ownerReferences"] == [
        {"apiVersion": f"batch/{found}", "kind": "CronJob", "name": "c", "uid": "u"}
    ]
    assert post.body["metadata"]["annotations"] == {"cronjob.kubernetes.io/instantiate": "manual"}
    assert post.body["spec"] == {"template": {}}


async def test_a_job_that_is_there_already(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    script.on("GET", "/apis/batch", {"preferredVersion": {"version": "v1"}, "versions": [{"version": "v1"}]})
    script.on("GET", "/apis/batch/v1", {"resources": [{"name": "cronjobs"}]})
    script.on("GET", "/apis/batch/v1/namespaces/shop/cronjobs/c", {"metadata": {"name": "c"}, "spec": {}})
    script.on("POST", "/apis/batch/v1/namespaces/shop/jobs", refusal(409, "AlreadyExists", "jobs now already exists"))
    fault = await ask("create job", "jobs", "now", options={"from": "cronjob/c"})
    assert (fault.kind, fault.begun) == (FaultKind.REFUSED, False)
    assert fault.message.startswith("it is there already (409)")
    assert len(script.by("POST")) == 1


# rollout undo of what keeps controller revisions


async def test_a_stateful_set_goes_back_by_its_controller_revisions(script: Any, ask: Ask) -> None:
    def revision(number: int, image: str) -> Any:
        template = {"spec": {"containers": [{"name": "db", "image": image}]}, "$patch": "replace"}
        owner = [{"controller": True, "uid": "u1"}]
        meta = {"name": f"db-{number}", "ownerReferences": owner}
        return {"metadata": meta, "revision": number, "data": {"spec": {"template": template}}}

    foreign = revision(9, "x") | {"metadata": {"name": "foreign"}}
    listed = {"items": [revision(2, "db:2"), revision(1, "db:1"), foreign]}
    now = {"spec": {"containers": [{"name": "db", "image": "db:2"}]}}
    item = thing(kind="StatefulSet", spec={"selector": {"matchLabels": {"a": "b"}}, "template": now}, status={})
    script.on("GET", f"{APPS}/statefulsets/x", item)
    script.on("GET", f"{APPS}/controllerrevisions", listed)
    script.on("PATCH", f"{APPS}/statefulsets/x", item)
    history = await ask("rollout history", "statefulsets", "x")
    assert [one["revision"] for one in history.data["items"]] == [1, 2]
    reply = await ask("rollout undo", "statefulsets", "x")
    assert (reply.text.text, reply.before) == ("statefulset.apps/x rolled back to revision 1\n", {"revision": 2})
    assert script.patches()[0].body == {
        "metadata": {"resourceVersion": "7"},
        "spec": {"template": {"spec": {"containers": [{"name": "db", "image": "db:1"}]}, "$patch": "replace"}},
    }
    only = await ask("rollout undo", "statefulsets", "x", options={"to-revision": "2"})
    assert only.changed is False


async def test_revisions_are_counted_once_the_last_change_has_been_seen(script: Any, ask: Ask) -> None:
    item = thing(spec={"selector": {"matchLabels": {"a": "b"}}}, metadata={"generation": 2})
    script.on("GET", f"{APPS}/deployments/x", item | {"status": {"observedGeneration": 1}})
    fault = await ask("rollout undo", "deployments", "x", timeout=Duration(200))
    assert (fault.kind, fault.begun) == (FaultKind.TIMEOUT, False)
    message = "deployments 'x': the last change has not been seen by its controller, after 200ms"
    assert fault.message == message
    assert script.patches() == []


async def test_get_with_the_flags_of_operators(script: Any, ask: Ask, refusal: Callable[..., Any]) -> None:
    labelled = thing(metadata={"name": "b", "labels": {"k": "v"}, "managedFields": [{}]}, spec={"n": 2})
    script.on("GET", f"{CORE}/pods", {"items": [thing(spec={"n": 10}), labelled]})
    text = (await ask("get", "pods", options={"show-labels": "true", "no-headers": "true"})).text.text
    assert [line.split()[-1] for line in text.splitlines()] == ["<none>", "k=v"]
    ordered = await ask("get", "pods", options={"sort-by": "{.spec.n}", "output": "name"})
    assert ordered.text.text == "pod/b\npod/x\n"
    assert "managedFields" not in (await ask("get", "pods", options={"output": "yaml"})).text.text
    script.on("GET", f"{CORE}/pods/gone", refusal(404, "NotFound", "no", "gone"))
    reply = await ask("get", "pods", "gone", options={"ignore-not-found": "true"})
    assert (reply.text.text, reply.data) == ("", None)


async def test_logs_of_all_containers(script: Any, ask: Ask) -> None:
    spec = {"initContainers": [{"name": "i"}], "containers": [{"name": "c"}]}
    script.on("GET", POD, thing(spec=spec))
    script.on("GET", f"{POD}/log", (200, b"one\n"))
    options = {"all-containers": "true", "timestamps": "true", "limit-bytes": "9"}
    reply = await ask("logs", "pods", "x", options=options)
    assert reply.text.text == "[pod/x/i] one\n[pod/x/c] one\n"
    queries = sorted(asked.query["container"] for asked in script.asked[1:])
    assert queries == ["c", "i"]
    assert script.asked[1].query["limitBytes"] == "9"
