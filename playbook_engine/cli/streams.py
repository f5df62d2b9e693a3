"""What goes to standard output and what to standard error, and how wide and colourful."""

import os
import shutil
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TextIO

from playbook_engine.diagnostics import Diagnostic
from playbook_engine.report import diagnostics as report


def color(stream: TextIO) -> bool:
    """Return whether colour is wanted: on a terminal, unless NO_COLOR (no-color.org) or a dumb terminal says no."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width(stream: TextIO) -> int:
    """Return the columns to write in; what is piped may be as wide as it likes."""
    return shutil.get_terminal_size((100, 24)).columns if stream.isatty() else 100


def show_diagnostics(diagnostics: Sequence[Diagnostic], stream: TextIO | None = None) -> None:
    """Write diagnostics for a person, to standard error unless told otherwise."""
    out = stream or sys.stderr
    forgive(out)
    out.write(report.render(diagnostics, color=color(out), width=width(out)))
    out.flush()


def put(text: str, stream: TextIO) -> None:
    """Write at once. A reader that went away (`| head`) does not change how a command ends."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def forgive(stream: TextIO) -> None:
    """Let a stream that cannot show a character write its number, so that nothing ever fails for a title."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def interactive() -> bool:
    """Return whether someone sits at the terminal and can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def unicode(stream: TextIO) -> bool:
    """Return whether the stream can show more than ASCII."""
    return (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf")
