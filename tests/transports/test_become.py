"""Commands that run as somebody else, through the real sudo of real accounts."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import accounts
import openssh
import pytest
from accounts import PASSWORD, Accounts

from playbook_engine.model.replies import Answer, Fault, FaultKind, ShellReply
from playbook_engine.model.requests import Become, ShellRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports.local import LocalTransport
from playbook_engine.transports.ssh.transport import SshTransport
from playbook_engine.values import Duration, Secret, SecretText, ShellText

pytestmark = pytest.mark.sshd
RIGHT = SecretText((Secret("SUDO", PASSWORD),))
WRONG = SecretText((Secret("SUDO", "not-the-password"),))


def lives(mark: Path) -> bool:
    """Return whether the process that left its id runs; one that nobody reaps does not."""
    stat = Path(f"/proc/{mark.read_text().strip()}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}


@pytest.fixture(scope="module")
def people() -> Iterator[Accounts]:
    reason = accounts.why_not()
    if reason is not None:
        pytest.skip(reason)
    with accounts.accounts() as made:
        yield made


@pytest.fixture(scope="module")
def sshd(people: Accounts) -> Iterator[openssh.OpenSsh]:
    if openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed: nothing was tried through sudo")
    with openssh.serve(people.folder / "sshd") as server:
        (server.folder / "authorized_keys").chmod(0o644)
        yield server


@pytest.fixture
async def ssh(sshd: openssh.OpenSsh) -> AsyncIterator[SshTransport]:
    transport = SshTransport(jitter=lambda: 0.5, files=sshd.files())
    yield transport
    await transport.close()


class Asking:
    """One account on the server, and what it becomes."""

    def __init__(self, ssh: SshTransport, sshd: openssh.OpenSsh) -> None:
        self.ssh = ssh
        self.sshd = sshd

    async def ask(
        self,
        user: str,
        command: str,
        become: Become,
        *,
        stdin: str | SecretText | None = None,
        secret: str | None = None,
        timeout_ms: int = 20_000,
    ) -> Answer:
        secrets = () if secret is None else (("RUNBOOK_SECRET_X", Secret("X", secret)),)
        request = ShellRequest(
            target=self.sshd.host(user=user),
            shell=ShellText(command, secrets),
            become=become,
            stdin=stdin,
            env=(("MODE", "a b"),),
            timeout=Duration(timeout_ms),
        )
        return await self.ssh.perform(request)

    async def run(self, user: str, command: str, become: Become, **more: str) -> ShellReply:
        answer = await self.ask(user, command, become, **more)  # type: ignore[arg-type]  # the keywords of `ask`
        assert isinstance(answer, ShellReply), answer
        return answer


@pytest.fixture
def asking(ssh: SshTransport, sshd: openssh.OpenSsh) -> Asking:
    return Asking(ssh, sshd)


async def test_who_may_becomes_root_or_somebody_else(asking: Asking, people: Accounts) -> None:
    root = await asking.run(people.free, 'id -un; echo "$HOME"', Become(user="root"))
    assert root.stdout.text == "root\n/root\n"
    assert root.stderr.text == ""
    other = await asking.run(people.free, "id -un; pwd >/dev/null; exit 3", Become(user=people.other))
    assert (other.stdout.text, other.rc) == (f"{people.other}\n", 3)


@pytest.mark.parametrize("account", ["free", "logged"])
async def test_environment_secrets_and_input_arrive_behind_sudo(
    asking: Asking, people: Accounts, account: str
) -> None:
    reply = await asking.run(
        getattr(people, account),
        'echo "$MODE"; printf %s "$RUNBOOK_SECRET_X"; cat; echo err >&2',
        Become(user=people.other),
        stdin="line\0one\nlast",
        secret='it\'s "s3cret"',
    )
    assert reply.stdout.text == 'a b\nit\'s "s3cret"line\0one\nlast'
    assert reply.stderr.text == "err\n"


async def test_the_password_is_given_when_sudo_asks(asking: Asking, people: Accounts) -> None:
    reply = await asking.run(people.asked, "id -un; cat", Become(user="root", password=RIGHT), stdin="in")
    assert (reply.stdout.text, reply.stderr.text) == ("root\nin", "")


async def test_a_password_that_is_not_asked_for_is_not_sent(asking: Asking, people: Accounts) -> None:
    reply = await asking.run(people.free, "cat; id -un", Become(user="root", password=RIGHT))
    assert (reply.stdout.text, reply.stderr.text) == ("root\n", "")


async def test_the_prompt_is_known_in_any_language(asking: Asking, people: Accounts, sshd: openssh.OpenSsh) -> None:
    """The question is recognised by its own word, not by what PAM or sudo call a password."""
    rules = Path("/etc/sudoers.d") / f"{people.asked}x"
    rules.write_text(f'Defaults:{people.asked} passprompt="密码：", passprompt_override, badpass_message="不对"\n')
    rules.chmod(0o440)
    try:
        reply = await asking.run(people.asked, "id -un", Become(user="root", password=RIGHT))
    finally:
        rules.unlink()
    assert reply.stdout.text == "root\n"


@pytest.mark.trap(
    "ansible#12608",
    "A wrong password for sudo hangs the transport for ever.",
)
async def test_a_wrong_password_is_tried_once(asking: Asking, people: Accounts) -> None:
    """It is told at once, and not tried again (ansible#12608)."""
    answer = await asking.ask(people.asked, "touch /tmp/never", Become(user="root", password=WRONG))
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.AUTH, False, False)
    assert "did not accept the password" in answer.message
    assert "not-the-password" not in f"{answer}"


