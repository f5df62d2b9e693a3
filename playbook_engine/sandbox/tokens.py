"""RS256 tokens and JSON Web Keys, by the arithmetic that they are made of (RFC 7515, 7517, 8017).

This is a demo: the keys live for the length of a run and protect nothing. Real services use a library.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

# The ASN.1 that PKCS#1 v1.5 puts before a SHA-256 digest (RFC 8017, section 9.2, note 1).
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
_MIN_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """What is needed to verify a token."""

    kid: str
    n: int
    e: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateKey:
    """What is needed to sign one."""

    public: PublicKey
    d: int


PublicKeys: TypeAlias = Mapping[str, PublicKey]
"""Verification keys by their key id."""


class TokenRefused(Exception):
    """The token is not good; the text says why and quotes nothing of it but the key id."""


def jwk(key: PublicKey) -> dict[str, str]:
    """Return the key in the form that JWKS endpoints serve."""
    return {"kty": "RSA", "kid": key.kid, "use": "sig", "alg": "RS256", "n": _number(key.n), "e": _number(key.e)}


def read_keys(text: str | bytes) -> PublicKeys:
    """Read a JSON Web Key, or a set of them; ValueError says what is wrong."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    members = value.get("keys", [value]) if isinstance(value, dict) else None
    if not isinstance(members, list) or not members:
        raise ValueError("neither a JSON Web Key nor a set of them")
    keys = [_key(member) for member in members]
    return {key.kid: key for key in keys}


def sign(claims: Mapping[str, object], key: PrivateKey) -> str:
    """Return a compact RS256 token that carries the claims."""
    header = {"alg": "RS256", "typ": "JWT", "kid": key.public.kid}
    signed = ".".join(_encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    size = _size(key.public)
    digest = int.from_bytes(_padded(signed.encode(), size))
    return f"{signed}.{_encode(pow(digest, key.d, key.public.n).to_bytes(size))}"


def key_id(token: str) -> str:
    """Return the id of the key that the token says it was signed with, before anything is verified."""
    header = _object(token.partition(".")[0])
    if header.get("alg") != "RS256":
        raise TokenRefused("the token is not signed with RS256")
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise TokenRefused("the token names no key")
    return kid


def verify(token: str, key: PublicKey, now: float) -> dict[str, object]:
    """Return the claims of a token that this key signed and that has not expired."""
    signed, _, signature = token.rpartition(".")
    if signed.count(".") != 1:
        raise TokenRefused("the token does not have three parts")
    sent = _decode(signature)
    number = int.from_bytes(sent)
    if len(sent) != _size(key) or number >= key.n:
        raise TokenRefused("the token's signature has the wrong length")
    recovered = pow(number, key.e, key.n).to_bytes(len(sent))
    # The whole block is compared, padding included: parsing it is how forged signatures got through elsewhere.
    if not hmac.compare_digest(recovered, _padded(signed.encode(), len(sent))):
        raise TokenRefused("the token's signature is not valid")
    claims = _object(signed.partition(".")[2])
    expires = claims.get("exp")
    if not isinstance(expires, int | float) or expires <= now:
        raise TokenRefused("the token has expired")
    return claims


def _key(member: object) -> PublicKey:
    if not isinstance(member, dict) or member.get("kty") != "RSA":
        raise ValueError("a key that is not an RSA key")
    try:
        kid, n, e = (str(member[name]) for name in ("kid", "n", "e"))
        key = PublicKey(kid=kid, n=int.from_bytes(_decode(n)), e=int.from_bytes(_decode(e)))
    except KeyError as missing:
        raise ValueError(f"a key without {missing}") from None
    except TokenRefused:
        raise ValueError("a key whose numbers are not base64url") from None
    if key.n.bit_length() < _MIN_BITS or key.e < 3:
        raise ValueError(f"a key of fewer than {_MIN_BITS} bits")
    return key


def _object(part: str) -> dict[str, object]:
    try:
        value = json.loads(_decode(part))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise TokenRefused("the token is not readable")
    return value


def _padded(signed: bytes, size: int) -> bytes:
    tail = _SHA256_PREFIX + hashlib.sha256(signed).digest()
    return b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail


def _size(key: PublicKey) -> int:
    return (key.n.bit_length() + 7) // 8


def _number(value: int) -> str:
    return _encode(value.to_bytes((value.bit_length() + 7) // 8))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenRefused("the token is not readable") from None
