"""What a line becomes once its values are known: never more arguments, never a shown secret; and its undo."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.model.actions import CannotInvert
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import EnvEntry, KubectlRequest
from playbook_engine.model.targets import Cluster, Control
from playbook_engine.values import Duration, Names, Secret, SecretText, TargetName, Value

Load = Callable[..., Any]
CLUSTER = Cluster(name=TargetName("main"), namespace="shop")
KEY = Secret("JWK", "s3cr3t-v4lue")


def request_of(load: Load, line: str, names: Names | None = None) -> KubectlRequest:
    request = load(line).only.request(names or {}, CLUSTER, Duration(30_000))
    assert isinstance(request, KubectlRequest)
    return request


@pytest.mark.parametrize(
    ("line", "namespace"),
    [("get pods", "shop"), ("get pods -n other", "other"), ("get pods -n {{ ns }}", "third")],
)
def test_the_nearest_namespace_wins(load: Load, line: str, namespace: str) -> None:
    request = request_of(load, line, {"ns": "third"})
    assert request.namespace == namespace
    assert request.option("namespace") is None


def test_the_long_form_wins_over_the_cluster(load: Load, mapping: Callable[..., Any]) -> None:
    action = load(mapping(command="get pods", namespace="{{ ns }}")).only
    assert action.request({"ns": "third"}, CLUSTER, Duration(1)).namespace == "third"
    assert [reference.name for reference in action.references] == ["ns"]
    with pytest.raises(ExpressionError, match="'A b' is not the name of a namespace"):
        action.request({"ns": "A b"}, CLUSTER, Duration(1))


@given(value=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30))
def test_a_value_never_becomes_another_argument(load: Load, value: str) -> None:
    request = request_of(load, "set env deploy/api A={{ v }} B='x{{ v }}' C-", {"v": value})
    assert request.assignments == (("A", value), ("B", f"x{value}"), ("C", None))
    assert request.names == ("api",)
    assert request.options == ()


@given(value=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30))
def test_a_value_never_names_anything_but_an_object(load: Load, value: str) -> None:
    try:
        request = request_of(load, "get pods {{ v }}", {"v": value})
    except ExpressionError as error:
        column = error.span.column
    else:
        column = 10
        assert request.names == (value,)
        assert not set(value) & set("/%?#\\ \n")
        assert value not in (".", "..")
    assert column == 10


@pytest.mark.parametrize(
    ("line", "value", "message"),
    [
        ("scale deploy/api --replicas={{ v }}", "many", "'many' is not a whole number, 0 or more"),
        ("scale deploy/api --replicas={{ v }}", "3.0", "'3.0' is not a whole number, 0 or more"),
        ("scale deploy/api --replicas={{ v }}", -1, "'-1' is not a whole number, 0 or more"),
        ("scale deploy/api --replicas={{ v }}", "1 --current-replicas=0", "is not a whole number"),
        ("get pods -n {{ v }}", "kube-system/pods", "is not the name of a namespace"),
        ("get pods -l app={{ v }}", "a=b", "is not a label selector"),
        ("get pods -l {{ v }}", "", "is not a label selector"),
        ("get deployment/{{ v }}", "..", "is not the name of an object"),
        ("get deployment/{{ v }}", "", "is not the name of an object"),
        ("logs x --tail {{ v }}", "-2", "is not a whole number of lines"),
        ("rollout status deploy/x --timeout={{ v }}", "soon", "'soon' is not a duration"),
        ("get pods -o {{ v }}", "template", "the output 'template' cannot be used"),
        ("get pods {{ v }}", KEY, "a secret can stand only in the value"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_its_place(load: Load, line: str, value: Value, message: str) -> None:
    with pytest.raises(ExpressionError, match=message) as caught:
        request_of(load, line, {"v": value})
    assert caught.value.span.line == 1
    assert caught.value.span.column > 1


def test_numbers_and_limits(load: Load) -> None:
    assert request_of(load, "scale deploy/api --replicas={{ n }}", {"n": 7}).option("replicas") == "7"
    slow = request_of(load, "rollout status deploy/x --timeout={{ t }}", {"t": "10s"})
    assert slow.timeout == Duration(10_000)
    assert request_of(load, "rollout status deploy/x --timeout=10m").timeout == Duration(30_000)


def test_only_a_cluster_is_a_target(load: Load) -> None:
    with pytest.raises(ExpressionError, match="kubectl needs a cluster, not 'control'"):
        load("get pods").only.request({}, Control(), Duration(1))


def test_secrets_reach_the_request_and_nothing_that_is_shown(load: Load) -> None:
    request = request_of(load, "set env deploy/api KEY=a{{ secret.JWK }}b TTL={{ ttl }}", {"JWK": KEY, "ttl": 60})
    assert request.assignments == (("KEY", SecretText(("a", KEY, "b"))), ("TTL", "60"))
    assert request.summary() == "set env deploy/api 'KEY=a<secret JWK>b' TTL=60"
    assert "s3cr3t" not in f"{request!r}{request.summary()}"


def test_the_shown_line_can_be_read_back(load: Load) -> None:
    request = request_of(load, "set env deploy/api A={{ v }}", {"v": "it's\n$(x)"})
    again = request_of(load, request.command)
    assert again.assignments == request.assignments


def inverse_of(load: Load, line: str, data: Value, names: Names | None = None) -> tuple[KubectlRequest, Any]:
    action = load(line).only
    request = request_of(load, line, names)
    return request, action.inverse(request, KubectlReply(data=data))


def test_a_snapshot_reads(load: Load) -> None:
    action = load("set env deploy/api A=1 -c app -n x").only
    request = action.request({}, CLUSTER, Duration(1))
    snapshot = action.snapshot(request)
    assert (snapshot.verb, snapshot.arguments) == ("snapshot", ("set env",))
    assert dict(snapshot.options) == {"container": "app"}
    assert (snapshot.names, snapshot.namespace, snapshot.assignments) == (("api",), "x", request.assignments)
    assert snapshot.command == "get deployments/api"


def test_undo_of_scale(load: Load) -> None:
    _, undo = inverse_of(load, "scale deploy/api --replicas=5 --current-replicas=2", {"replicas": 2})
    assert undo.verb == "scale"
    assert undo.options == (("replicas", "2"),)
    assert undo.command == "scale deployments/api --replicas=2 -n shop"


def test_undo_of_set_env(load: Load) -> None:
    reference: Value = {"secretKeyRef": {"name": "s", "key": "k"}}
    old = Secret("earlier value of KEY", "old-s3cr3t")
    request, undo = inverse_of(
        load,
        "set env deploy/api A=2 B=1 KEY={{ secret.JWK }} REF=x -c app",
        {
            "env": [
                {"container": "app", "name": "A", "value": "1 1"},
                {"container": "app", "name": "B"},
                {"container": "app", "name": "KEY", "value": old},
                {"container": "app", "name": "REF", "valueFrom": reference},
            ]
        },
        {"JWK": KEY},
    )
    assert undo.restore == (
        EnvEntry(container="app", name="A", value="1 1"),
        EnvEntry(container="app", name="B"),
        EnvEntry(container="app", name="KEY", value=old),
        EnvEntry(container="app", name="REF", reference=reference),
    )
    assert (undo.verb, undo.assignments, undo.options) == ("set env", (), ())
    assert undo.command.startswith("set env deployments/api 'A=1 1' B- 'KEY=<secret earlier value of KEY>' REF=<")
    assert "old-s3cr3t" not in f"{undo!r}"
    assert replace(undo, restore=(), command="") == replace(
        request, assignments=(), options=(), restore=(), command=""
    )


@pytest.mark.parametrize(
    ("line", "data", "reason"),
    [
        ("scale deploy/api --replicas=5", None, "the state from before is not known"),
        ("scale deploy/api --replicas=5", {"replicas": None}, "the number of replicas from before is not known"),
        ("scale deploy/api --replicas=5", {"replicas": True}, "the number of replicas from before is not known"),
        ("set env deploy/api A=1", {"env": "x"}, "the variables from before are not known"),
        ("set env deploy/api A=1", {"env": []}, "no container had been found to set variables in"),
        ("rollout restart deploy/api", {"replicas": 1}, "the state from before is not known"),
        ("set image deploy/api a=b", {"images": {}}, "the images from before are not known"),
        ("label pod/a b=c", {"marks": None}, "what hung on the object before is not known"),
        ("cordon n", {"unschedulable": None}, "whether the node took pods before is not known"),
        ("rollout undo deploy/a", {"revision": True}, "the revision from before is not known"),
        ("patch deploy/a -p '{\"a\": 1}'", {"fields": {}}, "the fields from before are not known"),
        ("get pods", {}, "'get' changes nothing that could be put back"),
    ],
)
def test_what_cannot_be_undone(load: Load, line: str, data: Value, reason: str) -> None:
    assert inverse_of(load, line, data)[1] == CannotInvert(reason)
