"""How what runs on a host is ended: by a second channel, because SSH has no dependable way on the first.

What runs as another user is ended by that user: a signal of ours would not reach it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import paramiko

from playbook_engine.model.requests import Become, ShellRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports.shell_dialogue import Dialogue
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.talk import Talk
from playbook_engine.transports.ssh.watch import Watch
from playbook_engine.values import Duration, ShellText

_OPEN_S: Final = 1.0
_MARGIN_S: Final = 1.0
"""What the way there and back, and the signals themselves, may take besides the grace."""
_QUEUE_S: Final = 3.0
_LEAST_S: Final = 0.3
"""The grace of those that had to wait for longer than their own."""
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A command that is to be ended: the script for so many seconds, as whom it runs, and a word for the talk."""

    script: Callable[[float], str]
    become: Become | None
    word: str


def end(link: Link, overdue: Overdue, grace: Duration) -> bool:
    """Ask a command to end, make it end after `grace`, and return whether it is known to be gone.

    When more are overdue than there are channels for ending them, the others wait, and their grace passes meanwhile.
    """
    until = time.monotonic() + grace.seconds
    if not link.killers.acquire(timeout=grace.seconds + _QUEUE_S):
        return False
    try:
        left = max(until - time.monotonic(), _LEAST_S)
        return link.alive and _run(link, overdue, left)
    finally:
        link.killers.release()


def _run(link: Link, overdue: Overdue, seconds: float) -> bool:
    allowed = Duration(int((seconds + _MARGIN_S) * 1000))
    request = ShellRequest(
        target=Control(),  # which counts for nothing here: the link has the host
        shell=ShellText(overdue.script(seconds)),
        become=overdue.become,
        timeout=allowed,
    )
    until = time.monotonic() + allowed.seconds
    try:
        channel = link.open(_OPEN_S)
    except paramiko.ChannelException:
        link.give_up()  # what is overdue goes on holding the sessions that the host allows on this connection
        return False
    except (paramiko.SSHException, EOFError, OSError):
        link.give_up()  # it does not answer: who waits behind us need not try
        return False
    watch = Watch()
    talk = Talk(link, channel, watch, Dialogue(request, overdue.word))
    try:
        channel.settimeout(_OPEN_S)
        talk.begin()
        while not watch.ended and not watch.closed and (left := until - time.monotonic()) > 0:
            watch.wait_for_news(left)
            while channel.recv_stderr_ready():
                talk.hear(channel.recv_stderr(_PIECE))
            talk.push()
    except (paramiko.SSHException, EOFError, OSError):
        return False
    finally:
        link.wire.release(channel)
    return watch.status == 0
