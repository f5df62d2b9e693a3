"""What is said to a shell until it has started a command, and what it answers; the same on a host and here.

Bytes in, bytes out: whoever has the shell's streams carries them. `opening` is sent first. Then everything that comes
by standard error goes through `hear`, and afterwards `more` says what is to be sent now.
"""

from enum import Enum, auto
from typing import Final

from playbook_engine.frozen import dataclass
from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.model.requests import ShellRequest
from playbook_engine.transports.shell_script import AS, ASK, GO, NONE, climb, greeting, start
from playbook_engine.transports.shell_words import Words
from playbook_engine.values import Duration, reveal

_SAID_AT_MOST: Final = 2_000
_NOT_FOUND: Final = (126, 127)


class _Stage(Enum):
    GREETING = auto()
    """The first shell has been told what to do, and has not said anything yet."""
    CLIMBING = auto()
    """sudo has the word."""
    STARTING = auto()
    """The shell that starts the command has been told to."""
    STARTED = auto()
    MISSING = auto()
    """The program that was to read the command line is not there."""


@dataclass(frozen=True, slots=True)
class Said:
    """Bytes for the shell's standard input; `last` says that nothing comes after them."""

    data: bytes
    last: bool = False


class Dialogue:
    """One command on its way; `word` is unguessable."""

    def __init__(self, request: ShellRequest, word: str) -> None:
        self._request = request
        self._word = word
        self._words = Words(word)
        self._stage = _Stage.GREETING
        self._asked = 0
        self._sudo_said = bytearray()
        self._more: list[Said] = []
        self.groups: tuple[int, ...] = ()
        """The process groups that the command may be in, as far as the shells have told."""

    @property
    def opening(self) -> Said:
        """Return what is sent first."""
        become = self._request.become
        if become is not None:
            return Said(f"{greeting(self._word)}; {climb(become, self._word)}\n".encode())
        return self._start(f"{greeting(self._word)}\n")

    @property
    def attentive(self) -> bool:
        """Return whether the shell waits for an answer to what it will say next."""
        return self._stage is not _Stage.STARTED and (
            self._request.become is not None or self._request.stdin is not None
        )

    @property
    def started(self) -> bool:
        """Return whether the command has taken the shell's place."""
        return self._stage is _Stage.STARTED

    @property
    def may_have_begun(self) -> bool:
        """Return whether the command may have been started: behind sudo, not before sudo let us through."""
        return self._request.become is None or self._stage in (_Stage.STARTING, _Stage.STARTED)

    def overdue(self, timeout: Duration) -> str:
        """Return what it means that the deadline has passed."""
        if self.may_have_begun:
            return f"the command did not end within {timeout}"
        return f"sudo did not let the command begin within {timeout}"

    def hear(self, data: bytes) -> bytes:
        """Take what came by standard error; return what the command itself, or a login shell, wrote."""
        kept = bytearray()
        for piece in self._words.sift(data):
            if isinstance(piece, str):
                self._take(piece)
            elif self._stage is _Stage.CLIMBING:
                # What sudo says before it lets us through is for us: a lecture, a refusal.
                self._sudo_said += piece[: _SAID_AT_MOST - len(self._sudo_said)]
            else:
                kept += piece
        return bytes(kept)

    def rest(self) -> bytes:
        """Return what was held back when no more can come."""
        return self._words.rest()

    def more(self) -> tuple[Said, ...]:
        """Return what is to be sent now."""
        more, self._more = tuple(self._more), []
        return more

    def failure(self, status: int | None, place: str) -> Fault | None:
        """Return why the command was never started, once the shell has ended; None when it was started."""
        become = self._request.become
        if self.started:
            return None
        if self._stage is _Stage.MISSING:
            return Fault(
                kind=FaultKind.ERROR, message=f"{place}: there is no {self._request.program} that can be run"
            )
        if become is None or not self.groups:
            return Fault(
                kind=FaultKind.ERROR,
                message=f"{place}: the account's login shell ended before the command was started",
            )
        if status in _NOT_FOUND:
            message = f"{place}: sudo is not there, and without it nobody becomes {become.user}"
            return Fault(kind=FaultKind.ERROR, message=message, hint=self.remark)
        if self._asked > 1:
            message = f"{place}: sudo did not accept the password for becoming {become.user}"
            return Fault(kind=FaultKind.AUTH, message=message, hint="It was given once; a wrong one is not repeated.")
        message = f"{place}: sudo did not allow to become {become.user}"
        return Fault(kind=FaultKind.AUTH, message=message, hint=self.remark)

    @property
    def remark(self) -> str | None:
        """Return what sudo said, when there was anything: its own first line, else the last one."""
        lines = [line for line in self._sudo_said.decode("utf-8", "replace").splitlines() if line.strip()]
        line = next((line for line in lines if line.startswith("sudo:")), lines[-1] if lines else "")
        shown = "".join(char if char.isprintable() else "?" for char in line)
        return f"It said: {shown[:200]}" if shown else None

    def _take(self, word: str) -> None:
        number = word.lstrip("abcdefghijklmnopqrstuvwxyz")
        match word[: len(word) - len(number)], self._stage:
            case "", _Stage.GREETING if number:
                self.groups = (int(number),)
                self._stage = _Stage.STARTING if self._request.become is None else _Stage.CLIMBING
            case name, _Stage.CLIMBING if name == ASK:
                self._answer_sudo()
            case name, _Stage.CLIMBING if name == AS and number:
                self.groups = (int(number), *self.groups)
                self._more.append(self._start(""))
                self._stage = _Stage.STARTING
            case name, _Stage.STARTING if name == NONE:
                self._stage = _Stage.MISSING
            case name, _Stage.STARTING if name == GO:
                self._stage = _Stage.STARTED
                if self._request.stdin is not None:
                    self._more.append(Said(reveal(self._request.stdin).encode(), last=True))
            case _:
                pass

    def _answer_sudo(self) -> None:
        """Give the password once; when sudo asks again it was wrong, and asking goes to an end."""
        become = self._request.become
        self._asked += 1
        if self._asked == 1 and become is not None and become.password is not None:
            self._more.append(Said(f"{reveal(become.password)}\n".encode()))
        else:
            self._more.append(Said(b"", last=True))

    def _start(self, before: str) -> Said:
        return Said(f"{before}{start(self._request, self._word)}\n".encode(), last=self._request.stdin is None)
