"""What the API server answers, without any pod running: refusals, reading, changing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.kube.pods import Node
from playbook_engine.sandbox.kube.server import KubeApi, Workload
from playbook_engine.sandbox.web import Request

_CORE, _APPS = "/api/v1/namespaces/gymbro", "/apis/apps/v1/namespaces/gymbro"
_DEPLOYMENT = f"{_APPS}/deployments/gymbro-api"
_STRATEGIC = "application/strategic-merge-patch+json"


@pytest.fixture
def kube(tmp_path: Path) -> Iterator[KubeApi]:
    """Return an API server whose controller does not run, so that nothing changes by itself."""
    api = KubeApi(
        workload=Workload(environment={"A": "1"}),
        nodes=[Node(name="api-1", folder=tmp_path)],
        logs=tmp_path,
        token="t0ken",
        guard=Guard(),
    )
    yield api
    api.close()


def _ask(
    kube: KubeApi,
    method: str,
    target: str,
    body: Any = None,
    *,
    media: str = "application/json",
    token: str = "t0ken",
) -> tuple[int, Any]:
    path, _, query = target.partition("?")
    pairs = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    headers = {"authorization": f"Bearer {token}", "content-type": media}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = kube.answer(Request(method=method, path=path, query=pairs, headers=headers, body=data))
    return reply.status, json.loads(reply.body)


@pytest.mark.parametrize(
    ("method", "target", "code", "reason", "words"),
    [
        ("GET", f"{_APPS}/deployments/nope", 404, "NotFound", 'deployments.apps "nope" not found'),
        ("GET", f"{_CORE}/pods/nope", 404, "NotFound", 'pods "nope" not found'),
        ("GET", f"{_CORE}/pods/nope/log", 404, "NotFound", 'pods "nope" not found'),
        ("GET", f"{_CORE}/wombats", 404, "NotFound", "could not find the requested resource"),
        ("GET", f"{_CORE}/pods/a/b/c", 404, "NotFound", "could not find the requested resource"),
        ("GET", f"{_CORE}/services/gymbro-api/log", 404, "NotFound", "could not find"),
        ("GET", "/api/v1/pods/a", 404, "NotFound", "could not find"),
        ("GET", "/apis/batch/v1/jobs", 404, "NotFound", "could not find"),
        ("GET", "/nonsense", 404, "NotFound", "could not find"),
        ("GET", f"{_CORE}/secrets", 403, "Forbidden", 'cannot list resource "secrets"'),
        ("GET", "/api/v1/namespaces/default/pods", 403, "Forbidden", 'in the namespace "default"'),
        ("DELETE", _DEPLOYMENT, 403, "Forbidden", 'cannot delete resource "deployments" in API group "apps"'),
        ("DELETE", f"{_CORE}/pods", 403, "Forbidden", "cannot deletecollection"),
        ("POST", f"{_CORE}/pods", 403, "Forbidden", "cannot create"),
        ("OPTIONS", f"{_CORE}/pods", 405, "MethodNotAllowed", "does not allow this method"),
        ("GET", f"{_CORE}/pods?watch=true&resourceVersion=x", 400, "BadRequest", "are numbers"),
        ("PATCH", f"{_DEPLOYMENT}?fieldValidation=Strict", 400, "BadRequest", "does not serve 'fieldValidation'"),
        ("GET", f"{_CORE}/pods/nope/exec?command=id", 404, "NotFound", 'pods "nope" not found'),
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 400, "BadRequest", "has a spec"),
        ("GET", f"{_CORE}/pods?labelSelector=a b", 400, "BadRequest", "unable to parse requirement"),
        ("PATCH", _DEPLOYMENT, 415, "UnsupportedMediaType", "application/json"),
    ],
)
def test_refusals_are_status_objects(
    kube: KubeApi, method: str, target: str, code: int, reason: str, words: str
) -> None:
    status, answer = _ask(kube, method, target)
    assert (status, answer["kind"], answer["status"]) == (code, "Status", "Failure")
    assert (answer["code"], answer["reason"]) == (code, reason)
    assert words in answer["message"]


@pytest.mark.parametrize("token", ["", "wrong", "t0ken2", "t\xf6ken"])
def test_without_the_token_nothing_is_told(kube: KubeApi, token: str) -> None:
    status, answer = _ask(kube, "GET", f"{_CORE}/pods", token=token)
    assert (status, answer["reason"]) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("target", "kind", "names"),
    [
        (f"{_APPS}/deployments", "DeploymentList", ["gymbro-api"]),
        (f"{_CORE}/configmaps", "ConfigMapList", ["gymbro-api-config"]),
        (f"{_CORE}/services?labelSelector=app=gymbro-api", "ServiceList", ["gymbro-api"]),
        (f"{_CORE}/services?labelSelector=app=other", "ServiceList", []),
        (f"{_CORE}/services?fieldSelector=metadata.name=gymbro-api", "ServiceList", ["gymbro-api"]),
        (f"{_APPS}/statefulsets", "StatefulSetList", []),
        ("/api/v1/pods", "PodList", []),
        ("/apis/apps/v1/deployments", "DeploymentList", ["gymbro-api"]),
        ("/api/v1/namespaces", "NamespaceList", ["gymbro"]),
        ("/api/v1/nodes", "NodeList", ["api-1"]),
    ],
)
def test_lists(kube: KubeApi, target: str, kind: str, names: list[str]) -> None:
    status, answer = _ask(kube, "GET", target)
    assert (status, answer["kind"]) == (200, kind)
    assert [thing["metadata"]["name"] for thing in answer["items"]] == names


def test_discovery_names_what_is_served(kube: KubeApi) -> None:
    assert _ask(kube, "GET", "/version")[1]["major"] == "1"
    assert _ask(kube, "GET", "/apis")[1]["groups"][0]["name"] == "apps"
    served = {entry["name"] for entry in _ask(kube, "GET", "/apis/apps/v1")[1]["resources"]}
    assert {"deployments", "deployments/scale"} <= served
    for path in ("/api", "/api/v1"):
        assert _ask(kube, "GET", path)[0] == 200


def _patch(kube: KubeApi, body: Any, target: str = _DEPLOYMENT, media: str = _STRATEGIC) -> tuple[int, Any]:
    return _ask(kube, "PATCH", target, body, media=media)


def _container(**fields: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "api", **fields}]}}}}


def test_a_change_of_the_spec_is_a_new_generation_and_every_change_a_new_version(kube: KubeApi) -> None:
    before = _ask(kube, "GET", _DEPLOYMENT)[1]["metadata"]
    _, labelled = _patch(kube, {"metadata": {"labels": {"x": "y"}}})
    _, scaled = _patch(kube, {"spec": {"replicas": 3}})
    _, same = _patch(kube, {"spec": {"replicas": 3}})
    assert [meta["metadata"]["generation"] for meta in (labelled, scaled, same)] == [1, 2, 2]
    versions = [int(before["resourceVersion"])] + [
        int(thing["metadata"]["resourceVersion"]) for thing in (labelled, scaled, same)
    ]
    assert versions[0] < versions[1] < versions[2] == versions[3]
    assert scaled["metadata"]["uid"] == before["uid"]


def test_every_kind_of_patch_reaches_a_variable(kube: KubeApi) -> None:
    entry = {"name": "B", "value": "2"}
    _patch(kube, _container(env=[entry]))
    path = "/spec/template/spec/containers/0/env/-"
    operations = [{"op": "add", "path": path, "value": {"name": "C", "value": "3"}}]
    _patch(kube, operations, media="application/json-patch+json")
    _, answer = _patch(kube, {"metadata": {"labels": None}}, media="application/merge-patch+json")
    variables = {one["name"]: one.get("value") for one in answer["spec"]["template"]["spec"]["containers"][0]["env"]}
    assert {"A": "1", "B": "2", "C": "3"}.items() <= variables.items()
    assert "labels" not in answer["metadata"]


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"spec": {"replicas": -1}}, 422, "must be greater than or equal to 0"),
        ({"spec": {"replicas": "two"}}, 422, "must be an integer"),
        ({"spec": {"replicas": True}}, 422, "must be an integer"),
        ({"spec": {"replicas": 11}}, 403, "exceeded quota"),
        ({"spec": {"selector": {"matchLabels": {"app": "x"}}}}, 422, "field is immutable"),
        ({"spec": {"template": {"metadata": {"labels": {"app": "x"}}}}}, 422, "does not match template"),
        ({"spec": {"template": {"spec": {"containers": None}}}}, 422, "containers: Required value"),
        (_container(image=""), 422, "image: Required value"),
        (_container(env=[{"name": "A", "value": 1}]), 422, "must be a string"),
        (_container(env=[{"name": "", "value": "1"}]), 422, "name: Required value"),
        (_container(env=[{"name": "A", "valueFrom": {"x": {}}}]), 422, "may not be specified"),
        (_container(env="A=1"), 422, "Required value"),
        ({"metadata": {"resourceVersion": "1"}}, 409, "the object has been modified"),
        ({"spec": None}, 400, "spec"),
        ({"spec": []}, 400, "no spec that is a mapping"),
        ({"metadata": []}, 400, "object with metadata"),
        ([], 400, "not an object"),
        (b"{", 400, "not JSON"),
    ],
)
def test_changes_that_break_a_rule_are_refused_and_change_nothing(
    kube: KubeApi, body: Any, code: int, words: str
) -> None:
    before = _ask(kube, "GET", _DEPLOYMENT)[1]
    status, answer = _patch(kube, body)
    assert (status, answer["kind"]) == (code, "Status"), answer
    assert words in answer["message"]
    assert _ask(kube, "GET", _DEPLOYMENT)[1] == before


def test_scale_is_read_and_changed_as_an_object_of_its_own(kube: KubeApi) -> None:
    path = f"{_DEPLOYMENT}/scale"
    _, scale = _ask(kube, "GET", path)
    assert (scale["kind"], scale["spec"], scale["status"]["selector"]) == ("Scale", {"replicas": 2}, "app=gymbro-api")
    version = scale["metadata"]["resourceVersion"]
    body = {"spec": {"replicas": 4}, "metadata": {"resourceVersion": version}}
    assert _patch(kube, body, path)[1]["spec"] == {"replicas": 4}
    assert _patch(kube, body, path)[0] == 409
    assert _patch(kube, {"spec": {"replicas": None}}, path, "application/merge-patch+json")[1]["spec"] == {
        "replicas": 0
    }
    assert _patch(kube, {"spec": {"replicas": -3}}, path)[0] == 422


def test_an_object_can_be_replaced_when_nobody_else_changed_it(kube: KubeApi) -> None:
    _, deployment = _ask(kube, "GET", _DEPLOYMENT)
    deployment["spec"]["replicas"] = 5
    assert _ask(kube, "PUT", _DEPLOYMENT, deployment)[1]["spec"]["replicas"] == 5
    assert _ask(kube, "PUT", _DEPLOYMENT, deployment)[0] == 409


def test_the_status_is_not_for_clients_to_write(kube: KubeApi) -> None:
    _, answer = _patch(kube, {"status": {"readyReplicas": 9}})
    assert answer["status"] == {}


def test_a_config_map_can_be_patched(kube: KubeApi) -> None:
    path = f"{_CORE}/configmaps/gymbro-api-config"
    _, answer = _patch(kube, {"data": {"LOG_LEVEL": "debug"}}, path, "application/merge-patch+json")
    assert answer["data"]["LOG_LEVEL"] == "debug"


def test_the_kubeconfig_is_yaml_that_names_the_server(kube: KubeApi) -> None:
    import yaml

    config = yaml.safe_load(kube.kubeconfig())
    assert config["clusters"][0]["cluster"]["server"] == kube.url
    assert config["users"][0]["user"]["token"] == "t0ken"
    assert config["contexts"][0]["context"]["namespace"] == "gymbro"
