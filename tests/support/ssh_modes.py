"""The ways in which the SSH transport may carry commands: tests that do not care which run in all of them."""

from collections.abc import Mapping
from typing import Any

from playbook_engine.transports.ssh.transport import SshTransport

MODES: Mapping[str, Mapping[str, Any]] = {"session": {}}
"""By name, what makes SshTransport work in that way; this is the one place where a way is added."""
current: Mapping[str, Any] = {}
"""What the fixture `ssh_modes` has chosen for this test."""


def ssh_transport(**fields: Any) -> SshTransport:
    """Return a transport that works in the way which this test is about."""
    return SshTransport(**({"jitter": lambda: 0.0} | dict(current) | fields))
