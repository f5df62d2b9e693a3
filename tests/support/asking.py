"""Asks a host by an SSH transport of one's own, for tests of what lies between here and there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playbook_engine.model.replies import Answer, Fault, ShellReply
from playbook_engine.model.requests import ShellRequest
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.transports.ssh.transport import SshTransport
from playbook_engine.values import Duration, ShellText


@asynccontextmanager
async def using(files: UserFiles, limits: Limits | None = None, jitter: float = 0.0) -> AsyncIterator[SshTransport]:
    transport = SshTransport(jitter=lambda: jitter, files=files, limits=limits)
    try:
        yield transport
    finally:
        await transport.close()


async def ask(transport: SshTransport, host: Host, command: str = "echo hello", timeout_ms: int = 15_000) -> Answer:
    return await transport.perform(ShellRequest(target=host, shell=ShellText(command), timeout=Duration(timeout_ms)))


async def fault(files: UserFiles, host: Host, limits: Limits | None = None) -> Fault:
    async with using(files, limits) as transport:
        answer = await ask(transport, host)
    assert isinstance(answer, Fault), answer
    return answer


async def said(transport: SshTransport, host: Host, command: str = "echo hello") -> str:
    """Return what a command that succeeds prints."""
    answer = await ask(transport, host, command)
    assert isinstance(answer, ShellReply), answer
    assert answer.rc == 0, answer
    return answer.stdout.text


async def gets_in(files: UserFiles, host: Host) -> bool:
    async with using(files) as transport:
        return await said(transport, host) == "hello\n"
