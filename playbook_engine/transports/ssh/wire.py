"""What paramiko has no public way for; nothing else of this project touches its inner parts.

Paramiko drops `exit-signal`, so that a killed command would look like a lost one, and it cannot send `signal`. Its
`exec_command` waits for the host's consent without a deadline, which costs a round trip and hangs when the host
does; here the request and the standard input leave together, and the consent is heard when it comes.
"""

import logging
import select
import socket
import sys
from typing import Any, Final

import paramiko
from paramiko.common import (
    MSG_CHANNEL_CLOSE,
    MSG_CHANNEL_FAILURE,
    MSG_CHANNEL_REQUEST,
    MSG_CHANNEL_WINDOW_ADJUST,
    cMSG_CHANNEL_REQUEST,
)

from playbook_engine.transports.ssh.packets import Packets
from playbook_engine.transports.ssh.watch import Watch

_TCP_INFO_RTT: Final = 148
"""Where the shortest round trip stands in Linux's struct tcp_info (linux/tcp.h), in microseconds."""
_QUICK: Final = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
"""Ciphers that vouch for what they carry: asked for first, because paramiko compares other vouchers byte by byte."""
_TABLE: Final = paramiko.Transport._channel_handler_table  # type: ignore[attr-defined]  # noqa: SLF001  no public way


def _on_request(channel: paramiko.Channel, message: paramiko.Message) -> None:
    """Note how a command ended, then let paramiko do what it does."""
    copy = paramiko.Message(message.get_remainder())
    name = copy.get_text()
    copy.get_boolean()
    watch = _watch_of(channel)
    if watch is not None and name == "exit-status":
        watch.exit_status(copy.get_int())
    elif watch is not None and name == "exit-signal":
        watch.exit_signal(copy.get_text())
    _TABLE[MSG_CHANNEL_REQUEST](channel, message)


def _on_failure(channel: paramiko.Channel, message: paramiko.Message) -> None:
    """Note that the host refused a request; paramiko closes the channel."""
    watch = _watch_of(channel)
    if watch is not None:
        watch.refuse()
    _TABLE[MSG_CHANNEL_FAILURE](channel, message)


def _on_close(channel: paramiko.Channel, message: paramiko.Message) -> None:
    """Note that the host closed the channel, which paramiko also does when the connection breaks."""
    watch = _watch_of(channel)
    if watch is not None:
        watch.hang_up()
    _TABLE[MSG_CHANNEL_CLOSE](channel, message)


def _on_room(channel: paramiko.Channel, message: paramiko.Message) -> None:
    """Note that the host takes more of what is sent to it."""
    _TABLE[MSG_CHANNEL_WINDOW_ADJUST](channel, message)
    watch = _watch_of(channel)
    if watch is not None:
        watch.room()


def _watch_of(channel: paramiko.Channel) -> Watch | None:
    transport = channel.get_transport()
    return transport.watch_of(channel) if isinstance(transport, Wire) else None


