"""Where in a resident shell's streams one command's output lies, and how the command ended (`shell_resident`)."""

from typing import Final

from playbook_engine.transports.shell_resident import COLD, ENDED, IDLE, READY
from playbook_engine.transports.shell_script import NONE
from playbook_engine.transports.shell_words import Words

_LAST: Final = (IDLE, COLD)
_SIGNAL_OF_KSH: Final = 256


class Frame:
    """One command's part of both streams; `fresh` says that the shell has only just been asked for.

    Bytes go in as they come, cut anywhere; the command's own come out.
    """

    def __init__(self, word: str, *, fresh: bool) -> None:
        self._stdout, self._stderr = (Words(word, last=_LAST) for _ in range(2))
        self._greeted = [not fresh, not fresh]
        self._quiet = [False, False]
        self.shell: int | None = None
        """The process id of the shell, when it has just said so."""
        self.heard = False
        """Whether the shell has said anything since it was asked."""
        self.status: int | None = None
        """128 + N when signal N ended the command, as shells say it."""
        self.cold = False
        """Whether the shell cannot do it: then nothing was run."""
        self.missing = False
        """Whether the program that was to read the command line is not there."""
        self.spoiled = False
        """Whether there was something in the streams that no command wrote: not to be used again."""

    def out(self, data: bytes) -> bytes:
        """Take what came by standard output; return what belongs to the command."""
        return self._take(self._stdout, data, 0)

    def err(self, data: bytes) -> bytes:
        """Take what came by standard error; return what belongs to the command."""
        return self._take(self._stderr, data, 1)

    def rest(self) -> tuple[bytes, bytes]:
        """Return what was held back of both streams when no more can come."""
        return self._stdout.rest(), self._stderr.rest()

    @property
    def greeted(self) -> bool:
        """Return whether the shell is there."""
        return all(self._greeted)

    @property
    def complete(self) -> bool:
        """Return whether all of the command's output has come."""
        return all(self._quiet)

    def _take(self, words: Words, data: bytes, stream: int) -> bytes:
        kept = bytearray()
        for piece in words.sift(data):
            if isinstance(piece, str):
                self._note(piece, stream)
            elif self._quiet[stream]:
                self.spoiled = self.spoiled or bool(piece)
            else:
                # What an account's start-up files print comes before the shell is there.
                self.spoiled = self.spoiled or (bool(piece) and not self._greeted[stream])
                kept += piece
        return bytes(kept)

    def _note(self, word: str, stream: int) -> None:
        self.heard = True
        number = word.lstrip("abcdefghijklmnopqrstuvwxyz")
        match word[: len(word) - len(number)]:
            case name if name == READY:
                self._greeted[stream] = True
                self.shell = int(number) if number else self.shell
            case name if name == ENDED and number:
                status = int(number)
                self.status = status - _SIGNAL_OF_KSH + 128 if status > _SIGNAL_OF_KSH else status
            case name if name == IDLE:
                self._quiet[stream] = True
            case name if name == NONE:
                self.missing = True
            case name if name == COLD:
                self.cold = True
            case _:
                pass
