"""From files to a plan: everything that is wrong is said at once, before anything happens."""

from dataclasses import replace
from pathlib import Path

import pytest
import vaulted
from plans import PLAYBOOK, Project

from playbook_engine.app.planning import load, prepare
from playbook_engine.errors import InvalidInput
from playbook_engine.model.sources import VaultId
from playbook_engine.values import Secret, TargetName

STEPS = """\
steps:
  - mitigate: Empty the logs
    ssh: rm -f {{ secret.PATH }}
    irreversible: true
  - escalate: It stays full
    to: oncall
"""


def test_a_whole_plan(tmp_path: Path) -> None:
    ready = Project(tmp_path).prepare()
    plan = ready.plan

    assert (plan.playbook_ref.name, plan.playbook_ref.path) == ("disk-full", str(tmp_path / "playbook.yml"))
    assert (plan.inventory_ref.hosts, plan.inventory_ref.selected) == (2, ("one", "two"))
    assert [len(block) for block in plan.health] == [1]
    assert (ready.warnings, ready.secrets) == ((), {})


def test_both_files_are_read_before_anything_is_said(tmp_path: Path) -> None:
    project = Project(tmp_path, playbook="runbook: v1\nnmae: x\n", hosts="all: [\n", environment="environmnt: x\n")

    found = project.problems()

    assert {line.split(":")[0] for line in found} >= {"playbook.yml", "hosts.yml"}


def test_names_targets_values_and_people_are_checked_together(tmp_path: Path) -> None:
    """One unknown name is no reason to keep quiet about the rest."""
    project = Project(
        tmp_path,
        playbook=PLAYBOOK + STEPS + "  - {check: a, ssh: 'echo {{ lost }}', hosts: nowhere}\n",
        set_texts={"x": "1"},
    )

    assert project.problems() == [
        "- unknown-input",
        "playbook.yml:11 unknown-secret",
        "playbook.yml:14 unknown-contact",
        "playbook.yml:15 unknown-name",
        "playbook.yml:15 unknown-host-pattern",
    ]


def test_missing_files(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write()
    (tmp_path / "playbook.yml").unlink()
    (tmp_path / "inv" / "hosts.yml").unlink()
    (tmp_path / "inv" / "environment.yml").unlink()

    with pytest.raises(InvalidInput) as caught:
        prepare(project.request)

    assert len(caught.value.diagnostics) == 2
    assert all(str(tmp_path) in each.message or each.span for each in caught.value.diagnostics)


@pytest.mark.parametrize("limit", ["one", "two,!one", "all"])
def test_a_limit(limit: str, tmp_path: Path) -> None:
    playbook = PLAYBOOK.replace("local:", "ssh:")
    plan = Project(tmp_path, playbook=playbook, limit=limit).prepare().plan

    expected = {"one": ("one",), "two,!one": ("two",), "all": ("one", "two")}[limit]
    assert plan.inventory_ref.selected == expected
    assert set(plan.host_names) == {TargetName(name) for name in expected}
    assert tuple(target.name for target in plan.health[0][0].probes[0].targets) == expected  # type: ignore[union-attr]  # a check


def test_a_limit_that_matches_nothing_is_one_problem(tmp_path: Path) -> None:
    assert Project(tmp_path, playbook=PLAYBOOK.replace("local:", "ssh:"), limit="tow").problems() == [
        "- unknown-host-pattern"
    ]


SECRETS = """\
environment: test
policy: {mitigate: auto}
secrets:
  PATH: {file: PLACE/path}
  HOOK: {env: NO_SUCH_VARIABLE}
channels: {hook: {kind: webhook, secret: HOOK}}
contacts: {oncall: {hook: "#oncall"}}
"""


def test_a_secret_that_a_step_needs_must_be_there_and_one_for_a_notice_should(tmp_path: Path) -> None:
    project = Project(tmp_path, playbook=PLAYBOOK + STEPS, environment=SECRETS.replace("PLACE", str(tmp_path)))

    assert project.problems() == ["environment.yml:4 missing-secret", "environment.yml:5 missing-secret"]

    (tmp_path / "path").write_text("/var/log/old\n")
    ready = project.prepare()
    assert ready.secrets == {"PATH": Secret("PATH", "/var/log/old")}
    assert [warning.code for warning in ready.warnings] == ["missing-secret"]


def test_for_a_mere_look_secrets_need_not_be_there(tmp_path: Path) -> None:
    project = Project(
        tmp_path,
        playbook=PLAYBOOK + STEPS,
        environment=SECRETS.replace("PLACE", str(tmp_path)),
        only_look=True,
    )

    assert [step.path for block in project.prepare().plan.steps for step in block] == ["steps/1", "steps/2"]


TLS = (
    PLAYBOOK
    + """\
steps:
  - check: a
    http: {request: GET https://h/, tls: {ca: certs/ca.pem, cert: "{{ own }}"}}
vars: {own: no-such-file}
"""
)


def test_a_certificate_that_is_not_there_is_a_problem_at_its_place(tmp_path: Path) -> None:
    """Beside the playbook, not in the current directory; a name with a value in it is tried when it is known."""
    project = Project(tmp_path, playbook=TLS)
    assert project.problems() == ["playbook.yml:11 unreadable-file"]

    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "ca.pem").write_text("")
    project.prepare()


