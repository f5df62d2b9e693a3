"""Who may do what in the demo, and programs that are asked for in the wrong way."""

from typing import Any

import pytest

from playbook_engine.sandbox.guard import Guard
from playbook_engine.sandbox.kube.access import review
from playbook_engine.sandbox.kube.metrics import of_nodes, of_pods
from playbook_engine.sandbox.kube.programs import Place, reply
from playbook_engine.sandbox.kube.statuses import Refusal
from playbook_engine.sandbox.web import Request


def allowed(**attributes: Any) -> bool:
    return bool(review({"spec": {"resourceAttributes": attributes}})["status"]["allowed"])


@pytest.mark.parametrize(
    ("attributes", "may"),
    [
        ({"verb": "get", "resource": "pods"}, True),
        ({"verb": "delete", "resource": "pods", "namespace": "gymbro"}, True),
        ({"verb": "delete", "resource": "pods", "namespace": "default"}, False),
        ({"verb": "patch", "resource": "deployments", "group": "apps"}, True),
        ({"verb": "patch", "resource": "deployments"}, False),
        ({"verb": "get", "resource": "secrets"}, False),
        ({"verb": "create", "resource": "pods", "subresource": "exec"}, True),
        ({"verb": "get", "resource": "pods", "subresource": "log"}, True),
        ({"verb": "get", "resource": "pods", "subresource": "scale"}, False),
        ({"verb": "get", "resource": "wombats"}, False),
        ({}, False),
    ],
)
def test_what_the_user_may_do(attributes: dict[str, Any], may: bool) -> None:
    assert allowed(**attributes) is may


def test_paths_may_be_read() -> None:
    for verb, may in (("get", True), ("post", False)):
        spec = {"nonResourceAttributes": {"verb": verb, "path": "/metrics"}}
        assert review({"spec": spec})["status"]["allowed"] is may


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"upgrade": "websocket", "sec-websocket-key": "x"},
        {"upgrade": "websocket", "sec-websocket-key": "x", "sec-websocket-protocol": "channel.k8s.io"},
        {"upgrade": "SPDY/3.1", "sec-websocket-key": "x", "sec-websocket-protocol": "v4.channel.k8s.io"},
    ],
)
def test_exec_needs_the_right_web_socket(headers: dict[str, str], tmp_path: Any) -> None:
    place = Place(folder=tmp_path, environment={}, guard=Guard())
    with pytest.raises(Refusal, match=r"a WebSocket of the protocol v4\.channel\.k8s\.io"):
        reply(Request(method="GET", path="/", headers=headers), ["true"], place)


def test_what_has_no_process_is_not_measured() -> None:
    pod = {"metadata": {"name": "a", "namespace": "n", "labels": {}}, "spec": {"nodeName": "n1"}}
    node = {"metadata": {"name": "n1"}}
    assert of_pods([pod], {}) == []
    assert of_pods([pod], {"a": 2**22 + 1}) == []
    assert of_nodes([node], [pod], {})[0]["usage"] == {"cpu": "0n", "memory": "0Ki"}
