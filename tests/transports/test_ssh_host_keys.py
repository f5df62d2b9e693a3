"""Is it the host? Certificates of hosts, and keys that are taken because that was asked for."""

import asyncio
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import openssh
import pytest
from asking import ask, fault, gets_in, using

from playbook_engine.model.replies import FaultKind, ShellReply

pytestmark = pytest.mark.sshd


@pytest.fixture(autouse=True)
def _needs_sshd(sshd: openssh.OpenSsh) -> None:
    """Skip all of this where there is no sshd."""


def certified(authority: Path, key: Path, *options: str) -> Path:
    """Sign a host's key; return the certificate."""
    command = ["ssh-keygen", "-q", "-s", str(authority), "-I", "host", "-h", *options, f"{key}.pub"]
    subprocess.run(command, check=True, capture_output=True, timeout=20)
    return Path(f"{key}-cert.pub")


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return openssh.make_key(tmp_path / "host_ca")


def serving(
    folder: Path, authority: Path, *options: str, kind: str = "ed25519"
) -> AbstractContextManager[openssh.OpenSsh]:
    key = openssh.make_key(folder / f"certified_{kind}", kind)
    certificate = certified(authority, key, *options)
    first = f"HostKey {key}\nHostCertificate {certificate}"
    return openssh.serve(folder / "sshd", first=first)


def trusted(folder: Path, authority: Path, names: str = "[127.0.0.1]:*") -> Path:
    known = folder / "known"
    known.write_text(f"@cert-authority {names} {openssh.public_key(authority)}\n")
    return known


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
async def test_a_host_with_a_certificate_of_a_known_authority(authority: Path, tmp_path: Path, kind: str) -> None:
    with serving(tmp_path, authority, "-n", "127.0.0.1", "-V", "+1h", kind=kind) as server:
        assert await gets_in(server.files(known_hosts=(trusted(tmp_path, authority),)), server.host())


@pytest.mark.parametrize("names", ["127.0.0.1", "*", "10.0.0.1,127.0.*"])
async def test_the_authority_is_looked_for_without_the_port_too(authority: Path, tmp_path: Path, names: str) -> None:
    with serving(tmp_path, authority, "-n", "127.0.0.1") as server:
        assert await gets_in(server.files(known_hosts=(trusted(tmp_path, authority, names),)), server.host())


async def test_an_authority_of_type_rsa(tmp_path: Path) -> None:
    authority = openssh.make_key(tmp_path / "host_ca", "rsa")
    with serving(tmp_path, authority, "-n", "127.0.0.1") as server:
        assert await gets_in(server.files(known_hosts=(trusted(tmp_path, authority),)), server.host())


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("-n", "other.example.com"), "it is for other.example.com"),
        ((), "it names no host"),
        (("-n", "127.0.0.1", "-V", "-2h:-1h"), "it has expired"),
        (("-n", "127.0.0.1", "-V", "+1h:+2h"), "it is not valid yet"),
    ],
)
async def test_a_certificate_that_is_not_good(
    authority: Path, tmp_path: Path, options: tuple[str, ...], reason: str
) -> None:
    with serving(tmp_path, authority, *options) as server:
        found = await fault(server.files(known_hosts=(trusted(tmp_path, authority),)), server.host())
    assert (found.kind, found.begun) == (FaultKind.HOST_KEY, False)
    assert reason in found.message
    assert f"{tmp_path / 'known'}:1" in found.message


async def test_a_certificate_of_somebody_else_is_an_unknown_key(authority: Path, tmp_path: Path) -> None:
    other = openssh.make_key(tmp_path / "other_ca")
    with serving(tmp_path, other, "-n", "127.0.0.1") as server:
        found = await fault(server.files(known_hosts=(trusted(tmp_path, authority),)), server.host())
    assert found.kind is FaultKind.HOST_KEY
    assert "unknown host key ssh-ed25519" in found.message


async def test_an_authority_for_other_hosts_counts_for_nothing(authority: Path, tmp_path: Path) -> None:
    with serving(tmp_path, authority, "-n", "127.0.0.1") as server:
        found = await fault(server.files(known_hosts=(trusted(tmp_path, authority, "10.*"),)), server.host())
    assert "unknown host key" in found.message


@pytest.mark.parametrize("which", ["authority", "key"])
async def test_what_was_revoked_is_not_good(authority: Path, tmp_path: Path, which: str) -> None:
    with serving(tmp_path, authority, "-n", "127.0.0.1") as server:
        known = trusted(tmp_path, authority)
        revoked = authority if which == "authority" else tmp_path / "certified_ed25519"
        known.write_text(f"{known.read_text()}@revoked * {openssh.public_key(revoked)}\n")
        found = await fault(server.files(known_hosts=(known,)), server.host())
    assert found.kind is FaultKind.HOST_KEY
    assert "revoked" in found.message


