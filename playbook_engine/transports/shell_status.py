"""How a command ended, said in the same way for local and remote commands."""

import signal
from typing import Final

from playbook_engine.model.replies import Output, ShellReply

_SIGNAL_BASE: Final = 128
_STANDARD: Final = 31
"""The highest number of the signals that every POSIX system has; above are the real-time ones."""


def exited(rc: int, stdout: Output, stderr: Output) -> ShellReply:
    """Return the reply of a command that ended with a status.

    A shell says by 128 + N that its command was ended by signal N.
    """
    number = rc - _SIGNAL_BASE
    return ShellReply(rc=rc, signal=_name(number), stdout=stdout, stderr=stderr)


def killed(number: int, stdout: Output, stderr: Output) -> ShellReply:
    """Return the reply of a command that a signal ended, by the signal's number."""
    name = _name(number) or f"signal {number}"
    return ShellReply(rc=_SIGNAL_BASE + number, signal=name, stdout=stdout, stderr=stderr)


def killed_by_name(name: str, stdout: Output, stderr: Output) -> ShellReply:
    """Return the reply of a command that a signal ended, by the name that SSH uses: `TERM`, `USR1@openssh.com`."""
    plain = name.partition("@")[0]
    number = getattr(signal, f"SIG{plain}", None)
    if isinstance(number, signal.Signals):
        return killed(number, stdout, stderr)
    shown = "".join(char if char.isascii() and char.isalnum() else "?" for char in plain[:20])
    return ShellReply(rc=_SIGNAL_BASE, signal=f"SIG{shown}", stdout=stdout, stderr=stderr)


def _name(number: int) -> str | None:
    if not 0 < number <= _STANDARD:
        return None
    try:
        return signal.Signals(number).name
    except ValueError:
        return None
