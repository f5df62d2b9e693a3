"""How a channel for a command is opened; a shell that waits for its next command makes room for it."""

import time
from typing import Final

import paramiko

from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.transports.ssh.faults import translate
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.order import Full, NotBegun, Order

_OPEN_S: Final = 10.0
"""How long a host may take to open a channel before its connection counts as dead."""
_PAUSE_S: Final = 0.02
"""What a host takes to notice that a channel was closed, before it allows another one."""


def open_channel(link: Link, order: Order) -> paramiko.Channel | Fault | NotBegun | Full:
    """Return a new channel, or why there is none."""
    while link.crowded and link.residents.close_one():
        pass
    while True:
        left = order.until - time.monotonic()
        if left <= 0:
            message = f"{link.place}: no turn for the command within {order.timeout}"
            return Fault(kind=FaultKind.TIMEOUT, message=message)
        channel = _attempt(link, min(left, _OPEN_S))
        if not isinstance(channel, Full) or not link.residents.close_one():
            return channel
        time.sleep(_PAUSE_S)


def _attempt(link: Link, patience: float) -> paramiko.Channel | NotBegun | Full:
    asked = time.monotonic()
    try:
        return link.open(patience)
    except (paramiko.SSHException, EOFError, OSError) as error:
        # When several are refused at once, paramiko tells only one of them why.
        refused = link.alive and time.monotonic() - asked < patience
        return Full(_refusal(error, link)) if refused else NotBegun(translate(error, link.place))


def _refusal(error: Exception, link: Link) -> Fault:
    if isinstance(error, paramiko.ChannelException):
        return translate(error, link.place)
    return Fault(kind=FaultKind.REFUSED, message=f"{link.place}: the host refused to open a session")
