"""A dialogue with the shell of one channel."""

from typing import Final

import paramiko

from playbook_engine.transports.shell_dialogue import Dialogue, Said
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.outgoing import Outgoing
from playbook_engine.transports.ssh.watch import Watch

EXEC: Final = "exec /bin/sh"
"""What the host is asked to run: every login shell understands it."""


class Talk:
    """Carries a dialogue over a channel; the caller reads the channel and hands over its standard error."""

    def __init__(self, link: Link, channel: paramiko.Channel, watch: Watch, dialogue: Dialogue) -> None:
        self._link = link
        self._channel = channel
        self._watch = watch
        self._outgoing = Outgoing(channel)
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
        self._outgoing.push()

    def hang_up(self) -> None:
        """Say that nothing more comes, whatever still waits."""
        self._outgoing.hang_up()

    def _say(self, said: Said) -> None:
        self._outgoing.add(said.data, last=said.last)
