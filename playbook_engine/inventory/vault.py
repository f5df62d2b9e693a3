"""Values and files that `ansible-vault` encrypted, formats 1.1 and 1.2 (`$ANSIBLE_VAULT;1.2;AES256;LABEL`).

Without a password they are refused, with what to use instead. With one they are decrypted: the password is stretched
with PBKDF2, the checksum is compared before anything is decrypted, and what comes out is a secret from then on.
"""

import hashlib
import hmac
import re
from binascii import unhexlify
from collections.abc import Callable, Sequence
from typing import Final

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass

HEADER: Final = "$ANSIBLE_VAULT"
_ENVELOPE = re.compile(
    r"\$ANSIBLE_VAULT;(?P<version>[^;\s]+);(?P<cipher>[^;\s]+)(?:;(?P<label>[^\s;]+))?(?:\s+(?P<body>.*))?", re.DOTALL
)
_ITERATIONS: Final = 10_000
_KEY: Final = 32
_IV: Final = 16
_INSTEAD = (
    "Give the file with the password (--vault-password-file FILE), or take the value from 'secrets:' of the"
    " environment file."
)


@dataclass(frozen=True, slots=True)
class Password:
    """A password with its label (None: for all), and the file that people know it by."""

    label: str | None
    shown: str
    text: bytes


@dataclass(frozen=True, slots=True)
class _Envelope:
    """An encrypted text, taken apart."""

    label: str | None
    salt: bytes
    checksum: bytes
    body: bytes


class _Unusable(Exception):
    """The envelope is damaged or of a kind that is not known; the text says how."""


Unlock = Callable[[], Sequence[Password]]
"""Reads the password files; raises ValueError with a reason that may be shown."""


class Vault:
    """Decrypts with the passwords that were given, which are read when the first encrypted text is met."""

    def __init__(self, unlock: Unlock | None = None) -> None:
        self._unlock = unlock
        self._passwords: Sequence[Password] = ()
        self._broken = False

    def decrypt(self, text: str, what: str, span: Span, problems: Problems) -> str | None:
        """Return the text that `what` hides; None when that is not possible, which is then among the problems."""
        if self._unlock is None:
            problems.error("vaulted-value", f"{what} is encrypted with ansible-vault", span, _INSTEAD)
            return None
        try:
            envelope = _opened(text)
        except _Unusable as error:
            problems.error("vaulted-value", f"{what} is not a vaulted text that can be read: {error}", span)
            return None
        if not self._ready(span, problems):
            return None
        for password in self._ordered(envelope.label):
            plain = _plain(envelope, password.text)
            if plain is not None:
                return plain
        self._refuse(envelope, what, span, problems)
        return None

    def _ready(self, span: Span, problems: Problems) -> bool:
        """Read the passwords once; a file that cannot be read is reported once."""
        if not self._passwords and not self._broken and self._unlock is not None:
            try:
                self._passwords = self._unlock()
            except ValueError as error:
                self._broken = True
                problems.error("vault-password", str(error), span)
        return not self._broken

    def _ordered(self, label: str | None) -> Sequence[Password]:
        """Return the password of the same label first; the others may fit too, as in Ansible."""
        return sorted(self._passwords, key=lambda password: password.label != label)

    def _refuse(self, envelope: _Envelope, what: str, span: Span, problems: Problems) -> None:
        tried = ", ".join(password.shown for password in self._passwords)
        named = f" (it was made with the id '{envelope.label}')" if envelope.label else ""
        message = f"{what} cannot be decrypted{named}: no password fits, or the text was changed"
        problems.error("vaulted-value", message, span, f"Tried: {tried}.")


def _opened(text: str) -> _Envelope:
    match = _ENVELOPE.fullmatch(text.strip())
    if match is None:
        raise _Unusable(f"it does not begin with {HEADER};1.1;AES256")
    if match["version"] not in {"1.1", "1.2"} or match["cipher"] != "AES256":
        raise _Unusable(
            f"format {match['version']} with {match['cipher']} is not known, only 1.1 and 1.2 with AES256"
        )
    try:
        parts = unhexlify("".join((match["body"] or "").split())).split(b"\n", 2)
        salt, checksum, body = (unhexlify(part) for part in parts)
    except ValueError:
        raise _Unusable("it is damaged or not complete") from None
    if not body or len(body) % _IV:
        raise _Unusable("it is damaged or not complete")
    return _Envelope(match["label"], salt, checksum, body)


def _plain(envelope: _Envelope, password: bytes) -> str | None:
    """Return what the password decrypts, or None when it is not the one."""
    keys = hashlib.pbkdf2_hmac("sha256", password, envelope.salt, _ITERATIONS, 2 * _KEY + _IV)
    cipher_key, hmac_key, start = keys[:_KEY], keys[_KEY : 2 * _KEY], keys[2 * _KEY :]
    if not hmac.compare_digest(hmac.digest(hmac_key, envelope.body, "sha256"), envelope.checksum):
        return None
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415  only with a vault

    decryptor = Cipher(algorithms.AES(cipher_key), modes.CTR(start)).decryptor()
    padded = decryptor.update(envelope.body) + decryptor.finalize()
    try:
        return padded[: -padded[-1]].decode()
    except UnicodeDecodeError:
        return None
