"""Bad input, through the installed command: exit 2, every problem with its place, nothing contacted or written."""

import re
import subprocess
from pathlib import Path

import pytest
from commanding import Place
from trap import Trap

HEAD = "runbook: v1\nname: disk-full\nversion: 1.0.0\ntitle: A disk runs full\nhosts: all\n"
CHECK = HEAD + "health: [{check: a, ssh: 'true'}]\n"


NOTHING_TO_SHOW = frozenset({"empty-file", "not-utf-8", "too-large", "vaulted-value"})
"""Problems of files of which no line can be shown with a caret; `vaulted-value` where the whole file is."""


def assert_refused(done: subprocess.CompletedProcess[str], place: Place, trap: Trap, *problems: str) -> None:
    """Check that the run was refused for these problems, `FILE:LINE:COLUMN code`, and that nothing happened."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    found = re.findall(r"^(?:([^\s:][^:\n]*:\d+:\d+): )?error\[([a-z0-9-]+)\]: ", done.stderr, re.MULTILINE)
    assert [f"{place_} {code}".strip() for place_, code in found] == list(problems), done.stderr
    shown = [code for place_, code in found if place_ and code not in NOTHING_TO_SHOW]
    assert done.stderr.count("^") >= len(shown)
    assert trap.contacts() == 0
    assert not place.state.exists()
    assert not (place.folder / "changed").exists()


def laughs() -> str:
    levels = "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    return f"{CHECK}vars:\n  a0: &a0 ha\n{levels}"


PLAYBOOKS: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("", ["1:1 empty-file"]),
    "malformed": (CHECK + "steps: [\n", ["8:1 yaml-syntax"]),
    "a tab": (HEAD + "health:\n\t- check: a\n", ["7:1 yaml-syntax"]),
    "UTF-16": (CHECK.encode("utf-16"), ["1:1 not-utf-8"]),
    "a NUL byte": (CHECK + "owner: a\x00b\n", ["7:9 control-character"]),
    "10 MB": (CHECK + "# " + "x" * 10_000_000, ["1:1 too-large"]),
    "10,000 deep": (CHECK + "vars: {a: " + "[" * 10_000 + "]" * 10_000 + "}\n", ["7:110 too-deep"]),
    "billion laughs": (laughs(), ["13:47 too-many-values"]),
    "a repeated key": (CHECK + "owner: a\nowner: b\n", ["8:1 duplicate-key"]),
    "a wrong type": (CHECK + "owner: [5]\nalerts: none\n", ["7:1 wrong-type", "8:9 wrong-type"]),
    "an unknown key": (CHECK + "onwer: ana\n", ["7:1 unknown-key"]),
    "an expression": (HEAD + "health: [{check: a, ssh: 'true', expect: 'rc ='}]\n", ["6:46 expression-syntax"]),
    "an unknown name": (HEAD + "health: [{check: a, ssh: 'echo {{ rcc }}'}]\n", ["6:35 unknown-name"]),
    "an unknown host": (CHECK + "steps: [{check: b, ssh: w, hosts: onne}]\n", ["7:35 unknown-host-pattern"]),
    "an unknown contact": (CHECK + "steps: [{escalate: e, to: oncal}]\n", ["7:27 unknown-contact"]),
    "kubectl grammar": (
        HEAD + "health: [{check: a, kubectl: get pod -q}, {check: b, kubectl: gett pods}]\n",
        ["6:38 kubectl-flag", "6:63 kubectl-verb"],
    ),
    "a change in a check": (
        HEAD + "health: [{check: a, kubectl: scale deploy/x --replicas 1}]\n",
        ["6:30 changing-check"],
    ),
    "a retry that could do harm": (
        CHECK + "steps: [{mitigate: m, ssh: w, irreversible: true, retries: 2}]\n",
        ["7:51 retry-not-idempotent"],
    ),
    "batches without a target": (
        CHECK + "steps: [{mitigate: m, ssh: w, irreversible: true, serial: 0%}]\n",
        ["7:59 wrong-value"],
    ),
    "an item outside a loop": (
        CHECK + "steps: [{check: b, ssh: 'echo {{ item }}'}]\n",
        ["7:34 unknown-name"],
    ),
    "a playbook that plays itself": (
        CHECK + "steps: [{branch: b, cases: [{when: 'true', play: disk}], else: []}]\n",
        ["7:50 cyclic-play"],
    ),
    "a playbook that is not there": (
        CHECK + "steps: [{branch: b, cases: [{when: 'true', play: dikss}], else: []}]\n",
        ["7:50 unknown-playbook"],
    ),
    "roads without else": (
        CHECK + "steps: [{branch: b, for: host, cases: [{when: 'true', steps: []}]}]\n",
        ["7:10 missing-key"],
    ),
    "hosts of a step that is not on hosts": (
        CHECK + "steps: [{check: b, id: x, local: w}, {check: c, ssh: w, hosts: x.failed}]\n",
        ["7:64 missing-hosts"],
    ),
    "several at once": (
        HEAD + "owner: 5\nzebra: 1\nhealth:\n  - check: a\n    ssh: w\n    timeout: 5\n    expect: rc ==\n",
        ["6:8 wrong-type", "7:1 unknown-key", "11:14 wrong-type", "12:18 expression-syntax"],
    ),
}


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_playbook(name: str, place: Place, trap: Trap) -> None:
    content, problems = PLAYBOOKS[name]
    path = place.folder / "playbooks" / "disk.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    done = place.run("play", "disk", "-i", "prod", "--yes")

    assert_refused(done, place, trap, *(f"playbooks/disk.yml:{problem}" for problem in problems))


@pytest.mark.parametrize("change", [b"\xef\xbb\xbf", b"\r\n"], ids=["byte order mark", "CRLF"])
def test_a_byte_order_mark_and_crlf_are_fine(change: bytes, place: Place) -> None:
    path = place.folder / "playbooks" / "disk.yml"
    data = path.read_bytes()
    path.write_bytes(change + data if change != b"\r\n" else data.replace(b"\n", b"\r\n"))

    done = place.run("play", "disk", "-i", "prod", "--plan")

    assert (done.returncode, done.stderr) == (0, "")


INVENTORIES: dict[str, tuple[str, str | bytes, list[str]]] = {
    "malformed hosts": ("hosts.yml", "all: [\n", ["hosts.yml:2:1 yaml-syntax"]),
    "a tab": ("hosts.yml", "all:\n\thosts: {}\n", ["hosts.yml:2:1 yaml-syntax"]),
    "UTF-16": ("hosts.yml", "all: {}\n".encode("utf-16"), ["hosts.yml:1:1 not-utf-8"]),
    "a NUL byte": ("hosts.yml", "all: {hosts: {a\x00: {}}}\n", ["hosts.yml:1:16 control-character"]),
    "20 MB": ("hosts.yml", "all: {}\n#" + "x" * 20_000_000, ["hosts.yml:1:1 too-large"]),
    "10,000 deep": ("hosts.yml", "{all: " * 10_000, ["hosts.yml:1:602 too-deep"]),
    "a port that is none": (
        "hosts.yml",
        "all: {hosts: {one: {ansible_port: many}}}\n",
        ["hosts.yml:1:35 invalid-connection"],
    ),
    "a list for a mapping": ("hosts.yml", "all: {hosts: [one]}\n", ["hosts.yml:1:14 invalid-inventory"]),
    "malformed environment": ("environment.yml", "environment: [\n", ["environment.yml:2:1 yaml-syntax"]),
    "an unknown key": (
        "environment.yml",
        "environment: test\ncontacts: {oncall: {}}\npolcy: {}\n",
        ["environment.yml:3:1 unknown-key"],
    ),
    "a wrong type": (
        "environment.yml",
        "environment: test\ncontacts: {oncall: {}}\npolicy: {max_hosts: few}\n",
        ["environment.yml:3:21 wrong-type"],
    ),
    "INI that is none": ("hosts", "[web\na b\n", ["hosts:1:1 invalid-range", "hosts:2:3 invalid-inventory"]),
    "a child that is not declared": ("hosts.ini", "[p:children]\nq\n", ["hosts.ini:2:1 unknown-group"]),
    "groups in a circle": ("more.yml", "a: {children: {b: }}\nb: {children: {a: }}\n", ["more.yml:2:16 group-cycle"]),
    "a plugin": ("aws.yml", "plugin: aws_ec2\n", ["aws.yml:1:1 inventory-plugin"]),
    "a vaulted file": (
        "group_vars/all.yml",
        "$ANSIBLE_VAULT;1.1;AES256\n61\n",
        ["group_vars/all.yml:1:1 vaulted-value"],
    ),
    "malformed variables": ("group_vars/all.yml", "a: [\n", ["group_vars/all.yml:2:1 yaml-syntax"]),
}


@pytest.mark.parametrize("name", INVENTORIES)
def test_an_inventory(name: str, place: Place, trap: Trap) -> None:
    file, content, problems = INVENTORIES[name]
    path = place.folder / "inventories" / "prod" / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    done = place.run("play", "disk", "-i", "prod", "--yes")

    assert_refused(done, place, trap, *(f"inventories/prod/{problem}" for problem in problems))


def test_playbook_and_inventory_and_command_line_at_once(place: Place, trap: Trap) -> None:
    place.write(
        "playbooks/disk.yml", HEAD + "inputs: {n: {type: integer}}\nhealth: [{check: a, ssh: 'echo {{ lost }}'}]\n"
    )

    done = place.run("play", "disk", "-i", "prod", "--set", "n=many", "--set", "m=1", "--limit", "tow")

    problems = ["invalid-input", "unknown-input", "unknown-host-pattern", "playbooks/disk.yml:7:35 unknown-name"]
    assert sorted(re.findall(r"error\[([a-z-]+)\]", done.stderr)) == sorted(p.split()[-1] for p in problems)
    assert done.returncode == 2
    assert trap.contacts() == 0
    assert not place.state.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("play", "dsik", "-i", "prod"), "there is no playbook 'dsik'"),
        (("play", "disk", "-i", "pord"), "there is no inventory 'pord'"),
        (("play", "disk"), "Missing option '-i'"),
        (("play", "disk", "-i", "prod", "--set", "x"), "--set: expected NAME=VALUE"),
        (("play", "disk", "-i", "prod", "--set", "x=1", "--set", "x=2"), "--set x: given twice"),
        (("play", "disk", "-i", "prod", "--plan", "--check"), "--plan and --check exclude each other"),
        (("play", "disk", "-i", "prod", "--parallel", "0"), "--parallel"),
        (("play", "disk", "-i", "prod", "--output", "xml"), "'xml' is not one of 'human', 'json', 'jsonl'"),
        (
            ("play", "disk", "-i", "prod", "--approve", "epmty"),
            "--approve epmty: the playbook has no such mitigation",
        ),
        (("sweep", "dsik", "-i", "prod"), "there is no playbook 'dsik'"),
        (("lint", "dsik"), "there is no playbook 'dsik'"),
        (("audit", "show"), "run"),
        (("audit", "verify", "01NOSUCHRUN"), "run"),
    ],
)
def test_usage(arguments: tuple[str, ...], message: str, place: Place, trap: Trap) -> None:
    done = place.run(*arguments)

    assert (done.returncode, done.stdout) == (2, ""), done
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert trap.contacts() == 0
    assert not place.state.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("play", "./gone.yml", "-i", "prod"),
        ("play", "./playbooks", "-i", "prod"),
        ("play", "disk", "-i", "./gone"),
        ("lint", "./gone.yml"),
    ],
)
def test_a_file_that_is_not_there(arguments: tuple[str, ...], place: Place) -> None:
    done = place.run(*arguments)

    said = done.stdout + done.stderr
    assert done.returncode == 2, said
    assert "Traceback" not in said
    assert any(name in said for name in ("gone", "playbooks"))


def test_a_key_file_that_cannot_be_read(place: Place, trap: Trap) -> None:
    """Known before anything is contacted: exit 2."""
    place.write(
        "inventories/prod/hosts.yml",
        "all: {hosts: {one: {ansible_host: 127.0.0.1, ansible_ssh_private_key_file: /nowhere/key}}}\n",
    )

    done = place.run("play", "disk", "-i", "prod", "--yes")

    assert_refused(done, place, trap, "unreadable-key")
    assert "the private key /nowhere/key of one cannot be read: No such file or directory" in done.stderr
    assert "It comes from inventories/prod/hosts.yml:1:46 (host one)" in done.stderr


def test_a_secret_file_that_cannot_be_read(place: Place, trap: Trap) -> None:
    place.write("playbooks/disk.yml", HEAD + "health: [{check: a, ssh: 'echo {{ secret.KEY }}'}]\n")
    place.write("inventories/prod/environment.yml", "environment: test\nsecrets: {KEY: {file: /nowhere/key}}\n")

    done = place.run("play", "disk", "-i", "prod", "--yes")

    assert_refused(done, place, trap, "inventories/prod/environment.yml:2:11 missing-secret")


def test_a_sweep_lists_the_problems_of_all_playbooks_and_asks_nobody(place: Place, trap: Trap) -> None:
    place.write("playbooks/a.yml", CHECK + "zebra: 1\n")
    place.write("playbooks/b.yml", CHECK + "zebra: 1\n")

    done = place.run("sweep", "-i", "prod")

    assert_refused(done, place, trap, "playbooks/a.yml:7:1 unknown-key", "playbooks/b.yml:7:1 unknown-key")


def test_the_line_and_the_caret_are_shown(place: Place) -> None:
    place.write("playbooks/disk.yml", CHECK + "onwer: ana\n")

    done = place.run("play", "disk", "-i", "prod")

    assert done.stderr == (
        "playbooks/disk.yml:7:1: error[unknown-key]: 'onwer' is not a field of a playbook\n"
        "  7 | onwer: ana\n"
        "    | ^^^^^\n"
        "  hint: Did you mean 'owner'?\n"
        "\n"
        "1 error\n"
    )


def test_hostile_text_is_shown_harmlessly(place: Place) -> None:
    """A file name with control characters cannot draw on the terminal."""
    path = place.folder / "playbooks" / "a\x1b[31mb.yml"
    path.write_text("[")

    done = place.run("lint", str(Path("playbooks") / path.name))

    assert done.returncode == 2
    assert "\x1b" not in done.stdout + done.stderr
