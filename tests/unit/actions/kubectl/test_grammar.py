"""The lines that people write, what they mean, and what is said about those that mean nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from playbook_engine.actions.kubectl import KUBECTL, checks
from playbook_engine.actions.kubectl.kinds import plural_of
from playbook_engine.model.actions import Addressing, Effect
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.model.targets import Cluster
from playbook_engine.values import Duration, TargetName

Load = Callable[..., Any]
CLUSTER = Cluster(name=TargetName("main"), context="prod")


def request_of(load: Load, line: str) -> KubectlRequest:
    request = load(line).only.request({}, CLUSTER, Duration(30_000))
    assert isinstance(request, KubectlRequest)
    return request


@pytest.mark.parametrize(
    ("line", "verb", "kind", "names", "options"),
    [
        ("get pods", "get", "pods", (), {}),
        ("get po", "get", "pods", (), {}),
        ("get deploy api web", "get", "deployments", ("api", "web"), {}),
        ("get deployment/api deploy/web", "get", "deployments", ("api", "web"), {}),
        ("get deployments.apps", "get", "deployments", (), {}),
        ("get pods -l app=api,tier!=web", "get", "pods", (), {"selector": "app=api,tier!=web"}),
        ("get pods -l 'tier in (a, b),!old'", "get", "pods", (), {"selector": "tier in (a, b),!old"}),
        ("get pods -lapp=api", "get", "pods", (), {"selector": "app=api"}),
        ("get pods -l=app", "get", "pods", (), {"selector": "app"}),
        ("get pods --selector app=api", "get", "pods", (), {"selector": "app=api"}),
        ("get -A pods", "get", "pods", (), {"all-namespaces": "true"}),
        (
            "get pods --field-selector=status.phase!=Running",
            "get",
            "pods",
            (),
            {"field-selector": "status.phase!=Running"},
        ),
        ("get pods -ojson", "get", "pods", (), {"output": "json"}),
        ("get pods -o name", "get", "pods", (), {"output": "name"}),
        (
            "get pods -o jsonpath='{.items[*].metadata.name}'",
            "get",
            "pods",
            (),
            {"output": "jsonpath={.items[*].metadata.name}"},
        ),
        (
            "get hpa -o=jsonpath=.items[0]\"['spec']\"",
            "get",
            "horizontalpodautoscalers",
            (),
            {"output": "jsonpath={.items[0]['spec']}"},
        ),
        ("logs api-0", "logs", "pods", ("api-0",), {}),
        ("logs pod/api-0 -c app --previous", "logs", "pods", ("api-0",), {"container": "app", "previous": "true"}),
        ("logs api-0 -p --since 5m", "logs", "pods", ("api-0",), {"previous": "true", "since": "5m"}),
        ("logs deploy/api --tail=-1", "logs", "deployments", ("api",), {"tail": "-1"}),
        ("logs -l app=api --tail 20", "logs", "pods", (), {"selector": "app=api", "tail": "20"}),
        ("rollout restart deployment/api", "rollout restart", "deployments", ("api",), {}),
        ("rollout restart sts db", "rollout restart", "statefulsets", ("db",), {}),
        ("rollout status ds/agent --timeout=90s", "rollout status", "daemonsets", ("agent",), {"timeout": "90s"}),
        ("scale deploy/api --replicas=3", "scale", "deployments", ("api",), {"replicas": "3"}),
        (
            "scale --replicas 0 --current-replicas=2 rs/api",
            "scale",
            "replicasets",
            ("api",),
            {"replicas": "0", "current-replicas": "2"},
        ),
        ("set env deploy/api A=b -c app", "set env", "deployments", ("api",), {"container": "app"}),
        ("set env deploy/api A=b --containers=app", "set env", "deployments", ("api",), {"container": "app"}),
    ],
)
def test_lines(load: Load, line: str, verb: str, kind: str, names: tuple[str, ...], options: dict[str, str]) -> None:
    request = request_of(load, line)
    assert (request.verb, request.kind, request.names, dict(request.options)) == (verb, kind, names, options)


def test_assignments_keep_their_order_and_empty_values(load: Load) -> None:
    request = request_of(load, "set env deployment api B= A='x y' C=a=b OLD- D=1-")
    assert request.assignments == (("B", ""), ("A", "x y"), ("C", "a=b"), ("OLD", None), ("D", "1-"))


@pytest.mark.parametrize(
    ("line", "column", "code", "message", "hint"),
    [
        ("kubectl get pods", 1, "kubectl-verb", "leave out the word 'kubectl'", "Begin with"),
        ("gte pods", 1, "kubectl-verb", "unknown command 'kubectl gte'", "Did you mean 'get'?"),
        ("rollout restat deploy/x", 9, "kubectl-verb", "unknown command 'kubectl rollout restat'", "rollout restart"),
        ("rollout", 1, "kubectl-verb", "unknown command 'kubectl rollout'", "rollout"),
        ("taint node x", 1, "kubectl-verb", "'kubectl taint' cannot be used: write cordon", "get, describe"),
        ("rollout pause deploy/x", 9, "kubectl-verb", "'kubectl rollout pause' cannot be used: write patch", "get"),
        (
            "create configmap x",
            8,
            "kubectl-verb",
            "'kubectl create' cannot be used: write the object as a file",
            "get",
        ),
        (
            "port-forward pod/x 80",
            1,
            "kubectl-verb",
            "'kubectl port-forward' cannot be used: a step has to end",
            "get",
        ),
        ("wait pod x", 1, "kubectl-verb", "'kubectl wait' cannot be used: write a check", "get"),
        ("get", 1, "kubectl-argument", "'get' needs a kind of object", "get pods"),
        ("get pdos", 5, "kubectl-kind", "unknown kind 'pdos'", "Did you mean"),
        ("get deploymnt/x", 5, "kubectl-kind", "unknown kind 'deploymnt'", "Did you mean 'deployment'?"),
        ("get prometheusrules", 5, "kubectl-kind", "unknown kind 'prometheusrules'", "Custom resources"),
        ("get all", 5, "kubectl-kind", "one line names objects of one kind", "one step"),
        ("get pods,svc", 5, "kubectl-kind", "one line names objects of one kind", "one step"),
        ("get pod/a svc/b", 11, "kubectl-argument", "'svc/b' does not fit 'pod/a'", "pod/NAME"),
        ("get {{ kind }}/x", 5, "kubectl-kind", "the kind has to be written out", "pod/{{ name }}"),
        ("get pods Api_1", 10, "kubectl-value", "'Api_1' is not the name of an object", None),
        ("get pods ..", 10, "kubectl-value", "'..' is not the name of an object", None),
        ("get pods --selctor a=b", 10, "kubectl-flag", "unknown flag '--selctor'", "Did you mean '--selector'?"),
        ("get pods -x", 10, "kubectl-flag", "unknown flag '-x'", None),
        ("get pods -", 10, "kubectl-flag", "unknown flag '-'", None),
        ("get pods -- x", 10, "kubectl-flag", "'--' has no use here", "Leave it out."),
        ("get pods --{{ flag }}", 10, "kubectl-flag", "the name of a flag has to be written out", "value of a flag"),
        ("get pods -{{ flag }}", 10, "kubectl-flag", "the name of a flag has to be written out", "value of a flag"),
        ("get pods --tail=3", 10, "kubectl-flag", "'--tail' does not belong to 'get'", "'get' takes"),
        ("logs x --container=a --previos", 22, "kubectl-flag", "unknown flag '--previos'", "--previous"),
        ("get pods -w", 10, "kubectl-flag", "'-w' cannot be used", "Leave it out."),
        ("logs x -f", 8, "kubectl-flag", "'-f' cannot be used", "Leave it out."),
        (
            "get pods --context=prod",
            10,
            "kubectl-flag",
            "'--context' cannot be used: the cluster comes from",
            "Leave",
        ),
        (
            "get pods -L app",
            10,
            "kubectl-flag",
            "'-L' cannot be used: write --show-labels, or -o jsonpath",
            "Leave it out.",
        ),
        ("get pods -n", 10, "kubectl-flag", "--namespace needs a value", "--namespace=VALUE"),
        ("get pods -n A", 13, "kubectl-value", "-n: 'A' is not the name of a namespace", None),
        ("get pods -n a -n b", 15, "kubectl-flag", "'-n' is given twice", "Keep one"),
        ("get pods -n a -A", 15, "kubectl-flag", "'-n' and '-A' contradict each other", "Keep one"),
        ("get pods -A=1", 10, "kubectl-flag", "--all-namespaces takes no value but true and false", "alone"),
        ("get pods x -l a=b", 12, "kubectl-argument", "'-l' cannot be used together with a name", "Leave out"),
        ("get nodes -n x", 11, "kubectl-flag", "nodes live in no namespace", "Leave out -n."),
        ("get pods -l a==b==c", 13, "kubectl-value", "-l: 'a==b==c' is not a label selector", "Write"),
        ("get pods --field-selector=x", 27, "kubectl-value", "--field-selector: 'x' is not a field", "Write"),
        (
            "get pods -o go-template=x",
            13,
            "kubectl-value",
            "-o: the output 'go-template' cannot be used",
            "json, yaml",
        ),
        ("get pods -o jsno", 13, "kubectl-value", "-o: 'jsno' is not an output", "json, yaml"),
        ("get pods -o jsonpath='{.a[?(@.b)]}'", 13, "kubectl-value", "-o: the path", "one path"),
        ("logs", 1, "kubectl-argument", "'logs' needs an object", "logs deployment/api"),
        ("logs a b", 8, "kubectl-argument", "'logs' takes one object, not 'b' too", "-c"),
        ("logs svc/x", 6, "kubectl-kind", "'logs' does not work on services", "pod, deployment"),
        ("logs x --tail=many", 15, "kubectl-value", "--tail: 'many' is not a whole number of lines", None),
        ("logs x --since=5", 16, "kubectl-value", "--since: '5' is not a duration", "Write 500ms"),
        ("logs x --since=10ms", 16, "kubectl-value", "--since: '10ms' is too short", None),
        ("scale deploy/x", 7, "kubectl-flag", "'scale' needs --replicas", "scale deployment/api"),
        ("scale ds/x --replicas=1", 7, "kubectl-kind", "'scale' does not work on daemonsets", "deployment"),
        ("scale deploy/x --replicas=-1", 27, "kubectl-value", "--replicas: '-1' is not a whole number", None),
        ("scale deploy/x --replicas=1.5", 27, "kubectl-value", "--replicas: '1.5' is not a whole number", None),
        ("scale deploy/a deploy/b --replicas=1", 23, "kubectl-argument", "'scale' takes one object", "one step"),
        ("scale deploy --replicas=1", 14, "kubectl-argument", "'scale' needs an object", "scale deployment/api"),
        ("rollout restart job/x", 17, "kubectl-kind", "'rollout restart' does not work on jobs", "deployment"),
        ("set env deploy/x", 9, "kubectl-argument", "'set env' needs a variable", "NAME=VALUE"),
        ("set env A=b", 9, "kubectl-argument", "'set env' needs an object", "set env deployment/api"),
        ("set env deploy/x A=1 A=2", 22, "kubectl-argument", "the variable 'A' is named twice", "Keep one"),
        ("set env deploy/x 1A=b", 18, "kubectl-value", "'1A' is not the name of a variable", None),
        (
            "set env deploy/x {{ name }}=b",
            18,
            "kubectl-argument",
            "'{{ name }}=b' is not a variable of 'set env'",
            "written out",
        ),
        ("get pods -n {{ secret.NS }}", 13, "kubectl-secret", "a secret can stand only in the value", "record"),
        ("get pods {{ a + b }}", 10, "bad-expression", "cannot read", None),
    ],
)
def test_problems(load: Load, line: str, column: int, code: str, message: str, hint: str | None) -> None:
    loaded = load(line)
    assert loaded.action is None
    first = loaded.problems[0]
    assert first.code == code
    assert first.message.startswith(message)
    assert first.span.column == column
    if hint is not None:
        assert hint in first.hint


def test_all_problems_of_a_line_are_found(load: Load) -> None:
    loaded = load("get pdos --tail=1 -o ymal -n A_b --fnord")
    assert [problem.code for problem in loaded.problems] == [
        "kubectl-kind",
        "kubectl-flag",
        "kubectl-value",
        "kubectl-value",
        "kubectl-flag",
    ]


@pytest.mark.parametrize(
    ("line", "effect", "timeout", "undo"),
    [
        ("get pods", Effect.READS, 30_000, "it changes nothing"),
        ("logs x", Effect.READS, 30_000, "it changes nothing"),
        ("rollout status deploy/x", Effect.READS, 300_000, "it changes nothing"),
        ("rollout status deploy/x --timeout=90s", Effect.READS, 90_000, "it changes nothing"),
        ("rollout restart deploy/x", Effect.CHANGES, 30_000, None),
        ("scale deploy/x --replicas=1", Effect.CHANGES, 30_000, None),
        ("set env deploy/x A=b", Effect.CHANGES, 30_000, None),
    ],
)
def test_what_is_known_without_running(load: Load, line: str, effect: Effect, timeout: int, undo: str | None) -> None:
    action = load(line).only
    assert action.kind == "kubectl"
    assert action.effect is effect
    assert action.effect_reason == f"kubectl {action.command.verb.name}"
    assert action.default_timeout == Duration(timeout)
    assert action.auto_undo_refusal == undo
    assert action.source == line


def test_the_long_form(load: Load, mapping: Callable[..., Any]) -> None:
    action = load(mapping(command="get pods", namespace="shop", cluster="backup")).only
    assert action.cluster == "backup"
    assert action.request({}, CLUSTER, Duration(1)).namespace == "shop"
    assert action.source == "get pods"


@pytest.mark.parametrize(
    ("values", "code", "message"),
    [
        ({}, "missing-key", "'kubectl' needs 'command'"),
        ({"command": "get pods", "namspace": "x"}, "unknown-key", "unknown key 'namspace' in 'kubectl'"),
        ({"command": "get pods", "namespace": "A_b"}, "kubectl-value", "'A_b' is not the name of a namespace"),
        ({"command": "get pods -n a", "namespace": "b"}, "kubectl-flag", "the namespace is given twice"),
        ({"command": "get nodes", "namespace": "b"}, "kubectl-flag", "nodes live in no namespace"),
        ({"command": "gte pods"}, "kubectl-verb", "unknown command 'kubectl gte'"),
    ],
)
def test_problems_of_the_long_form(
    load: Load, mapping: Callable[..., Any], values: dict[str, str], code: str, message: str
) -> None:
    loaded = load(mapping(**values))
    (problem,) = loaded.problems
    assert problem.code == code
    assert problem.message.startswith(message)


def test_a_line_has_to_be_text(load: Load, mapping: Callable[..., Any]) -> None:
    assert load("").problems[0].message == "expected a kubectl command"
    assert load("   ").problems[0].code == "wrong-type"
    nested = load(mapping(command=mapping(a="b")))
    assert nested.problems[0].message == "expected text for 'command'"


def test_the_kind_of_action() -> None:
    assert KUBECTL.name == "kubectl"
    assert KUBECTL.addressing is Addressing.CLUSTER
    assert KUBECTL.supports_auto_undo
    fields = ("text", "json", "changed", "before", "after", "duration", "rc", "stdout", "stderr", "signal")
    assert KUBECTL.fields == fields


@pytest.mark.parametrize(
    ("word", "plural"),
    [("PO", "pods"), ("ing", "ingresses"), ("cj", "cronjobs"), ("ev", "events"), ("pods.apps", None), ("x", None)],
)
def test_names_of_kinds(word: str, plural: str | None) -> None:
    assert plural_of(word) == plural


@pytest.mark.parametrize(
    "path", ["{.a.b}", ".a", "{.items[-1].x}", "{['a b'].c}", r"{.metadata.labels.app\.io/name}"]
)
def test_paths(path: str) -> None:
    try:
        kept = checks.output(f"jsonpath={path}")
    except ValueError:
        assert "/" in path
    else:
        assert kept.startswith("jsonpath={")