def test_for_a_mere_look_certificates_need_not_be_there(tmp_path: Path) -> None:
    Project(tmp_path, playbook=TLS, only_look=True).prepare()


def test_the_key_of_a_host_that_a_request_goes_through_is_looked_for(tmp_path: Path) -> None:
    step = "steps: [{check: a, hosts: one, http: {request: GET http://h/, via: ssh}}]\n"
    hosts = f"all: {{hosts: {{one: {{ansible_ssh_private_key_file: {tmp_path}/none}}, two: {{}}}}}}\n"

    assert Project(tmp_path, playbook=PLAYBOOK + step, hosts=hosts).problems() == ["- unreadable-key"]


def test_secret_inputs_are_among_what_is_masked(tmp_path: Path) -> None:
    """Whether they were given with `--set` or by the inventory, and whatever the environment calls its own."""
    playbook = PLAYBOOK + "inputs:\n  pin: {type: string, secret: true}\n"
    given = Project(tmp_path, playbook=playbook, set_texts={"pin": "4711"}).prepare()
    hosts = "all: {hosts: {one: {pin: '47'}, two: {pin: '11'}}}\n"
    inherited = Project(tmp_path, playbook=playbook, hosts=hosts).prepare()

    assert {secret.reveal() for secret in given.secrets.values()} == {"4711"}
    assert {secret.reveal() for secret in inherited.secrets.values()} == {"47", "11"}
    assert given.inputs == (("pin", "<secret pin>"),)


