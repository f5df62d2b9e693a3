"""Executable inventories: what they may print, and that whatever they do ends in one clear error in time."""

import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from loading_means import means

from playbook_engine.diagnostics import Diagnostic, Problems, Severity
from playbook_engine.inventory import load
from playbook_engine.inventory.process import Limits, Runner
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.sources import InventorySources, Place
from playbook_engine.transports import local_group
from playbook_engine.values import Duration

Write = Callable[[Mapping[str, str]], Path]

SHELL = "#!/bin/sh\n"
EMPTY_META = '"_meta":{"hostvars":{}}'


def printing(said: object, per_host: str = "{}") -> str:
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return f"{SHELL}if [ \"$1\" = --list ]; then cat <<'E'\n{text}\nE\nelse echo '{per_host}'; fi\n"


def run(folder: Path, script: str, limits: Limits | None = None) -> tuple[Inventory | None, tuple[Diagnostic, ...]]:
    """Make the text an executable inventory and load it."""
    path = folder / "cloud"
    path.write_text(script)
    path.chmod(0o755)
    problems = Problems()

    def runner(hidden: frozenset[str]) -> Runner:
        env = {name: value for name, value in os.environ.items() if name not in hidden}
        return Runner(limits or Limits(time=Duration(20_000)), env, time.monotonic)

    found = load.inventory(InventorySources(places=(Place("cloud", path),)), means(run=runner), problems)
    return found, problems.sorted()


def values(inventory: Inventory | None, host: str) -> dict[str, object]:
    assert inventory is not None
    found = inventory.host(host)
    assert found is not None
    return {name: variable.value for name, variable in found.variables.items()}


def test_groups_hosts_variables_and_children(tmp_path: Path) -> None:
    said = {
        "web": {"hosts": ["web-1", "web-2"], "vars": {"x": 1, "ansible_group_priority": 5}, "children": ["edge"]},
        "edge": ["edge-1"],
        "db": {"hosts": ["web-1"], "vars": {"x": 2}},
        "_meta": {"hostvars": {"web-1": {"ansible_host": "10.0.0.1", "tags": {"a": [1, None]}}, "gone": {"x": 3}}},
    }

    inventory, problems = run(tmp_path, printing(said))

    assert problems == ()
    assert inventory is not None
    assert {name: list(members) for name, members in inventory.groups.items()} == {
        "all": ["web-1", "web-2", "edge-1"],
        "ungrouped": [],
        "web": ["web-1", "web-2", "edge-1"],
        "edge": ["edge-1"],
        "db": ["web-1"],
    }
    assert values(inventory, "web-1") == {"x": 1, "ansible_host": "10.0.0.1", "tags": {"a": [1, None]}}
    assert inventory.hosts[0].host.address == "10.0.0.1"
    assert inventory.hosts[0].variables["x"].origin == "cloud --list (group web)"
    assert inventory.children["web"] == ("edge",)


def test_without_meta_each_host_is_asked_for(tmp_path: Path) -> None:
    script = (
        f'{SHELL}case $1 in --list) echo \'{{"g": ["a", "b", "c"]}}\';; *) echo "{{\\"me\\": \\"$2\\"}}";; esac\n'
    )

    inventory, problems = run(tmp_path, script)

    assert problems == ()
    assert [values(inventory, host)["me"] for host in "abc"] == ["a", "b", "c"]


def test_an_empty_answer_for_a_host_says_nothing(tmp_path: Path) -> None:
    inventory, problems = run(tmp_path, f'{SHELL}[ "$1" = --list ] && echo \'{{"g": ["a"]}}\'\nexit 0\n')

    assert problems == ()
    assert values(inventory, "a") == {}


def test_a_group_without_any_part_is_a_host_as_in_ansible(tmp_path: Path) -> None:
    inventory, problems = run(tmp_path, printing(f'{{"w":{{"x":1}},{EMPTY_META}}}'))

    assert inventory is not None
    assert inventory.groups["w"] == ("w",)
    assert values(inventory, "w") == {"x": 1}
    assert {problem.code for problem in problems} == {"ambiguous-name"}
    assert {problem.severity for problem in problems} == {Severity.WARNING}


def test_braces_in_what_it_prints_stay_text(tmp_path: Path) -> None:
    """Whoever may set a tag in a cloud must neither have it evaluated nor keep everybody from working."""
    inventory, problems = run(
        tmp_path,
        printing({"g": {"hosts": ["a"], "vars": {"tag": "{{ lookup('pipe', 'id') }}"}}, "_meta": {"hostvars": {}}}),
    )

    assert values(inventory, "a") == {"tag": "{{ lookup('pipe', 'id') }}"}
    assert [(problem.code, problem.severity) for problem in problems] == [("template-in-variable", Severity.WARNING)]


