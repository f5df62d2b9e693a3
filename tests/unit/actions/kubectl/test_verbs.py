"""The lines of every verb beyond reading, what they mean, what is said about bad ones, and how each is taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.actions.kubectl.flag_table import FLAGS
from playbook_engine.actions.kubectl.kinds import plural_of
from playbook_engine.actions.kubectl.verb import Operands
from playbook_engine.actions.kubectl.verbs import VERBS
from playbook_engine.model.actions import Effect
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.model.replies import KubectlReply
from playbook_engine.model.requests import FieldEntry, KubectlRequest
from playbook_engine.model.targets import Cluster
from playbook_engine.values import Duration, Names, Secret, TargetName, Value

Load = Callable[..., Any]
CLUSTER = Cluster(name=TargetName("main"), namespace="shop")
APPLY = "apply"


def request_of(load: Load, line: str, names: Names | None = None) -> KubectlRequest:
    request = load(line).only.request(names or {}, CLUSTER, Duration(600_000))
    assert isinstance(request, KubectlRequest)
    return request


@pytest.mark.parametrize("name", [name for name in VERBS if name != APPLY])
def test_the_example_of_every_verb_is_understood(load: Load, name: str) -> None:
    action = load(VERBS[name].example).only
    assert action.command.verb is VERBS[name]
    assert action.effect is VERBS[name].effect


def test_every_flag_of_every_verb_is_known() -> None:
    for verb in VERBS.values():
        assert {*verb.flags, *verb.required} <= set(FLAGS), verb.name
        assert not any(FLAGS[key].refusal for key in verb.flags), verb.name
        letters = [FLAGS[key].letter for key in verb.flags if FLAGS[key].letter]
        assert len(letters) == len(set(letters)), verb.name
        assert all(plural_of(kind) == kind for kind in verb.kinds), verb.name


@pytest.mark.parametrize(
    ("line", "verb", "kind", "names", "options"),
    [
        ("describe pod x", "describe", "pods", ("x",), {}),
        ("describe deploy/x svc/y", "describe", None, (), {}),
        ("describe nodes", "describe", "nodes", (), {}),
        ("top pods", "top", "pods", (), {}),
        ("top po -A --containers --sort-by=cpu", "top", "pods", (), {"all-namespaces": "true", "containers": "true", "sort-by": "cpu"}),
        ("top node n1", "top", "nodes", ("n1",), {}),
        ("events --types Warning,normal", "events", "", (), {"types": "Warning,normal"}),
        ("events --for=deploy/x", "events", "deployments", ("x",), {}),
        ("events --for pod/x -o json", "events", "pods", ("x",), {"output": "json"}),
        ("rollout history sts/db --revision=2", "rollout history", "statefulsets", ("db",), {"revision": "2"}),
        ("rollout undo deploy x --to-revision 3", "rollout undo", "deployments", ("x",), {"to-revision": "3"}),
        ("get po -o yaml --show-labels", "get", "pods", (), {"output": "yaml", "show-labels": "true"}),
        ("get po --no-headers=true -o wide", "get", "pods", (), {"no-headers": "true", "output": "wide"}),
        ("get po x --ignore-not-found", "get", "pods", ("x",), {"ignore-not-found": "true"}),
        ("get po --ignore-not-found=false", "get", "pods", (), {}),
        ("get po --sort-by=.metadata.name", "get", "pods", (), {"sort-by": "{.metadata.name}"}),
        ("logs x --all-containers --timestamps --limit-bytes=10", "logs", "pods", ("x",), {"all-containers": "true", "timestamps": "true", "limit-bytes": "10"}),
        ("delete pod a b", "delete", "pods", ("a", "b"), {}),
        ("delete po -l app=x --now --wait=false", "delete", "pods", (), {"selector": "app=x", "now": "true", "wait": "false"}),
        ("delete po/a --wait --grace-period 0 --force", "delete", "pods", ("a",), {"grace-period": "0", "force": "true"}),
        ("delete job/a --cascade=foreground --timeout=9s", "delete", "jobs", ("a",), {"cascade": "foreground", "timeout": "9s"}),
        ("cordon n1", "cordon", "nodes", ("n1",), {}),
        ("uncordon node/n1", "uncordon", "nodes", ("n1",), {}),
        ("drain n1 --ignore-daemonsets --delete-emptydir-data --pod-selector app=x", "drain", "nodes", ("n1",), {"ignore-daemonsets": "true", "delete-emptydir-data": "true", "pod-selector": "app=x"}),
        ("create job now --from cj/cleanup", "create job", "jobs", ("now",), {"from": "cronjob/cleanup"}),
        ("label pod x a=b --overwrite", "label", "pods", ("x",), {"overwrite": "true"}),
        ("scale deploy/x --replicas=1 --dry-run=server", "scale", "deployments", ("x",), {"replicas": "1", "dry-run": "server"}),
        ("exec x -c app -- id", "exec", "pods", ("x",), {"container": "app"}),
        ("exec deploy/x -- sh -c 'id -u'", "exec", "deployments", ("x",), {}),
        ("auth can-i get pods -A", "auth can-i", "pods", (), {"all-namespaces": "true"}),
        ("auth can-i create pods/x --subresource=exec", "auth can-i", "pods", ("x",), {"subresource": "exec"}),
    ],
)  # fmt: skip
def test_lines(
    load: Load, line: str, verb: str, kind: str | None, names: tuple[str, ...], options: dict[str, str]
) -> None:
    if kind is None:
        assert load(line).problems[0].code == "kubectl-argument"
        return
    request = request_of(load, line)
    assert (request.verb, request.kind, request.names, dict(request.options)) == (verb, kind, names, options)


@pytest.mark.parametrize(
    ("line", "assignments"),
    [
        ("set image deploy/x a=img:1 b=reg.example:5000/x/y@sha256:" + "0" * 64, [("a", "img:1"), ("b", "reg.example:5000/x/y@sha256:" + "0" * 64)]),
        ("set image deploy x *=img", [("*", "img")]),
        ("label pod/x a=b example.org/c= d-", [("a", "b"), ("example.org/c", ""), ("d", None)]),
        ("annotate svc x note='two words' old-", [("note", "two words"), ("old", None)]),
    ],
)  # fmt: skip
def test_pairs(load: Load, line: str, assignments: list[Any]) -> None:
    assert list(request_of(load, line).assignments) == assignments


def test_a_program_gets_its_words_as_they_are(load: Load) -> None:
    request = request_of(
        load, "exec x -- grep -c '{{ what }}' --color=never -- {{ what }}", {"what": "a b; rm -rf /"}
    )
    assert request.arguments == ("grep", "-c", "a b; rm -rf /", "--color=never", "--", "a b; rm -rf /")
    assert request.options == ()


def test_what_exec_does_only_a_person_can_tell(load: Load) -> None:
    action = load("exec x -- cat /etc/hosts").only
    assert (action.effect, action.may_only_read) == (Effect.CHANGES, True)
    assert not load("scale deploy/x --replicas=1").only.may_only_read


def test_a_dry_run_only_reads(load: Load) -> None:
    action = load("scale deploy/x --replicas=1 --dry-run=server").only
    assert (action.effect, action.effect_reason) == (Effect.READS, "kubectl scale --dry-run=server")
    assert load("scale deploy/x --replicas=1 --dry-run=none").only.effect is Effect.CHANGES


@pytest.mark.parametrize(
    ("line", "arguments", "names"),
    [
        ("auth can-i patch deployments/x", ("patch", "deployments"), ("x",)),
        ("auth can-i get po x", ("get", "pods"), ("x",)),
        ("auth can-i '*' '*'", ("*", "*"), ()),
        ("auth can-i get certificates.cert-manager.io", ("get", "certificates.cert-manager.io"), ()),
        ("auth can-i get /metrics", ("get", "/metrics"), ()),
    ],
)
def test_what_is_asked_about(load: Load, line: str, arguments: tuple[str, str], names: tuple[str, ...]) -> None:
    request = request_of(load, line)
    assert (request.arguments, request.names) == (arguments, names)


@pytest.mark.parametrize(
    ("line", "column", "code", "message", "hint"),
    [
        ("rollout udno deploy/x", 9, "kubectl-verb", "unknown command 'kubectl rollout udno'", "rollout undo"),
        ("-n x", 1, "kubectl-verb", "there is no command before the flags", "There are get"),
        ("darin n", 1, "kubectl-verb", "unknown command 'kubectl darin'", "Did you mean 'drain'?"),
        ("create pod x", 8, "kubectl-verb", "'kubectl create' cannot be used: write the object as a file of apply", None),
        ("describe", 1, "kubectl-argument", "'describe' needs a kind of object", "describe pods"),
        ("top", 1, "kubectl-argument", "'top' needs 'pods' or 'nodes'", "top pods"),
        ("top deploy", 5, "kubectl-kind", "'top' does not work on deployments", "pod, node"),
        ("top pods --sort-by=name", 20, "kubectl-value", "--sort-by: 'name' is not known here", None),
        ("events pods", 8, "kubectl-argument", "'pods' has no place here", "--for"),
        ("events --for pod", 14, "kubectl-value", "--for: 'pod' is not an object", "KIND/NAME"),
        ("events --types=bad", 16, "kubectl-value", "--types: 'bad' is not a type of event", None),
        ("exec x", 6, "kubectl-argument", "'exec' needs a program", "exec deployment/api -- cat"),
        ("exec x id", 8, "kubectl-argument", "'exec' takes one object, not 'id' too", "Write -- before"),
        ("exec -it x -- sh", 6, "kubectl-flag", "'-i' cannot be used: nobody sits at a terminal", "Leave"),
        ("exec svc/x -- id", 6, "kubectl-kind", "'exec' does not work on services", "pod, deployment"),
        ("exec x -- echo {{ secret.KEY }}", 16, "kubectl-secret", "a secret can stand only", "record"),
        ("get pods -- x", 10, "kubectl-flag", "'--' has no use here", "Leave it out."),
        ("auth can-i get", 12, "kubectl-argument", "'auth can-i' needs a verb and a kind", "auth can-i patch"),
        ("auth can-i gte pods", 12, "kubectl-value", "'gte' is not a verb of the API", "Did you mean 'get'?"),
        ("auth can-i get pdos", 16, "kubectl-kind", "unknown kind 'pdos'", "Did you mean"),
        ("auth can-i get pods x y", 23, "kubectl-argument", "'y' has no place here", "Leave it out."),
        ("auth can-i {{ v }} pods", 12, "kubectl-argument", "the verb and the kind have to be written", "name"),
        ("set image deploy/x", 11, "kubectl-argument", "'set image' needs an image", "CONTAINER=IMAGE"),
        ("set image deploy/x a-", 20, "kubectl-argument", "'a-' is not an image of 'set image'", "CONTAINER"),
        ("set image deploy/x a='b c'", 23, "kubectl-value", "'b c' is not the name of an image", None),
        ("label pod/x a=b=c", 15, "kubectl-value", "'b=c' is not the value of a label", None),
        ("label pod/x -a=b", 13, "kubectl-flag", "unknown flag '-a'", None),
        ("annotate pod/x", 10, "kubectl-argument", "'annotate' needs an annotation", "NAME=VALUE"),
        ("annotate pod/x a/b/c=d", 16, "kubectl-value", "'a/b/c' is not the key of a label or annotation", None),
        ("patch deploy/x", 7, "kubectl-flag", "'patch' needs --patch", "patch deployment/api"),
        ("patch deploy/x -p '{'", 19, "kubectl-patch", "the patch is not JSON", "For example"),
        ("patch deploy/x -p '[]'", 19, "kubectl-patch", "a strategic patch is an object with fields", None),
        ("patch deploy/x --type=json -p '{}'", 31, "kubectl-patch", "a JSON patch is a list of operations", "replace"),
        ("patch deploy/x --type=json -p '[{\"op\": \"set\"}]'", 31, "kubectl-patch", "an operation of a JSON patch has an 'op'", None),
        ("patch deploy/x --type=json -p '[{\"op\": \"add\", \"path\": \"a\"}]'", 31, "kubectl-patch", "an operation of a JSON patch has a 'path'", None),
        ("patch deploy/x -p '{\"a\": 1, \"a\": 2}'", 19, "kubectl-patch", "the patch is not JSON: the field 'a' is given", None),
        ("patch deploy/x -p '{\"{{ a }}\": 1}'", 19, "kubectl-patch", "the patch is not JSON: the name of a field", None),
        ("patch deploy/x -p '{\"a\": NaN}'", 19, "kubectl-patch", "the patch is not JSON: NaN", None),
        ("patch deploy/x --type=yaml -p '{}'", 23, "kubectl-value", "--type: 'yaml' is not known here", "strategic"),
        ("patch deploy/x --type={{ t }} -p '{}'", 23, "kubectl-flag", "the value of --type has to be written", "decides"),
        ("patch deploy/x --patch-file=x", 16, "kubectl-flag", "'--patch-file' cannot be used: what is sent has to stand in the playbook, or in one file beside it, where it is reviewed; write -p", None),
        ("delete", 1, "kubectl-argument", "'delete' needs an object", "delete pod/api-0"),
        ("delete pods", 8, "kubectl-argument", "'delete' needs an object", "delete pod/api-0"),
        ("delete pod x --all", 14, "kubectl-argument", "'--all' cannot be used together with a name", None),
        ("delete pod x --cascade=all", 24, "kubectl-value", "--cascade: 'all' is not known here", "background"),
        ("delete pod x --wait=maybe", 14, "kubectl-flag", "--wait takes no value but true and false", "alone"),
        ("delete pod x --now --grace-period=3", 20, "kubectl-flag", "--now and --grace-period contradict", "Keep one"),
        ("logs x -c a --all-containers", 13, "kubectl-flag", "--container and --all-containers contradict", "Keep"),
        ("cordon", 1, "kubectl-argument", "'cordon' needs the name of a node", "cordon node-1"),
        ("cordon a b", 10, "kubectl-argument", "'cordon' takes one object, not 'b' too", "one step"),
        ("cordon pod/x", 8, "kubectl-kind", "'cordon' does not work on pods", "node"),
        ("drain n -n x", 9, "kubectl-flag", "'-n' does not belong to 'drain'", None),
        ("drain n --disable-eviction", 9, "kubectl-flag", "'--disable-eviction' cannot be used", "Leave"),
        ("create job x", 12, "kubectl-flag", "'create job' needs --from", "create job cleanup-now"),
        ("create job --from=cj/x", 12, "kubectl-argument", "'create job' needs a name", "cleanup-now"),
        ("create job x --from=job/y", 21, "kubectl-value", "--from: 'job/y' is not a cron job", "cronjob/NAME"),
        ("scale deploy/x --replicas=1 --dry-run=client", 39, "kubectl-value", "--dry-run: nothing is worked out on", "server"),
        ("scale deploy/x --replicas=1 --dry-run={{ d }}", 39, "kubectl-flag", "the value of --dry-run has to be", None),
        ("apply -f x.yml --server-side=false", 16, "kubectl-flag", "objects are compared by the server", "Leave"),
        ("apply -f x.yml --prune", 16, "kubectl-flag", "'--prune' cannot be used: it deletes", "Leave"),
        ("apply", 1, "kubectl-flag", "'apply' needs --filename", "apply -f"),
        ("apply -f -", 10, "kubectl-value", "-f: '-' is not a file", "beside"),
        ("apply -f https://example.org/x.yml", 10, "kubectl-value", "-f: 'https://example.org/x.yml' is not", None),
        ("apply -f /etc/x.yml", 10, "kubectl-value", "-f: '/etc/x.yml' does not go with the playbook", "relative"),
        ("apply -f {{ file }}", 10, "kubectl-flag", "the name of the file has to be written out", "reviewed"),
        ("apply -k x", 7, "kubectl-flag", "'-k' cannot be used: overlays are not built here; apply the file that they give", None),
    ],
)  # fmt: skip
def test_problems(load: Load, line: str, column: int, code: str, message: str, hint: str | None) -> None:
    loaded = load(line)
    assert loaded.action is None
    first = loaded.problems[0]
    assert (first.code, first.span.column) == (code, column), first
    assert first.message.startswith(message), first.message
    if hint is not None:
        assert hint in first.hint


WORDS = st.sampled_from(
    [
        *(word for name in VERBS for word in name.split()),
        *(f"--{flag.name}" for flag in FLAGS.values()),
        *(f"-{flag.letter}" for flag in FLAGS.values() if flag.letter),
        *(
            "pod",
            "pods",
            "deploy/x",
            "node/n",
            "x",
            "a=b",
            "a-",
            "a={{ v }}",
            "{{ v }}",
            "pod/{{ v }}",
            "--",
            "-",
            "",
        ),
        *(
            "'{}'",
            "'[{}]'",
            "'{\"a\": {{ v }}}'",
            "server",
            "json",
            "3",
            "5s",
            "cronjob/c",
            "*",
            "/metrics",
            "=",
            "a/b/c",
        ),
    ]
)


@given(st.lists(WORDS, max_size=8).map(" ".join))
def test_any_line_is_read_or_told_what_is_wrong_with_it(load: Load, line: str) -> None:
    loaded = load(line)
    assert (loaded.action is None) == bool(loaded.problems)
    if loaded.action is None:
        assert all(problem.span.line == 1 and problem.message for problem in loaded.problems)
        return
    for value in ("v", "", "a b", 5):
        try:
            request = loaded.action.request({"v": value}, CLUSTER, Duration(1000))
        except ExpressionError:
            continue
        assert request.verb in VERBS
        assert (loaded.action.auto_undo_refusal is None) == (VERBS[request.verb].undo_refusal is None)


# patches


def patch_of(load: Load, text: str, names: Names, kind: str = "strategic") -> Value:
    return request_of(load, f"patch deploy/x --type={kind} -p '{text}'", names).payload


@pytest.mark.parametrize(
    ("text", "names", "payload"),
    [
        ('{"a": {{ n }}}', {"n": "3"}, {"a": "3"}),
        ('{"a": "v-{{ n }}-{{ m }}"}', {"n": "3", "m": '", "b": "2'}, {"a": 'v-3-", "b": "2'}),
        ('{"a": ["{{ n }}", {{ n }}]}', {"n": "x\\"}, {"a": ["x\\", "x\\"]}),
        ('{"a": "\\"{{ n }}"}', {"n": "1"}, {"a": '"1'}),
        ('{"a": null, "b": 1.5, "c": true}', {}, {"a": None, "b": 1.5, "c": True}),
    ],
)
def test_a_value_never_changes_the_shape_of_a_patch(load: Load, text: str, names: Names, payload: Value) -> None:
    assert patch_of(load, text, names) == payload


def test_a_secret_in_a_patch_is_shown_nowhere(load: Load) -> None:
    line = """patch secret/x --type=merge -p '{"stringData": {"key": "{{ secret.KEY }}"}}'"""
    request = request_of(load, line, {"KEY": Secret("KEY", "s3cr3t")})
    assert "s3cr3t" not in f"{request!r}{request.summary()}"
    assert isinstance(request.payload, dict)
    assert request.payload["stringData"]["key"].reveal() == "s3cr3t"


# values that are known only when the step runs


@pytest.mark.parametrize(
    ("line", "value", "message"),
    [
        ("set image deploy/x a={{ v }}", "b c", "'b c' is not the name of an image"),
        ("label pod/x a={{ v }}", "b c", "'b c' is not the value of a label"),
        ("label pod/x a={{ v }}", Secret("K", "k"), "a secret can stand only"),
        ("create job {{ v }} --from=cronjob/x", "A b", "'A b' is not the name of an object"),
        ("create job y --from=cronjob/{{ v }}", "../x", "'../x' is not the name of an object"),
        ("events --for=pod/{{ v }}", "a/b", "'a/b' is not the name of an object"),
        ("delete pod {{ v }}", "", "'' is not the name of an object"),
        ("drain {{ v }} --grace-period={{ w }}", "n1", "is not a whole number of seconds"),
        ("exec x -- {{ v }}", Secret("K", "k"), "a secret can stand only"),
    ],
)
def test_a_value_that_does_not_fit(load: Load, line: str, value: Value, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        request_of(load, line, {"v": value, "w": "soon"})


# undo


def test_what_can_be_taken_back_is_in_the_table() -> None:
    able = {name for name, verb in VERBS.items() if verb.undo_refusal is None}
    assert able == {
        *("scale", "set env", "set image", "patch", "label", "annotate"),
        *("cordon", "uncordon", "rollout restart", "rollout undo"),
    }


@pytest.mark.parametrize(
    ("line", "state", "command", "changes"),
    [
        ("set image deploy/x *=b:2", {"images": {"a": "b:1", "c": "d:1"}}, "set image deployments/x a=b:1 c=d:1 -n shop", {"assignments": (("a", "b:1"), ("c", "d:1"))}),
        ("label pod/x a=b c-", {"marks": {"a": None, "c": "d"}}, "label pods/x a- c=d --overwrite -n shop", {"assignments": (("a", None), ("c", "d")), "options": (("overwrite", "true"),)}),
        ("annotate pod/x a=b", {"marks": {"a": "it's"}}, """annotate pods/x 'a=it'"'"'s' --overwrite -n shop""", {"assignments": (("a", "it's"),), "options": (("overwrite", "true"),)}),
        ("label node/n1 a=b", {"marks": {"a": None}}, "label nodes/n1 a- --overwrite", {"assignments": (("a", None),)}),
        ("cordon n1", {"unschedulable": False}, "uncordon n1", {"verb": "uncordon"}),
        ("cordon n1", {"unschedulable": True}, "cordon n1", {"verb": "cordon"}),
        ("uncordon n1", {"unschedulable": True}, "cordon n1", {"verb": "cordon"}),
        ("rollout undo deploy/x", {"revision": 4}, "rollout undo deployments/x --to-revision=4 -n shop", {"options": (("to-revision", "4"),)}),
    ],
)  # fmt: skip
def test_undo(load: Load, line: str, state: Value, command: str, changes: dict[str, Any]) -> None:
    action = load(line).only
    request = request_of(load, line)
    snapshot = action.snapshot(request)
    assert (snapshot.verb, snapshot.arguments) == ("snapshot", (request.verb,))
    undo = action.inverse(request, KubectlReply(data=state))
    assert undo.command == command
    assert {name: getattr(undo, name) for name in changes} == changes
    assert (undo.names, undo.kind, undo.namespace) == (request.names, request.kind, request.namespace)


def test_a_restart_is_undone_by_its_annotation_alone(load: Load) -> None:
    action = load("rollout restart deploy/x").only
    undo = action.inverse(request_of(load, "rollout restart deploy/x"), KubectlReply(data={"restartedAt": "t0"}))
    path = ("spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt")
    assert (undo.verb, undo.fields) == ("patch", (FieldEntry(path=path, before="t0", checked=False),))
    assert undo.command == "rollout undo deployments/x -n shop (to the pod template from before the restart)"


def test_a_patch_is_undone_field_by_field(load: Load) -> None:
    line = """patch deploy/x -p '{"spec": {"paused": true}}'"""
    action = load(line).only
    fields: Value = [{"path": ["spec", "paused"], "before": None, "after": True}]
    undo = action.inverse(request_of(load, line), KubectlReply(data={"fields": fields}))
    assert undo.fields == (FieldEntry(path=("spec", "paused"), before=None, after=True),)
    assert undo.payload is None
    assert undo.command == "patch deployments/x -n shop (back to what it was: spec.paused)"


def test_operands_are_told_for_every_verb() -> None:
    assert {verb.operands for verb in VERBS.values()} == set(Operands)
