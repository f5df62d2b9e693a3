"""The moments in a channel's life that the thread of its command wakes up for.

Paramiko rings a bell for every packet. A thread that woke up each time would read a hundred small pieces; this one
wakes up when the command has ended, when the connection has broken, when someone wants it to stop, and when so
much output has come that it has to be read before the host stops sending. One command is one or two wake-ups.
"""

import threading
from collections.abc import Callable
from typing import Final

import paramiko

_UNREAD: Final = 16
"""Packets that may wait to be read; each has at most 32 KiB, and the host stops at 2 MiB."""


class Watch(threading.Event):
    """What is known of one command: set by paramiko's thread, waited for by the command's own."""

    def __init__(self) -> None:
        super().__init__()
        self.status: int | None = None
        self.signal: str | None = None
        self.refused = False
        self.hung_up = False
        self.stopped = False
        self.attentive = False
        """Whether the thread wakes up for every packet: someone waits for an answer to what is said in it."""
        self.bell: Callable[[], None] | None = None
        """Rung in place of waking a thread: somebody else follows the command. Called by paramiko's thread."""
        self._begun = False
        self._turn = threading.Lock()
        self._channel: paramiko.Channel | None = None
        self._unread = 0

    def renew(self) -> None:
        """Forget a channel that came to nothing: another one is tried for the same command."""
        self.status = self.signal = self._channel = None
        self.refused = self.hung_up = False
        super().clear()
        if self.stopped:
            super().set()

    def attach(self, channel: paramiko.Channel) -> None:
        """Listen to a channel, whose buffers ring from now on."""
        self._channel = channel
        channel.in_buffer.set_event(self)
        channel.in_stderr_buffer.set_event(self)

    @property
    def ended(self) -> bool:
        """Return whether the host has said how the command ended."""
        return self.status is not None or self.signal is not None

    @property
    def silent(self) -> bool:
        """Return whether no more output can come."""
        channel = self._channel
        return channel is not None and (channel.closed or bool(channel.eof_received))

    @property
    def closed(self) -> bool:
        return self._channel is not None and self._channel.closed

    def set(self) -> None:
        """Take note that something came, and wake the thread when it has to see it."""
        self._unread += 1
        if self.attentive or self._unread >= _UNREAD or self.closed or (self.ended and self.silent):
            self._wake()

    def clear(self) -> None:
        """Do nothing: paramiko would clear the bell while the thread still has to look."""

    def wait_for_news(self, seconds: float) -> bool:
        """Sleep until there is something to see, at most for some seconds; return whether there is."""
        heard = self.wait(seconds)
        self._unread = 0
        super().clear()
        return heard

    def room(self) -> None:
        """Take note that the host takes more of what is sent to it."""
        self._wake()

    def exit_status(self, status: int) -> None:
        self.status = status
        self._wake()

    def exit_signal(self, name: str) -> None:
        self.signal = name
        self._wake()

    def refuse(self) -> None:
        """Take note that the host did not want to run the command."""
        self.refused = True

    def hang_up(self) -> None:
        """Take note that the host closed the channel; without this, a closed channel means a lost connection."""
        self.hung_up = True

    def begin(self) -> bool:
        """Return whether the command may be sent; afterwards it counts as begun."""
        with self._turn:
            self._begun = not self.stopped
            return self._begun

    def stop(self) -> bool:
        """Make the thread end the command, and return whether there is anything to end."""
        with self._turn:
            self.stopped = True
        self._wake()
        return self._begun

    def hand_over(self) -> None:
        """Let a thread follow the command from now on; it has something to see at once."""
        self.bell = None
        super().set()

    def _wake(self) -> None:
        bell = self.bell
        if bell is not None:
            bell()
        else:
            super().set()
