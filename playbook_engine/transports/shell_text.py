"""What has to be true of a command line and its secrets before a process can be given them."""

import re
from typing import Final

from playbook_engine.values import ShellText

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def objection(shell: ShellText) -> str | None:
    """Return why the command cannot be carried out, or None; a secret's value is never in the answer."""
    if "\0" in shell.command:
        return "the command has a NUL character in it, which no process can be given"
    if not _encodable(shell.command):
        return "the command has characters in it that cannot be written as UTF-8"
    for name, secret in shell.secrets:
        if not _NAME.fullmatch(name):
            return f"'{name}' is not a name that a shell variable can have"
        if "\0" in secret.reveal():
            return f"the secret '{secret.name}' has a NUL character in it, which no process can be given"
        if not _encodable(secret.reveal()):
            return f"the secret '{secret.name}' has characters in it that cannot be written as UTF-8"
    return None


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
