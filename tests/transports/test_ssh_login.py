"""Logging in: keys, certificates, an agent, passphrases, passwords, questions, and several of them in a row."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import accounts as accounts_of
import openssh
import pytest
from asking import ask, fault, gets_in, said, using

from playbook_engine.model.replies import Fault, FaultKind
from playbook_engine.model.targets import Host
from playbook_engine.values import Secret

pytestmark = pytest.mark.sshd

PASSPHRASE = Secret("PHRASE", "correct horse")
RIGHT = Secret("LOGIN", accounts_of.PASSWORD)
WRONG = Secret("LOGIN", "wr0ng-d0nkey")


@pytest.fixture(autouse=True)
def _needs_sshd(sshd: openssh.OpenSsh) -> None:
    """Skip all of this where there is no sshd."""


@pytest.fixture(scope="module")
def people() -> Iterator[accounts_of.Accounts]:
    reason = accounts_of.why_not()
    if reason is not None:
        pytest.skip(reason)
    with accounts_of.accounts() as made:
        yield made


def login_server(folder: Path, first: str) -> AbstractContextManager[openssh.OpenSsh]:
    return openssh.serve(folder / "sshd", first=f"LogLevel VERBOSE\n{first}")


def attempts(server: openssh.OpenSsh, what: str) -> int:
    """Return how often the server has seen a proof refused."""
    return (server.folder / "sshd.log").read_text().count(what)


# -- passphrases


async def test_a_passphrase_opens_a_key(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    locked = openssh.make_key(tmp_path / "id_locked", passphrase=PASSPHRASE.reveal())
    allow(sshd.folder / "authorized_keys", locked)
    host = sshd.host(private_key_file=str(locked))
    assert await gets_in(sshd.files(), Host(**_fields(host) | {"passphrase": PASSPHRASE}))


async def test_an_old_pem_key_is_opened_too(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    locked = tmp_path / "id_pem"
    run("ssh-keygen", "-q", "-m", "PEM", "-t", "rsa", "-N", PASSPHRASE.reveal(), "-f", str(locked))
    allow(sshd.folder / "authorized_keys", locked)
    host = Host(**_fields(sshd.host(private_key_file=str(locked))) | {"passphrase": PASSPHRASE})
    assert await gets_in(sshd.files(), host)


async def test_a_wrong_passphrase_says_so_without_itself(sshd: openssh.OpenSsh, tmp_path: Path) -> None:
    locked = openssh.make_key(tmp_path / "id_locked", passphrase=PASSPHRASE.reveal())
    host = Host(**_fields(sshd.host(private_key_file=str(locked))) | {"passphrase": WRONG})
    found = await fault(sshd.files(), host)
    assert found.kind is FaultKind.AUTH
    assert "the passphrase does not open it" in (found.hint or "")
    assert WRONG.reveal() not in repr(found)


def run(*command: str, **environment: str) -> None:
    subprocess.run(command, check=True, env={**os.environ, **environment}, capture_output=True, timeout=60)


def allow(file: Path, *keys: Path) -> None:
    """Let keys log in; the file is one that the accounts themselves may read."""
    with file.open("a") as stream:
        stream.writelines(openssh.public_key(key) + "\n" for key in keys)


def _fields(host: Host) -> dict[str, Any]:
    return {name: getattr(host, name) for name in ("name", "address", "port", "user", "private_key_file")}


def person(server: openssh.OpenSsh, user: str, password: Secret | None, **more: Any) -> Host:
    return Host(**_fields(server.host()) | {"user": user, "password": password} | more)


# -- passwords


async def test_a_password_gets_in(people: accounts_of.Accounts, tmp_path: Path) -> None:
    with login_server(tmp_path, "PasswordAuthentication yes") as server:
        files = server.files(identities=())
        assert await gets_in(files, person(server, people.free, RIGHT))


async def test_a_wrong_password_is_shown_once_in_a_run(people: accounts_of.Accounts, tmp_path: Path) -> None:
    """A password that is tried again locks the account: pam_faillock counts three."""
    with login_server(tmp_path, "PasswordAuthentication yes\nKbdInteractiveAuthentication yes\nUsePAM yes") as server:
        async with using(server.files(identities=())) as transport:
            host = person(server, people.free, WRONG)
            answers = [await ask(transport, host) for _ in range(3)]
        assert attempts(server, "Failed password") + attempts(server, "Failed keyboard-interactive/pam") == 1
    for answer in answers:
        assert isinstance(answer, Fault)
        assert (answer.kind, answer.begun) == (FaultKind.AUTH, False)
        assert f"did not accept the password of {people.free}" in answer.message
        assert WRONG.reveal() not in repr(answer)


async def test_a_wrong_plain_password_is_shown_once(people: accounts_of.Accounts, tmp_path: Path) -> None:
    with login_server(tmp_path, "PasswordAuthentication yes") as server:
        async with using(server.files(identities=())) as transport:
            answers = [await ask(transport, person(server, people.free, WRONG)) for _ in range(3)]
        assert attempts(server, "Failed password") == 1
    assert all(isinstance(answer, Fault) and answer.kind is FaultKind.AUTH for answer in answers)


async def test_questions_are_answered(people: accounts_of.Accounts, tmp_path: Path) -> None:
    with login_server(tmp_path, "UsePAM yes\nKbdInteractiveAuthentication yes") as server:
        assert await gets_in(server.files(identities=()), person(server, people.free, RIGHT))


async def test_a_key_that_is_refused_and_then_the_password(people: accounts_of.Accounts, tmp_path: Path) -> None:
    with login_server(tmp_path, "PasswordAuthentication yes") as server:
        wrong = openssh.make_key(tmp_path / "id_wrong")
        assert await gets_in(server.files(identities=(wrong,)), person(server, people.free, RIGHT))


@pytest.mark.parametrize(
    "methods",
    ["publickey,password", "password,publickey", "publickey,keyboard-interactive", "publickey,publickey"],
)
async def test_several_proofs_in_a_row(people: accounts_of.Accounts, tmp_path: Path, methods: str) -> None:
    first = (
        f"PasswordAuthentication yes\nKbdInteractiveAuthentication yes\nUsePAM yes\nAuthenticationMethods {methods}"
    )
    first += f"\nAuthorizedKeysFile {people.folder}/authorized_keys"
    with login_server(tmp_path, first) as server:
        second = openssh.make_key(tmp_path / "id_second")
        allow(people.folder / "authorized_keys", server.key, second)
        files = server.files(identities=(server.key, second))
        assert await gets_in(files, person(server, people.free, RIGHT))


async def test_a_second_proof_that_is_not_there(people: accounts_of.Accounts, tmp_path: Path) -> None:
    first = "PasswordAuthentication yes\nAuthenticationMethods publickey,password"
    with login_server(tmp_path, f"{first}\nAuthorizedKeysFile {people.folder}/authorized_keys") as server:
        allow(people.folder / "authorized_keys", server.key)
        found = await fault(server.files(), person(server, people.free, None))
    assert found.kind is FaultKind.AUTH
    assert "besides a key the host wants password" in found.message
    assert "ansible_password" in (found.hint or "")


async def test_the_configuration_can_forbid_the_password(people: accounts_of.Accounts, tmp_path: Path) -> None:
    with login_server(tmp_path, "PasswordAuthentication yes") as server:
        options = (("passwordauthentication", "no"), ("kbdinteractiveauthentication", "no"))
        found = await fault(server.files(identities=()), person(server, people.free, RIGHT, ssh_options=options))
        assert attempts(server, "Failed") == 0
    assert found.kind is FaultKind.AUTH


async def test_a_password_never_goes_to_a_host_on_the_way(people: accounts_of.Accounts, tmp_path: Path) -> None:
    with login_server(tmp_path, "PasswordAuthentication yes") as server:
        config = tmp_path / "config"
        config.write_text(f"Host bastion\n HostName 127.0.0.1\n Port {server.port}\n User {people.asked}\n")
        host = person(server, people.free, RIGHT, ssh_options=(("proxyjump", "bastion"),))
        found = await fault(server.files(identities=(), config=(config,)), host)
        assert attempts(server, "Accepted password") == 0
    assert found.kind is FaultKind.AUTH


# -- certificates


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return openssh.make_key(tmp_path / "user_ca")


def sign(authority: Path, key: Path, *, principals: str = "", validity: str = "+1h", host: bool = False) -> Path:
    """Return the certificate of a key."""
    kind = ["-h"] if host else []
    named = ["-n", principals] if principals else []
    command = ["ssh-keygen", "-q", "-s", str(authority), "-I", "test", *kind, *named, "-V", validity, f"{key}.pub"]
    subprocess.run(command, check=True, timeout=20, capture_output=True)
    return Path(f"{key}-cert.pub")


def trusting(folder: Path, authority: Path) -> AbstractContextManager[openssh.OpenSsh]:
    return openssh.serve(folder / "sshd", first=f"TrustedUserCAKeys {authority}.pub\nAuthorizedKeysFile none")


def me() -> str:
    import getpass

    return getpass.getuser()


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
async def test_the_certificate_beside_a_key(authority: Path, tmp_path: Path, kind: str) -> None:
    with trusting(tmp_path, authority) as server:
        key = openssh.make_key(tmp_path / "id_x", kind)
        sign(authority, key, principals=me())
        assert await gets_in(server.files(identities=(key,)), server.host())


async def test_a_certificate_that_the_configuration_names(authority: Path, tmp_path: Path) -> None:
    with trusting(tmp_path, authority) as server:
        key = openssh.make_key(tmp_path / "id_x")
        moved = sign(authority, key, principals=me()).rename(tmp_path / "elsewhere.pub")
        config = tmp_path / "config"
        config.write_text(f"Host *\n  IdentityFile {key}\n  CertificateFile {moved}\n")
        assert await gets_in(server.files(config=(config,)), server.host())


async def test_a_certificate_in_the_agent(authority: Path, tmp_path: Path, agent: Path) -> None:
    """The agent of a company's login holds nothing but the certificate's key for some hours."""
    with trusting(tmp_path, authority) as server:
        key = openssh.make_key(tmp_path / "id_x")
        sign(authority, key, principals=me())
        run("ssh-add", "-q", str(key), SSH_AUTH_SOCK=str(agent))
        run("rm", str(key), f"{key}.pub", f"{key}-cert.pub")
        assert await gets_in(server.files(identities=(), agent_socket=str(agent)), server.host())


async def test_a_certificate_that_has_expired(authority: Path, tmp_path: Path) -> None:
    with trusting(tmp_path, authority) as server:
        key = openssh.make_key(tmp_path / "id_x")
        sign(authority, key, principals=me(), validity="-2h:-1h")
        found = await fault(server.files(identities=(key,)), server.host())
    assert found.kind is FaultKind.AUTH
    assert "expired" in (found.hint or "")


@pytest.mark.parametrize("spec", ["-ssh-ed25519*", "rsa-sha2-512"])
async def test_keys_that_the_configuration_does_not_accept_are_not_shown(
    sshd: openssh.OpenSsh, tmp_path: Path, spec: str
) -> None:
    found = await fault(sshd.files(), sshd.host(ssh_options=(("pubkeyacceptedalgorithms", spec),)))
    assert found.kind is FaultKind.AUTH
    assert "no key to log in with" in found.message


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "agent"
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not path.exists() and process.poll() is None:
        pass
    yield path
    process.terminate()
    process.wait(5)


async def test_the_same_password_for_several_accounts(people: accounts_of.Accounts, tmp_path: Path) -> None:
    with login_server(tmp_path, "PasswordAuthentication yes") as server:
        async with using(server.files(identities=())) as transport:
            for user in (people.free, people.asked):
                assert (await said(transport, person(server, user, RIGHT), "id -un")).strip() == user
