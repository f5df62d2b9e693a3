"""Which keys we can show: files, what an agent holds, and the certificates of both.

Named files come first, through the agent where it holds them: then an encrypted key needs no passphrase here. The
agent's other keys follow, unless IdentitiesOnly forbids, and the default files come last. A key's certificate
(CertificateFile, or `KEY-cert.pub` beside it) is shown before the key itself.
"""

import copy
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from paramiko.pkey import PublicBlob

from playbook_engine.transports.ssh.agent import Held, held_keys
from playbook_engine.transports.ssh.endpoint import Proof
from playbook_engine.transports.ssh.handshake import narrowed
from playbook_engine.transports.ssh.key_files import Certificate, KeyRing, Unusable, public_half
from playbook_engine.transports.ssh.settings import wall_clock

_CERTIFICATE = "-cert-v01@openssh.com"
_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256")


@dataclass(frozen=True, slots=True)
class Identity:
    """A key to try, and how people know it."""

    label: str
    key: paramiko.PKey


@dataclass(slots=True)
class Identities:
    """The keys for one endpoint, one after the other; `complaints` fills up on the way."""

    proof: Proof
    ring: KeyRing
    complaints: list[str] = field(default_factory=list)

    def each(self, seconds: float) -> Generator[Identity, None, None]:
        """Return the keys in the order in which they are to be tried; the agent gets some seconds to answer."""
        with held_keys(self.proof.agent_socket, seconds, self.complaints) as held:
            found = self._ordered(held, named=self.proof.identities_named)
            yield from (identity for identity in found if self._is_allowed(identity.key))

    def _ordered(self, held: tuple[Held, ...], *, named: bool) -> Iterator[Identity]:
        if named:
            yield from self._files(held)
        if not self.proof.identities_only:
            used = {public_half(path) for path in self.proof.identities}
            yield from self._held(each for each in held if each.plain not in used)
        if not named:
            yield from self._files(held)

    def _held(self, held: Iterator[Held], beside: Path | None = None) -> Iterator[Identity]:
        for each in held:
            label = f"{beside} (agent{', certificate' if each.certified else ''})" if beside else each.label
            if not each.certified:
                yield from self._certified(label, each.plain, each.with_certificate, beside)
            yield Identity(label, each.key)

    def _files(self, held: tuple[Held, ...]) -> Iterator[Identity]:
        for path in self.proof.identities:
            public = public_half(path)
            in_agent = sorted((each for each in held if each.plain == public), key=lambda each: not each.certified)
            if in_agent:
                yield from self._held(iter(in_agent), path)
                continue
            match self.ring.load(path, self.proof.passphrase):
                case Unusable(reason):
                    self.complaints.append(reason)
                case None if self.proof.identities_named:
                    self.complaints.append(f"{path} does not exist")
                case paramiko.PKey() as key:
                    yield from self._certified(str(path), key.asbytes(), _with(key), path)
                    yield Identity(str(path), key)
                case _:
                    continue

    def _certified(
        self, label: str, plain: bytes, with_certificate: Callable[[PublicBlob], paramiko.PKey], beside: Path | None
    ) -> Iterator[Identity]:
        """Yield the key with each certificate that was made for it."""
        for path in (*self.proof.certificates, *((Path(f"{beside}-cert.pub"),) if beside else ())):
            match self.ring.certificate(path):
                case Certificate() as certificate if certificate.key == plain:
                    if certificate.expires <= wall_clock():
                        self.complaints.append(f"{path} has expired")
                    yield Identity(f"{label} with {path.name}", with_certificate(certificate.blob))
                case Unusable(reason):
                    self.complaints.append(reason)
                case None if path in self.proof.certificates:
                    self.complaints.append(f"{path} does not exist")
                case _:
                    continue

    def _is_allowed(self, key: paramiko.PKey) -> bool:
        """Return whether PubkeyAcceptedAlgorithms lets the key be shown."""
        blob = key.public_blob
        name = blob.key_type if blob is not None else key.get_name()
        plain = name.removesuffix(_CERTIFICATE)
        suffix = name.removeprefix(plain)
        signatures = _SIGNATURES if plain == "ssh-rsa" else (plain,)
        return bool(narrowed(self.proof.algorithms, tuple(f"{each}{suffix}" for each in signatures)))


def _with(key: paramiko.PKey) -> Callable[[PublicBlob], paramiko.PKey]:
    """Return what shows a key of a file with a certificate; the key itself is shared by all hosts."""

    def shown(blob: PublicBlob) -> paramiko.PKey:
        certified = copy.copy(key)
        certified.public_blob = blob
        return certified

    return shown
