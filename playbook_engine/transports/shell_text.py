"""What has to be true of a command and of what goes with it before a process can be given them."""

import re
from collections.abc import Iterator
from typing import Final

from playbook_engine.model.requests import ShellRequest
from playbook_engine.values import Secret, Text, reveal

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def objection(request: ShellRequest) -> str | None:
    """Return why the command cannot be carried out, or None; a secret's value is never in the answer."""
    names = [name for name, _ in (*request.env, *request.shell.secrets)]
    wrong = next((name for name in names if not _NAME.fullmatch(name)), None)
    if wrong is not None:
        return f"'{wrong}' is not a name that a shell variable can have"
    for what, text in _texts(request):
        if "\0" in reveal(text):
            return f"{what} has a NUL character in it, which no process can be given"
        if not _encodable(reveal(text)):
            return f"{what} has characters in it that cannot be written as UTF-8"
    if request.stdin is not None and not _encodable(reveal(request.stdin)):
        return "stdin has characters in it that cannot be written as UTF-8"
    password = request.become.password if request.become else None
    if password is not None and "\n" in reveal(password):
        return "the password for sudo has a line end in it"
    return None


def _texts(request: ShellRequest) -> Iterator[tuple[str, Text | Secret]]:
    """Yield all that a process is given as text, and what to call it."""
    yield "the command", request.shell.command
    for _, secret in request.shell.secrets:
        yield f"the secret '{secret.name}'", secret
    for name, value in request.env:
        yield f"the value of {name}", value
    if request.become is not None:
        yield "the name of the user", request.become.user
        yield "the password for sudo", request.become.password or ""


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