# -- accept-new


async def test_a_new_key_is_kept_when_that_is_asked_for(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    known = tmp_path / "folder" / "known"
    files = sshd.files(known_hosts=(known,))
    host = sshd.host(ssh_options=(("stricthostkeychecking", "accept-new"),))
    assert await gets_in(files, host)
    assert known.read_text() == sshd.known_line()
    assert known.stat().st_mode & 0o777 == 0o600
    assert await gets_in(files, sshd.host())


async def test_names_are_hashed_where_that_is_asked_for(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    known = tmp_path / "known"
    known.write_text("# mine, without a line end")
    options = (("stricthostkeychecking", "accept-new"), ("hashknownhosts", "yes"))
    assert await gets_in(sshd.files(known_hosts=(known,)), sshd.host(ssh_options=options))
    first, second = known.read_text().splitlines()
    assert first == "# mine, without a line end"
    assert second.startswith("|1|")
    assert await gets_in(sshd.files(known_hosts=(known,)), sshd.host())


async def test_a_changed_key_is_never_taken(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    known = tmp_path / "known"
    known.write_text(sshd.known_line(openssh.make_key(tmp_path / "other")))
    before = known.read_text()
    host = sshd.host(ssh_options=(("stricthostkeychecking", "accept-new"),))
    found = await fault(sshd.files(known_hosts=(known,)), host)
    assert found.kind is FaultKind.HOST_KEY
    assert known.read_text() == before


async def test_a_key_of_another_kind_is_not_new(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    """Whoever is in between would only have to show a key of another kind than the known one."""
    known = tmp_path / "known"
    known.write_text(sshd.known_line(openssh.make_key(tmp_path / "other", "ecdsa")))
    host = sshd.host(ssh_options=(("stricthostkeychecking", "accept-new"),))
    found = await fault(sshd.files(known_hosts=(known,)), host)
    assert "unknown host key" in found.message


async def test_twenty_at_once_keep_one_line_each(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    known = tmp_path / "known"
    async with using(sshd.files(known_hosts=(known,))) as transport:
        hosts = [
            sshd.host(f"web-{n}", ssh_options=(("stricthostkeychecking", "accept-new"), ("hostkeyalias", f"web-{n}")))
            for n in range(20)
        ]
        answers = await asyncio.gather(*(ask(transport, host) for host in hosts))
    assert all(isinstance(answer, ShellReply) for answer in answers)
    assert sorted(line.split()[0] for line in known.read_text().splitlines()) == sorted(f"web-{n}" for n in range(20))


@pytest.mark.parametrize("word", ["no", "off", "false"])
async def test_nobody_switches_the_check_off(sshd: openssh.OpenSsh, tmp_path: Path, word: str) -> None:
    config = tmp_path / "config"
    config.write_text(f"Host *\n  StrictHostKeyChecking {word}\n")
    found = await fault(sshd.files(config=(config,)), sshd.host())
    assert found.kind is FaultKind.ERROR
    assert "host keys are always checked" in found.message


async def test_a_list_of_algorithms_is_kept_to(tmp_path: Path) -> None:
    with openssh.serve(tmp_path / "sshd", host_key_kinds=("ed25519", "ecdsa")) as server:
        known = tmp_path / "known"
        known.write_text(server.known_line(server.host_keys[1]))
        options = (("hostkeyalgorithms", "ssh-ed25519"),)
        found = await fault(server.files(known_hosts=(known,)), server.host(ssh_options=options))
        assert "unknown host key ssh-ed25519" in found.message
        assert await gets_in(
            server.files(known_hosts=(known,)), server.host(ssh_options=(("hostkeyalgorithms", "ecdsa*"),))
        )


async def test_an_alias_has_no_port(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    known = tmp_path / "known"
    known.write_text(f"cluster {openssh.public_key(sshd.host_keys[0])}\n")
    assert await gets_in(sshd.files(known_hosts=(known,)), sshd.host(ssh_options=(("hostkeyalias", "Cluster"),)))


async def test_a_key_that_is_known_without_the_port_counts(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    known = tmp_path / "known"
    known.write_text(f"127.0.0.1 {openssh.public_key(sshd.host_keys[0])}\n")
    assert await gets_in(sshd.files(known_hosts=(known,)), sshd.host())
