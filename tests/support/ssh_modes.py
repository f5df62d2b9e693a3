"""The ways in which the SSH transport may carry commands: tests that do not care which run in all of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playbook_engine.model.replies import Answer, Fault
from playbook_engine.model.requests import Request, ShellRequest
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.transports.ssh.transport import SshTransport
from playbook_engine.values import ShellText

MODES: dict[str, Mapping[str, Any]] = {"session": {"warm": False}, "warm": {"warm": True}}
"""By name, the limits that make SshTransport work in that way; this is the one place where a way is added."""
WAITING: dict[str, Mapping[str, Any]] = {"waiting": {"warm": True, "waiting": True}}
"""The way of commands that only read, when a shell stands ready: they may be sent again after a lost connection."""
current: Mapping[str, Any] = {}
"""What the fixture `ssh_modes` has chosen for this test."""


def ssh_transport(*, files: UserFiles, limits: Limits | None = None) -> SshTransport:
    """Return a transport that works in the way which this test is about."""
    fields = dict(current)
    kind = _Waiting if fields.pop("waiting", False) else SshTransport
    return kind(jitter=lambda: 0.0, files=files, limits=replace(limits or Limits(), **fields))


class _Waiting(SshTransport):
    """A transport on which a first command has made a shell that stays, and on which all commands only read."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._prepared: set[Host] = set()

    async def perform(self, request: Request) -> Answer:
        if not isinstance(request, ShellRequest) or not isinstance(request.target, Host):
            return await super().perform(request)
        if request.target not in self._prepared:
            first = ShellRequest(target=request.target, shell=ShellText(":"), reads=True, timeout=request.timeout)
            answer = await super().perform(first)
            if isinstance(answer, Fault):
                return answer
            self._prepared.add(request.target)
        return await super().perform(replace(request, reads=True))
