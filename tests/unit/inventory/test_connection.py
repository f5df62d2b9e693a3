"""What Ansible's connection variables come to."""

import os
from collections.abc import Callable, Mapping
from dataclasses import fields

import pytest

from playbook_engine.diagnostics import Diagnostic, Severity
from playbook_engine.model.inventory import Inventory
from playbook_engine.model.targets import Host, SecretName
from playbook_engine.values import TargetName

Load = Callable[[Mapping[str, str]], tuple[Inventory, tuple[Diagnostic, ...]]]

HOME = os.path.expanduser("~")  # noqa: PTH111 - the same rule as the code under test


def one(variables: str, group: str = "{}") -> dict[str, str]:
    return {"hosts.yml": f"all: {{vars: {group}}}\napi: {{hosts: {{w: {{{variables}}}}}}}"}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ("", {}),
        ("ansible_host: 10.0.0.1", {"address": "10.0.0.1"}),
        ("ansible_ssh_host: h", {"address": "h"}),
        ("ansible_host: '::1'", {"address": "::1"}),
        ("ansible_port: 2222", {"port": 2222}),
        ("ansible_port: '2222'", {"port": 2222}),
        ("ansible_port: 026", {"port": 22}),
        ("ansible_user: deploy", {"user": "deploy"}),
        ("ansible_user: 1000", {"user": "1000"}),
        ("ansible_ssh_private_key_file: ~/.ssh/id", {"private_key_file": f"{HOME}/.ssh/id"}),
        ("ansible_ssh_private_key_file: keys/id", {"private_key_file": "keys/id"}),
        ("ansible_connection: local", {"connection": "local"}),
        ("ansible_connection: smart", {"connection": "ssh"}),
        ("ansible_connection: paramiko_ssh", {"connection": "ssh"}),
        ("ansible_ssh_common_args: -o UserKnownHostsFile=~/k", {"known_hosts_file": f"{HOME}/k"}),
        ("ansible_ssh_extra_args: '-oUserKnownHostsFile=k -o \"User deploy\"'",
         {"known_hosts_file": "k", "user": "deploy"}),
        ("ansible_ssh_common_args: -o port=22 -o Port=23 -o IdentityFile=k", {"port": 22, "private_key_file": "k"}),
        ("ansible_ssh_common_args: -o Port=23, ansible_port: 22", {"port": 22}),
        ("ansible_ssh_common_args: -o Port=23, ansible_ssh_extra_args: -o Port=24 -o User=u", {"port": 23, "user": "u"}),
        ("ansible_ssh_common_args: -o StrictHostKeyChecking=yes", {"ssh_options": (("stricthostkeychecking", "yes"),)}),
        ("ansible_ssh_common_args: -o StrictHostKeyChecking=accept-new",
         {"ssh_options": (("stricthostkeychecking", "accept-new"),)}),
        ("ansible_ssh_common_args: -J ops@bastion:2222", {"ssh_options": (("proxyjump", "ops@bastion:2222"),)}),
        ("ansible_ssh_common_args: -Jbastion -p 23 -l ops -i k",
         {"ssh_options": (("proxyjump", "bastion"),), "port": 23, "user": "ops", "private_key_file": "k"}),
        ("ansible_ssh_extra_args: '-o ProxyCommand=\"ssh -W %h:%p b\"', ansible_ssh_args: -o ProxyJump=none",
         {"ssh_options": (("proxyjump", "none"), ("proxycommand", "ssh -W %h:%p b"))}),
        ("ansible_password: '{{ secret.LOGIN }}'", {"password": SecretName("LOGIN")}),
        ("ansible_ssh_pass: '{{secret.A}}', ansible_become_pass: '{{ secret.B }}'",
         {"password": SecretName("A"), "become_password": SecretName("B")}),
        ("ansible_ssh_private_key_passphrase: '{{ secret.P }}'", {"passphrase": SecretName("P")}),
        ("runbook_warm_shell: false", {"warm_shell": False}),
        ("runbook_warm_shell: no", {"warm_shell": False}),
        ("runbook_warm_shell: 'True'", {}),
    ],
)  # fmt: skip
def test_variables_become_settings(loaded: Load, variables: str, expected: dict[str, object]) -> None:
    inventory, problems = loaded(one(variables))

    assert problems == ()
    found = inventory.hosts[0].host
    assert {name: getattr(found, name) for name in expected} == expected
    untouched = Host(name=TargetName("w"))
    names = (field.name for field in fields(Host))
    assert all(getattr(found, name) == getattr(untouched, name) for name in names if name not in expected)


