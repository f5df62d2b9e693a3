"""Ways to a host that are not direct: through other hosts (ProxyJump), and through a program (ProxyCommand)."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import openssh
import pytest
from asking import ask, fault, gets_in, said, using

from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.values import Duration, TargetName

pytestmark = pytest.mark.sshd


@pytest.fixture
def bastion(tmp_path: Path) -> Iterator[openssh.OpenSsh]:
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed")
    with openssh.serve(tmp_path / "bastion") as server:
        yield server


def configured(folder: Path, sshd: openssh.OpenSsh, *on_the_way: openssh.OpenSsh, text: str) -> UserFiles:
    """Return the files of a user who knows all these servers; `bastion` and `next` are those on the way, in order."""
    blocks = [text.format(port=sshd.port)]
    for name, server in zip(("bastion", "next"), on_the_way, strict=False):
        blocks.append(
            f"Host {name}\n  HostName {openssh.LOOPBACK}\n  Port {server.port}\n  IdentityFile {server.key}\n"
        )
    config = folder / "ssh_config"
    config.write_text("\n".join(blocks))
    known = folder / "known"
    known.write_text("".join(server.known_line() for server in (sshd, *on_the_way)))
    return sshd.files(config=(config,), known_hosts=(known,))


async def test_through_one_host_with_its_own_key_and_port(
    sshd: openssh.OpenSsh, bastion: openssh.OpenSsh, tmp_path: Path
) -> None:
    files = configured(tmp_path, sshd, bastion, text="Host web\n  HostName 127.0.0.1\n  ProxyJump bastion\n")
    async with using(files) as transport:
        shown = await said(transport, Host(name=TargetName("web"), port=sshd.port), "echo $SSH_CONNECTION")
        assert shown.split()[3] == str(sshd.port)
        assert len(bastion.connections()) == 1


async def test_one_connection_to_the_bastion_for_all_behind_it(
    sshd: openssh.OpenSsh, bastion: openssh.OpenSsh, tmp_path: Path
) -> None:
    files = configured(tmp_path, sshd, bastion, text="Host web-*\n  HostName 127.0.0.1\n  ProxyJump bastion\n")
    hosts = [Host(name=TargetName(f"web-{number}"), port=sshd.port) for number in range(12)]
    async with using(files) as transport:
        assert set(await asyncio.gather(*(said(transport, host) for host in hosts))) == {"hello\n"}
        assert len(bastion.connections()) == 1
    assert not await _left(bastion), "the bastion's connection ends with the run"


async def _left(server: openssh.OpenSsh) -> list[int]:
    deadline = time.monotonic() + 5
    while server.connections() and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    return server.connections()


async def test_through_two_hosts(sshd: openssh.OpenSsh, bastion: openssh.OpenSsh, tmp_path: Path) -> None:
    with openssh.serve(tmp_path / "next") as after:
        text = "Host web\n  HostName 127.0.0.1\n  ProxyJump bastion,next\n"
        files = configured(tmp_path, sshd, bastion, after, text=text)
        async with using(files) as transport:
            assert await said(transport, Host(name=TargetName("web"), port=sshd.port)) == "hello\n"
            assert len(bastion.connections()) == len(after.connections()) == 1


async def test_a_host_on_the_way_has_its_own_way(
    sshd: openssh.OpenSsh, bastion: openssh.OpenSsh, tmp_path: Path
) -> None:
    with openssh.serve(tmp_path / "next") as after:
        files = configured(tmp_path, sshd, bastion, after, text="Host web\n  HostName 127.0.0.1\n  ProxyJump next\n")
        config = tmp_path / "ssh_config"
        config.write_text(f"{config.read_text()}  ProxyJump bastion\n")
        assert await gets_in(files, Host(name=TargetName("web"), port=sshd.port))


async def test_the_inventory_can_name_the_way(
    sshd: openssh.OpenSsh, bastion: openssh.OpenSsh, tmp_path: Path
) -> None:
    files = configured(tmp_path, sshd, bastion, text="")
    assert await gets_in(files, sshd.host(ssh_options=(("proxyjump", "bastion"),)))


async def test_the_key_of_a_host_on_the_way_is_checked(
    sshd: openssh.OpenSsh, bastion: openssh.OpenSsh, tmp_path: Path
) -> None:
    files = configured(tmp_path, sshd, bastion, text="")
    (tmp_path / "known").write_text(sshd.known_line())
    found = await fault(files, sshd.host(ssh_options=(("proxyjump", "bastion"),)))
    assert found.kind is FaultKind.HOST_KEY
    assert "by way of bastion" in found.message
    assert "unknown host key" in found.message
    assert found.hint is not None
    assert "runbook trust api-1 -i INVENTORY" in found.hint


async def test_a_bastion_that_does_not_let_us_in_is_asked_once(
    sshd: openssh.OpenSsh, bastion: openssh.OpenSsh, tmp_path: Path
) -> None:
    files = configured(tmp_path, sshd, bastion, text="")
    (bastion.folder / "authorized_keys").write_text("")
    hosts = [sshd.host(f"web-{number}", ssh_options=(("proxyjump", "bastion"),)) for number in range(5)]
    async with using(files) as transport:
        answers = await asyncio.gather(*(ask(transport, host) for host in hosts))
        late = await ask(transport, sshd.host("late", ssh_options=(("proxyjump", "bastion"),)))
    assert {answer.kind for answer in (*answers, late) if isinstance(answer, Fault)} == {FaultKind.AUTH}
    assert isinstance(late, Fault)
    assert late.message.startswith("late (127.0.0.1")


async def test_a_bastion_that_is_dead_holds_nobody_up_for_long(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    config = tmp_path / "config"
    visits = 0
    with socket.create_server((openssh.LOOPBACK, 0)) as mute:  # accepts and says nothing
        config.write_text(f"Host bastion\n HostName 127.0.0.1\n Port {mute.getsockname()[1]}\n")
        limits = Limits(connect=Duration(1_000), threads=4)
        hosts = [sshd.host(f"web-{number}", ssh_options=(("proxyjump", "bastion"),)) for number in range(20)]
        began = time.monotonic()
        async with using(sshd.files(config=(config,)), limits) as transport:
            answers = await asyncio.gather(*(ask(transport, host) for host in hosts))
        assert time.monotonic() - began < 4
        mute.settimeout(0.1)
        with suppress(TimeoutError):
            while True:
                mute.accept()[0].close()
                visits += 1
    assert {answer.kind for answer in answers if isinstance(answer, Fault)} == {FaultKind.UNREACHABLE}
    assert visits == 1


async def test_a_bastion_that_lets_nothing_through(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    with openssh.serve(tmp_path / "closed", extra="AllowTcpForwarding no") as closed:
        files = configured(tmp_path, sshd, closed, text="")
        found = await fault(files, sshd.host(ssh_options=(("proxyjump", "bastion"),)))
    assert found.kind is FaultKind.REFUSED
    assert "AllowTcpForwarding" in (found.hint or "")


async def test_nothing_listens_behind_the_bastion(
    sshd: openssh.OpenSsh, bastion: openssh.OpenSsh, tmp_path: Path
) -> None:
    files = configured(tmp_path, sshd, bastion, text="")
    host = Host(
        name=TargetName("web"), address="127.0.0.1", port=openssh.free_port(), ssh_options=(("proxyjump", "bastion"),)
    )
    found = await fault(files, host)
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)


async def test_a_bastion_that_dies_takes_the_commands_with_it_and_is_reached_again(
    sshd: openssh.OpenSsh, bastion: openssh.OpenSsh, tmp_path: Path
) -> None:
    files = configured(tmp_path, sshd, bastion, text="")
    host = sshd.host(ssh_options=(("proxyjump", "bastion"),))
    async with using(files) as transport:
        asking = asyncio.create_task(ask(transport, host, f"touch {tmp_path}/begun; sleep 20"))
        while not (tmp_path / "begun").exists():
            await asyncio.sleep(0.02)
        bastion.drop_connections()
        answer = await asking
        assert isinstance(answer, Fault)
        assert (answer.kind, answer.begun) == (FaultKind.LOST, True)
        assert await said(transport, host) == "hello\n"


@pytest.mark.parametrize("chain", ["a b", "-oProxyCommand=x", "host:0", "host:99999", "@host", "a,,b"])
async def test_a_way_that_is_none(sshd: openssh.OpenSsh, chain: str) -> None:
    found = await fault(sshd.files(), sshd.host(ssh_options=(("proxyjump", chain),)))
    assert found.kind is FaultKind.ERROR
    assert "ProxyJump" in found.message


async def test_a_way_that_leads_back(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("Host *\n  ProxyJump bastion\n")
    found = await fault(sshd.files(config=(config,)), sshd.host())
    assert found.kind is FaultKind.ERROR
    assert "leads back to" in found.message


# -- ProxyCommand


def by_program(sshd: openssh.OpenSsh, folder: Path, command: str) -> UserFiles:
    config = folder / "config"
    config.write_text(f"Host *\n  ProxyCommand {command}\n")
    return sshd.files(config=(config,))


RELAY = (
    "import os,socket,sys,threading;s=socket.create_connection((sys.argv[1],int(sys.argv[2])));"
    "t=threading.Thread(target=lambda:[s.sendall(d) for d in iter(lambda:os.read(0,65536),b'')],daemon=True);t.start();"
    "[os.write(1,d) for d in iter(lambda:s.recv(65536),b'')]"
)


async def test_a_program_carries_the_bytes(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    relay = tmp_path / "relay.py"
    relay.write_text(RELAY)
    files = by_program(sshd, tmp_path, f"python3 {relay} '%h' %p")
    async with using(files) as transport:
        assert await said(transport, sshd.host()) == "hello\n"
        big = await said(transport, sshd.host(), "head -c 3000000 /dev/zero | tr '\\0' x")
        assert big.startswith("xxx")
        running = _running(str(relay))
        assert len(running) == 1
    assert not _running(str(relay)), "the program ends with the connection"


def _running(word: str) -> list[str]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if word in line:
                found.append(folder.name)
    return found


async def test_a_program_that_ignores_its_end_is_ended(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    relay = tmp_path / "stubborn.py"
    relay.write_text("import signal,time;signal.signal(signal.SIGHUP,signal.SIG_IGN)\n" + RELAY + "\ntime.sleep(60)")
    async with using(by_program(sshd, tmp_path, f"python3 {relay} %h %p")) as transport:
        assert await said(transport, sshd.host()) == "hello\n"
    assert not _running(str(relay))


async def test_what_a_program_complains_about_is_told_clean_and_short(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    script = tmp_path / "complains"
    script.write_text("printf 'no route \\033[31mto it\\n' >&2; head -c 100000 /dev/zero | tr '\\0' y >&2; exit 7")
    found = await fault(by_program(sshd, tmp_path, f"sh {script}"), sshd.host())
    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)
    assert "no route" in found.message
    assert "\x1b" not in found.message
    assert len(found.message) < 500


async def test_a_program_that_is_not_there(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    found = await fault(by_program(sshd, tmp_path, "/no/such/program %h"), sshd.host())
    assert found.kind is FaultKind.UNREACHABLE
    assert "ended with exit status 127" in found.message


async def test_a_program_that_says_nothing_meets_the_deadline(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    began = time.monotonic()
    found = await fault(by_program(sshd, tmp_path, "sleep 30"), sshd.host(), Limits(connect=Duration(500)))
    assert found.kind is FaultKind.UNREACHABLE
    assert time.monotonic() - began < 4


@pytest.mark.trap(
    "CVE-2023-51385",
    "A host's name becomes part of a command line on this machine.",
)
@pytest.mark.parametrize("name", ["a;touch${IFS}x", "$(id)", "`id`", "-oX", "a b", "x'y", 'x"y', "a|b", "a&b"])
async def test_a_name_never_becomes_a_command(sshd: openssh.OpenSsh, tmp_path: Path, name: str) -> None:
    """CVE-2023-51385: names from elsewhere stand in a line that a shell reads."""
    found = await fault(by_program(sshd, tmp_path, f"touch {tmp_path}/ran %h"), Host(name=TargetName(name)))
    assert found.kind is FaultKind.ERROR
    assert not (tmp_path / "ran").exists()


async def test_a_configuration_that_others_may_write_is_not_followed(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    files = by_program(sshd, tmp_path, f"touch {tmp_path}/ran")
    (tmp_path / "config").chmod(0o666)
    found = await fault(files, sshd.host())
    assert "others may write" in found.message
    assert not (tmp_path / "ran").exists()
