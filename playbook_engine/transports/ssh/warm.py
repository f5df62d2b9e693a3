"""One command in a shell that stays on the host: no new session, one round trip."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import paramiko

from playbook_engine.model.replies import Answer, Fault, FaultKind, Output
from playbook_engine.transports import shell_resident, shell_status
from playbook_engine.transports.shell_ending import ending_below
from playbook_engine.transports.shell_frame import Frame
from playbook_engine.transports.ssh.ending import Overdue, end
from playbook_engine.transports.ssh.faults import lost, translate
from playbook_engine.transports.ssh.intake import Intake
from playbook_engine.transports.ssh.link import Link
from playbook_engine.transports.ssh.opening import open_channel
from playbook_engine.transports.ssh.order import Cold, NotBegun, Order, Result
from playbook_engine.transports.ssh.outgoing import Outgoing
from playbook_engine.transports.ssh.resident import Resident
from playbook_engine.transports.ssh.settings import GREETING_S, LAST_WORDS_S, Limits
from playbook_engine.transports.ssh.watch import Watch


def run(link: Link, order: Order, watch: Watch, limits: Limits) -> Result | Cold:
    """Run one command in a shell that waits, or in a new one; blocks as `session.run` does."""
    while not link.wire.has_been_left() and (resident := link.residents.take()) is not None:
        turn = Turn(link, resident.channel, order, watch, limits, shell=resident.shell)
        result = carried(turn, turn.perform)
        if result is not None:
            return result
        watch.renew()
    channel = open_channel(link, order)
    if not isinstance(channel, paramiko.Channel):
        return channel
    turn = Turn(link, channel, order, watch, limits)
    return carried(turn, turn.perform) or Cold()


def go_on(turn: "Turn") -> Result | Cold:
    """See to the end of a command that has been sent; blocks as `run` does."""
    result = carried(turn, turn.conclude)
    if result is not None:
        return result
    turn.watch.renew()
    return run(turn.link, turn.order, turn.watch, turn.limits)


def carried(turn: "Turn", work: Callable[[], Answer | Cold | None]) -> Answer | Cold | NotBegun | None:
    """Return how it went; None when the shell had ended before it was told anything, or anything that matters."""
    keep = False
    try:
        answer = work()
        keep = turn.reusable
    except (paramiko.SSHException, EOFError, OSError) as error:
        fault = translate(error, turn.link.place)
        return replace(lost(fault), partial=turn.outputs()) if turn.sent else NotBegun(fault)
    else:
        return answer
    finally:
        if keep and turn.shell is not None:
            turn.link.residents.keep(Resident(channel=turn.channel, shell=turn.shell, watch=turn.watch))
        else:
            turn.link.wire.release(turn.channel)


@dataclass(slots=True)
class Turn:
    """A command's time in a shell; `shell` is the process id of one that is there already."""

    link: Link
    channel: paramiko.Channel
    order: Order
    watch: Watch
    limits: Limits
    shell: int | None = None
    sent: bool = False
    """Whether a part of the command may have left."""
    began: float = field(init=False)
    frame: Frame = field(init=False)
    intake: Intake = field(init=False)
    outgoing: Outgoing = field(init=False)
    _word: str = field(init=False)
    _fresh: bool = field(init=False)

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        self._word, self._fresh = self.order.word(), self.shell is None
        self.frame = Frame(self._word, fresh=self._fresh)
        self.intake = Intake(self.channel, self.limits.output, out=self.frame.out, err=self.frame.err)
        self.outgoing = Outgoing(self.channel)

    def perform(self) -> Answer | Cold | None:
        """Run the command to its end; None when nothing could be sent, Cold when the shell cannot do it."""
        if not self.watch.begin():
            return Fault(kind=FaultKind.ERROR, message=f"{self.link.place}: stopped before the command was sent")
        self.channel.settimeout(max(self.order.until - time.monotonic(), 0.1))
        return self.conclude() if self.ask() else self._unheard()

    def conclude(self) -> Answer | Cold | None:
        """Follow a command that has been sent to its end."""
        self._listen()
        if self.frame.status is not None or self.frame.complete:
            self._linger()
            return self.how_it_ended()
        if not self.gone:
            return self._overdue()
        return None if self._may_be_repeated else self._without_end()

    @property
    def reusable(self) -> bool:
        """Return whether the shell can have another command."""
        frame = self.frame
        ended = frame.complete and frame.status is not None and not frame.spoiled
        return ended and not (self.watch.stopped or self.watch.ended or self.channel.closed)

    def outputs(self) -> dict[str, Output]:
        """Return what has been kept of both streams by now."""
        self.intake.drain()
        out, err = self.frame.rest()
        self.intake.stdout.feed(out)
        self.intake.stderr.feed(err)
        return self.intake.outputs()

    def ask(self) -> bool:
        """Send the command, and return whether it has been sent.

        What a new shell needs leaves with it, so that one round trip brings the answer. One that has been there for
        a while may have died unnoticed: a command that changes something is only sent when it has said that it lives.
        """
        self.watch.attentive = True
        if self._fresh:
            self.link.wire.start_exec(self.channel, self.watch, shell_resident.EXEC)
            self.outgoing.add(shell_resident.opening(self._word).encode())
        else:
            self.link.wire.listen(self.channel, self.watch)
            if not (self.order.request.reads or self._knock()):
                return False
        self.sent = True
        self.outgoing.add(shell_resident.command(self.order.request, self._word).encode())
        return True

    def _knock(self) -> bool:
        """Ask the shell whether it is there, and return whether it is."""
        self.outgoing.add(shell_resident.knock(self._word).encode())
        self._listen(until_heard=True)
        return self.frame.heard and not self.watch.stopped

    def _unheard(self) -> Fault | None:
        """The shell did not answer: it is gone, or nothing comes from the host any more."""
        if self.gone:
            return None
        message = (
            f"{self.link.place}: the host did not answer within {self.order.timeout}, and the command was not sent"
        )
        return Fault(kind=FaultKind.TIMEOUT, message=message, duration_ms=self._elapsed())

    @property
    def _may_be_repeated(self) -> bool:
        """Return whether the command reads, and nothing was heard from a shell that may have died before."""
        heard = self.frame.heard or self.intake.size
        return self.order.request.reads and not (self._fresh or heard or self.link.closed)

    @property
    def gone(self) -> bool:
        """Return whether the shell has ended, and so can say nothing more of the command."""
        return self.watch.ended or self.watch.closed or self.frame.cold

    def _listen(self, *, until_heard: bool = False) -> None:
        """Read until the command has ended, someone stops it, or its time is up; or until the shell says anything."""
        frame = self.frame
        self.outgoing.push()
        while not (
            (until_heard and frame.heard)
            or frame.status is not None
            or frame.complete
            or self.gone
            or self.watch.stopped
        ):
            left = self.order.until - time.monotonic()
            if left <= 0:
                return
            self.watch.wait_for_news(left)
            self.intake.drain()
            self.shell = self.shell or self.frame.shell
            self.outgoing.push()

    def _linger(self) -> None:
        """Read what a child in the background still writes, until nothing comes for a while."""
        while not (self.frame.complete or self.gone or self.watch.stopped):
            left = self.order.until - time.monotonic()
            heard = self.watch.wait_for_news(min(self.limits.linger.seconds, max(left, LAST_WORDS_S)))
            self.intake.drain()
            if left <= 0 or not (heard or self.link.wire.exchanging_keys):
                return

    def how_it_ended(self) -> Answer:
        outputs, status = self.outputs(), self.frame.status
        if self.frame.missing:
            message = f"{self.link.place}: there is no {self.order.request.program} that can be run"
            return Fault(kind=FaultKind.ERROR, message=message, duration_ms=self._elapsed(), partial=outputs)
        if status is None:
            return self._lost("the shell that waited for the command was ended", may_live=False)
        reply = shell_status.exited(status, outputs["stdout"], outputs["stderr"])
        return replace(reply, duration_ms=self._elapsed())

    def _without_end(self) -> Fault | Cold:
        """The shell is gone, and has not said how the command ended."""
        said_no = self.watch.refused or self.watch.hung_up or self.watch.ended
        if self.frame.cold or (self._fresh and not self.frame.greeted and said_no):
            return Cold()
        if said_no:
            return self._lost("the host's shell ended before it could say how the command did", may_live=True)
        return self._lost("the connection was lost", may_live=True)

    def _lost(self, why: str, *, may_live: bool) -> Fault:
        return Fault(
            kind=FaultKind.LOST,
            message=f"{self.link.place}: {why}",
            begun=True,
            may_live=may_live,
            duration_ms=self._elapsed(),
            partial=self.outputs(),
        )

    def _overdue(self) -> Fault:
        """End what has not ended by itself, and say whether that was confirmed."""
        gone = self._end()
        if gone and not self.watch.silent:
            self.watch.wait_for_news(LAST_WORDS_S)
        return Fault(
            kind=FaultKind.TIMEOUT,
            message=f"{self.link.place}: the command did not end within {self.order.timeout}",
            begun=True,
            may_live=not gone,
            duration_ms=self._elapsed(),
            partial=self.outputs(),
        )

    def _end(self) -> bool:
        """End the shell and what it runs, and return whether all is known to be gone."""
        self._await_shell()
        if self.shell is None:
            return False
        overdue = Overdue(script=partial(ending_below, self.shell), become=None, word=self.order.word())
        return end(self.link, overdue, self.limits.grace)

    def _await_shell(self) -> None:
        """Give a shell that has only just been asked for the time to say which one it is."""
        until = time.monotonic() + GREETING_S
        while self.shell is None and not self.watch.closed and (left := until - time.monotonic()) > 0:
            self.watch.wait_for_news(left)
            self.intake.drain()
            self.shell = self.frame.shell

    def _elapsed(self) -> int:
        return int((time.monotonic() - self.began) * 1000)
