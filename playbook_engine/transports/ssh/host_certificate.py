"""A host's certificate: may the host show the key in it, because an authority that we know says so?

Paramiko checks that the host has the key, and takes no notice of what else stands in the certificate. All of it is
looked at here: who signed it and how, for which names, from when until when, and whether it asks for something that
is not known.
"""

import base64
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    SSHCertificate,
    SSHCertificateType,
    load_ssh_public_identity,
)

from playbook_engine.frozen import dataclass
from playbook_engine.transports.ssh.config_rules import fits
from playbook_engine.transports.ssh.known_hosts import KnownHosts, Names

CERTIFICATE: Final = "-cert-v01@openssh.com"
_FOREVER: Final = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate as far as it could be read: the plain key in it, and who signed that."""

    kind: str
    key: bytes
    authority: bytes
    parsed: SSHCertificate


class Unreadable(Exception):
    """It is no certificate, or one of a kind that is not known."""


def read(kind: str, blob: bytes) -> Certified:
    """Take a certificate apart; raises Unreadable."""
    try:
        parsed = load_ssh_public_identity(f"{kind} {base64.b64encode(blob).decode()}".encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unreadable(str(error)) from None
    if not isinstance(parsed, SSHCertificate):
        raise Unreadable("it is a key")
    plain = parsed.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()
    signer = parsed.signature_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()
    return Certified(plain[0].decode(), base64.b64decode(plain[1]), base64.b64decode(signer[1]), parsed)


def objection(certified: Certified, names: Names, known: KnownHosts, now: float) -> str | None:
    """Return why a certificate of an authority that we know is not good for a host; None when it is good."""
    parsed = certified.parsed
    host = (names.second or names.first).removeprefix("[").partition("]:")[0]
    principals = [principal.decode("utf-8", "replace").lower() for principal in parsed.valid_principals]
    reasons = (
        ("its authority's key was revoked", known.revoked(names, certified.authority) is not None),
        ("the key in it was revoked", known.revoked(names, certified.key) is not None),
        ("it is for a user, not for a host", parsed.type is not SSHCertificateType.HOST),
        ("it names no host", not principals),
        (f"it is for {', '.join(principals[:3])}", not any(fits(host, principal) for principal in principals)),
        ("it is not valid yet", now < parsed.valid_after),
        ("it has expired", parsed.valid_before != _FOREVER and now >= parsed.valid_before),
        ("it has a critical option that is not known", bool(parsed.critical_options)),
    )
    found = next((reason for reason, applies in reasons if applies), None)
    return found or _signature(certified)


def _signature(certified: Certified) -> str | None:
    """Return what is wrong with the signature; the old one of SHA-1 is not taken."""
    try:
        certified.parsed.verify_cert_signature()
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return "its signature is wrong"
    return "it was signed with SHA-1" if _signed_with(certified) == b"ssh-rsa" else None


def _signed_with(certified: Certified) -> bytes:
    """Return the algorithm of the signature, which is the last field; the authority's key stands before it."""
    body = base64.b64decode(certified.parsed.public_bytes().split()[1])
    before = len(certified.authority).to_bytes(4, "big") + certified.authority
    signature = body[body.rindex(before) + len(before) + 4 :]
    return signature[4 : 4 + int.from_bytes(signature[:4], "big")]
