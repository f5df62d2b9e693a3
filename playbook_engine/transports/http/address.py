"""A URL in its parts, as they are sent."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

PORTS: Final = {"http": 80, "https": 443}
_NEVER: Final = re.compile(r"[\x00-\x20\x7f]")
_HOST: Final = re.compile(r"[a-z0-9_~-]+(\.[a-z0-9_~-]+)*\.?", re.ASCII)
_KEPT: Final = "%!#$&'()*+,-./:;=?@[]_~|"
"""What stays in a path or query as it was rendered; the rest is percent-encoded."""


class BadUrl(ValueError):
    """A URL that cannot be sent to; `words` say why, and hold nothing of the URL."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes. `host` is as a name service takes it, without brackets; `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def of(cls, url: str) -> "Address":
        """Return the parts of a URL; raises BadUrl."""
        try:
            return cls._of(urlsplit(url), url)
        except BadUrl:
            raise
        except ValueError:
            raise BadUrl("a URL that is not valid") from None

    @classmethod
    def _of(cls, split: SplitResult, url: str) -> "Address":
        scheme, port = split.scheme.lower(), split.port
        if _NEVER.search(url):
            raise BadUrl("a URL that is not valid")
        if scheme not in PORTS or not split.netloc:
            raise BadUrl("something that is not HTTP")
        if "[" in split.netloc and ":" not in (split.hostname or ""):
            raise BadUrl("a URL that is not valid")
        if "@" in split.netloc:
            raise BadUrl("a URL with a user name or a password")
        return cls(scheme, _host(split.hostname or ""), PORTS[scheme] if port is None else port, _target(split))

    @property
    def secure(self) -> bool:
        return self.scheme == "https"

    @property
    def origin(self) -> tuple[str, str, int]:
        """Return what makes a host another one."""
        return self.scheme, self.host, self.port

    @property
    def peer(self) -> str:
        """Return host and port, as messages and proxies want them."""
        return host_and_port(self.host, self.port)

    @property
    def authority(self) -> str:
        """Return host and port for the header `Host`: without the port that goes without saying."""
        return bracketed(self.host) if self.port == PORTS[self.scheme] else self.peer

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    def joined(self, location: str) -> "Address":
        """Return where a reference leads from here; raises BadUrl."""
        try:
            return Address.of(urljoin(str(self), location.strip(" \t").replace(" ", "%20")))
        except BadUrl:
            raise
        except ValueError:
            raise BadUrl("a URL that is not valid") from None


def host_and_port(host: str, port: int) -> str:
    return f"{bracketed(host)}:{port}"


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Return whether a host of a URL is this machine."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _host(name: str) -> str:
    """Return a host in the letters of a name service; raises ValueError."""
    if ":" in name:
        return str(IPv6Address(name.replace("%25", "%", 1)))
    if not name.isascii():
        import idna  # noqa: PLC0415  its tables take time, and few names need them

        name = idna.encode(name, uts46=True).decode("ascii")
    if not _HOST.fullmatch(name):
        raise BadUrl("a URL that is not valid")
    return name


def _target(split: SplitResult) -> str:
    path = split.path or "/"
    return quote(f"{path}?{split.query}" if split.query else path, safe=_KEPT)