@pytest.mark.parametrize(
    ("account", "password", "said"),
    [("asked", None, "password is required"), ("nobody", None, ""), ("nobody", RIGHT, "")],
    ids=["a password is missing", "not in sudoers", "not in sudoers, with a password"],
)
async def test_who_may_not_is_told_so(
    asking: Asking, people: Accounts, account: str, password: SecretText | None, said: str
) -> None:
    become = Become(user="root", password=password)
    answer = await asking.ask(getattr(people, account), "touch /tmp/never", become)
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.AUTH, False)
    assert "sudo did not allow to become root" in answer.message
    assert said in (answer.hint or "")


async def test_an_account_that_is_not_there(asking: Asking, people: Accounts) -> None:
    answer = await asking.ask(people.free, "id", Become(user="no-such-account"))
    assert isinstance(answer, Fault)
    assert answer.kind is FaultKind.AUTH
    assert "no-such-account" in (answer.hint or "")


async def test_a_host_without_sudo(asking: Asking, people: Accounts, sshd: openssh.OpenSsh) -> None:
    with openssh.serve(people.folder / "bare", extra="ForceCommand PATH=/nowhere exec /bin/sh") as bare:
        transport = SshTransport(jitter=lambda: 0.5, files=bare.files())
        try:
            answer = await Asking(transport, bare).ask(people.free, "id", Become(user="root"))
        finally:
            await transport.close()
    assert isinstance(answer, Fault)
    assert answer.kind is FaultKind.ERROR
    assert "sudo is not there" in answer.message


@pytest.mark.parametrize(("account", "password"), [("free", None), ("logged", None), ("asked", RIGHT)])
async def test_the_deadline_ends_what_another_user_runs(
    asking: Asking, people: Accounts, account: str, password: SecretText | None
) -> None:
    mark = people.folder / f"{account}-pid"
    began = time.monotonic()
    answer = await asking.ask(
        getattr(people, account),
        f"echo so far; (sleep 60 & echo $! >{mark}; wait)",
        Become(user="root", password=password),
        timeout_ms=4_000,
    )
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.TIMEOUT, True, False)
    assert answer.partial["stdout"].text == "so far\n"
    assert time.monotonic() - began < 9
    assert not lives(mark)


