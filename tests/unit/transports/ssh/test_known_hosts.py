"""known_hosts files, read as OpenSSH reads them."""

import base64
import subprocess
from pathlib import Path

import paramiko
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.transports.ssh.faults import Unable
from playbook_engine.transports.ssh.known_hosts import KnownHosts, Names, Verdict, fingerprint, lookup_name

KEY, OTHER = b"\0\0\0\x0bssh-ed25519-one", b"\0\0\0\x0bssh-ed25519-two"
ED = "ssh-ed25519"
HASHED_WEB = paramiko.HostKeys.hash_host("web")


def text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def known(folder: Path, *lines: str) -> KnownHosts:
    path = folder / "known_hosts"
    path.write_text("\n".join(lines))
    return KnownHosts.read((path,))


@pytest.mark.parametrize(
    ("names", "host", "verdict"),
    [
        ("web", "web", Verdict.KNOWN),
        ("web", "web2", Verdict.UNKNOWN),
        ("WEB", "web", Verdict.KNOWN),
        ("web,10.0.0.1", "10.0.0.1", Verdict.KNOWN),
        ("*.example.com", "a.example.com", Verdict.KNOWN),
        ("*.example.com", "example.com", Verdict.UNKNOWN),
        ("web?", "web1", Verdict.KNOWN),
        ("web?", "web", Verdict.UNKNOWN),
        ("*.example.com,!bad.example.com", "bad.example.com", Verdict.UNKNOWN),
        ("!bad,*", "good", Verdict.KNOWN),
        ("[web]:2222", "[web]:2222", Verdict.KNOWN),
        ("[web]:2222", "web", Verdict.UNKNOWN),
        ("[*]:2222", "[web]:2222", Verdict.KNOWN),
        ("web", "[web]:2222", Verdict.UNKNOWN),
        ("[ab]*", "a1", Verdict.UNKNOWN),
        ("2001:db8::1", "2001:db8::1", Verdict.KNOWN),
    ],
)
def test_names(tmp_path: Path, names: str, host: str, verdict: Verdict) -> None:
    assert known(tmp_path, f"{names} {ED} {text(KEY)} comment").judge(host, ED, KEY).verdict is verdict


def test_hashed_names(tmp_path: Path) -> None:
    hashed = paramiko.HostKeys.hash_host("[web]:2222")
    hosts = known(tmp_path, f"{hashed} {ED} {text(KEY)}")
    assert hosts.judge("[web]:2222", ED, KEY).verdict is Verdict.KNOWN
    assert hosts.judge("web", ED, KEY).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# comment",
        "web",
        f"web {ED}",
        f"web {ED} !!!",
        f"|1|broken {ED} {text(KEY)}",
        f"|1|a|b {ED} {text(KEY)}",
        f"@cert-authority * {ED} {text(KEY)}",
        f"@unheard-of web {ED} {text(KEY)}",
        "\ufffd\0",
    ],
)
def test_lines_that_say_nothing_about_the_host(tmp_path: Path, line: str) -> None:
    assert known(tmp_path, line).judge("web", ED, KEY).verdict is Verdict.UNKNOWN


def test_another_key_of_the_same_kind_is_a_change_and_says_where(tmp_path: Path) -> None:
    judgement = known(tmp_path, "# first", f"web {ED} {text(OTHER)}").judge("web", ED, KEY)
    assert judgement.verdict is Verdict.CHANGED
    assert judgement.place == f"{tmp_path / 'known_hosts'}:2"


def test_one_of_several_keys_of_a_kind_is_enough(tmp_path: Path) -> None:
    hosts = known(tmp_path, f"web {ED} {text(OTHER)}", f"web {ED} {text(KEY)}")
    assert hosts.judge("web", ED, KEY).verdict is Verdict.KNOWN


def test_a_key_of_another_kind_is_unknown_not_changed(tmp_path: Path) -> None:
    assert known(tmp_path, f"web ssh-rsa {text(OTHER)}").judge("web", ED, KEY).verdict is Verdict.UNKNOWN


def test_revoked_wins_over_known_wherever_it_stands(tmp_path: Path) -> None:
    hosts = known(tmp_path, f"web {ED} {text(KEY)}", f"@revoked * {ED} {text(KEY)}")
    assert hosts.judge("web", ED, KEY).verdict is Verdict.REVOKED
    assert hosts.judge("web", ED, OTHER).verdict is Verdict.CHANGED


def test_known_kinds_are_asked_for_first(tmp_path: Path) -> None:
    hosts = known(
        tmp_path,
        f"web ssh-rsa {text(OTHER)}",
        f"web {ED} {text(KEY)}",
        f"other ecdsa-sha2-nistp256 {text(KEY)}",
        f"@revoked web ssh-dss {text(KEY)}",
    )
    assert hosts.algorithms(Names("web")) == ("rsa-sha2-512", "rsa-sha2-256", ED)
    assert hosts.algorithms(Names("nobody")) == ()


def test_files_that_are_not_there_say_nothing(tmp_path: Path) -> None:
    assert KnownHosts.read((tmp_path / "none", tmp_path / "no" / "folder")).algorithms(Names("web")) == ()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unable, match=str(tmp_path)):
        KnownHosts.read((tmp_path,))


@pytest.mark.parametrize(("port", "name"), [(22, "web"), (2222, "[web]:2222")])
def test_the_port_is_part_of_the_name(port: int, name: str) -> None:
    assert lookup_name("web", port) == name


def test_a_fingerprint_is_the_one_that_ssh_keygen_shows(tmp_path: Path) -> None:
    key = paramiko.ECDSAKey.generate()
    path = tmp_path / "key.pub"
    path.write_text(f"{key.get_name()} {key.get_base64()}\n")
    try:
        shown = subprocess.run(
            ["ssh-keygen", "-lf", str(path)], capture_output=True, text=True, check=True, timeout=20
        )
    except FileNotFoundError:
        pytest.skip("ssh-keygen is not installed")
    assert fingerprint(key.asbytes()) == shown.stdout.split()[1]


_PATTERNS = st.sampled_from(
    ["web", "web2", "WEB", "w*", "!web", "?eb", "[web]:2222", "*", HASHED_WEB, "|1|a|b", "|web", "a.b"]
)


@given(
    rows=st.lists(st.tuples(st.sampled_from(["", "@revoked ", "@cert-authority "]), st.lists(_PATTERNS, min_size=1))),
    name=st.sampled_from(["web", "web2", "[web]:2222", "a.b", "nobody", "|web"]),
)
def test_lines_are_found_as_if_each_were_looked_at(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, list[str]]], name: str
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    lines = [f"{marker}{','.join(names)} {ED} {text(KEY)}" for marker, names in rows]
    hosts = known(folder, *lines)
    about = [line for line in hosts.lines if line.concerns(name)]
    plain = [line for line in about if not line.marker]
    assert hosts.knows(Names(name)) is bool(plain)
    assert hosts.authority(Names(name), KEY) == next((x for x in about if x.marker == "@cert-authority"), None)
    assert hosts.revoked(Names(name), KEY) == next((x for x in about if x.marker == "@revoked"), None)
