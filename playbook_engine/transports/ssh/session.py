"""One command in one channel, from its request to its end, in a thread of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

import paramiko

from playbook_engine.model.replies import Answer, Fault, FaultKind, Output
from playbook_engine.model.requests import ShellRequest
from playbook_engine.transports import shell_status
from playbook_engine.transports.bounded import Bounded
from playbook_engine.transports.shell_dialogue import Dialogue
from playbook_engine.transports.ssh.ending import Overdue, end_groups
from playbook_engine.transports.ssh.faults import lost, translate
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.settings import Limits
from playbook_engine.transports.ssh.talk import Talk
from playbook_engine.transports.ssh.watch import Watch
from playbook_engine.values import Duration

_OPEN_S: Final = 10.0
"""How long a host may take to open a channel before its connection counts as dead."""
_LAST_WORDS_S: Final = 0.1
_GREETING_S: Final = 1.0
"""How long a shell may take to say that it is there, when its command is to be ended already."""
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class NotBegun:
    """Nothing was sent, because the connection had died: a new one may do."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Full:
    """Nothing was sent, because the host opens no more channels for now; `others` says that we have some open."""

    fault: Fault
    others: bool = False


Result: TypeAlias = Answer | NotBegun | Full


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be run, until when (on the monotonic clock), and unguessable words for the talk with the shell."""

    request: ShellRequest
    word: Callable[[], str]
    until: float

    @property
    def timeout(self) -> Duration:
        return self.request.timeout


def run(link: Link, order: Order, watch: Watch, limits: Limits) -> Result:
    """Run one command; blocks until it has ended, or until it has been ended at its deadline."""
    left = order.until - time.monotonic()
    if left <= 0:
        return Fault(kind=FaultKind.TIMEOUT, message=f"{link.place}: no turn for the command within {order.timeout}")
    patience = min(left, _OPEN_S)
    asked = time.monotonic()
    try:
        channel = link.open(patience)
    except (paramiko.SSHException, EOFError, OSError) as error:
        # When several are refused at once, paramiko tells only one of them why.
        refused = link.alive and time.monotonic() - asked < patience
        return Full(_refusal(error, link)) if refused else NotBegun(translate(error, link.place))
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
    stdout: Bounded = field(init=False)
    stderr: Bounded = field(init=False)

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        dialogue = Dialogue(self.order.request, self.order.word())
        self.talk = Talk(self.link, self.channel, self.watch, dialogue)
        self.stdout = Bounded(self.limits.output)
        self.stderr = Bounded(self.limits.output)

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
        self._drain()
        self.stderr.feed(self.dialogue.rest())
        return {"stdout": self.stdout.output(), "stderr": self.stderr.output()}

    def _listen(self) -> None:
        """Read until the command has ended, someone stops it, or its time is up."""
        while not (self.watch.ended or self.watch.closed or self.watch.stopped):
            left = self.order.until - time.monotonic()
            if left <= 0:
                return
            self.watch.wait_for_news(left)
            self._drain()
            self.talk.push()

    def _linger(self) -> None:
        """Read what is still on its way: the host may tell the end first, and send the output after it.

        When nothing comes for a while, a child in the background keeps the output open, and is not waited for.
        """
        size = -1
        while not (self.watch.silent or self.watch.stopped) and self.stdout.size + self.stderr.size > size:
            size = self.stdout.size + self.stderr.size
            left = self.order.until - time.monotonic()
            self.watch.wait_for_news(min(self.limits.linger.seconds, max(left, _LAST_WORDS_S)))
            self._drain()
            if left <= 0:
                return

    def _drain(self) -> None:
        """Take both streams as far as they have come; neither waits for the other."""
        while self.channel.recv_ready():
            self.stdout.feed(self.channel.recv(_PIECE))
        while self.channel.recv_stderr_ready():
            self.stderr.feed(self.talk.hear(self.channel.recv_stderr(_PIECE)))

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
        self._drain()
        gone = self._end()
        if gone and not self.watch.silent:
            self.watch.wait_for_news(_LAST_WORDS_S)
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
        overdue = Overdue(groups=self.dialogue.groups, become=request.become, word=self.order.word())
        return bool(overdue.groups) and end_groups(self.link, self.channel, overdue, self.limits.grace)

    def _await_groups(self) -> None:
        """Give a shell that has only just been asked the time to say which group is to be ended."""
        until = time.monotonic() + _GREETING_S
        self.watch.attentive = True
        while not (self.dialogue.groups or self.watch.closed) and (left := until - time.monotonic()) > 0:
            self.watch.wait_for_news(left)
            self._drain()

    def _elapsed(self) -> int:
        return int((time.monotonic() - self.began) * 1000)


def _refusal(error: Exception, link: Link) -> Fault:
    if isinstance(error, paramiko.ChannelException):
        return translate(error, link.place)
    return Fault(kind=FaultKind.REFUSED, message=f"{link.place}: the host refused to open a session")


def _first_line(outputs: dict[str, Output]) -> str | None:
    text = outputs["stdout"].head.strip() or outputs["stderr"].head.strip()
    line = "".join(char if char.isprintable() else "?" for char in text.partition("\n")[0])
    return f"It said: {line[:200]}" if line else None
