"""Private keys are looked at before anything is contacted."""

from pathlib import Path

import pytest
from plans import PLAYBOOK, Project

from playbook_engine.errors import InvalidInput

SSH = PLAYBOOK.replace("local:", "ssh:")
HOSTS = """\
all:
  hosts: {one: {}, two: {}, three: {}, four: {}}
  vars: {ansible_ssh_private_key_file: KEY}
"""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "id"


def said(
    key: Path, *, playbook: str = SSH, hosts: str = HOSTS, only_look: bool = False
) -> list[tuple[str, str | None]]:
    project = Project(key.parent, playbook=playbook, hosts=hosts.replace("KEY", str(key)), only_look=only_look)
    try:
        project.prepare()
    except InvalidInput as error:
        return [(each.message, each.hint) for each in error.diagnostics]
    return []


def test_a_missing_key_is_one_problem_for_all_its_hosts(key: Path) -> None:
    assert said(key) == [
        (
            f"the private key {key} of one, two, three and 1 more cannot be read: No such file or directory",
            f"It comes from {key.parent}/inv/hosts.yml:3:10 (group all).",
        )
    ]


def test_a_folder_is_no_key(key: Path) -> None:
    key.mkdir()

    assert [message.rpartition(": ")[2] for message, _ in said(key)] == ["it is a folder"]


@pytest.mark.parametrize("name", ["id", "id.pub"], ids=["the key", "its public half: the key is in an agent"])
def test_a_key_that_is_there(name: str, key: Path) -> None:
    key.with_name(name).write_text("key")

    assert said(key) == []


def test_a_mere_look_needs_no_keys(key: Path) -> None:
    assert said(key, only_look=True) == []


LOCAL = "all: {hosts: {one: {ansible_connection: local}}, vars: {ansible_ssh_private_key_file: KEY}}\n"


@pytest.mark.parametrize(
    ("playbook", "hosts"), [(PLAYBOOK, HOSTS), (SSH, LOCAL)], ids=["no step logs in", "the hosts are local"]
)
def test_keys_that_nobody_uses(playbook: str, hosts: str, key: Path) -> None:
    assert said(key, playbook=playbook, hosts=hosts) == []


def test_every_road_and_every_part_is_looked_at(key: Path) -> None:
    steps = """\
steps:
  - branch: b
    cases: [{when: 'true', steps: [{check: c, ssh: w, hosts: one}]}]
    else: [{escalate: e, to: oncall}]
finally: [{check: f, ssh: w, hosts: two}]
"""
    project = Project(
        key.parent,
        playbook=PLAYBOOK + steps,
        hosts=HOSTS.replace("KEY", str(key)),
        environment="environment: test\ncontacts: {oncall: {phone: '1'}}\n",
    )

    with pytest.raises(InvalidInput) as caught:
        project.prepare()

    assert [each.message for each in caught.value.diagnostics if each.code == "unreadable-key"] == [
        f"the private key {key} of one, two cannot be read: No such file or directory"
    ]
