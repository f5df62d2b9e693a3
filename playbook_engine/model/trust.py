"""The keys that hosts show, beside what known_hosts says about them."""

from enum import StrEnum

from playbook_engine.frozen import dataclass


class Standing(StrEnum):
    """What is known of a key."""

    KNOWN = "known"
    NEW = "new"
    CHANGED = "changed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """A key that a host shows; `place` is the line that speaks of it, if there is one."""

    kind: str
    fingerprint: str
    standing: Standing
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKeys:
    """All keys of one host, or why they could not be seen; `file` is where new ones would be added.

    `depth` says how many hosts lie on the way.
    """

    host: str
    known_as: str
    depth: int
    file: str = ""
    keys: tuple[ShownKey, ...] = ()
    fault: str | None = None

    @property
    def is_suspect(self) -> bool:
        """Return whether the host shows a key that it should not show; then nothing of it is taken."""
        return any(key.standing in {Standing.CHANGED, Standing.REVOKED} for key in self.keys)

    @property
    def new(self) -> tuple[ShownKey, ...]:
        """Return the keys that can be added."""
        return () if self.is_suspect else tuple(key for key in self.keys if key.standing is Standing.NEW)


def matching(host: HostKeys, fingerprints: frozenset[str]) -> tuple[ShownKey, ...]:
    """Return the new keys that somebody knows the fingerprints of."""
    return tuple(key for key in host.new if key.fingerprint in fingerprints)
