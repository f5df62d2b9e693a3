"""The files under group_vars and host_vars."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from playbook_engine.diagnostics import Diagnostic, Severity
from playbook_engine.model.inventory import Inventory

Write = Callable[[Mapping[str, str]], Path]
Read = Callable[[Path], tuple[Inventory | None, tuple[Diagnostic, ...]]]
Load = Callable[[Mapping[str, str]], tuple[Inventory, tuple[Diagnostic, ...]]]

HOSTS = {"hosts.yml": "api: {hosts: {web-1.example.com: }}\n"}


def values(inventory: Inventory) -> dict[str, object]:
    return {name: variable.value for name, variable in inventory.hosts[0].variables.items()}


@pytest.mark.parametrize(
    "name",
    [
        "group_vars/api", "group_vars/api.yml", "group_vars/api.yaml", "group_vars/api.json", "group_vars/api/x.yml",
        "group_vars/api/deep/er/x", "group_vars/all.yml", "host_vars/web-1.example.com",
        "host_vars/web-1.example.com.yml", "host_vars/web-1.example.com/x.yaml",
    ],
)  # fmt: skip
def test_a_file_may_be_called(loaded: Load, name: str) -> None:
    inventory, problems = loaded(HOSTS | {name: '{"x": 1}'})

    assert problems == ()
    assert values(inventory) == {"x": 1}
    assert inventory.hosts[0].variables["x"].origin.startswith(f"{name}:1:2 (")


def test_the_files_of_a_folder_count_in_the_order_of_their_names(loaded: Load) -> None:
    inventory, problems = loaded(
        HOSTS | {f"group_vars/api/{name}.yml": f"x: {name}\n{name}: 1\n" for name in ("b", "c", "a")}
    )

    assert problems == ()
    assert values(inventory) == {"x": "c", "a": 1, "b": 1, "c": 1}


def test_of_several_the_first_counts_and_the_others_are_warned_of(loaded: Load) -> None:
    inventory, problems = loaded(
        HOSTS | {"group_vars/api.yml": "x: 1\n", "group_vars/api/a.yml": "x: 2\n", "group_vars/api.yaml": "x: 3\n"}
    )

    assert values(inventory) == {"x": 2}
    assert [(problem.code, problem.severity, str(problem.span)) for problem in problems] == [
        ("unread-file", Severity.WARNING, "prod/group_vars/api.yaml:1:1"),
        ("unread-file", Severity.WARNING, "prod/group_vars/api.yml:1:1"),
    ]


@pytest.mark.parametrize("text", ["", "---\n", "# nothing yet\n", "{}\n"])
def test_a_file_may_be_empty(loaded: Load, text: str) -> None:
    inventory, problems = loaded(HOSTS | {"group_vars/api.yml": text})

    assert problems == ()
    assert values(inventory) == {}


@pytest.mark.parametrize(
    ("name", "code", "hint"),
    [
        ("group_vars/apii.yml", "unknown-group", "Did you mean 'api'?"),
        ("group_vars/database", "unknown-group", None),
        ("host_vars/web-1.exmple.com.yml", "unknown-host", "Did you mean 'web-1.example.com'?"),
        ("host_vars/web-1.exmple.com", "unknown-host", "Did you mean 'web-1.example.com'?"),
        ("host_vars/README.md", "unknown-host", "Variables are read from .yml, .yaml and .json files."),
        ("group_vars/api/README.md", "unread-file", "Variables are read from .yml, .yaml and .json files."),
    ],
)
def test_a_file_of_nobody_is_warned_of(loaded: Load, name: str, code: str, hint: str | None) -> None:
    inventory, problems = loaded(HOSTS | {name: "x: 1\n"})

    assert values(inventory) == {}
    assert [(problem.code, problem.severity, str(problem.span), problem.hint) for problem in problems] == [
        (code, Severity.WARNING, f"prod/{name}:1:1", hint)
    ]


@pytest.mark.parametrize(
    ("text", "code", "place", "says"),
    [
        ("- x\n", "invalid-inventory", "1:1", "expected variables"),
        ("words\n", "invalid-inventory", "1:1", "expected variables"),
        ("$ANSIBLE_VAULT;1.1;AES256\n6162\n", "vaulted-value", "1:1", "ansible-vault"),
        ("x: '{{ y }}'\n", "template-in-variable", "1:5", "'{{'"),
        ("x: 1\nansible_port: 0\n", "invalid-connection", "2:15", "not a port"),
    ],
)
def test_what_is_wrong_in_a_file_is_pointed_at(loaded: Load, text: str, code: str, place: str, says: str) -> None:
    _, problems = loaded(HOSTS | {"group_vars/api.yml": text})

    assert [(problem.code, str(problem.span)) for problem in problems] == [(code, f"prod/group_vars/api.yml:{place}")]
    assert says in problems[0].message


def test_the_priority_of_a_group_counts_only_inline(loaded: Load) -> None:
    inventory, problems = loaded(HOSTS | {"group_vars/api.yml": "ansible_group_priority: 9\nx: 1\n"})

    assert values(inventory) == {"x": 1, "ansible_group_priority": 9}
    assert [(problem.code, problem.severity) for problem in problems] == [("ignored-variable", Severity.WARNING)]


def test_a_link_in_a_circle_ends(written: Write, read: Read) -> None:
    folder = written(HOSTS | {"group_vars/api/x.yml": "x: 1\n"})
    (folder / "group_vars/api/circle").symlink_to(folder / "group_vars/api")

    inventory, problems = read(folder)

    assert inventory is not None
    assert [problem.code for problem in problems] == ["unreadable-file"]
    assert "link in a circle" in (problems[0].hint or "")


def test_a_file_where_a_folder_belongs(loaded: Load) -> None:
    _, problems = loaded(HOSTS | {"group_vars": "x: 1\n"})

    assert [(problem.code, str(problem.span)) for problem in problems] == [("unreadable-file", "prod/group_vars:1:1")]
