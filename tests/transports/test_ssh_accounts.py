"""Accounts whose login shell is no POSIX shell, or none at all: real accounts, the real sshd."""

import asyncio
import shlex
import time
from collections.abc import Iterator

import login_shells
import pytest
from login_shells import Shells
from ssh_asking import asking

from playbook_engine.model.replies import FaultKind

pytestmark = [pytest.mark.sshd, pytest.mark.usefixtures("ssh_modes")]


@pytest.fixture(scope="module")
def shells() -> Iterator[Shells]:
    reason = login_shells.why_not()
    if reason is not None:
        pytest.skip(reason)
    with login_shells.shells() as made:
        yield made


def account(shells: Shells, kind: str) -> str:
    if kind not in shells.names:
        pytest.skip(f"{login_shells.SHELLS[kind]} is not installed")
    return shells.names[kind]


@pytest.mark.parametrize("kind", ["nologin", "false"])
async def test_an_account_that_nobody_may_use(shells: Shells, kind: str) -> None:
    async with asking(shells.server.files(), shells.server.host(user=account(shells, kind))) as host:
        for _ in range(2):
            found = await host.fault()
            assert (found.kind, found.begun, found.may_live) == (FaultKind.ERROR, False, False)
            assert "before the command was started" in found.message
            assert kind == "false" or "not available" in (found.hint or "")


async def test_an_account_for_file_transfer_only(shells: Shells) -> None:
    async with asking(shells.server.files(), shells.server.host(user=account(shells, "jailed"))) as host:
        began = time.monotonic()
        found = await host.fault("touch /x", 5_000)
        assert time.monotonic() - began < 8
        assert (found.kind, found.begun, found.may_live) == (FaultKind.ERROR, False, False)
        assert "sftp" in (found.hint or "")


@pytest.mark.parametrize("kind", ["bash", "csh", "fish"])
async def test_the_login_shell_does_not_read_the_command(shells: Shells, kind: str) -> None:
    """What it is called does not matter: it starts `/bin/sh`, which reads the command line as everywhere."""
    nasty = 'it\'s "$HOME" `id` !x \\ ; echo ${x:-y}'
    async with asking(shells.server.files(), shells.server.host(user=account(shells, kind))) as host:
        reply = await host.reply(f"for i in 1 2; do :; done; printf %s {shlex.quote(nasty)}; cat; exit 3", stdin="in")
        assert reply.rc == 3
        assert reply.stdout.text.endswith(f"{nasty}in")
        assert (await host.reply("kill -9 $$")).signal == "SIGKILL"


@pytest.mark.parametrize("kind", ["bash", "csh", "fish"])
async def test_the_deadline_ends_a_command_under_any_login_shell(shells: Shells, kind: str) -> None:
    async with asking(shells.server.files(), shells.server.host(user=account(shells, kind))) as host:
        assert (await host.reply()).rc == 0
        found = await host.ended("sleep 30 & sleep 30", 1_500)
        assert (found.kind, found.begun, found.may_live) == (FaultKind.TIMEOUT, True, False)


@pytest.mark.trap(
    "ansible#2268, ansible#6309",
    "What a login shell or a message of the day says breaks the connection, or is parsed for the result.",
)
@pytest.mark.parametrize("kind", ["csh", "fish"])
async def test_what_a_login_shell_says_is_no_fault(shells: Shells, kind: str) -> None:
    """It is at most more output, before that of the command (ansible#2268, ansible#6309)."""
    async with asking(shells.server.files(), shells.server.host(user=account(shells, kind))) as host:
        replies = await asyncio.gather(*(host.reply(f"echo {n}; echo err{n} >&2") for n in range(4)))
        for n, reply in enumerate(replies):
            assert reply.rc == 0
            assert reply.stdout.text.splitlines()[-1] == str(n)
            assert reply.stderr.text.splitlines()[-1] == f"err{n}"
            assert "runbook-" not in reply.stdout.text + reply.stderr.text
