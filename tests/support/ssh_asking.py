"""Commands to an SSH server, through `SshTransport.perform` alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ssh_modes import ssh_transport

from playbook_engine.model.replies import Answer, Fault, ShellReply
from playbook_engine.model.requests import ShellRequest
from playbook_engine.model.targets import Host
from playbook_engine.ports import Transport
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.values import Duration, ShellText


class Asked:
    """A host, and a transport that reaches it."""

    def __init__(self, transport: Transport, host: Host) -> None:
        self.transport = transport
        self.host = host

    async def answer(self, command: str = "echo hello", timeout_ms: int = 15_000, stdin: str | None = None) -> Answer:
        request = ShellRequest(target=self.host, shell=ShellText(command), stdin=stdin, timeout=Duration(timeout_ms))
        return await self.transport.perform(request)

    async def reply(
        self, command: str = "echo hello", timeout_ms: int = 15_000, stdin: str | None = None
    ) -> ShellReply:
        answer = await self.answer(command, timeout_ms, stdin)
        assert isinstance(answer, ShellReply), answer
        return answer

    async def fault(self, command: str = "echo hello", timeout_ms: int = 15_000, stdin: str | None = None) -> Fault:
        answer = await self.answer(command, timeout_ms, stdin)
        assert isinstance(answer, Fault), answer
        return answer

    async def ended(self, command: str, timeout_ms: int) -> Fault:
        """Return the fault of a command that was ended; a busy machine may not confirm the end in time, and says so."""
        found = await self.fault(command, timeout_ms)
        for _ in range(2):
            if not found.may_live:
                break
            found = await self.fault(command, timeout_ms)
        return found


@asynccontextmanager
async def asking(files: UserFiles, host: Host, limits: Limits | None = None) -> AsyncIterator[Asked]:
    """Ask a host until the block ends."""
    transport = ssh_transport(files=files, limits=limits)
    try:
        yield Asked(transport, host)
    finally:
        await transport.close()
