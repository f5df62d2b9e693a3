"""Which servers are trusted, and who we are to them: TLS contexts."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from playbook_engine.model.requests import Tls
from playbook_engine.transports.http.apart import apart

_PROTOCOLS: Final = ["http/1.1"]


class Unusable(Exception):
    """What this machine is set to use cannot be used: a file, a proxy; the message says which, and why."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Trust:
    """The contexts of one run. Reading certificates takes tens of milliseconds, so each is made once."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._made: dict[Tls | None, asyncio.Future[ssl.SSLContext]] = {}

    async def context(self, tls: Tls | None) -> ssl.SSLContext:
        """Return the context for a request; raises Unusable. Others are not held up while files are read."""
        # The name that the server must prove makes no difference to the certificates.
        own = None if tls is None or (tls.ca is None and tls.cert is None) else replace(tls, server_name=None)
        made = self._made.get(own)
        if made is None:
            made = self._made[own] = apart("trust", lambda: self._make(own))
            made.add_done_callback(lambda done: self._forget_failure(own, done))
        return await asyncio.shield(made)

    def _forget_failure(self, own: Tls | None, done: asyncio.Future[ssl.SSLContext]) -> None:
        """Read the files again for the next request when they could not be used for this one."""
        if done.cancelled() or done.exception() is not None:
            del self._made[own]

    def _make(self, tls: Tls | None) -> ssl.SSLContext:
        if tls is not None:
            return own_certificates(tls, self._environment)
        try:
            return trusted_certificates(self._environment)
        except (OSError, ValueError) as error:
            message = f"the certificates that this machine trusts cannot be read ({type(error).__name__})"
            raise Unusable(message, "Check SSL_CERT_FILE and SSL_CERT_DIR.") from None


def trusted_certificates(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Return a context that verifies servers.

    SSL_CERT_FILE and SSL_CERT_DIR decide alone when they are given. Otherwise a server is trusted that either
    the certifi bundle or this system trusts, so that a company's own authority needs no setting.
    """
    file, folder = environment.get("SSL_CERT_FILE"), environment.get("SSL_CERT_DIR")
    if file or folder:
        return _speaking_http(ssl.create_default_context(cafile=file or None, capath=folder or None))
    import certifi  # noqa: PLC0415  only when it is needed

    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return _speaking_http(context)


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
        return _speaking_http(ssl.create_default_context(cafile=authority))
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


def _speaking_http(context: ssl.SSLContext) -> ssl.SSLContext:
    context.set_alpn_protocols(_PROTOCOLS)
    return context
