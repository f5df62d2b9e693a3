"""Which files an inventory consists of, and what is said of those that are missing, unread or unreadable."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from loading_means import means

from playbook_engine.diagnostics import Diagnostic, Problems, Severity, Source
from playbook_engine.inventory import load
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.sources import InventorySources, Place

Write = Callable[[Mapping[str, str]], Path]
Read = Callable[[Path], tuple[Inventory | None, tuple[Diagnostic, ...]]]

HOSTS = "api: {hosts: {web-1: , web-2: }}\n"


def found(read: Read, path: Path) -> Inventory:
    inventory, problems = read(path)
    assert inventory is not None, problems
    assert problems == ()
    return inventory


@pytest.mark.parametrize("hosts", ["hosts.yml", "hosts.yaml"])
@pytest.mark.parametrize("environment", ["environment.yml", "environment.yaml", "../prod.environment.yml"])
def test_a_folder(written: Write, read: Read, hosts: str, environment: str) -> None:
    path = written({hosts: HOSTS, environment: "environment: live\n", "group_vars/api.yml": "x: 1\n"})

    inventory = found(read, path)

    assert (inventory.name, inventory.path, inventory.environment.name) == ("prod", "prod", "live")
    assert inventory.hosts[0].variables["x"].origin == "group_vars/api.yml:1:1 (group api)"


def test_files_that_the_environment_names_are_no_hosts(written: Write, read: Read) -> None:
    environment = "clusters: {main: {kubeconfig: kube.yml}}\nsecrets: {KEY: {file: ./secrets/key}}\n"
    files = {
        "hosts.yml": HOSTS,
        "environment.yml": environment,
        "kube.yml": "apiVersion: v1\n",
        "secrets/key": "a b\n",
    }

    inventory = found(read, written(files))

    assert inventory.groups["all"] == ("web-1", "web-2")


def test_without_an_environment_file_defaults_hold(written: Write, read: Read) -> None:
    environment = found(read, written({"hosts.yml": HOSTS})).environment

    assert (environment.name, environment.policy.mitigate, environment.channels) == ("prod", "approve", ())


def test_a_single_file_has_its_variables_and_environment_beside_it(written: Write, read: Read) -> None:
    folder = written(
        {
            "live.yml": HOSTS,
            "live.environment.yml": "policy: {mitigate: forbid}\n",
            "environment.yml": "policy: {mitigate: auto}\n",
            "host_vars/web-2.yml": "x: 1\n",
            "other.yml": HOSTS,
        }
    )

    inventory = found(read, folder / "live.yml")

    assert (inventory.name, inventory.path, inventory.environment.name) == ("live", "live.yml", "live")
    assert inventory.environment.policy.mitigate == "forbid"
    assert inventory.hosts[1].variables["x"].value == 1


def test_the_hosts_file_of_a_folder_stands_for_the_folder(written: Write, read: Read) -> None:
    folder = written({"hosts.yml": HOSTS, "environment.yml": "policy: {mitigate: forbid}\n"})

    inventory = found(read, folder / "hosts.yml")

    assert (inventory.name, inventory.environment.policy.mitigate) == ("prod", "forbid")


def test_the_folder_one_is_in_has_a_name(written: Write, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(written({"hosts.yml": HOSTS, "../prod.environment.yml": "policy: {mitigate: auto}\n"}))

    inventory = found(read, Path())

    assert (inventory.name, inventory.environment.policy.mitigate) == ("prod", "auto")


def test_a_link_keeps_the_name_that_people_gave_it(written: Write, read: Read) -> None:
    folder = written({"hosts.yml": HOSTS})
    link = folder.with_name("current")
    link.symlink_to(folder)

    assert found(read, link).name == "current"


@pytest.mark.parametrize(
    ("files", "code", "says"),
    [
        ({"environment.yml": ""}, "no-hosts-file", "a file such as hosts.yml or hosts.ini"),
        ({"group_vars/all.yml": "", "README.md": "", ".hosts.yml": ""}, "no-hosts-file", "hosts.yml or hosts.ini"),
        ({"hosts.toml": "[api.hosts]\n"}, "inventory-format", "TOML"),
        (
            {"hosts.yml": HOSTS, "environment.yml": "", "../prod.environment.yml": ""},
            "ambiguous-file",
            "prod/environment.yml and prod.environment.yml",
        ),
        ({"hosts.yml": HOSTS, "environment.yml/x": ""}, "not-a-file", "prod/environment.yml"),
    ],
)
def test_a_folder_that_is_no_inventory(
    written: Write, read: Read, files: dict[str, str], code: str, says: str
) -> None:
    _, problems = read(written(files))

    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert [problem.code for problem in errors] == [code]
    assert says in f"{errors[0].message} {errors[0].hint}"


@pytest.mark.parametrize("name", ["hosts.yml", "environment.yml"])
def test_a_file_that_cannot_be_parsed_ends_it(written: Write, read: Read, name: str) -> None:
    inventory, problems = read(written({"hosts.yml": HOSTS, name: "a: ["}))

    assert inventory is None
    assert {problem.span.source.name for problem in problems if problem.span} == {f"prod/{name}"}


def test_a_missing_inventory_names_the_nearest(written: Write, read: Read) -> None:
    inventory, problems = read(written({"hosts.yml": HOSTS}).with_name("prd"))

    assert inventory is None
    assert [(problem.code, problem.hint) for problem in problems] == [("no-such-inventory", "Did you mean 'prod'?")]


def test_a_folder_is_read_as_ansible_reads_it(written: Write, read: Read) -> None:
    """Every file in the order of the names, folder by folder, but for those that Ansible leaves alone."""
    groups = ["10", "2", "A", "a.ini", "sub/deep/c", "sub/d.yml", "z.x"]
    files = {name: f"[g]\nhost-{name.split('/')[-1][0]}\n" for name in groups}
    passed_over = ["x.cfg", "y.txt", "z.bak", "k~", "r.retry", "n.orig", "o.swp", "m.md", "t.rst", "u.rpm", "p.pyc",
                   ".h", "#z#", "vars_plugins/x", "sub/host_vars/x", "sub/group_vars/g.yml", "other.environment.yml"]  # fmt: skip

    inventory = found(read, written(files | dict.fromkeys(passed_over, "[broken")))

    assert list(inventory.groups["g"]) == ["host-1", "host-2", "host-A", "host-a", "host-d", "host-c", "host-z"]


@pytest.mark.parametrize("name", [".git/x", "hosts.yml~", "hosts.yml.bak", ".hosts.yml.swp", "#hosts.yml#"])
def test_hidden_files_and_copies_are_passed_over(written: Write, read: Read, name: str) -> None:
    found(read, written({"hosts.yml": HOSTS, name: "x: [", f"group_vars/{name}": "x: ["}))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("group_var/api.yml", "Did you mean 'group_vars'?"),
        ("enviroment.yml", "Did you mean 'environment.yml'?"),
    ],
)
def test_what_is_hardly_meant_as_hosts_is_warned_of(written: Write, read: Read, name: str, hint: str) -> None:
    _, problems = read(written({"hosts.yml": HOSTS, name: "x: 1\n"}))

    assert {(problem.code, problem.severity, problem.hint) for problem in problems} == {
        ("ambiguous-name", Severity.WARNING, hint),
        ("invalid-inventory", Severity.ERROR, "Write 'hosts:' below the group's name."),
    }


def test_a_named_pipe_is_not_waited_for(written: Write, read: Read) -> None:
    folder = written({"environment.yml": ""})
    os.mkfifo(folder / "hosts.yml")

    inventory, problems = read(folder)

    assert inventory is None
    assert [problem.message for problem in problems] == ["prod/hosts.yml cannot be read: it is not a regular file"]


@pytest.mark.parametrize("name", ["", "group_vars", "host_vars", "group_vars/api"])
def test_a_folder_that_may_not_be_listed_is_named(
    written: Write, read: Read, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written({"hosts.yml": HOSTS, "group_vars/api/x.yml": "", "host_vars/web-1.yml": ""})
    listed = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path == folder / name:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    # Root may list everything, and tests run as root in containers: the refusal is played.
    monkeypatch.setattr(Path, "iterdir", refuse)
    _, problems = read(folder)

    assert [problem.code for problem in problems] == ["unreadable-file"]
    assert f"{Path('prod') / name} cannot be read: Permission denied" in problems[0].message


def test_a_file_that_vanishes_is_a_problem_and_no_traceback(written: Write, tmp_path: Path) -> None:
    def read_and_remove(path: Path, shown: str, problems: Problems) -> Source | None:
        path.unlink()
        return Source(shown, "")

    problems = Problems()
    sources = InventorySources(places=(Place("prod", written({"hosts.yml": HOSTS})),))

    found = load.inventory(sources, replace(means(), text=read_and_remove), problems)

    assert found is None
    assert [problem.code for problem in problems.sorted()] == ["unreadable-file"]


def test_a_missing_inventory_in_a_missing_folder(read: Read, tmp_path: Path) -> None:
    inventory, problems = read(tmp_path / "nowhere" / "prod")

    assert inventory is None
    assert [(problem.code, problem.hint) for problem in problems] == [("no-such-inventory", None)]


def test_the_digest_is_over_names_and_bytes_of_what_was_read(written: Write, read: Read, tmp_path: Path) -> None:
    base = {"hosts.yml": HOSTS, "group_vars/all.yml": "x: 1\n", "environment.yml": "environment: prod\n"}
    folder = written(base)
    first = found(read, folder).sha256

    assert len(first) == 64
    assert found(read, folder).sha256 == first
    written({".hidden": "x"})
    assert found(read, folder).sha256 == first

    changed = [
        base | {"group_vars/all.yml": "x: 1 \n"},
        base | {"environment.yml": "environment: prod\n\n"},
        base | {"host_vars/web-1.yml": ""},
        {"hosts.yaml": HOSTS} | {name: text for name, text in base.items() if name != "hosts.yml"},
    ]
    digests = set()
    for number, files in enumerate(changed):
        copy = tmp_path / f"copy{number}" / "prod"
        for name, text in files.items():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_text(text)
        digests.add(found(read, copy).sha256)
    assert len(digests | {first}) == 5


def test_where_the_folder_lies_does_not_change_the_digest(written: Write, read: Read, tmp_path: Path) -> None:
    folder = written({"hosts.yml": HOSTS})
    other = tmp_path / "elsewhere" / "prod"
    other.mkdir(parents=True)
    (other / "hosts.yml").write_text(HOSTS)

    assert found(read, folder).sha256 == found(read, other).sha256
