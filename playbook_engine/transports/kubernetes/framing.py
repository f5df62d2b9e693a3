"""How a program in a container is started so that it can be ended: by a shell that says the program's number first.

The shell writes one line with an unguessable word to standard error and then becomes the program itself, so the
number is the program's own, its streams are untouched, and its exit status is exact. A container without a shell runs
the program directly; then nobody can end it from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from playbook_engine.transports.kubernetes.printing import Kept

_START = (
    'command -v "$1" >/dev/null 2>&1 || { printf "%s none\\n" "$0" >&2; exit 127; }; '
    'printf "%s %s\\n" "$0" "$$" >&2; exec "$@"'
)
_END = (
    'g="-$1"; kill -TERM "$g" 2>/dev/null || { g=$1; kill -TERM "$g" 2>/dev/null || exit 0; }; n=0; '
    'while [ "$n" -lt 5 ]; do kill -0 "$1" 2>/dev/null || exit 0; sleep 0.1; n=$((n + 1)); done; '
    'kill -KILL "$g" 2>/dev/null; sleep 0.2; kill -0 "$1" 2>/dev/null && exit 1; exit 0'
)
_LONGEST_LINE = 4096


def start(program: Sequence[str], word: str) -> list[str]:
    """Return what starts a program and tells its number behind a word."""
    return ["sh", "-c", _START, word, *program]


def end(number: int) -> list[str]:
    """Return what ends a program and all of its group: politely, then by force; it fails when that had no effect."""
    return ["sh", "-c", _END, "sh", str(number)]


@dataclass(slots=True)
class Marked:
    """Standard error, out of which the line with the word is taken. `number` is the program's, once it is known."""

    word: str
    kept: Kept = field(default_factory=Kept)
    number: int | None = None
    absent: bool = False
    _line: bytearray = field(default_factory=bytearray)
    _over: bool = False

    def take(self, chunk: bytes) -> None:
        if self._over or not self.word:
            self.kept.take(chunk)
            return
        self._line += chunk
        at = self._line.find(self.word.encode())
        stop = self._line.find(b"\n", max(at, 0))
        if at >= 0 and stop >= 0:
            said = bytes(self._line[at + len(self.word) : stop]).strip()
            self.number = int(said) if said.isdigit() else None
            self.absent = said == b"none"
            del self._line[at : stop + 1]
            self.flush()
        elif len(self._line) > _LONGEST_LINE:
            self.flush()

    def flush(self) -> None:
        """Stop looking for the word: what was held back is the program's own."""
        self._over = True
        if self._line:
            self.kept.take(bytes(self._line))
            self._line.clear()

    @property
    def began(self) -> bool:
        """Return whether the program was started, as far as is known."""
        return self.number is not None
