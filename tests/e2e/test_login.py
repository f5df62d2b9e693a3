"""A playbook on a host that wants a password, for logging in and for sudo: it gets in, and nobody ever reads one."""

from collections.abc import Iterator
from pathlib import Path

import accounts as accounts_of
import openssh
import pytest
from commanding import Place

pytestmark = pytest.mark.sshd

PLAYBOOK = """\
runbook: v1
name: login
version: 1.0.0
title: A host that wants a password
hosts: all
health:
  - check: Somebody lets a password slip
    ssh: id -un; cat {slip}; echo {{{{ ansible_host }}}}
    expect: rc == 7
steps:
  - check: Root is there
    ssh: {{command: id -un, become: true}}
    expect: stdout | trim == 'root'
  - escalate: It slipped
    to: oncall
"""


@pytest.fixture(scope="module")
def people() -> Iterator[accounts_of.Accounts]:
    reason = accounts_of.why_not()
    if reason is not None:
        pytest.skip(reason)
    with accounts_of.accounts() as made:
        yield made


@pytest.fixture
def place(people: accounts_of.Accounts, tmp_path: Path) -> Iterator[Place]:
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed: nobody logged in with a password")
    slip = people.folder / "slip"
    slip.write_text(f"the password is {accounts_of.PASSWORD}\n")
    with openssh.serve(tmp_path / "sshd", first="PasswordAuthentication yes") as server:
        place = Place(tmp_path / "work")
        place.write("playbooks/login.yml", PLAYBOOK.format(slip=slip))
        place.write(
            "inv/hosts.yml",
            f"""\
all:
  hosts:
    api-1:
      ansible_host: 127.0.0.1
      ansible_port: {server.port}
      ansible_user: {people.asked}
      ansible_password: "{{{{ secret.LOGIN }}}}"
      ansible_become_password: "{{{{ secret.LOGIN }}}}"
      ansible_ssh_common_args: -o UserKnownHostsFile={server.folder}/known_hosts -o PubkeyAuthentication=no
""",
        )
        place.write(
            "inv/environment.yml",
            "environment: test\nsecrets: {LOGIN: {env: LOGIN_PW}}\ncontacts: {oncall: {phone: x}}\n",
        )
        yield place


def test_it_gets_in_and_becomes_root_and_the_password_stands_nowhere(
    place: Place, people: accounts_of.Accounts
) -> None:
    environment = {"LOGIN_PW": accounts_of.PASSWORD, "HOME": str(place.folder)}
    done = place.run("play", "login", "-i", "inv", environment=environment)
    assert done.returncode in {1, 5}, done
    record = place.records()[-1].read_text()
    assert f"{people.asked}\\nthe password is <secret LOGIN>" in record
    finished = [event for event in place.events() if event["type"] == "step.finished"]
    assert [event["outcome"] for event in finished][:2] == ["failed", "ok"]
    looks = [
        ("play", "login", "-i", "inv", "--plan"),
        ("explain", "login", "-i", "inv"),
        ("explain", "login", "-i", "inv", "--host", "api-1"),
        ("inventory", "list", "-i", "inv"),
        ("inventory", "host", "api-1", "-i", "inv", "--origins"),
        ("inventory", "graph", "-i", "inv", "--vars"),
    ]
    shown = [place.run(*words, environment=environment) for words in looks]
    assert [each.returncode for each in shown] == [0] * len(looks), shown
    said = "".join(each.stdout + each.stderr for each in (done, *shown))
    assert accounts_of.PASSWORD not in said + record
    assert "{{ secret.LOGIN }}" in said


def test_without_the_secret_nothing_is_contacted(place: Place) -> None:
    done = place.run("play", "login", "-i", "inv", environment={"HOME": str(place.folder)})
    assert done.returncode == 2
    assert "LOGIN_PW is not set" in done.stderr
    assert not place.records()
