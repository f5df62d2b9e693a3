"""What a shell is given to read so that it starts a command, and the lines by which it says how far it has come.

Everything that must not be seen in a list of processes (the command's environment, its secrets, a password) comes by
the shell's standard input. Each line that the shell says begins with an unguessable word, and goes to standard error:

    WORD:123      the shell is there; its process id, which is that of the command and names its group
    WORD:ask      sudo wants a password
    WORD:as124    the shell behind sudo is there, with its process id
    WORD:none     the program that is to read the command line cannot be run
    WORD:go       the command takes the shell's place now, and with it the rest of the standard input

The line that starts the command is the last one, and nothing more is sent before the shell has said `go`: shells read
ahead, and what the command is to read would be lost to it.
"""

import secrets
import shlex

from playbook_engine.model.requests import SH, Become, ShellRequest
from playbook_engine.values import reveal

ASK, NONE, GO, AS = "ask", "none", "go", "as"


def new_word() -> str:
    """Return an unguessable word."""
    return f"runbook-{secrets.token_hex(16)}"


def greeting(word: str) -> str:
    """Return the line by which a shell says that it is there."""
    return f"echo {word}:$$ >&2"


def climb(become: Become, word: str) -> str:
    """Return the line by which the shell's place is taken by one of another user, through sudo.

    Without a password sudo is told not to ask (-n): it would ask nobody.
    """
    asking = "-n" if become.password is None else f"-S -p {shlex.quote(f'{word}:{ASK}' + chr(10))}"
    inner = f"echo {word}:{AS}$$ >&2; exec {SH}"
    return f"exec sudo {asking} -H -u {shlex.quote(become.user)} -- {SH} -c {shlex.quote(inner)}"


def start(request: ShellRequest, word: str) -> str:
    """Return the lines that set the environment up and let the command take the shell's place."""
    values = [*request.env, *request.shell.secrets]
    lines = [f"export {name}={shlex.quote(reveal(value))}" for name, value in values]
    program = shlex.quote(request.program)
    if request.program != SH:
        lines.append(f"[ -x {program} ] || {{ echo {word}:{NONE} >&2; exit 127; }}")
    nothing = " </dev/null" if request.stdin is None else ""
    lines.append(f"echo {word}:{GO} >&2; exec {program} -c {shlex.quote(request.shell.command)}{nothing}")
    return "\n".join(lines)