def test_a_secret_that_was_overridden_is_masked_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step can still come by it: `env.RUNBOOK_INPUT_PIN`, which is a secret as well."""
    monkeypatch.setenv("RUNBOOK_INPUT_PIN", "4711")
    steps = "steps: [{check: a, local: 'echo {{ env.RUNBOOK_INPUT_PIN }}'}]\n"
    playbook = PLAYBOOK + "inputs:\n  pin: {type: string, secret: true}\n" + steps

    ready = Project(tmp_path, playbook=playbook, set_texts={"pin": "0815"}).prepare()

    assert {secret.reveal() for secret in ready.secrets.values()} == {"4711", "0815"}
    env = ready.plan.names["env"]
    assert isinstance(env, dict)
    assert env["RUNBOOK_INPUT_PIN"] == Secret("pin", "4711")


def test_vaulted_variables_are_among_what_is_masked(tmp_path: Path) -> None:
    """Wherever in a value they stand, each once; and they serve as inputs of any type."""
    playbook = PLAYBOOK + "inputs:\n  pin: {type: string, secret: true}\n  word: {type: string}\n"
    project = Project(tmp_path, playbook=playbook)
    project.write()
    folder = tmp_path / "inv" / "group_vars"
    folder.mkdir()
    deep = "deep:\n  - x: " + vaulted.tagged("", vaulted.VALUE).removeprefix(": ")
    texts = (vaulted.tagged("pin", vaulted.LABELLED), vaulted.tagged("word", vaulted.VALUE), deep)
    (folder / "all.yml").write_text("".join(texts))
    (tmp_path / "pw").write_bytes(vaulted.PASSWORD)
    (tmp_path / "pw2").write_bytes(vaulted.OTHER_PASSWORD)
    vault = (VaultId(None, tmp_path / "pw"), VaultId("prod", tmp_path / "pw2"))

    ready = prepare(replace(project.request, inventory=replace(project.request.inventory, vault=vault)))

    assert sorted(secret.reveal() for secret in ready.secrets.values()) == [
        "correct horse 值",
        "correct horse 值",
        "staple",
    ]
    assert {secret.name for secret in ready.secrets.values()} == {"pin", "word", "deep"}
    assert ready.inputs == (("pin", "<secret pin>"), ("word", "<secret word>"))


def test_an_inventory_can_be_loaded_once_for_several_playbooks(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write()
    shared = load(project.request.inventory)
    (tmp_path / "inv" / "hosts.yml").unlink()

    assert prepare(project.request, shared).plan.inventory_ref.hosts == 2


def test_what_is_wrong_with_a_shared_inventory_is_said_with_each_playbook(tmp_path: Path) -> None:
    project = Project(tmp_path, hosts="all: [\n")
    project.write()
    shared = load(project.request.inventory)

    for _ in range(2):
        with pytest.raises(InvalidInput) as caught:
            prepare(project.request, shared)
        assert [each.code for each in caught.value.diagnostics] == ["yaml-syntax"]


def test_what_a_broken_inventory_might_have_given_is_not_missed(tmp_path: Path) -> None:
    project = Project(tmp_path, playbook=PLAYBOOK + "steps:\n  - {check: a, local: 'echo {{ api_url }}'}\n")
    project.write()
    (tmp_path / "inv" / "group_vars").mkdir()
    (tmp_path / "inv" / "group_vars" / "all.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n6162\n")

    with pytest.raises(InvalidInput) as caught:
        prepare(project.request)

    assert [each.code for each in caught.value.diagnostics] == ["vaulted-value"]


NAMED = """\
all:
  hosts:
    one: {ansible_host: 127.0.0.1, ansible_password: "{{ secret.LOGIN }}"}
    two: {ansible_host: 127.0.0.1, ansible_password: "{{ secret.OTHER }}"}
"""
SOURCES = "environment: test\nsecrets: {LOGIN: {env: LOGIN_PW}, OTHER: {env: OTHER_PW}}\n"
ON_ONE = PLAYBOOK + "steps:\n  - {check: a, ssh: id, hosts: one}\n  - {escalate: b, to: oncall}\n"


def test_a_host_gets_the_secrets_that_the_inventory_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGIN_PW", "geheim-1")
    monkeypatch.setenv("OTHER_PW", "geheim-2")
    ready = Project(tmp_path, hosts=NAMED, environment=SOURCES + "contacts: {oncall: {phone: x}}\n").prepare()
    assert {secret.reveal() for secret in ready.secrets.values()} == {"geheim-1", "geheim-2"}
    assert "geheim" not in repr(ready.plan)
    assert "geheim" not in repr(ready)


def test_a_secret_of_a_host_that_logs_in_must_be_there_and_of_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGIN_PW", "geheim-1")
    environment = SOURCES + "contacts: {oncall: {phone: x}}\n"
    playbook = ON_ONE.replace("hosts: all\n", "hosts: one\n")
    Project(tmp_path, playbook=playbook, hosts=NAMED, environment=environment).prepare()
    monkeypatch.delenv("LOGIN_PW")
    found = Project(tmp_path, playbook=playbook, hosts=NAMED, environment=environment).problems()
    assert [line.split()[-1] for line in found if "secret" in line] == ["missing-secret"]


def test_a_secret_that_nobody_declares(tmp_path: Path) -> None:
    hosts = NAMED.replace("secret.LOGIN", "secret.LOGNI")
    environment = SOURCES + "contacts: {oncall: {phone: x}}\n"
    found = Project(tmp_path, playbook=ON_ONE, hosts=hosts, environment=environment).problems()
    assert "- unknown-secret" in found