def test_settings_come_from_groups_and_files_as_variables_do(loaded: Load) -> None:
    files = one("ansible_port: 1", "{ansible_user: g, ansible_port: 2, ansible_host: h}")
    files |= {"host_vars/w.yml": "ansible_host: f\n", "group_vars/api.yml": "ansible_connection: local\n"}

    inventory, problems = loaded(files)

    assert problems == ()
    assert inventory.hosts[0].host == Host(name=TargetName("w"), address="f", port=1, user="g", connection="local")
    assert inventory.hosts[0].variables["ansible_user"].value == "g"


@pytest.mark.parametrize(
    ("variables", "code", "at", "says"),
    [
        ("ansible_port: 0", "invalid-connection", "0", "not a port"),
        ("ansible_port: 65536", "invalid-connection", "65536", "1 to 65535"),
        ("ansible_port: ssh", "invalid-connection", "ssh", "not a port"),
        ("ansible_port: yes", "invalid-connection", "yes", "expected a text or a number"),
        ("ansible_port: [22]", "invalid-connection", "[22]", "expected a text or a number"),
        ("ansible_user: ''", "invalid-connection", "''", "found nothing"),
        ("runbook_warm_shell: maybe", "invalid-connection", "maybe", "expected true or false"),
        ("ansible_user: 'a b'", "invalid-connection", "'a b'", "not a user name"),
        ("ansible_host: -oProxyCommand=x", "invalid-connection", "-oProxyCommand=x", "not a host name"),
        ('ansible_host: "a\\nb"', "invalid-connection", '"a\\nb"', "not a host name"),
        ("ansible_connection: docker", "invalid-connection", "docker", "Supported are ssh"),
        ("ansible_connection: locl", "invalid-connection", "locl", "Did you mean 'local'?"),
        ("ansible_ssh_common_args: -o StrictHostKeyChecking=no", "invalid-ssh-args", "StrictHostKeyChecking",
         "host keys are always checked"),
        ("ansible_ssh_common_args: -o stricthostkeychecking=off", "invalid-ssh-args", "stricthostkeychecking",
         "host keys are always checked"),
        ("ansible_password: 'x{{ secret.A }}'", "password-in-inventory", "ansible_password", "{{ secret.NAME }}"),
        ("ansible_ssh_extra_args: -o UserKnownHostsFile=/dev/null", "invalid-ssh-args", "UserKnownHostsFile",
         "no host can be trusted"),
        ("ansible_ssh_extra_args: '-o UserKnownHostsFile=\"a b\"'", "invalid-ssh-args", "UserKnownHostsFile",
         "one known_hosts file"),
        ("ansible_ssh_common_args: -o Port=x", "invalid-ssh-args", "Port", "not a port"),
        ("ansible_ssh_common_args: \"-o 'x\"", "invalid-ssh-args", "\"-o 'x\"", "cannot be split"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_an_error_at_its_place(loaded: Load, variables: str, code: str, at: str, says: str) -> None:
    files = one(variables)

    _, problems = loaded(files)

    assert [problem.code for problem in problems] == [code]
    span = problems[0].span
    assert span is not None
    assert files["hosts.yml"].split("\n")[span.line - 1][span.column - 1 :].startswith(at)
    assert says in f"{problems[0].message} {problems[0].hint}"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ("ansible_ssh_common_args: -o ControlMaster=auto", ["'ControlMaster=auto'"]),
        ("ansible_ssh_common_args: -J bastion -4", ["'-4'"]),
        ("ansible_ssh_common_args: -o", ["'-o'"]),
        ("ansible_become: true", ["'ansible_become'"]),
        ("ansible_python_interpreter: /usr/bin/python3", []),
    ],
)
def test_what_is_not_honoured_is_warned_of(loaded: Load, variables: str, said: list[str]) -> None:
    _, problems = loaded(one(variables))

    assert sorted(problem.message for problem in problems) == sorted(f"{name} is not honoured yet" for name in said)
    assert all(problem.severity is Severity.WARNING for problem in problems)


def test_a_faulty_group_variable_is_reported_once_for_all_its_hosts(loaded: Load) -> None:
    _, problems = loaded({"hosts.yml": "api: {hosts: {'w[1:50]': }, vars: {ansible_port: 0}}"})

    assert len(problems) == 1
