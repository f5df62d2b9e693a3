"""Private keys and certificates in files, each read once for all hosts."""

import base64
import binascii
import threading
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from paramiko.pkey import PublicBlob, UnknownKeyType

from playbook_engine.transports.ssh import host_certificate
from playbook_engine.values import Secret

_LARGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a file could not be used."""

    reason: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, and the plain key that it was made for; `expires` is a time of day."""

    key: bytes
    blob: PublicBlob
    expires: int


@dataclass(slots=True)
class KeyRing:
    """Key files, each read once: checking an RSA key takes as long as a handshake, opening a locked one longer."""

    _read: dict[tuple[Path, Secret | None], "paramiko.PKey | Unusable | None"] = field(default_factory=dict)
    _certificates: dict[Path, "Certificate | Unusable | None"] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def load(self, path: Path, passphrase: Secret | None = None) -> "paramiko.PKey | Unusable | None":
        """Return the key, why it cannot be used, or None when there is no such file."""
        with self._turn:
            if (path, passphrase) not in self._read:
                self._read[path, passphrase] = _load(path, passphrase)
            return self._read[path, passphrase]

    def certificate(self, path: Path) -> "Certificate | Unusable | None":
        """Return the certificate, why it cannot be used, or None when there is no such file."""
        with self._turn:
            if path not in self._certificates:
                self._certificates[path] = _certificate(path)
            return self._certificates[path]


def public_half(path: Path) -> bytes | None:
    """Return the public part of a key file, when it lies beside it."""
    try:
        fields = Path(f"{path}.pub").read_text(encoding="utf-8", errors="replace").split()
        return base64.b64decode(fields[1], validate=True)
    except (OSError, IndexError, binascii.Error):
        return None


def _load(path: Path, passphrase: Secret | None) -> "paramiko.PKey | Unusable | None":
    try:
        key = _opened(path, None)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Unusable(f"{path} cannot be read: {error.strerror}")
    except (TypeError, paramiko.PasswordRequiredException):
        return _unlocked(path, passphrase)
    except (ValueError, paramiko.SSHException, UnknownKeyType, UnsupportedAlgorithm, IndexError):
        return Unusable(f"{path} is not a private key that can be used")
    return key


def _unlocked(path: Path, passphrase: Secret | None) -> "paramiko.PKey | Unusable":
    """Open an encrypted key; what went wrong is said without the passphrase."""
    if passphrase is None:
        give = f"ssh-add {path}, or ansible_ssh_private_key_passphrase"
        return Unusable(f"{path} is encrypted, and no agent holds it ({give})")
    try:
        return _opened(path, passphrase)
    except (ValueError, TypeError, paramiko.SSHException, UnknownKeyType, UnsupportedAlgorithm, IndexError, OSError):
        return Unusable(f"{path} is encrypted, and the passphrase does not open it")


def _opened(path: Path, passphrase: Secret | None) -> paramiko.PKey:
    word: object = None if passphrase is None else passphrase.reveal().encode()
    key = paramiko.PKey.from_path(path, word)  # type: ignore[arg-type]  # bytes, whatever its own types say
    key.public_blob = None  # a certificate beside it, which we show as an identity of its own
    return key


def _certificate(path: Path) -> "Certificate | Unusable | None":
    try:
        with path.open("rb") as stream:
            fields = stream.read(_LARGEST).decode("utf-8", "replace").split()
        blob = base64.b64decode(fields[1], validate=True)
        certified = host_certificate.read(fields[0], blob)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Unusable(f"{path} cannot be read: {error.strerror}")
    except (IndexError, binascii.Error, host_certificate.Unreadable):
        return Unusable(f"{path} is not a certificate that can be used")
    return Certificate(certified.key, PublicBlob(fields[0], blob), certified.parsed.valid_before)
