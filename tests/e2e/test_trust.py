"""`runbook trust` on real servers: what is shown, who is asked, and what is added."""

import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openssh
import pytest
from commanding import RUNBOOK, Place

pytestmark = pytest.mark.sshd


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[openssh.OpenSsh]:
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed: no host was trusted")
    with openssh.serve(tmp_path / "sshd", host_key_kinds=("ed25519", "ecdsa", "rsa")) as server:
        yield server


@pytest.fixture
def place(tmp_path: Path, sshd: openssh.OpenSsh) -> Place:
    place = Place(tmp_path / "work")
    place.write("home/.ssh/config", f"HashKnownHosts no\nHost plain\n  HostName 127.0.0.1\n  Port {sshd.port}\n")
    place.write(
        "inv/hosts.yml",
        f"api:\n  hosts:\n    api-1: {{ansible_host: 127.0.0.1, ansible_port: {sshd.port}}}\n"
        "    gone: {ansible_host: 127.0.0.1, ansible_port: 1}\n",
    )
    place.write("inv/environment.yml", "environment: test\n")
    return place


def trust(place: Place, *words: str) -> "subprocess.CompletedProcess[str]":
    return place.run("trust", *words, environment={"HOME": str(place.folder / "home")}, given="y\n")


def known(place: Place) -> Path:
    return place.folder / "home/.ssh/known_hosts"


def fingerprint(key: Path) -> str:
    shown = subprocess.run(
        ["ssh-keygen", "-lf", f"{key}.pub"], capture_output=True, text=True, check=True, timeout=20
    )
    return shown.stdout.split()[1]


def at_a_terminal(place: Place, answer: str, *words: str) -> tuple[int, str]:
    """Run it as at a terminal, and type an answer when it asks."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [RUNBOOK, "trust", *words],
        stdin=child,
        stdout=child,
        stderr=child,
        cwd=place.folder,
        env=place.environment | {"HOME": str(place.folder / "home")},
        start_new_session=True,
    )
    os.close(child)
    said = b""
    while True:
        try:
            piece = os.read(parent, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
        if said.endswith(b"[y/N] "):
            os.write(parent, answer.encode())
    os.close(parent)
    return process.wait(30), said.decode()


def test_without_a_terminal_it_shows_and_adds_nothing(place: Place, sshd: openssh.OpenSsh) -> None:
    done = trust(place, "api-1", "-i", "inv")
    assert done.returncode == 3
    assert f"api-1 (127.0.0.1:{sshd.port})" in done.stdout
    for key in sshd.host_keys:
        assert fingerprint(key) in done.stdout
    assert done.stdout.count("new") == 3
    assert "nobody is at a terminal" in done.stderr
    assert not known(place).exists()


@pytest.mark.parametrize("answer", ["y\n", "yes\n"])
def test_a_yes_adds_all_keys_and_the_host_is_known(place: Place, sshd: openssh.OpenSsh, answer: str) -> None:
    code, said = at_a_terminal(place, answer, "api-1", "-i", "inv")
    assert code == 0, said
    assert said.count("[y/N]") == 1
    assert set(known(place).read_text().splitlines()) == {sshd.known_line(key).strip() for key in sshd.host_keys}
    assert known(place).stat().st_mode & 0o777 == 0o600
    again = trust(place, "api-1", "-i", "inv")
    assert (again.returncode, again.stdout.count("known (")) == (0, 3)


@pytest.mark.parametrize("answer", ["n\n", "\n", "Y!\n", "\x04"])
def test_anything_else_is_a_no(place: Place, answer: str) -> None:
    code, _ = at_a_terminal(place, answer, "api-1", "-i", "inv")
    assert code == 1
    assert not known(place).exists()


def test_a_fingerprint_that_somebody_knows_is_a_yes_for_that_key_alone(place: Place, sshd: openssh.OpenSsh) -> None:
    done = trust(place, "plain", "--fingerprint", fingerprint(sshd.host_keys[0]))
    assert (done.returncode, done.stderr) == (0, "")
    assert known(place).read_text() == sshd.known_line()


def test_a_fingerprint_of_somebody_else_adds_nothing(place: Place) -> None:
    done = trust(place, "plain", "--fingerprint", "SHA256:" + "A" * 43)
    assert done.returncode == 1
    assert "none of its new keys" in done.stderr
    assert not known(place).exists()


def test_a_changed_key_is_never_replaced(place: Place, sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    other = openssh.make_key(tmp_path / "other")
    known(place).write_text(sshd.known_line(other))
    before = known(place).read_text()
    done = trust(place, "plain", "--fingerprint", fingerprint(sshd.host_keys[0]))
    assert done.returncode == 1
    assert f"CHANGED: {known(place)}:1 has another key" in done.stdout
    assert f"ssh-keygen -R '[127.0.0.1]:{sshd.port}' -f {known(place)}" in done.stdout
    assert known(place).read_text() == before


def test_a_host_that_cannot_be_reached_does_not_keep_the_others_from_being_shown(place: Place) -> None:
    done = trust(place, "api", "-i", "inv")
    assert done.returncode == 3
    assert "cannot be looked at" in done.stdout
    assert trust(place, "gone", "-i", "inv").returncode == 4


def test_hosts_on_the_way_come_first(place: Place, sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    with openssh.serve(tmp_path / "bastion") as bastion:
        place.write(
            "home/.ssh/config",
            f"Host behind\n  HostName 127.0.0.1\n  Port {sshd.port}\n  ProxyJump bastion\n"
            f"Host bastion\n  HostName 127.0.0.1\n  Port {bastion.port}\n  IdentityFile {bastion.key}\n",
        )
        code, said = at_a_terminal(place, "y\n", "behind")
    assert code == 0, said
    assert said.count("[y/N]") == 2
    assert said.index(f"bastion (127.0.0.1:{bastion.port})") < said.index(f"behind (127.0.0.1:{sshd.port})")
    assert len(known(place).read_text().splitlines()) == 4


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("a b",), "is not a host"),
        (("nobody", "-i", "inv"), "nobody"),
        ((), "Missing argument"),
    ],
)
def test_words_that_are_wrong(place: Place, words: tuple[str, ...], says: str) -> None:
    done = trust(place, *words)
    assert done.returncode == 2
    assert says in done.stderr
