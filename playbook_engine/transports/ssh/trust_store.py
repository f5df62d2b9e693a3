"""The known_hosts files of a run: read once, looked at for every host, added to where `accept-new` asks for it."""

import base64
import threading
from collections.abc import Iterable
from pathlib import Path

from playbook_engine.frozen import dataclass
from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh import known_hosts_file
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.faults import Unable
from playbook_engine.transports.ssh.known_hosts import KnownHosts, Names, Verdict


@dataclass(frozen=True, slots=True)
class HostKey:
    """A key that a host shows."""

    kind: str
    blob: bytes


class TrustStore:
    """What is known, by the files that it stands in."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, ...], KnownHosts] = {}
        self._turn = threading.Lock()

    def known(self, endpoint: Endpoint) -> KnownHosts:
        """Return what the files say that count for a host."""
        files = endpoint.trust.files
        with self._turn:
            if files not in self._known:
                self._known[files] = KnownHosts.read(files)
            return self._known[files]

    def keep(self, endpoint: Endpoint, keys: Iterable[HostKey]) -> Path:
        """Add keys of a host to the first of its files, and return that; raises Unable when there is none."""
        trust = endpoint.trust
        if not trust.user_files:
            raise Unable(FaultKind.HOST_KEY, f"{endpoint}: there is no known_hosts file to keep its key in")
        path = trust.user_files[0]
        lines = [
            known_hosts_file.line(
                endpoint.known_as, key.kind, base64.b64encode(key.blob).decode(), hashed=trust.hashed
            )
            for key in keys
        ]
        with self._turn:
            known_hosts_file.append(path, lines)
            self._known = {files: known for files, known in self._known.items() if path not in files}
        return path

    def keep_new(self, endpoint: Endpoint, key: HostKey) -> bool:
        """Keep the key of a host of which none is known; return False when one has become known meanwhile."""
        with self._turn:
            if KnownHosts.read(endpoint.trust.files).knows(names_of(endpoint)):
                return False
        self.keep(endpoint, (key,))
        return True


def names_of(endpoint: Endpoint) -> Names:
    return Names(endpoint.known_as, endpoint.known_too)


__all__ = ["HostKey", "TrustStore", "Verdict", "names_of"]