async def test_cancelling_ends_it_too(asking: Asking, people: Accounts) -> None:
    mark = people.folder / "cancelled-pid"
    task = asyncio.create_task(
        asking.ask(people.free, f"echo $$ >{mark}; exec sleep 60", Become(user=people.other), timeout_ms=30_000)
    )
    mark.touch()
    mark.chmod(0o666)
    async with asyncio.timeout(10):
        while not mark.read_text().strip():
            await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not lives(mark)


async def test_nothing_secret_is_in_a_command_line(asking: Asking, people: Accounts) -> None:
    seen = await asking.run(
        people.asked, "ps -A -ww -o args=", Become(user="root", password=RIGHT), secret="s3cr3t-w0rd"
    )
    assert "sudo -S" in seen.stdout.text
    assert "s3cr3t-w0rd" not in seen.stdout.text
    assert PASSWORD not in seen.stdout.text


# -- on this machine


async def test_a_local_command_becomes_somebody_else(people: Accounts) -> None:
    transport = LocalTransport()
    request = ShellRequest(
        target=Control(),
        shell=ShellText('id -un; printf "%s" "$MODE"; cat; echo err >&2; exit 3'),
        become=Become(user=people.other),
        stdin="in\0",
        env=(("MODE", "a b"),),
        timeout=Duration(10_000),
    )
    answer = await transport.perform(request)
    assert isinstance(answer, ShellReply), answer
    assert (answer.rc, answer.stdout.text, answer.stderr.text) == (3, f"{people.other}\na bin\0", "err\n")


_AS_ANOTHER = """
import asyncio, os, pwd, sys
from playbook_engine.model.requests import Become, ShellRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports.local import LocalTransport
from playbook_engine.values import Duration, Secret, SecretText, ShellText

account = pwd.getpwnam(sys.argv[3])  # the interpreter itself may be one that only root can read
os.initgroups(account.pw_name, account.pw_gid)
os.setgid(account.pw_gid)
os.setuid(account.pw_uid)
password = SecretText((Secret("SUDO", sys.argv[2]),)) if sys.argv[2] else None
answer = asyncio.run(LocalTransport().perform(ShellRequest(
    target=Control(), shell=ShellText(sys.argv[1]), become=Become(user="root", password=password),
    timeout=Duration(3_000),
)))
print(type(answer).__name__, getattr(answer, "kind", ""), getattr(answer, "begun", ""), getattr(answer, "may_live", ""))
print(answer.message if hasattr(answer, "message") else answer.stdout.text)
"""


def as_another(user: str, command: str, password: str = "") -> list[str]:
    """Run the local transport as an account that is not root, and return what came of it."""
    done = subprocess.run(
        [sys.executable, "-c", _AS_ANOTHER, command, password, user],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "HOME": "/", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_local_command_becomes_root(people: Accounts) -> None:
    assert as_another(people.free, "id -un") == ["ShellReply   ", "root", ""]
    assert as_another(people.asked, "id -un", PASSWORD) == ["ShellReply   ", "root", ""]


def test_a_local_refusal(people: Accounts) -> None:
    assert as_another(people.asked, "id", "wrong-password") == [
        "Fault auth False False",
        "this machine: sudo did not accept the password for becoming root",
    ]
    assert as_another(people.nobody, "id") == [
        "Fault auth False False",
        "this machine: sudo did not allow to become root",
    ]


@pytest.mark.parametrize(("account", "password"), [("free", ""), ("logged", ""), ("asked", PASSWORD)])
def test_the_deadline_ends_what_root_runs_for_somebody_else(people: Accounts, account: str, password: str) -> None:
    mark = people.folder / f"local-{account}"
    command = f"(sleep 60 & echo $! >{mark}; wait)"
    assert as_another(getattr(people, account), command, password)[0] == "Fault timeout True False"
    assert not lives(mark)
