"""OpenSSH's own client and we read a configuration to the same end: `ssh -G` is asked for each."""

import getpass
import shutil
import subprocess
from pathlib import Path

import pytest
from ssh_configurations import CONFIGURATIONS, INCLUDED

from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.config_values import Answers
from playbook_engine.transports.ssh.configuration import Configuration
from playbook_engine.transports.ssh.faults import Unable
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.values import TargetName

pytestmark = pytest.mark.skipif(shutil.which("ssh") is None, reason="OpenSSH's ssh is not installed")

SAME = ("proxyjump", "proxycommand", "userknownhostsfile", "globalknownhostsfile", "hostkeyalias")
SWITCHES = (
    "identitiesonly", "pubkeyauthentication", "passwordauthentication", "kbdinteractiveauthentication", "hashknownhosts",
)  # fmt: skip


def openssh(config: Path, host: str) -> dict[str, list[str]] | None:
    """Return what `ssh -G` says, None when it refuses the configuration."""
    asked = subprocess.run(
        ["ssh", "-G", "-F", str(config), host], capture_output=True, text=True, check=False, timeout=20
    )
    if asked.returncode:
        return None
    found: dict[str, list[str]] = {}
    for line in asked.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        found.setdefault(keyword, []).append(value)
    return found


def ours(config: Path, host: str) -> tuple[Answers, tuple[str, int, str]] | None:
    user = getpass.getuser()
    files = UserFiles(home=Path.home(), user=user, config=(config,), known_hosts=(), identities=(), agent_socket=None)
    configuration = Configuration(files, Limits())
    try:
        answers = Answers(configuration.said(host, ()))
        return answers, (answers.hostname(host), answers.port() or 22, answers.text("user") or user)
    except Unable:
        return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("configurations")
    for name, text in INCLUDED.items():
        (path / name).write_text(text.format(dir=path))
    return path


@pytest.mark.parametrize(("text", "hosts"), [each[1:] for each in CONFIGURATIONS], ids=[c[0] for c in CONFIGURATIONS])
def test_a_configuration_means_what_it_means_to_openssh(folder: Path, text: str, hosts: str) -> None:
    config = folder / "config"
    config.write_text(text.replace("{dir}", str(folder)).replace("{user}", getpass.getuser()))
    for host in hosts.split():
        theirs, found = openssh(config, host), ours(config, host)
        assert (theirs is None) == (found is None), host
        if theirs is not None and found is not None:
            compare(theirs, *found)


def compare(theirs: dict[str, list[str]], said: Answers, place: tuple[str, int, str]) -> None:
    assert place == (theirs["hostname"][0], int(theirs["port"][0]), theirs["user"][0])
    for keyword in ("identityfile", "certificatefile"):
        named = () if said.none(keyword) else said.words(keyword)
        if named or keyword == "certificatefile":
            assert list(named) == theirs.get(keyword, []), keyword
    for keyword in SAME:
        mine = " ".join(said.words(keyword)).replace("~", str(Path.home()))
        if mine and not said.none(keyword):
            assert mine.lower() == theirs[keyword][0].lower(), keyword
        elif keyword.startswith("proxy"):
            assert keyword not in theirs or theirs[keyword] == ["none"], keyword
    for keyword in SWITCHES:
        if said.text(keyword):
            assert said.yes(keyword) == (theirs[keyword][0] in {"yes", "true"}), keyword
    for keyword in ("connecttimeout", "serveraliveinterval"):
        if said.text(keyword):
            assert said.seconds(keyword) == int(theirs[keyword][0]), keyword
    if said.text("serveralivecountmax"):
        assert said.number("serveralivecountmax", 3) == int(theirs["serveralivecountmax"][0])
    if said.text("stricthostkeychecking"):
        assert said.accepts_new() == (theirs["stricthostkeychecking"] == ["accept-new"])


def test_there_are_enough() -> None:
    assert len(CONFIGURATIONS) >= 40


def test_a_command_line_counts_more_than_any_file(folder: Path) -> None:
    """`-o` of ansible_ssh_common_args is what it would be for `ssh -o`."""
    config = folder / "config"
    config.write_text("Host web\n ProxyJump bastion\n ServerAliveInterval 5\n")
    asked = subprocess.run(
        ["ssh", "-G", "-F", str(config), "-o", "ProxyCommand=none", "-o", "ServerAliveInterval=9", "web"],
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    assert "serveraliveinterval 9" in asked.stdout
    assert "proxyjump" not in asked.stdout
    files = UserFiles(home=folder, user="me", config=(config,), known_hosts=(), identities=(), agent_socket=None)
    options = (("proxycommand", "none"), ("serveraliveinterval", "9"))
    endpoint = Configuration(files, Limits()).endpoint(Host(name=TargetName("web"), ssh_options=options))
    assert (endpoint.jump, endpoint.proxy, endpoint.pace.alive_s) == (None, None, 9.0)