def test_it_runs_where_runbook_runs_under_its_full_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    script = f'{SHELL}printf \'{{"g":{{"hosts":["a"],"vars":{{"at":"%s","me":"%s","n":"%s"}}}},{EMPTY_META}}}\' "$PWD" "$0" "$#"\n'

    inventory, _ = run(tmp_path, script)

    assert values(inventory, "a") == {"at": str(tmp_path / "elsewhere"), "me": str(tmp_path / "cloud"), "n": "1"}


def test_it_does_not_get_the_variables_that_secrets_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", "canary-in-a-coal-mine")
    (tmp_path / "cloud.environment.yml").write_text("secrets: {TOKEN: {env: MY_TOKEN}}\n")
    script = f'{SHELL}printf \'{{"g":{{"hosts":["a"],"vars":{{"seen":"%s"}}}},{EMPTY_META}}}\' "$MY_TOKEN"\n'

    inventory, problems = run(tmp_path, script)

    assert problems == ()
    assert values(inventory, "a") == {"seen": ""}


BAD: dict[str, tuple[str, str]] = {
    "status": (SHELL + "echo oops >&2; echo more >&2; exit 3\n", "it ended with status 3"),
    "signal": (SHELL + "kill -SEGV $$\n", "it was ended by SIGSEGV"),
    "rubbish": (SHELL + "echo rubbish\n", "it did not print JSON (line 1, column 1: expecting value)"),
    "half": (SHELL + 'echo \'{"g": [\'\n', "it did not print JSON"),
    "nothing": (SHELL, "it printed nothing"),
    "not UTF-8": (SHELL + "printf '{\"\\377\": 1}'\n", "it printed the byte 0xff, which is not UTF-8"),
    "NaN": (printing(f'{{"g":{{"hosts":["a"],"vars":{{"x":NaN}}}},{EMPTY_META}}}'), "it printed NaN"),
    "a key twice": (printing(f'{{"g":["a"],"g":["b"],{EMPTY_META}}}'), 'it printed the key "g" twice'),
    "deep": (printing('{"g":' + "[" * 60 + "]" * 60 + "}"), "nested more than 50 deep"),
    "very deep": (printing('{"g":' + "[" * 100_000 + "}"), "nested more than 50 deep"),
    "a huge number": (printing('{"g":' + "1" * 5000 + "}"), "a number of more than 4,300 digits"),
    "too many values": (SHELL + "echo '{\"g\":['; yes '1,' | head -c 7000000; echo '1]}'\n", "more than 2,000,000 values"),
    "a list": (SHELL + "echo '[]'\n", "it printed a list, not an object"),
    "hosts as an object": (printing('{"g":{"hosts":{"a":{}}}}'), "group 'g': hosts: expected a list of names"),
    "a number for a host": (printing('{"g":[1]}'), "found a number in it"),
    "null for a group": (printing('{"g":null}'), "group 'g': expected an object or a list of hosts, found null"),
    "vars as a list": (printing('{"g":{"vars":[]}}'), "group 'g': vars: expected an object, found a list"),
    "children as a text": (printing('{"g":{"children":"h"}}'), "group 'g': children: expected a list"),
    "_meta without hostvars": (printing('{"g":["a"],"_meta":{}}'), "'_meta' has no object 'hostvars'"),
    "hostvars as a list": (printing('{"g":["a"],"_meta":{"hostvars":[]}}'), "'_meta' has no object 'hostvars'"),
    "variables as null": (printing('{"g":["a"],"_meta":{"hostvars":{"a":null}}}'), "host 'a': expected an object"),
    "a group's name": (printing('{"a b":["a"]}'), "'a b' cannot be the name of a group"),
    "a child's name": (printing('{"g":{"children":["a b"]}}'), "'a b' cannot be the name of a group"),
    "a host's name": (printing('{"g":["-oProxyCommand=x"]}'), "it begins with '-'"),
    "an escape in a name": (printing('{"g":["a\\u001b[31m"]}'), "'a\\x1b[31m' cannot be the name of a host"),
    "a host's status": (printing('{"g":["a"]}').replace("else echo '{}'", "else exit 4"), "it ended with status 4, when it was asked for each host"),
    "a host's rubbish": (printing('{"g":["a"]}', "rubbish"), "it did not print JSON"),
    "no interpreter": ("#!/no/such/interpreter\n", "the program that its '#!' line names is not there"),
    "no program": ("\x00\x01\x02 not a program", "it has no '#!' line"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_whatever_goes_wrong_is_one_error(name: str, tmp_path: Path) -> None:
    script, says = BAD[name]

    _, problems = run(tmp_path, script)

    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert [(problem.code, str(problem.span)) for problem in errors] == [("dynamic-inventory", "cloud:1:1")]
    assert errors[0].message.startswith("the inventory cloud is of no use: ")
    assert says in errors[0].message
    assert "\x1b" not in str(errors[0])


def test_its_complaints_are_shown_bounded_and_escaped(tmp_path: Path) -> None:
    _, problems = run(tmp_path, SHELL + "yes noise | head -n 100000 >&2; printf 'no \\033[31mtoken\\n' >&2; exit 1\n")

    hint = problems[0].hint or ""
    assert hint.startswith("It said: …")
    assert hint.endswith("noise / no \\x1b[31mtoken")
    assert len(hint) < 400


@pytest.mark.parametrize(
    "script",
    [
        "exec sleep 60\n",
        "sleep 60 & sleep 60\n",
        "trap '' TERM INT HUP\nwhile :; do sleep 1; done\n",
        "exec >&- 2>&-\nexec sleep 60\n",
        '[ "$1" = --list ] && echo \'{"g": ["a", "b"]}\' || sleep 60\n',
        "exec yes '' >&2\n",
    ],
    ids=["hangs", "with a child", "ignores signals", "closes its output", "for a host", "complains without end"],
)
def test_one_that_hangs_is_ended_at_its_deadline(script: str, tmp_path: Path) -> None:
    began = time.monotonic()

    _, problems = run(tmp_path, SHELL + f"echo $$ >> {tmp_path}/pids\n" + script, Limits(time=Duration(300)))

    assert time.monotonic() - began < 5
    assert len(problems) == 1
    assert "it did not end within 300ms" in problems[0].message
    left = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    while any(local_group.alive(pid) for pid in left) and time.monotonic() - began < 10:
        time.sleep(0.01)  # what was killed takes a moment to be gone
    assert not [pid for pid in left if local_group.alive(pid)]


def test_one_that_prints_without_end_is_ended(tmp_path: Path) -> None:
    began = time.monotonic()

    _, problems = run(tmp_path, SHELL + "exec yes 0123456789\n", Limits(time=Duration(20_000), output=1024 * 1024))

    assert time.monotonic() - began < 10
    assert [problem.message for problem in problems] == [
        "the inventory cloud is of no use: it printed more than 1 MiB"
    ]


def test_a_child_that_keeps_the_output_open_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()

    inventory, problems = run(tmp_path, printing(f'{{"g":["a"],{EMPTY_META}}}') + "sleep 60 &\n")

    assert problems == ()
    assert inventory is not None
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("text", "mode", "says", "hint"),
    [
        ("import json\nprint(1)\n", 0o755, "is executable, but has no '#!' line", "chmod -x prod/x"),
        ("#!/usr/bin/env python3\nimport json\n", 0o644, "is not executable, but has a '#!' line", "chmod +x prod/x"),
    ],
)
def test_half_a_program_is_one_error(written: Write, text: str, mode: int, says: str, hint: str) -> None:
    folder = written({"x": text})
    (folder / "x").chmod(mode)
    problems = Problems()

    load.inventory(InventorySources(places=(Place("prod", folder),)), means(), problems)

    assert [problem.code for problem in problems.sorted()] == ["not-executable"]
    assert says in problems.sorted()[0].message
    assert hint in (problems.sorted()[0].hint or "")


@pytest.mark.parametrize("name", ["hosts", "hosts.ini", "hosts.yml"])
def test_a_list_of_hosts_may_be_executable_on_file_systems_without_modes(written: Write, name: str) -> None:
    folder = written({name: "g: {hosts: {a: }}\n" if name == "hosts.yml" else "[g]\na\n"})
    (folder / name).chmod(0o755)
    problems = Problems()

    inventory = load.inventory(InventorySources(places=(Place("prod", folder),)), means(), problems)

    assert problems.sorted() == ()
    assert inventory is not None
    assert inventory.groups["g"] == ("a",)


def test_the_digest_covers_what_it_printed_and_not_what_it_is(tmp_path: Path) -> None:
    def digest(said: str, comment: str = "") -> str:
        inventory, _ = run(tmp_path, printing(said) + comment)
        assert inventory is not None
        return inventory.sha256

    first = digest(f'{{"g":["a"],{EMPTY_META}}}')

    assert digest(f'{{"g":["a"],{EMPTY_META}}}') == first
    assert digest(f'{{"g":["b"],{EMPTY_META}}}') != first


def test_a_program_may_not_name_secrets(tmp_path: Path) -> None:
    """It would choose to whom they are sent."""
    said = {"g": {"hosts": ["a"], "vars": {"ansible_password": "{{ secret.ROOT }}"}}, "_meta": {"hostvars": {}}}
    _, problems = run(tmp_path, printing(said))
    assert [problem.code for problem in problems] == ["password-in-inventory"]


def test_a_program_may_not_have_commands_run_here_nor_keys_trusted_unseen(tmp_path: Path) -> None:
    arguments = "-o ProxyCommand='touch /tmp/x' -o StrictHostKeyChecking=accept-new -o ProxyJump=bastion"
    said = {"g": {"hosts": ["a"], "vars": {"ansible_ssh_common_args": arguments}}, "_meta": {"hostvars": {}}}
    inventory, problems = run(tmp_path, printing(said))
    assert [(problem.code, problem.severity) for problem in problems] == [("ignored-ssh-args", Severity.WARNING)] * 2
    assert inventory is not None
    options = inventory.hosts[0].host.ssh_options
    assert [name for name, _ in options] == ["refused", "proxyjump"]
    assert "touch" not in repr(options)
