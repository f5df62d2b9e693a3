"""Standard streams that whoever started us has closed."""

import os
import sys

STDERR = 2


def reopen() -> None:
    """Put the null device in the place of closed standard streams.

    Some supervisors start programs without them. The next file to be opened, such as the record, would get the
    number of a closed one, and with it everything that is printed.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8")
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8")
