"""One command in one channel, from its request to its end, in a thread of its own."""

import time
from dataclasses import dataclass, field, replace
from functools import partial

import paramiko

from playbook_engine.model.replies import Answer, Fault, FaultKind, Output
from playbook_engine.transports import shell_status
from playbook_engine.transports.shell_dialogue import Dialogue
from playbook_engine.transports.shell_ending import ending
from playbook_engine.transports.ssh.ending import Overdue, end
from playbook_engine.transports.ssh.faults import lost, translate
from playbook_engine.transports.ssh.intake import Intake
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.opening import open_channel
from playbook_engine.transports.ssh.order import Order, Result
from playbook_engine.transports.ssh.settings import GREETING_S, LAST_WORDS_S, Limits
from playbook_engine.transports.ssh.talk import Talk
from playbook_engine.transports.ssh.watch import Watch


def run(link: Link, order: Order, watch: Watch, limits: Limits) -> Result:
    """Run one command; blocks until it has ended, or until it has been ended at its deadline."""
    channel = open_channel(link, order)
    if not isinstance(channel, paramiko.Channel):
        return channel
    session = _Session(link, channel, order, watch, limits)
    try:
        return session.perform()
    except (paramiko.SSHException, EOFError, OSError) as error:
        return replace(lost(translate(error, link.place)), partial=session.outputs())
    finally:
        link.wire.release(channel)


@dataclass(slots=True)
class _Session:
    link: Link
    channel: paramiko.Channel
    order: Order
    watch: Watch
    limits: Limits
    began: float = field(init=False)
    talk: Talk = field(init=False)
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        dialogue = Dialogue(self.order.request, self.order.word())
        self.talk = Talk(self.link, self.channel, self.watch, dialogue)
        self.intake = Intake(self.channel, self.limits.output, err=self.talk.hear)

    def perform(self) -> Answer:
        if not self.watch.begin():
            return Fault(kind=FaultKind.ERROR, message=f"{self.link.place}: stopped before the command was sent")
        self.channel.settimeout(max(self.order.until - time.monotonic(), 0.1))
        self.talk.begin()
        self._listen()
        if self.watch.ended:
            self._linger()
            return self._how_it_ended()
        if self.watch.closed and not self.watch.stopped:
            return self._without_end()
        return self._overdue()

    @property
    def dialogue(self) -> Dialogue:
        return self.talk.dialogue

    def outputs(self) -> dict[str, Output]:
        """Return what has been kept of both streams by now."""
        self.intake.drain()
        self.intake.stderr.feed(self.dialogue.rest())
        return self.intake.outputs()

    def _listen(self) -> None:
        """Read until the command has ended, someone stops it, or its time is up."""
        while not (self.watch.ended or self.watch.closed or self.watch.stopped):
            left = self.order.until - time.monotonic()
            if left <= 0:
                return
            self.watch.wait_for_news(left)
            self.intake.drain()
            self.talk.push()

    def _linger(self) -> None:
        """Read what is still on its way: the host may tell the end first, and send the output after it.

        When nothing comes for a while, a child in the background keeps the output open, and is not waited for. While
        keys are exchanged nothing can come.
        """
        while not (self.watch.silent or self.watch.stopped):
            size, left = self.intake.size, self.order.until - time.monotonic()
            heard = self.watch.wait_for_news(min(self.limits.linger.seconds, max(left, LAST_WORDS_S)))
            self.intake.drain()
            if left <= 0 or not (heard or self.intake.size > size or self.link.wire.exchanging_keys):
                return

    def _how_it_ended(self) -> Answer:
        outputs = self.outputs()
        failure = self.dialogue.failure(self.watch.status, self.link.place)
        if failure is not None:
            # An account's login shell that does nothing but say so: `nologin` is one.
            hint = failure.hint if self.dialogue.groups else _first_line(outputs)
            return replace(failure, hint=hint, duration_ms=self._elapsed(), partial=outputs)
        if self.watch.signal is not None:
            reply = shell_status.killed_by_name(self.watch.signal, outputs["stdout"], outputs["stderr"])
        else:
            reply = shell_status.exited(self.watch.status or 0, outputs["stdout"], outputs["stderr"])
        return replace(reply, duration_ms=self._elapsed())

    def _without_end(self) -> Fault:
        """The channel was closed, and the host did not say how the command ended."""
        outputs = self.outputs()
        if self.watch.refused:
            message = f"{self.link.place}: the host refused to run a command"
            return Fault(kind=FaultKind.REFUSED, message=message, duration_ms=self._elapsed(), partial=outputs)
        why = (
            "the host closed the session without an exit status" if self.watch.hung_up else "the connection was lost"
        )
        return Fault(
            kind=FaultKind.LOST,
            message=f"{self.link.place}: {why}",
            begun=self.dialogue.may_have_begun,
            may_live=self.dialogue.may_have_begun,
            duration_ms=self._elapsed(),
            partial=outputs,
        )

    def _overdue(self) -> Fault:
        """End what has not ended by itself, and say whether that was confirmed."""
        self.intake.drain()
        gone = self._end()
        if gone and not self.watch.silent:
            self.watch.wait_for_news(LAST_WORDS_S)
        return Fault(
            kind=FaultKind.TIMEOUT,
            message=f"{self.link.place}: {self.dialogue.overdue(self.order.timeout)}",
            begun=self.dialogue.may_have_begun,
            may_live=not gone,
            hint=self.dialogue.remark if not self.dialogue.started else None,
            duration_ms=self._elapsed(),
            partial=self.outputs(),
        )

    def _end(self) -> bool:
        """End the command's groups, and return whether they are known to be gone."""
        if not self.dialogue.may_have_begun:
            self.talk.hang_up()  # sudo, which waits for a password that nobody gives, ends by that
            return True
        self._await_groups()
        request = self.order.request
        groups, word = self.dialogue.groups, self.order.word()
        if not groups:
            return False
        # It is asked at once by a signal request, which OpenSSH understands unless root logged in.
        self.link.wire.send_signal(self.channel, "TERM")
        overdue = Overdue(script=partial(ending, groups), become=request.become, word=word)
        return end(self.link, overdue, self.limits.grace)

    def _await_groups(self) -> None:
        """Give a shell that has only just been asked the time to say which group is to be ended."""
        until = time.monotonic() + GREETING_S
        self.watch.attentive = True
        while not (self.dialogue.groups or self.watch.closed) and (left := until - time.monotonic()) > 0:
            self.watch.wait_for_news(left)
            self.intake.drain()

    def _elapsed(self) -> int:
        return int((time.monotonic() - self.began) * 1000)


def _first_line(outputs: dict[str, Output]) -> str | None:
    text = outputs["stdout"].head.strip() or outputs["stderr"].head.strip()
    line = "".join(char if char.isprintable() else "?" for char in text.partition("\n")[0])
    return f"It said: {line[:200]}" if line else None
