"""Is the host still there? Asked when nothing has come from it for a while; without an answer the connection ends.

Paramiko's own keepalive wants no answer, and so never finds out anything. The command in flight would wait for its
own deadline, and nobody would know that the host had been gone for long.
"""

from typing import Any, Final

import paramiko
from paramiko.common import cMSG_GLOBAL_REQUEST

from playbook_engine.transports.ssh.endpoint import Pace
from playbook_engine.transports.ssh.wire import Wire

_QUESTION: Final = "keepalive@openssh.com"
"""No server knows it, and every server says so: that is the answer."""


class Pulse:
    """Counts the questions that have gone unanswered; whatever comes from the host is an answer."""

    def __init__(self, wire: Wire, pace: Pace) -> None:
        self._wire = wire
        self._pace = pace
        self._read = wire.packetizer.read_message
        self._unanswered = 0

    def begin(self) -> None:
        if self._pace.alive_s <= 0:
            return
        self._wire.packetizer.read_message = self._heard  # type: ignore[method-assign]  # paramiko has no other way
        self._wire.packetizer.set_keepalive(self._pace.alive_s, self._ask)

    def _heard(self) -> Any:
        message = self._read()
        self._unanswered = 0
        return message

    def _ask(self) -> None:
        """Ask once more, or give the connection up; called by the thread that reads it."""
        if self._unanswered >= self._pace.alive_count:
            raise EOFError("the host has not answered for a while")
        self._unanswered += 1
        message = paramiko.Message()
        message.add_byte(cMSG_GLOBAL_REQUEST)
        message.add_string(_QUESTION)
        message.add_boolean(True)
        self._wire._send_user_message(message)  # type: ignore[attr-defined]  # noqa: SLF001  the typeshed leaves it out
