"""Paramiko, imported without a library that it would only use for a part of it that we do not use.

`invoke` runs the programs of `Match exec` in paramiko's own reader of the SSH configuration, and takes longer to
import than all of the SSH protocol. Paramiko does without it where it is not installed; here it looks as if it were
not, for as long as the import takes. Whoever wants `invoke` afterwards gets it.
"""

import importlib
import sys

_UNUSED = "invoke"


def load() -> None:
    """Import paramiko, unless that has been done."""
    if "paramiko" in sys.modules or _UNUSED in sys.modules:
        return
    sys.modules[_UNUSED] = None  # type: ignore[assignment]  # how Python itself marks what cannot be imported
    try:
        importlib.import_module("paramiko")
    finally:
        del sys.modules[_UNUSED]
