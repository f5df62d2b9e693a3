"""Which keys a host may show: OpenSSH's known_hosts files, read as OpenSSH reads them.

Paramiko's own reader passes over `@revoked` lines and patterns in silence, which is why this is here. Names may be
plain, hashed (`|1|…`), patterns with `*`, `?` and `!`, and carry a port (`[host]:2222`).
"""

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import translate
from hmac import compare_digest
from pathlib import Path
from typing import Final

import paramiko

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.faults import Unable

_PORT: Final = 22
_REVOKED: Final = "@revoked"
_AUTHORITY: Final = "@cert-authority"
_CERTIFICATE: Final = "-cert-v01@openssh.com"
_KINDS: Final = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
_NO_NAME: Final = re.compile(r"[*?!]")
_RSA: Final = ("rsa-sha2-512", "rsa-sha2-256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One usable line, and where it stands."""

    marker: str
    names: str
    kind: str
    key: bytes
    place: str

    @property
    def is_plain(self) -> bool:
        """Return whether it has names only, as they are."""
        return not (self.names.startswith("|") or _NO_NAME.search(self.names))

    @property
    def plain_names(self) -> list[str]:
        return self.names.lower().split(",")

    def concerns(self, name: str) -> bool:
        """Return whether the line speaks of the host."""
        if self.names.startswith("|1|"):
            return _same_hash(name, self.names)
        matched = False
        for pattern in self.plain_names:
            if _fits(name, pattern.removeprefix("!")):
                if pattern.startswith("!"):
                    return False
                matched = True
        return matched


class Verdict(StrEnum):
    KNOWN = "known"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the files say about a key that a host showed, and on which line."""

    verdict: Verdict
    place: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Under which names a host may be known: with its port, and as OpenSSH looks for it then, without."""

    first: str
    second: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        return (self.first,) if self.second is None else (self.first, self.second)


class KnownHosts:
    """The lines of some known_hosts files."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self.lines = lines
        self._plain: dict[str, list[int]] = {}
        """Where the names stand that are no patterns: a thousand hosts have a thousand lines."""
        self._others: list[int] = []
        self._found: dict[str, list[Line]] = {}
        for number, line in enumerate(lines):
            if line.is_plain:
                for name in line.plain_names:
                    self._plain.setdefault(name, []).append(number)
            else:
                self._others.append(number)

    @classmethod
    def read(cls, files: tuple[Path, ...]) -> "KnownHosts":
        """Read the files that exist; raises Unable for one that exists and cannot be read."""
        return cls(tuple(line for path in files for line in _read(path)))

    def judge_host(self, names: Names, kind: str, key: bytes) -> Judgement:
        """Say whether the host may show this key; a revoked key is never good, whatever other lines say.

        A host that listens on a port of its own may be known by its name alone: as in OpenSSH, that counts for a key
        that fits, and never against one that does not.
        """
        found = self.judge(names.first, kind, key)
        if found.verdict is not Verdict.UNKNOWN or names.second is None:
            return found
        other = self.judge(names.second, kind, key)
        return other if other.verdict in {Verdict.KNOWN, Verdict.REVOKED} else found

    def judge(self, name: str, kind: str, key: bytes) -> Judgement:
        """Say what is known of this key under one name."""
        about = self._about(name)
        revoked = [line for line in about if line.marker == _REVOKED and line.key == key]
        if revoked:
            return Judgement(Verdict.REVOKED, revoked[0].place)
        same_kind = [line for line in about if not line.marker and line.kind == kind]
        for line in same_kind:
            if compare_digest(line.key, key):
                return Judgement(Verdict.KNOWN, line.place)
        return Judgement(Verdict.CHANGED, same_kind[0].place) if same_kind else Judgement(Verdict.UNKNOWN)

    def knows(self, names: Names) -> bool:
        """Return whether any key of the host is known."""
        return any(not line.marker for name in names.all for line in self._about(name))

    def authority(self, names: Names, key: bytes) -> Line | None:
        """Return the line that says that this key signs the keys of the host."""
        found = (line for name in names.all for line in self._about(name) if line.marker == _AUTHORITY)
        return next((line for line in found if compare_digest(line.key, key)), None)

    def revoked(self, names: Names, key: bytes) -> Line | None:
        """Return the line that revokes a key, be it a host's or an authority's."""
        found = (line for name in names.all for line in self._about(name) if line.marker == _REVOKED)
        return next((line for line in found if line.key == key), None)

    def algorithms(self, names: Names) -> tuple[str, ...]:
        """Return the signature algorithms for the host's known keys: those are asked for first.

        A host has keys of several kinds and shows one. Asked for another than the known one, it would look like
        a host that nobody knows. Where an authority is known, a certificate is asked for before all.
        """
        about = [line for name in names.all for line in self._about(name)]
        kinds = dict.fromkeys(line.kind for line in about if not line.marker)
        plain = tuple(algorithm for kind in kinds for algorithm in (_RSA if kind == "ssh-rsa" else (kind,)))
        certified = any(line.marker == _AUTHORITY for line in about)
        return (*(f"{name}{_CERTIFICATE}" for name in _KINDS), *plain) if certified else plain

    def _about(self, name: str) -> list[Line]:
        """Return the lines that speak of a name, in their order; each name is asked for several times."""
        found = self._found.get(name)
        if found is None:
            others = (number for number in self._others if self.lines[number].concerns(name))
            numbers = sorted({*self._plain.get(name, ()), *others})
            found = self._found[name] = [self.lines[number] for number in numbers]
        return found


def lookup_name(host: str, port: int) -> str:
    """Return the name under which known_hosts has a host: with its port, unless that is 22."""
    return host if port == _PORT else f"[{host}]:{port}"


def fingerprint(key: bytes) -> str:
    """Return a key's fingerprint as `ssh-keygen -l` shows it."""
    from hashlib import sha256  # noqa: PLC0415  only when there is something to complain about

    return "SHA256:" + base64.b64encode(sha256(key).digest()).decode().rstrip("=")


def _read(path: Path) -> list[Line]:
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise Unable(FaultKind.HOST_KEY, f"{path}: {error.strerror}", "No host key can be checked.") from None
    found = (_line(line, f"{path}:{number}") for number, line in enumerate(text.splitlines(), 1))
    return [line for line in found if line is not None]


def _line(text: str, place: str) -> Line | None:
    fields = text.split()
    if not fields or fields[0].startswith("#"):
        return None
    marker = fields.pop(0) if fields[0].startswith("@") else ""
    if len(fields) < 3:
        return None
    try:
        key = base64.b64decode(fields[2], validate=True)
    except binascii.Error:
        return None
    return Line(marker=marker, names=fields[0], kind=fields[1], key=key, place=place)


def _same_hash(name: str, hashed: str) -> bool:
    try:
        return compare_digest(paramiko.HostKeys.hash_host(name, hashed), hashed)
    except (binascii.Error, ValueError, AssertionError, IndexError):
        return False


def _fits(name: str, pattern: str) -> bool:
    if "*" not in pattern and "?" not in pattern:
        return name == pattern
    # Brackets are no wildcard here: they hold a host name whose port follows.
    return re.fullmatch(translate(pattern.replace("[", "[[]")), name) is not None
