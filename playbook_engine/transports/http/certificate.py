"""What a server's certificate says: for whom it is, from whom, until when."""

import ssl
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from playbook_engine.model.replies import Certificate

_DAY_S: Final = 86_400
_NAMES_AT_MOST: Final = 3
"""How many names of a certificate a message tells."""


def certificate_of(secure: ssl.SSLObject, now: datetime) -> Certificate | None:
    """Return what the accepted certificate of a connection says."""
    found: Mapping[str, Any] | None = secure.getpeercert()
    if not found:
        return None
    ends = ssl.cert_time_to_seconds(found["notAfter"])
    return Certificate(
        names=tuple(str(value) for _, value in found.get("subjectAltName", ())),
        subject=_distinguished(found.get("subject", ())),
        issuer=_distinguished(found.get("issuer", ())),
        not_after=datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        days_left=int((ends - now.timestamp()) // _DAY_S),
    )


def _distinguished(name: Iterable[Iterable[tuple[str, str]]]) -> str:
    """Return `CN=api.example, O=Example`, the most specific part first."""
    parts = [f"{_SHORT.get(key, key)}={value}" for group in name for key, value in group]
    return ", ".join(reversed(parts))


_SHORT: Final = {
    "commonName": "CN",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "localityName": "L",
    "stateOrProvinceName": "ST",
    "countryName": "C",
}


def refused_certificate(secure: ssl.SSLObject) -> str | None:
    """Return in words what a certificate says that was not accepted: `for a.example, until 2026-01-31`.

    What was refused has a public name since Python 3.13; before it, only the object underneath knows it.
    """
    raw = _unverified(secure)
    if raw is None:
        return None
    from cryptography import x509  # noqa: PLC0415  only when a certificate is refused

    try:
        found = x509.load_der_x509_certificate(raw)
        names = _names(found, x509)
        ends = found.not_valid_after_utc.strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, TypeError):
        return None
    return f"it is for {_some(names)}, valid until {ends}"


def _unverified(secure: ssl.SSLObject) -> bytes | None:
    underneath = getattr(secure, "_sslobj", None)
    chain_of = getattr(secure, "get_unverified_chain", None) or getattr(underneath, "get_unverified_chain", None)
    chain = (chain_of() if chain_of is not None else None) or ()
    first = next(iter(chain), None)
    if first is None or isinstance(first, bytes):
        return first
    data: bytes = first.public_bytes(_DER)
    return data


_DER: Final = 2
"""`ENCODING_DER` of the module behind `ssl`."""


def _names(certificate: Any, x509: Any) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in found]


def _some(names: list[str]) -> str:
    """Return some names, fit to be shown: they were written by whoever sent the certificate."""
    shown = ["".join(char if char.isprintable() else "?" for char in name[:100]) for name in names[:_NAMES_AT_MOST]]
    more = len(names) - len(shown)
    return (", ".join(shown) or "no name") + (f" and {more} more" if more > 0 else "")
