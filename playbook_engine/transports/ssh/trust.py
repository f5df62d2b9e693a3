"""Looks at the keys of hosts and adds them to known_hosts, for `runbook trust`; never during a run."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from playbook_engine.model.targets import Host
from playbook_engine.model.trust import HostKeys, ShownKey, Standing
from playbook_engine.transports.ssh.connector import Connector
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.faults import Unable, translate
from playbook_engine.transports.ssh.handshake import NothingInCommon, narrowed, shake_hands, shown_key
from playbook_engine.transports.ssh.hops import hops
from playbook_engine.transports.ssh.known_hosts import Verdict, fingerprint
from playbook_engine.transports.ssh.login import hang_up
from playbook_engine.transports.ssh.patience import Patience
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.transports.ssh.streams import Stream
from playbook_engine.transports.ssh.trust_store import HostKey, names_of
from playbook_engine.transports.ssh.wire import Wire, silence
from playbook_engine.values import TargetName

_KINDS: Final = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256",),
    ("ecdsa-sha2-nistp384",),
    ("ecdsa-sha2-nistp521",),
    ("rsa-sha2-512", "rsa-sha2-256"),
)
_AT_ONCE: Final = 16
_STANDING: Final = {
    Verdict.KNOWN: Standing.KNOWN,
    Verdict.UNKNOWN: Standing.NEW,
    Verdict.CHANGED: Standing.CHANGED,
    Verdict.REVOKED: Standing.REVOKED,
}


def typed(text: str) -> Host:
    """Return the host that somebody typed: `user@web:2222`; raises ValueError."""
    try:
        (hop,) = hops(text)
    except (Unable, ValueError):
        raise ValueError(f"'{text}' is not a host such as web, ops@web or web:2222") from None
    return Host(name=TargetName(hop.host), user=hop.user, port=hop.port)


class Inspector:
    """Looks at hosts, the nearest first: one behind others can be looked at when those are known."""

    def __init__(self, jitter: Callable[[], float], files: UserFiles, limits: Limits | None = None) -> None:
        silence()
        self._closing = threading.Event()
        self._connector = Connector(files, limits or Limits(), jitter, self._closing)
        self._seen: dict[tuple[str, str], tuple[Endpoint, HostKey]] = {}

    def layers(self, hosts: Iterable[Host]) -> Iterator[tuple[HostKeys, ...]]:
        """Yield what hosts show, those on the way before those behind them; each is looked at in its turn."""
        found: dict[Endpoint, int] = {}
        faults: list[HostKeys] = []
        for host in hosts:
            try:
                endpoint: Endpoint | None = self._connector.configuration.endpoint(host)
            except Unable as error:
                name = str(host.name)
                faults.append(HostKeys(host=name, known_as=name, depth=0, fault=error.fault.message))
                continue
            while endpoint is not None:
                found[endpoint] = _depth(endpoint)
                endpoint = endpoint.jump
        depths = sorted({*found.values(), *(0 for _ in faults)})
        for depth in depths:
            endpoints = [endpoint for endpoint, its in found.items() if its == depth]
            yield (*(faults if depth == 0 else ()), *self._look_at(endpoints))

    def keep(self, host: HostKeys, keys: Sequence[ShownKey]) -> str:
        """Add keys of a host; return the file. Raises Unable when that is not possible."""
        chosen = [self._seen[host.known_as, key.fingerprint] for key in keys]
        endpoint = chosen[0][0]
        return str(self._connector.papers.store.keep(endpoint, [key for _, key in chosen]))

    def close(self) -> None:
        self._closing.set()
        self._connector.close()

    def _look_at(self, endpoints: list[Endpoint]) -> list[HostKeys]:
        with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="ssh-trust") as threads:
            return list(threads.map(self._look, endpoints))

    def _look(self, endpoint: Endpoint) -> HostKeys:
        files = endpoint.trust.user_files
        seen = HostKeys(
            host=str(endpoint),
            known_as=endpoint.known_as,
            depth=_depth(endpoint),
            file=str(files[0]) if files else "",
        )
        try:
            keys = [key for kinds in _KINDS if (key := self._shown(endpoint, kinds)) is not None]
        except Exception as error:  # noqa: BLE001  whatever comes up, the others are looked at
            return replace(seen, fault=translate(error, str(endpoint)).message)
        return replace(seen, keys=tuple(self._judged(endpoint, key) for key in keys))

    def _shown(self, endpoint: Endpoint, kinds: tuple[str, ...]) -> HostKey | None:
        """Return the host's key of one kind, None when it has none or may not be asked for it."""
        allowed = narrowed(endpoint.trust.algorithms, kinds)
        if not allowed:
            return None
        asked = replace(endpoint, trust=replace(endpoint.trust, algorithms=",".join(allowed)))
        return self._connector.insist(asked, _key)

    def _judged(self, endpoint: Endpoint, key: HostKey) -> ShownKey:
        judgement = self._connector.papers.store.known(endpoint).judge_host(names_of(endpoint), key.kind, key.blob)
        mark = fingerprint(key.blob)
        self._seen[endpoint.known_as, mark] = (endpoint, key)
        standing = _STANDING[judgement.verdict]
        return ShownKey(kind=key.kind, fingerprint=mark, standing=standing, place=judgement.place)


def _key(stream: Stream, endpoint: Endpoint, patience: Patience) -> HostKey | None:
    wire = Wire(stream)  # type: ignore[arg-type]  # a channel is as good as a socket
    try:
        shake_hands(wire, endpoint, (), patience)
        return shown_key(wire)
    except NothingInCommon:
        return None
    finally:
        hang_up(wire)


def _depth(endpoint: Endpoint) -> int:
    return 0 if endpoint.jump is None else 1 + _depth(endpoint.jump)
