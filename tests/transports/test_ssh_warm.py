"""The shell that stays on a host between commands: that it does, and what happens when it does not."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import openssh
import pytest

from playbook_engine.model.replies import Answer, Fault, FaultKind, ShellReply
from playbook_engine.model.requests import ShellRequest
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.settings import Limits
from playbook_engine.transports.ssh.transport import SshTransport
from playbook_engine.values import Duration, ShellText

SHELL = "echo $PPID"
"""Says which resident shell runs it."""
ABOVE = "cat /proc/$PPID/comm"
"""Says what program the command was started by."""


@pytest.fixture(autouse=True)
def _needs_sshd(sshd: openssh.OpenSsh) -> None:
    """Skip all of this where there is no sshd."""


@asynccontextmanager
async def using(server: openssh.OpenSsh) -> AsyncIterator[SshTransport]:
    transport = SshTransport(jitter=lambda: 0.5, files=server.files())
    try:
        yield transport
    finally:
        await transport.close()


async def ask(transport: SshTransport, host: Host, command: str, *, reads: bool = False, **fields: object) -> Answer:
    request = ShellRequest(target=host, shell=ShellText(command), reads=reads, timeout=Duration(10_000))
    for name, value in fields.items():
        object.__setattr__(request, name, value)
    return await transport.perform(request)


async def out(transport: SshTransport, host: Host, command: str, *, reads: bool = False, **fields: object) -> str:
    answer = await ask(transport, host, command, reads=reads, **fields)
    assert isinstance(answer, ShellReply), answer
    assert answer.stderr.text == ""
    return answer.stdout.text.strip()


@pytest.mark.parametrize("reads", [True, False])
async def test_one_shell_for_one_command_after_the_other(sshd: openssh.OpenSsh, reads: bool) -> None:
    async with using(sshd) as transport:
        shells = {await out(transport, sshd.host(), SHELL, reads=reads) for _ in range(5)}
    assert len(shells) == 1


async def test_as_many_shells_as_commands_at_once_and_no_more_later(sshd: openssh.OpenSsh) -> None:
    async with using(sshd) as transport:
        first = await asyncio.gather(*(out(transport, sshd.host(), f"sleep 0.5; {SHELL}") for _ in range(6)))
        second = await asyncio.gather(*(out(transport, sshd.host(), f"sleep 0.5; {SHELL}") for _ in range(6)))
    assert len(set(first)) == 6
    assert set(second) == set(first)


@pytest.mark.parametrize(("limits", "host"), [(Limits(warm=False), {}), (Limits(), {"warm_shell": False})])
async def test_without_it_each_command_has_a_session(
    sshd: openssh.OpenSsh, limits: Limits, host: dict[str, Any]
) -> None:
    """Switched off altogether, or in the inventory for a host: no shell of ours is found above a command."""
    transport = SshTransport(jitter=lambda: 0.5, files=sshd.files(), limits=limits)
    above = {await out(transport, sshd.host(**host), ABOVE) for _ in range(2)}
    await transport.close()
    assert above == {"sshd"}


async def test_with_it_a_shell_of_ours_is_above_the_command(sshd: openssh.OpenSsh) -> None:
    async with using(sshd) as transport:
        assert await out(transport, sshd.host(), ABOVE) in {"bash", "sh"}


async def test_a_command_that_ends_our_shell_is_not_known_to_have_ended(sshd: openssh.OpenSsh) -> None:
    async with using(sshd) as transport:
        assert await out(transport, sshd.host(), "echo before") == "before"
        answer = await ask(transport, sshd.host(), "kill -9 $PPID; exit 5")
        assert isinstance(answer, Fault)
        assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.LOST, True, True)
        assert await out(transport, sshd.host(), "echo after") == "after"


@pytest.mark.parametrize("reads", [True, False])
async def test_a_shell_that_was_ended_meanwhile_is_replaced(sshd: openssh.OpenSsh, reads: bool) -> None:
    async with using(sshd) as transport:
        first = await out(transport, sshd.host(), SHELL)
        os.kill(int(first), 9)
        assert await out(transport, sshd.host(), SHELL, reads=reads) not in {first, ""}


async def test_a_shell_that_no_longer_answers_is_not_given_a_change(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    """It is asked first: what was not sent has not begun."""
    async with using(sshd) as transport:
        shell = int(await out(transport, sshd.host(), SHELL))
        os.kill(shell, 19)
        answer = await ask(transport, sshd.host(), f"touch {tmp_path}/changed", timeout=Duration(700))
        os.kill(shell, 18)
        assert isinstance(answer, Fault)
        assert (answer.kind, answer.begun) == (FaultKind.TIMEOUT, False)
        assert await out(transport, sshd.host(), "echo after") == "after"
        assert not (tmp_path / "changed").exists()


async def test_what_somebody_says_unasked_is_in_no_output(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    """It has left its group and let go of our pipe, so nobody waited for it; its shell is not used again."""
    stray = f"exec 8>&-; sleep 0.3; echo stray; echo stray >&2; sleep 0.5; touch {tmp_path}/said"
    async with using(sshd) as transport:
        first = await out(transport, sshd.host(), f"{SHELL}; setsid sh -c '{stray}' &")
        async with asyncio.timeout(10):
            while not (tmp_path / "said").exists():
                await asyncio.sleep(0.02)
        assert await out(transport, sshd.host(), SHELL, reads=True) != first
        assert await out(transport, sshd.host(), "echo on", reads=True) == "on"


async def test_one_session_is_enough(tmp_path: Path) -> None:
    with openssh.serve(tmp_path / "sshd", extra="MaxSessions 1") as server:
        async with using(server) as transport:
            shells = [await out(transport, server.host(), SHELL) for _ in range(3)]
            assert len(set(shells)) == 1
            assert await out(transport, server.host(), "cat", stdin="in a session of its own") != ""
            assert await out(transport, server.host(), "echo on") == "on"
            many = await asyncio.gather(*(out(transport, server.host(), f"echo {n}") for n in range(6)))
            assert many == [str(n) for n in range(6)]


@pytest.mark.parametrize(
    ("extra", "stderr"),
    [
        pytest.param('ForceCommand PATH=/nowhere; export PATH; eval "$SSH_ORIGINAL_COMMAND"', "", id="no setsid"),
        pytest.param('ForceCommand echo noise; eval "$SSH_ORIGINAL_COMMAND"', "", id="noise on stdout"),
        pytest.param('ForceCommand echo noise >&2; eval "$SSH_ORIGINAL_COMMAND"', "noise\n", id="noise on stderr"),
    ],
)
async def test_where_a_shell_cannot_stay_it_is_as_without_it(tmp_path: Path, extra: str, stderr: str) -> None:
    said = []
    with openssh.serve(tmp_path / "sshd", extra=extra) as server:
        for warm in (True, False):
            limits = Limits(warm=warm)
            transport = SshTransport(jitter=lambda: 0.5, files=server.files(), limits=limits)
            answers = [await ask(transport, server.host(), f"echo out; exit {n}") for n in range(3)]
            await transport.close()
            assert all(isinstance(answer, ShellReply) for answer in answers)
            said.append([(a.rc, a.stdout.text, a.stderr.text) for a in answers if isinstance(a, ShellReply)])
    assert said[0] == said[1]
    assert [(rc, err) for rc, _, err in said[0]] == [(n, stderr) for n in range(3)]


async def test_variables_of_the_account_with_our_names(tmp_path: Path) -> None:
    with openssh.serve(tmp_path / "sshd", extra="SetEnv SHLVL=2 rb_word=x rb_line=y rb_program=/bin/false") as server:
        async with using(server) as transport:
            assert await out(transport, server.host(), "echo on; env | grep -c runbook-") == "on\n0"


@pytest.fixture(params=["bash", "mksh", "busybox"])
def other_shell(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    program = shutil.which(request.param)
    if program is None:
        pytest.skip(f"{request.param} is not installed")
    return f"{program} sh" if request.param == "busybox" else program


async def test_whatever_shell_sh_is(tmp_path: Path, other_shell: str) -> None:
    with openssh.serve(tmp_path / "sshd", extra=f"ForceCommand exec {other_shell}") as server:
        async with using(server) as transport:
            assert [await out(transport, server.host(), f"echo {n}") for n in range(3)] == ["0", "1", "2"]
            answer = await ask(transport, server.host(), "kill -9 $$")
            assert isinstance(answer, ShellReply)
            assert (answer.rc, answer.signal) == (137, "SIGKILL")
