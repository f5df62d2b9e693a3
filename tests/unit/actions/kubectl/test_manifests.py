"""`apply -f FILE`: the file is read with the playbook, and what is wrong in it is told in its own lines."""

from pathlib import Path

import pytest

from playbook_engine.actions.kubectl import KUBECTL
from playbook_engine.actions.kubectl.action import KubectlAction
from playbook_engine.actions.kubectl.manifests import MOST
from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.language.companions import PlaybookCompiler
from playbook_engine.model.document import Scalar
from playbook_engine.model.expressions import ExpressionError
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.model.targets import Cluster
from playbook_engine.values import Duration, TargetName

ONE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
CLUSTER = Cluster(name=TargetName("main"), namespace="shop")


def load(folder: Path, content: str | None, line: str = "apply -f m.yml") -> tuple[KubectlAction | None, list[str]]:
    if content is not None:
        (folder / "m.yml").write_text(content, encoding="utf-8")
    span = Span(Source("line", line), 1, 1, 1, len(line) + 1)
    problems = Problems()
    scalar = Scalar(line, line, span, literal=True, content=span)
    action = KUBECTL.read(scalar, PlaybookCompiler(problems, folder), problems)
    assert action is None or isinstance(action, KubectlAction)
    return action, [f"{Path(str(d.span)).name} {d.code}: {d.message}" for d in problems.sorted()]


def request_of(folder: Path, content: str, line: str = "apply -f m.yml") -> KubectlRequest:
    action, problems = load(folder, content, line)
    assert problems == []
    assert action is not None
    request = action.request({}, CLUSTER, Duration(60_000))
    assert isinstance(request, KubectlRequest)
    return request


def test_the_objects_go_with_the_request_and_the_record_knows_the_file(tmp_path: Path) -> None:
    request = request_of(tmp_path, f"---\n{ONE}data: {{on: '1', text: '{{{{ x }}}}'}}\n---\n\n---\n{ONE}")
    assert request.payload == [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "a"},
            "data": {"on": "1", "text": "{{ x }}"},
        },
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
    ]
    assert request.command.startswith("apply -f m.yml (2 objects, sha256 ")
    changed = request_of(tmp_path, f"{ONE}# changed\n")
    assert changed.command != request.command
    assert changed.option("filename") is None


def test_a_list_is_what_it_holds(tmp_path: Path) -> None:
    item = '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "%s"}}'
    text = f'{{"apiVersion": "v1", "kind": "List", "items": [{item % "a"}, {item % "b"}]}}'
    payload = request_of(tmp_path, text).payload
    assert isinstance(payload, list)
    assert [one["metadata"]["name"] for one in payload] == ["a", "b"]  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, ["line:1:10 no-such-file: {folder}/m.yml: there is no such file"]),
        ("", ["line:1:10 kubectl-manifest: m.yml holds no object"]),
        ("# nothing\n---\n", ["line:1:10 kubectl-manifest: m.yml holds no object"]),
        ("- a\n", ["m.yml:1:1 kubectl-manifest: an object is a mapping with apiVersion, kind and metadata"]),
        ("a: [\n", ["m.yml:2:1 yaml-syntax: "]),
        (
            f"{ONE}---\nkind: Pod\nmetadata: {{name: x}}\n",
            ["m.yml:5:1 kubectl-manifest: the object has no apiVersion"],
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {generateName: x-}\n",
            ["m.yml:1:1 kubectl-manifest: the object has no metadata.name"],
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: ../x\n",
            ["m.yml:4:9 kubectl-value: '../x' is not the name of an object"],
        ),
        (f"{ONE}kind: Pod\n", ["m.yml:4:1 duplicate-key: 'kind' was already given in line 2"]),
        ("a: &a [*a]\n", ["m.yml:1:8 recursive-alias: the alias *a stands for a value that it is part of"]),
        ("a: !!python/object:x {}\n", ["m.yml:1:4 unknown-tag: the tag !!python/object:x has no meaning here"]),
    ],
)
def test_problems_have_their_place(tmp_path: Path, content: str | None, said: list[str]) -> None:
    action, problems = load(tmp_path, content)
    assert action is None
    assert [problem.split(":", 3)[:3] for problem in problems] == [
        text.format(folder=tmp_path).split(":", 3)[:3] for text in said
    ]
    assert problems[0].startswith(said[0].format(folder=tmp_path)), problems


def test_too_many_objects(tmp_path: Path) -> None:
    _, problems = load(tmp_path, "---\n".join([ONE] * (MOST + 1)))
    assert problems == [f"line:1:10 kubectl-manifest: m.yml holds {MOST + 1} objects; at most {MOST} are applied"]


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    _, problems = load(tmp_path, f"{ONE}data: {{a: {'x' * 2**20}}}\n")
    assert "too-large" in problems[0]


def test_the_namespaces_have_to_agree(tmp_path: Path) -> None:
    content = "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: a}\n"
    assert load(tmp_path, content, "apply -f m.yml -n a")[1] == []
    _, problems = load(tmp_path, content, "apply -f m.yml -n b")
    assert problems == ["m.yml:3:32 kubectl-manifest: the object belongs into 'a', and the line says 'b'"]
    action, _ = load(tmp_path, content, "apply -f m.yml -n {{ 'b' }}")
    assert action is not None
    with pytest.raises(ExpressionError, match="'x' belongs into the namespace 'a', and the step says 'b'"):
        action.request({}, CLUSTER, Duration(1))
