"""The ways in which the SSH transport may carry commands: tests that do not care which run in all of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.transports.ssh.transport import SshTransport

MODES: Mapping[str, Mapping[str, Any]] = {"session": {"warm": False}, "warm": {"warm": True}}
"""By name, the limits that make SshTransport work in that way; this is the one place where a way is added."""
current: Mapping[str, Any] = {}
"""What the fixture `ssh_modes` has chosen for this test."""


def ssh_transport(*, files: UserFiles, limits: Limits | None = None) -> SshTransport:
    """Return a transport that works in the way which this test is about."""
    return SshTransport(jitter=lambda: 0.0, files=files, limits=replace(limits or Limits(), **current))
