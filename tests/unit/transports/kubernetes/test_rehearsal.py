"""What `--check` asks a cluster: which rights a change needs, and what its dry run is told as."""

from collections.abc import Callable
from typing import Any

import pytest

from playbook_engine.values import Secret, SecretText

Ask = Callable[..., Any]
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
APPS = "/apis/apps/v1/namespaces/shop"


@pytest.mark.parametrize(
    ("verb", "kind", "fields", "rights"),
    [
        ("scale", "deployments", {}, "get apps/deployments/scale, patch apps/deployments/scale"),
        ("set env", "deployments", {}, "get apps/deployments, patch apps/deployments"),
        ("rollout restart", "daemonsets", {}, "get apps/daemonsets, patch apps/daemonsets"),
        ("rollout undo", "deployments", {}, "get apps/deployments, patch apps/deployments, list apps/replicasets"),
        ("rollout undo", "statefulsets", {}, "get apps/statefulsets, patch apps/statefulsets, list apps/controllerrevisions"),
        ("delete", "pods", {}, "get /pods, delete /pods"),
        ("cordon", "nodes", {}, "get /nodes, patch /nodes"),
        ("drain", "nodes", {}, "get /nodes, patch /nodes, list /pods, get /pods, create /pods/eviction"),
        ("create job", "jobs", {}, "get batch/cronjobs, create batch/jobs"),
        ("exec", "pods", {}, "get /pods, get /pods/exec, create /pods/exec"),
        ("exec", "deployments", {}, "get apps/deployments, list /pods, get /pods/exec, create /pods/exec"),
        ("apply", "", {"payload": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}}]}, "get /configmaps, patch /configmaps, create /configmaps"),
    ],
)  # fmt: skip
async def test_every_right_that_a_change_needs_is_asked_for(
    script: Any, ask: Ask, verb: str, kind: str, fields: Any, rights: str
) -> None:
    script.on("POST", REVIEWS, {"status": {"allowed": False}})
    reply = await ask("rehearse", kind, *(["x"] if kind else []), arguments=(verb, "true"), **fields)
    asked = [one.body["spec"]["resourceAttributes"] for one in script.by("POST")]
    named = [
        f"{one['verb']} {one.get('group', '')}/{one['resource']}{'/' * ('subresource' in one)}{one.get('subresource', '')}"
        for one in asked
    ]
    assert sorted(named) == sorted(rights.split(", "))  # they are asked for side by side
    lines = reply.text.text.splitlines()
    assert len(lines) == len(named)
    assert all(line.startswith("would fail: not allowed to ") and "kubectl auth can-i" in line for line in lines)
    assert len(script.asked) == len(named)  # nothing else is asked, and nothing is changed


async def test_one_right_that_is_missing_is_enough(script: Any, ask: Ask) -> None:
    script.on("POST", REVIEWS, {"status": {"allowed": True}}, {"status": {"allowed": False}})
    reply = await ask("rehearse", "deployments", "api", arguments=("scale",), options={"replicas": "3"})
    (line,) = reply.text.text.splitlines()
    assert line.startswith("would fail: not allowed to ")
    assert " deployments/scale in namespace shop (RBAC): see 'kubectl auth can-i " in line
    assert line.endswith(" deployments.apps --subresource=scale -n shop'")


async def test_secrets_in_a_difference_are_hidden(script: Any, ask: Ask) -> None:
    """The server repeats what it was sent, under a name that does not look like a secret's."""
    script.on("POST", REVIEWS, {"status": {"allowed": True}})

    def item(value: str, token: str) -> Any:
        env = [{"name": "MODE", "value": value}, {"name": "API_TOKEN", "value": token}]
        return {"kind": "Deployment", "metadata": {"name": "api"}, "spec": {"template": {"spec": {"containers": [{"name": "app", "env": env}]}}}}  # fmt: skip

    script.on("GET", f"{APPS}/deployments/api", item("plain", "old-t0ken"))
    script.on("PATCH", f"{APPS}/deployments/api", item("s3cr3t", "new-t0ken"))
    secret = SecretText((Secret("KEY", "s3cr3t"),))
    reply = await ask("rehearse", "deployments", "api", arguments=("set env",), assignments=(("MODE", secret),))
    text = reply.text.text
    assert "containers.app.env.MODE: plain → <secret KEY>" in text
    assert "containers.app.env.API_TOKEN: <secret API_TOKEN> → <secret API_TOKEN>" in text
    assert not any(word in text for word in ("s3cr3t", "t0ken"))
    assert [asked.query for asked in script.patches()] == [{"dryRun": "All"}]


async def test_a_change_that_would_be_denied(script: Any, ask: Ask, refusal: Any) -> None:
    script.on("POST", REVIEWS, {"status": {"allowed": True}})
    script.on("GET", f"{APPS}/deployments/api/scale", {"spec": {"replicas": 1}})
    said = 'admission webhook "w" denied the request: too many'
    script.on("PATCH", f"{APPS}/deployments/api/scale", refusal(403, "Forbidden", said))
    fault = await ask("rehearse", "deployments", "api", arguments=("scale",), options={"replicas": "9"})
    assert (fault.begun, fault.message) == (False, "admission webhook 'w' denied it (403): too many")


async def test_a_server_without_reviews_is_asked_for_the_dry_run(script: Any, ask: Ask) -> None:
    script.on("POST", REVIEWS, (404, b"404 page not found\n"))
    script.on("GET", f"{APPS}/deployments/api/scale", {"spec": {"replicas": 1}})
    script.on("PATCH", f"{APPS}/deployments/api/scale", {"spec": {"replicas": 9}})
    reply = await ask("rehearse", "deployments", "api", arguments=("scale",), options={"replicas": "9"})
    assert reply.text.text == "would change deployments/api:\nspec.replicas: 1 → 9\n"
