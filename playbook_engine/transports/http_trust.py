"""Which servers are trusted, and who we are to them: TLS contexts."""

import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx

from playbook_engine.model.requests import Tls


class Unusable(Exception):
    """A file of certificates cannot be used; the message says which, and why."""


def trusted_certificates(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Return a context that verifies servers.

    SSL_CERT_FILE and SSL_CERT_DIR decide alone when they are given. Otherwise a server is trusted that either
    the certifi bundle or this system trusts, so that a company's own authority needs no setting.
    """
    context = httpx.create_ssl_context()
    if not environment.get("SSL_CERT_FILE") and not environment.get("SSL_CERT_DIR"):
        context.load_default_certs()
    return context


def own_certificates(tls: Tls, environment: Mapping[str, str]) -> ssl.SSLContext:
    """Return a context for a request that names its files; an authority it names is the only one. Raises Unusable."""
    for name in (tls.ca, tls.cert, tls.key):
        if name is not None:
            _check_readable(name)
    context = trusted_certificates(environment) if tls.ca is None else _only(tls.ca)
    if tls.cert is not None:
        _load_own(context, tls.cert, tls.key)
    return context


def _check_readable(name: str) -> None:
    try:
        with Path(name).open("rb"):
            pass
    except OSError as error:
        raise Unusable(f"{name} cannot be read: {error.strerror}") from None


def _only(authority: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authority)
    except (ssl.SSLError, OSError):
        raise Unusable(f"{authority} is not a PEM file with certificates") from None


def _load_own(context: ssl.SSLContext, cert: str, key: str | None) -> None:
    try:
        context.load_cert_chain(cert, key, password=_nobody_knows)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise Unusable(f"the key in {key or cert} does not belong to the certificate in {cert}") from None
        files = cert if key is None else f"{cert} with {key}"
        raise Unusable(f"{files} is not a certificate with its key in PEM") from None
    except _Encrypted:
        raise Unusable(f"the key in {key or cert} is encrypted, which is not supported") from None


class _Encrypted(Exception):
    pass


def _nobody_knows() -> str:
    """Stand for the person whom OpenSSL would ask at the terminal."""
    raise _Encrypted
