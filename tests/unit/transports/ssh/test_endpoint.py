"""What the inventory and the SSH configuration say about reaching a host."""

from pathlib import Path

import pytest

from playbook_engine.model.replies import FaultKind
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.configuration import Configuration
from playbook_engine.transports.ssh.endpoint import Endpoint, Pace, Proof, Trust
from playbook_engine.transports.ssh.faults import Unable
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.values import TargetName

WEB = Host(name=TargetName("web"))


def files(folder: Path, *configs: Path, user: str = "me") -> UserFiles:
    return UserFiles(
        home=folder,
        user=user,
        config=configs,
        known_hosts=(folder / "known_hosts",),
        identities=(folder / "id_ed25519",),
        agent_socket="/agent",
    )


def resolve(folder: Path, config: str = "", host: Host = WEB, user: str = "me") -> Endpoint:
    path = folder / "config"
    path.write_text(config)
    return Configuration(files(folder, path, user=user), Limits()).endpoint(host)


def refused(folder: Path, config: str, host: Host = WEB, user: str = "me") -> Unable:
    with pytest.raises(Unable) as caught:
        resolve(folder, config, host, user)
    assert caught.value.fault.kind is FaultKind.ERROR
    return caught.value


def test_nothing_said_anywhere(tmp_path: Path) -> None:
    assert resolve(tmp_path) == Endpoint(
        name="web",
        address="web",
        port=22,
        user="me",
        known_as="web",
        trust=Trust(user_files=(tmp_path / "known_hosts",)),
        proof=Proof(identities=(tmp_path / "id_ed25519",), agent_socket="/agent"),
        pace=Pace(connect_s=10.0, alive_s=15.0, alive_count=3),
    )


def test_the_configuration_fills_in(tmp_path: Path) -> None:
    config = """
        Host web
          HostName web.example.com
          Port 2222
          User deploy
          IdentityFile ~/.ssh/deploy
          IdentityFile /keys/%h
          IdentitiesOnly yes
          IdentityAgent none
          UserKnownHostsFile ~/known "/with space/known"
          ConnectTimeout 1m
    """
    found = resolve(tmp_path, config)
    assert (found.address, found.port, found.user) == ("web.example.com", 2222, "deploy")
    assert (found.known_as, found.known_too) == ("[web.example.com]:2222", "web.example.com")
    assert found.proof.identities[1] == Path("/keys/web.example.com")
    assert found.proof.identities_named
    assert found.proof.identities_only
    assert found.proof.agent_socket is None
    assert found.trust.files == (tmp_path / "known", Path("/with space/known"))
    assert found.pace.connect_s == 60.0


def test_the_inventory_counts_more(tmp_path: Path) -> None:
    host = Host(
        name=TargetName("web"),
        port=22022,
        user="ops",
        private_key_file="~/own",
        known_hosts_file="/inventory/known_hosts",
    )
    config = "Host *\n Port 1\n User u\n IdentityFile /k\n UserKnownHostsFile /other\n"
    found = resolve(tmp_path, config, host)
    assert (found.port, found.user) == (22022, "ops")
    assert found.proof.identities == (tmp_path / "own",)
    assert found.trust.files == (Path("/inventory/known_hosts"),)


def test_the_address_is_what_one_would_type_after_ssh(tmp_path: Path) -> None:
    config = "Host bastion\n HostName 10.0.0.9\nHost web\n HostName wrong\n"
    host = Host(name=TargetName("web"), address="bastion")
    assert resolve(tmp_path, config, host).address == "10.0.0.9"


@pytest.mark.parametrize(
    ("address", "port", "shown"),
    [(None, None, "web (10.0.0.9:22)"), ("::1", 2222, "web ([::1]:2222)")],
)
def test_how_a_place_is_shown(tmp_path: Path, address: str | None, port: int | None, shown: str) -> None:
    host = Host(name=TargetName("web"), address=address, port=port)
    assert str(resolve(tmp_path, "Host web\n HostName 10.0.0.9\n", host)) == shown


