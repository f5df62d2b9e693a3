"""Which proxy the environment names: http_proxy, HTTPS_PROXY, ALL_PROXY, NO_PROXY, as curl reads them.

The name in small letters wins. This machine is never asked through a proxy.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import unquote, urlsplit

from playbook_engine.transports.http.address import PORTS, Address, host_and_port, is_loopback
from playbook_engine.transports.http.trust import Unusable

_WITH_PORT: Final = re.compile(r"(\[[^\]]*\]|[^:\[\]]+):(\d+)")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy; `variable` is where it was named, `credentials` what `Proxy-Authorization` says."""

    secure: bool
    host: str
    port: int
    variable: str
    credentials: bytes | None = None

    @property
    def peer(self) -> str:
        return host_and_port(self.host, self.port)

    def __repr__(self) -> str:
        return f"Proxy({self.peer})"


def proxy_of(address: Address, environment: Mapping[str, str]) -> Proxy | None:
    """Return the proxy for an address; None when it is asked directly. Raises Unusable."""
    if is_loopback(address.host):
        return None
    variable, value = _named(f"{address.scheme}_proxy", environment) or _named("all_proxy", environment) or ("", "")
    if not value or _exempt(address, (_named("no_proxy", environment) or ("", ""))[1]):
        return None
    return _proxy(variable, value)


def _named(name: str, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Return a variable and its value. One that is empty says: no proxy.

    A web server hands the header `Proxy` of any client to its CGI programs as HTTP_PROXY (CVE-2016-5385).
    """
    large = name.upper()
    if name in environment:
        return name, environment[name].strip()
    if large == "HTTP_PROXY" and "REQUEST_METHOD" in environment:
        return None
    return (large, environment[large].strip()) if large in environment else None


def _proxy(variable: str, value: str) -> Proxy:
    try:
        split = urlsplit(value if "://" in value else f"http://{value}")
        scheme, host, port = split.scheme.lower(), split.hostname or "", split.port
    except ValueError:
        raise Unusable(f"{variable} is not the URL of a proxy") from None
    if scheme.startswith("socks"):
        raise Unusable(f"{variable} names a SOCKS proxy, which is not supported")
    if scheme not in PORTS or not host:
        raise Unusable(f"{variable} is not the URL of a proxy")
    credentials = None
    if split.username is not None:
        pair = f"{unquote(split.username)}:{unquote(split.password or '')}"
        credentials = b"Basic " + base64.b64encode(pair.encode())
    return Proxy(scheme == "https", host, PORTS[scheme] if port is None else port, variable, credentials)


def _exempt(address: Address, no_proxy: str) -> bool:
    """Return whether NO_PROXY names the address: by name or domain, address or network, each also with a port."""
    name = address.host.rstrip(".")
    number = _number(name)
    return any(_covers(item, name, number, address.port) for item in re.split(r"[,\s]+", no_proxy.lower()) if item)


def _covers(item: str, name: str, number: IPv4Address | IPv6Address | None, port: int) -> bool:
    if item == "*":
        return True
    with_port = _WITH_PORT.fullmatch(item)
    if with_port:
        if int(with_port[2]) != port:
            return False
        item = with_port[1]
    item = item.strip("[]")
    if number is not None:
        return _in_network(number, item)
    domain = item.removeprefix("*").strip(".")
    return bool(domain) and (name == domain or name.endswith(f".{domain}"))


def _in_network(number: IPv4Address | IPv6Address, item: str) -> bool:
    try:
        return number in ip_network(item, strict=False)
    except ValueError:
        return False


def _number(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
