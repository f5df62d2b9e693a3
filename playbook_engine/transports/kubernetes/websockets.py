"""How a WebSocket to the API server is set up: who we are, whom to trust, which proxy, as for every other request."""

import ssl
from typing import Any
from urllib.parse import unquote, urlsplit

from playbook_engine.transports.kubernetes.plugin import Credential
from playbook_engine.transports.kubernetes.session import Session

_PROTOCOL = "v4.channel.k8s.io"


def options(session: Session, who: Credential) -> dict[str, Any]:
    """Return how the client is set up, in the words of a WebSocket: who we are, whom to trust, which proxy."""
    configuration = session.configuration
    options: dict[str, Any] = {
        "header": [f"{name}: {value}" for name, value in session.headers(who)],
        "subprotocols": [_PROTOCOL],
        "suppress_origin": True,
        "redirect_limit": 0,
        "enable_multithread": False,
    }
    if session.server.startswith("https:"):
        options["sslopt"] = _tls(configuration)
    return options | _proxy(configuration)


def _tls(configuration: Any) -> dict[str, Any]:
    if not configuration.verify_ssl:
        return {"cert_reqs": ssl.CERT_NONE, "check_hostname": False, **_certificate(configuration)}
    trust = {"ca_certs": configuration.ssl_ca_cert} if configuration.ssl_ca_cert else {}
    name = {"server_hostname": configuration.tls_server_name} if configuration.tls_server_name else {}
    return {"cert_reqs": ssl.CERT_REQUIRED, **trust, **name, **_certificate(configuration)}


def _certificate(configuration: Any) -> dict[str, Any]:
    pairs = {"certfile": configuration.cert_file, "keyfile": configuration.key_file}
    return {name: value for name, value in pairs.items() if value}


def _proxy(configuration: Any) -> dict[str, Any]:
    """Return the proxy of the kubeconfig; without one, none is used."""
    if not configuration.proxy:
        return {"http_proxy_host": None, "http_no_proxy": ["*"]}
    proxy, exempt = urlsplit(configuration.proxy), str(configuration.no_proxy or "").split(",")
    found: dict[str, Any] = {
        "http_proxy_host": proxy.hostname,
        "http_proxy_port": proxy.port,
        "proxy_type": proxy.scheme,
    }
    if proxy.username:
        found["http_proxy_auth"] = (unquote(proxy.username), unquote(proxy.password or ""))
    return found | {"http_no_proxy": [host.strip() for host in exempt if host.strip()]}
