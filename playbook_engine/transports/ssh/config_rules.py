"""Which lines of the SSH configuration count for a host: Host, Match and Include as OpenSSH carries them out.

For each keyword the first value counts, but IdentityFile and CertificateFile add up, and of ProxyJump and
ProxyCommand the first one found shuts the other out (a ProxyJump of `none` does not).
"""

import glob
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh import config_text
from playbook_engine.transports.ssh.config_text import Line, delimited
from playbook_engine.transports.ssh.faults import Unable

_DEEPEST: Final = 16
_ADD_UP: Final = frozenset({"identityfile", "certificatefile"})
_ROADS: Final = frozenset({"proxyjump", "proxycommand"})
_ALIASES: Final = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "keyboardinteractiveauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
    "tisauthentication": "kbdinteractiveauthentication",
    "dsaauthentication": "pubkeyauthentication",
    "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms",
    "globalknownhostsfile2": "globalknownhostsfile",
    "userknownhostsfile2": "userknownhostsfile",
}
_ALONE: Final = frozenset({"canonical", "final"})

Said: TypeAlias = Mapping[str, tuple[str, ...]]
"""For each keyword its words; those of ProxyJump and ProxyCommand are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked about: the host as one would type it after `ssh`, and who asks.

    `final` says that the lines are gone through for the second time, and what the first time came to.
    """

    typed: str
    local_user: str
    final: str | None = None


class Files:
    """The configuration's files, each read once."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lines: dict[tuple[Path, bool], tuple[Line, ...]] = {}

    def lines(self, path: Path, *, own: bool) -> tuple[Line, ...]:
        if (path, own) not in self._lines:
            self._lines[path, own] = config_text.read(path, own=own)
        return self._lines[path, own]

    def included(self, patterns: Iterable[str], base: Path) -> Iterable[Path]:
        """Yield the files that an Include means."""
        for pattern in patterns:
            if pattern == "~" or pattern.startswith("~/"):
                pattern = f"{self._home}{pattern[1:]}"  # noqa: PLW2901  the same pattern, spelled out
            for name in sorted(glob.glob(str(base / pattern))):  # noqa: PTH207  absolute patterns are common here
                yield Path(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """How a file is read: whose it is, how deep it is included, and whether its blocks can count at all."""

    base: Path
    own: bool
    depth: int = 0
    reachable: bool = True

    def below(self, *, reachable: bool) -> "_Level":
        return replace(self, depth=self.depth + 1, reachable=self.reachable and reachable)


class Walk:
    """Goes through the lines for one host; `said` is what it found."""

    def __init__(self, asked: Asked, files: Files, said: dict[str, tuple[str, ...]]) -> None:
        self.asked = asked
        self.files = files
        self.said = said
        self.wants_final = False
        self._active = True

    def take(self, lines: Iterable[Line]) -> None:
        """Take lines that count for every host, such as those of a command line."""
        for line in lines:
            self._keep(line)

    def file(self, path: Path, *, own: bool) -> None:
        """Go through a file and what it includes; relative names lie beside it, however deep they are included."""
        self._active = True
        self._file(path, _Level(base=path.parent, own=own))

    def _file(self, path: Path, level: "_Level") -> None:
        if level.depth == _DEEPEST:
            raise Unable(FaultKind.ERROR, f"{path}: Include lines lead more than {_DEEPEST} files deep")
        for line in self.files.lines(path, own=level.own):
            match line.keyword:
                case "host":
                    self._active = level.reachable and _named(line.words, self.asked.final or self.asked.typed)
                case "match":
                    self._active = level.reachable and self._matches(line)
                case "include":
                    was = self._active
                    for included in self.files.included(line.words, level.base):
                        self._file(included, level.below(reachable=was))
                        self._active = was
                case _ if self._active:
                    self._keep(line)
                case _:
                    continue

    def _keep(self, line: Line) -> None:
        keyword = _ALIASES.get(line.keyword, line.keyword)
        if keyword in _ADD_UP:
            known = self.said.get(keyword, ())
            self.said[keyword] = known if line.first in known else (*known, line.first)
        elif keyword in _ROADS:
            jump = self.said.get("proxyjump", ("",))[0].lower()
            if "proxycommand" not in self.said and jump in ({""} if keyword == "proxyjump" else {"", "none"}):
                self.said[keyword] = (line.rest,)
        elif keyword not in self.said:
            self.said[keyword] = line.words

    def _matches(self, line: Line) -> bool:
        rest, found, first = line.rest, True, True
        while rest and not rest.startswith("#"):
            criterion, rest = delimited(rest)
            wanted = not criterion.startswith("!")
            name = criterion.removeprefix("!").lower()
            if name == "all":
                if not first or (rest and not rest.startswith("#")):
                    raise Unable(FaultKind.ERROR, f"{line.place}: 'Match all' stands alone")
                return wanted
            first = False
            if name in _ALONE:
                self.wants_final = self.wants_final or name == "final"
                found = found and (self.asked.final is not None) is wanted
                continue
            value, rest = delimited(rest)
            if not value or value.startswith("#"):
                raise Unable(FaultKind.ERROR, f"{line.place}: 'Match {name}' needs a value")
            found = found and self._holds(name, value, line) is wanted
        return found

    def _holds(self, name: str, value: str, line: Line) -> bool:
        match name:
            case "host":
                return in_list(self._hostname(), value, fold=True)
            case "originalhost":
                return in_list(self.asked.typed, value, fold=True)
            case "user":
                return in_list(self.said.get("user", (self.asked.local_user,))[0], value)
            case "localuser":
                return in_list(self.asked.local_user, value)
            case "exec":
                message = f"{line.place}: 'Match exec' is not supported: a program would decide where to connect"
                raise Unable(FaultKind.ERROR, message, "Write the hosts out with Host or Match host.")
            case _:
                raise Unable(FaultKind.ERROR, f"{line.place}: 'Match {name}' is not supported")

    def _hostname(self) -> str:
        if self.asked.final is not None:
            return self.asked.final
        named = self.said.get("hostname")
        return self.asked.typed if not named else named[0].replace("%h", self.asked.typed).replace("%%", "%")


def _named(patterns: Iterable[str], host: str) -> bool:
    """Return whether a Host line speaks of the host; one pattern with `!` that fits is enough to leave it out."""
    found = False
    for pattern in patterns:
        if fits(host, pattern.removeprefix("!")):
            if pattern.startswith("!"):
                return False
            found = True
    return found


def in_list(text: str, patterns: str, *, fold: bool = False) -> bool:
    """Return whether a text fits a list such as `web-*,!web-9`."""
    if fold:
        text, patterns = text.lower(), patterns.lower()
    return _named(patterns.split(","), text)


def fits(text: str, pattern: str) -> bool:
    """Return whether a text fits a pattern, in which only `*` and `?` are special."""
    if "*" not in pattern and "?" not in pattern:
        return text == pattern
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> "re.Pattern[str]":
    pieces = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(pieces), re.DOTALL)