def test_a_host_key_alias_is_what_known_hosts_is_asked_for(tmp_path: Path) -> None:
    assert resolve(tmp_path, "Host *\n HostKeyAlias Cluster\n").known_as == "cluster"


@pytest.mark.parametrize(
    "config", ["Host *\n ProxyJump none\n", "Host *\n ProxyCommand none\n", "Host x\n ProxyJump b\n"]
)
def test_no_proxy_for_this_host(tmp_path: Path, config: str) -> None:
    assert resolve(tmp_path, config).address == "web"


def test_what_follows_an_include_counts_for_every_host_again(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("Host other\n User nobody\n")
    assert resolve(tmp_path, "Include ~/other\nUser everyone\n").user == "everyone"


def test_an_include_that_matches_nothing(tmp_path: Path) -> None:
    assert resolve(tmp_path, 'Include nothing/* "no file"\nPort 99\n').port == 99


def test_files_that_include_each_other(tmp_path: Path) -> None:
    assert "16 files deep" in str(refused(tmp_path, "Include config\n"))


@pytest.mark.parametrize(
    "config",
    ["Host web\n Port many\n", "Host web\n Port 0\n", "Host web\n Port 65536\n", "nonsense\n", "Match wrong x\n"],
)
def test_a_configuration_that_cannot_be_used(tmp_path: Path, config: str) -> None:
    refused(tmp_path, config)


@pytest.mark.parametrize(
    ("condition", "user"),
    [("host web", "matched"), ('host "web,db"', "matched"), ("!host web", "me"), ("host web user nobody-here", "me")],
)
def test_conditions_that_are_known(tmp_path: Path, condition: str, user: str) -> None:
    assert resolve(tmp_path, f"Match {condition}\n User matched\n").user == user


@pytest.mark.parametrize("others", ["", "host web", "host web originalhost web"])
def test_a_program_as_a_condition_is_never_run(tmp_path: Path, others: str) -> None:
    config = f'Match {others} exec "touch {tmp_path}/ran"\n User matched\n'
    assert "Match exec" in str(refused(tmp_path, config))
    assert not (tmp_path / "ran").exists()


def test_a_program_that_decides_about_other_hosts_is_no_matter(tmp_path: Path) -> None:
    config = f'Match host db* exec "touch {tmp_path}/ran"\n User matched\nHost *\n User everyone\n'
    assert resolve(tmp_path, config).user == "everyone"
    assert not (tmp_path / "ran").exists()


def test_a_configuration_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Unable, match=str(tmp_path)):
        Configuration(files(tmp_path, tmp_path), Limits()).endpoint(WEB)


def test_the_first_file_counts_more_and_a_missing_one_says_nothing(tmp_path: Path) -> None:
    own, system = tmp_path / "own", tmp_path / "system"
    own.write_text("Host web\n Port 1022\n")
    system.write_text("Port 2022\nUser shared\n")
    found = Configuration(files(tmp_path, own, tmp_path / "none", system), Limits()).endpoint(WEB)
    assert (found.port, found.user) == (1022, "shared")


def test_nobody_to_log_in_as(tmp_path: Path) -> None:
    assert "which user" in str(refused(tmp_path, "", user=""))


def test_where_openssh_looks(tmp_path: Path) -> None:
    standard = UserFiles.standard(tmp_path, "me", {"SSH_AUTH_SOCK": "/s"})
    assert standard.config == (tmp_path / ".ssh/config", Path("/etc/ssh/ssh_config"))
    assert standard.known_hosts[0] == tmp_path / ".ssh/known_hosts"
    assert standard.identities[0] == tmp_path / ".ssh/id_ed25519"
    assert standard.agent_socket == "/s"
    assert UserFiles.standard(tmp_path, "me", {"SSH_AUTH_SOCK": ""}).agent_socket is None
