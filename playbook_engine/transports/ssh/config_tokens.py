"""What stands for something else in values of the SSH configuration: `%h` and its like, `~`, `${NAME}`."""

import os
import re
import socket
from collections.abc import Callable, Mapping
from hashlib import sha1
from pathlib import Path
from typing import Final

from playbook_engine.frozen import dataclass
from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.faults import Unable

_TOKEN: Final = re.compile(r"%(.?)")
_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_FOR_SHELLS: Final = frozenset("'`\"$\\;&<>|(){}")
PATHS: Final = "CLdhiklnpru"
"""The tokens in names of files."""
PROGRAMS: Final = "hnpr"
"""The tokens in ProxyCommand and ProxyJump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the tokens stand for with one host."""

    host: str
    typed: str
    port: int
    user: str
    local_user: str
    home: Path
    known_as: str = ""

    def expanded(self, text: str, allowed: str) -> str:
        """Return the text with its tokens replaced; raises Unable for one that is not allowed here."""

        def value(match: "re.Match[str]") -> str:
            letter = match[1]
            if letter == "%":
                return "%"
            if not letter or letter not in allowed:
                raise Unable(
                    FaultKind.ERROR, f"the SSH configuration has '{match[0]}' in '{text}', which means nothing"
                )
            return _MEANING[letter](self)

        return _TOKEN.sub(value, text)

    def path(self, text: str, environ: Mapping[str, str]) -> Path:
        """Return the file that is meant."""

        def variable(match: "re.Match[str]") -> str:
            if match[1] not in environ:
                message = f"the SSH configuration names the environment variable {match[1]}, which is not set"
                raise Unable(FaultKind.ERROR, message)
            return environ[match[1]]

        text = self.expanded(_VARIABLE.sub(variable, text), PATHS)
        if text == "~" or text.startswith("~/"):
            return Path(f"{self.home}{text[1:]}")
        return Path(os.path.expanduser(text)) if text.startswith("~") else Path(text)  # noqa: PTH111  ~user

    def program(self, text: str) -> str:
        """Return a command for a shell; raises Unable when a name could be taken for a command (CVE-2023-51385)."""
        for what, value in (("host name", self.host), ("host name", self.typed), ("user name", self.user)):
            if value.startswith("-") or _FOR_SHELLS & set(value) or any(char <= " " for char in value):
                message = f"the {what} '{value}' is not given to a shell, which would read more than a name in it"
                raise Unable(FaultKind.ERROR, message, "It comes from the inventory or ~/.ssh/config.")
        return self.expanded(text, PROGRAMS)


def _place(tokens: Tokens) -> str:
    text = f"{socket.gethostname()}{tokens.host}{tokens.port}{tokens.user}"
    return sha1(text.encode(), usedforsecurity=False).hexdigest()


_MEANING: Final[Mapping[str, Callable[[Tokens], str]]] = {
    "C": _place,
    "L": lambda _: socket.gethostname().partition(".")[0],
    "d": lambda tokens: str(tokens.home),
    "h": lambda tokens: tokens.host,
    "i": lambda _: str(os.getuid()),
    "k": lambda tokens: tokens.known_as or tokens.typed,
    "l": lambda _: socket.gethostname(),
    "n": lambda tokens: tokens.typed,
    "p": lambda tokens: str(tokens.port),
    "r": lambda tokens: tokens.user,
    "u": lambda tokens: tokens.local_user,
}
