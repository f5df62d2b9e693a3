"""The keys of hosts on a screen, as a golden file. `UPDATE_GOLDEN=1` writes it anew; read the difference first."""

import os
from pathlib import Path

from playbook_engine.model.trust import HostKeys, ShownKey, Standing, matching
from playbook_engine.report import trust_view

GOLDEN = Path(__file__).with_name("golden") / "trust.txt"
HOSTS_FILE = "/home/ops/.ssh/known_hosts"


def key(kind: str, letter: str, standing: Standing, place: str = "") -> ShownKey:
    return ShownKey(kind=kind, fingerprint=f"SHA256:{letter * 43}", standing=standing, place=place)


def host(name: str, *keys: ShownKey, fault: str | None = None) -> HostKeys:
    return HostKeys(host=name, known_as=name.split(maxsplit=1)[0], depth=0, file=HOSTS_FILE, keys=keys, fault=fault)


NEW = host(
    "api-1 (10.0.0.4:22)",
    key("ssh-ed25519", "a", Standing.NEW),
    key("ecdsa-sha2-nistp256", "b", Standing.KNOWN, f"{HOSTS_FILE}:3"),
)
ALL = (
    NEW,
    host("api-2 (10.0.0.5:22)", key("ssh-rsa", "c", Standing.NEW), key("ssh-ed25519", "d", Standing.NEW)),
    host("db-1", key("ssh-ed25519", "e", Standing.CHANGED, f"{HOSTS_FILE}:9"), key("ssh-rsa", "f", Standing.NEW)),
    host("db-2", key("ssh-ed25519", "g", Standing.REVOKED, "/etc/ssh/ssh_known_hosts:1")),
    host("mute", fault="mute: nothing listens there\x1b[31m (connection refused)"),
    host("odd"),
)


def test_everything_that_can_be_shown() -> None:
    screen = (
        trust_view.hosts(ALL) + "\n" + trust_view.question(ALL) + "\n" + trust_view.kept(NEW, NEW.new, HOSTS_FILE)
    )
    screen += trust_view.unmatched(NEW) + trust_view.waiting()
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(screen, encoding="utf-8")
    assert screen == GOLDEN.read_text(encoding="utf-8")
    assert "\x1b" not in screen


def test_of_a_host_with_a_changed_key_nothing_is_taken() -> None:
    changed = ALL[2]
    assert changed.is_suspect
    assert changed.new == ()
    assert matching(changed, frozenset({f"SHA256:{'f' * 43}"})) == ()


def test_only_keys_whose_fingerprints_are_known_are_taken() -> None:
    assert matching(NEW, frozenset({f"SHA256:{'a' * 43}", "SHA256:other"})) == NEW.new
    assert matching(NEW, frozenset({f"SHA256:{'b' * 43}"})) == ()