class Wire(paramiko.Transport):
    """A paramiko transport whose channels tell a Watch how their command ended."""

    _active_check_timeout = 1.0
    """How often a thread wakes up to look whether its connection is still wanted; ten times a second, as paramiko has
    it, a thousand idle connections keep a processor busy."""
    _channel_handler_table: Final = {
        **_TABLE,
        MSG_CHANNEL_REQUEST: _on_request,
        MSG_CHANNEL_FAILURE: _on_failure,
        MSG_CHANNEL_CLOSE: _on_close,
        MSG_CHANNEL_WINDOW_ADJUST: _on_room,
    }

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock, packetizer_class=Packets)
        options = self.get_security_options()
        options.ciphers = (*_QUICK, *(name for name in options.ciphers if name not in _QUICK))
        self._watches: dict[int, Watch] = {}

    def _log(self, level: int, msg: Any, *args: Any) -> None:
        """Leave out what nobody reads (`silence`) before it is made into lines."""
        if self.logger.isEnabledFor(level):
            super()._log(level, msg, *args)  # type: ignore[misc]  # the typeshed leaves it out

    def _parse_debug(self, message: paramiko.Message) -> None:
        """Pass over what a host says for its own debugging; paramiko makes it fit for a log, byte by byte."""

    def _filter_algorithm(self, type_: str) -> tuple[str, ...]:
        """Return the algorithms of a kind: none are disabled, so nothing has to be sorted out time and again."""
        found: tuple[str, ...] = getattr(self, f"_preferred_{type_}")
        return found

    def watch_of(self, channel: paramiko.Channel) -> Watch | None:
        return self._watches.get(channel.get_id())

    def start_exec(self, channel: paramiko.Channel, watch: Watch, line: str) -> None:
        """Ask for a command to be run, without waiting for the consent."""
        self.listen(channel, watch)
        self._ask(channel, "exec", line, answer=True)

    def listen(self, channel: paramiko.Channel, watch: Watch) -> None:
        """Let a watch know from now on what happens to a channel."""
        self._watches[channel.get_id()] = watch
        watch.attach(channel)

    def send_signal(self, channel: paramiko.Channel, name: str) -> None:
        """Ask the host to signal the command's process group; old servers and some kinds do not."""
        self._ask(channel, "signal", name, answer=False)

    def _ask(self, channel: paramiko.Channel, request: str, argument: str, *, answer: bool) -> None:
        message = paramiko.Message()
        message.add_byte(cMSG_CHANNEL_REQUEST)
        message.add_int(channel.remote_chanid)
        message.add_string(request)
        message.add_boolean(answer)
        message.add_string(argument)
        self._send_user_message(message)  # type: ignore[attr-defined]  # the typeshed leaves it out

    def has_been_left(self) -> bool:
        """Return whether the host's end of the connection is known to be gone, though nobody has read that yet."""
        if not isinstance(self.sock, socket.socket):
            return False  # a way through another host, or through a program
        try:
            look = select.poll()
            look.register(self.sock, select.POLLIN)
            return bool(look.poll(0)) and self.sock.recv(1, socket.MSG_PEEK) == b""
        except (OSError, ValueError):
            return True

    def takes_at_once(self) -> bool:
        """Return whether a short message would leave without waiting for anybody, and the host seems to be there."""
        if self.exchanging_keys or not isinstance(self.sock, socket.socket):
            return False
        try:
            look = select.poll()
            look.register(self.sock, select.POLLIN | select.POLLOUT)
            events = dict(look.poll(0)).get(self.sock.fileno(), 0)
        except (OSError, ValueError):
            return False
        return bool(events & select.POLLOUT) and not (events & ~select.POLLOUT and self.has_been_left())

    @property
    def exchanging_keys(self) -> bool:
        """Return whether both sides are agreeing on new keys: until they have, nothing else can come."""
        return not self.clear_to_send.is_set()

    def round_trip_s(self) -> float | None:
        """Return how long the way to the host and back takes, as the system knows it; None when it does not say."""
        if not isinstance(self.sock, socket.socket) or sys.platform != "linux":
            return None
        try:
            told = self.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_RTT + 4)
        except OSError:
            return None  # a way through a program
        return int.from_bytes(told[_TCP_INFO_RTT:], sys.byteorder) / 1e6 if len(told) == _TCP_INFO_RTT + 4 else None

    def release(self, channel: paramiko.Channel) -> None:
        """Close a channel and forget its watch."""
        self._watches.pop(channel.get_id(), None)
        channel.close()


def silence() -> None:
    """Keep paramiko's log off the terminal: what it has to say reaches people as a Fault."""
    log = logging.getLogger("paramiko")
    log.propagate = False
    log.setLevel(logging.CRITICAL + 1)
    if not log.handlers:
        log.addHandler(logging.NullHandler())
