"""A dialogue with the shell of one channel: what is to be said leaves as the host takes it, never blocking."""

from collections import deque
from contextlib import suppress
from typing import Final

import paramiko

from playbook_engine.transports.shell_dialogue import Dialogue, Said
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.watch import Watch

EXEC: Final = "exec /bin/sh"
"""What the host is asked to run: every login shell understands it."""
_AT_ONCE: Final = 256 * 1024


class Talk:
    """Carries a dialogue over a channel; the caller reads the channel and hands over its standard error.

    What the command is to read may be more than the host takes at once: it goes out piece by piece between two
    looks at the output, so that neither side waits for the other for ever.
    """

    def __init__(self, link: Link, channel: paramiko.Channel, watch: Watch, dialogue: Dialogue) -> None:
        self._link = link
        self._channel = channel
        self._watch = watch
        self._queue: deque[memoryview | None] = deque()
        self.dialogue = dialogue

    def begin(self) -> None:
        """Send the request and what the shell is to read first: the host answers both within one round trip."""
        self._watch.attentive = self.dialogue.attentive
        self._link.wire.start_exec(self._channel, self._watch, EXEC)
        self._say(self.dialogue.opening)
        self.push()

    def hear(self, data: bytes) -> bytes:
        """Take standard error, and answer it; return what belongs to the command."""
        kept = self.dialogue.hear(data)
        for said in self.dialogue.more():
            self._say(said)
        self._watch.attentive = self.dialogue.attentive
        return kept

    def push(self) -> None:
        """Send what waits to be sent, as much of it as the host takes now."""
        try:
            while self._queue and (self._queue[0] is None or self._channel.send_ready()):
                self._push_one()
        except OSError:
            if not self._channel.closed:
                raise
            self._queue.clear()  # the host closed first: why, the watch knows

    def hang_up(self) -> None:
        """Say that nothing more comes, whatever still waits."""
        self._queue.clear()
        with suppress(OSError):
            self._channel.shutdown_write()

    def _push_one(self) -> None:
        piece = self._queue.popleft()
        if piece is None:
            self._channel.shutdown_write()
            return
        sent = self._channel.send(bytes(piece[:_AT_ONCE]))
        if sent and len(piece) > sent:
            self._queue.appendleft(piece[sent:])

    def _say(self, said: Said) -> None:
        if said.data:
            self._queue.append(memoryview(said.data))
        if said.last:
            self._queue.append(None)
