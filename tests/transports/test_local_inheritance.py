"""What a local command gets of the program that starts it, and what it may leave behind: real processes."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from playbook_engine.model.replies import Fault, FaultKind, ShellReply
from playbook_engine.model.requests import ShellRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports.local import LocalTransport
from playbook_engine.transports.local_stray import MARK
from playbook_engine.values import Duration, ShellText

needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")


def request(command: str, timeout_ms: int = 10_000) -> ShellRequest:
    return ShellRequest(target=Control(), shell=ShellText(command), timeout=Duration(timeout_ms))


async def run(command: str, transport: LocalTransport | None = None) -> ShellReply:
    answer = await (transport or LocalTransport()).perform(request(command))
    assert isinstance(answer, ShellReply), answer
    return answer


async def overdue(command: str, timeout_ms: int = 500) -> Fault:
    answer = await LocalTransport(grace=Duration(300)).perform(request(command, timeout_ms))
    assert isinstance(answer, Fault), answer
    assert answer.kind is FaultKind.TIMEOUT
    return answer


# -- environment


@pytest.mark.trap(
    "rundeck#6343",
    "What leads to secrets is in the environment of every command.",
)
async def test_secret_variables_are_in_no_process_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command gets the secrets that its step names (rundeck#6343)."""
    for name in ("API_TOKEN", "RUNBOOK_INPUT_PIN"):
        monkeypatch.setenv(name, "s3cr3t-w0rd")
    hidden = LocalTransport(hidden_env=frozenset({"API_TOKEN", "RUNBOOK_INPUT_PIN"}))
    reply = await run("cat /proc/$$/environ 2>/dev/null | tr '\\0' '\\n'; env; sh -c env", hidden)
    assert "s3cr3t-w0rd" not in reply.stdout.text
    assert "PATH=" in reply.stdout.text


async def test_the_agent_is_the_operators_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """`SSH_AUTH_SOCK` is passed on: the address of a door that the operator's account opens anyway, and no secret."""
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    assert (await run('echo "$SSH_AUTH_SOCK"')).stdout.text == "/run/agent\n"


# -- descriptors and signals


@needs_proc
async def test_no_descriptor_but_the_three(tmp_path: Path) -> None:
    """A descriptor that is inherited keeps a lock held and a connection open after we have ended."""
    with (tmp_path / "record").open("w") as kept:
        os.set_inheritable(kept.fileno(), True)  # as a foreign library may have it
        reply = await run("ls /proc/$$/fd; readlink /proc/$$/fd/0")
    assert reply.stdout.text.split() == ["0", "1", "2", "/dev/null"]


@needs_proc
async def test_no_signal_is_ignored_or_blocked() -> None:
    """Python ignores SIGPIPE, and what it starts would too: `yes | head -1` would end with a complaint, or never."""
    assert signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN
    status = dict(line.split(":\t", 1) for line in (await run("exec cat /proc/self/status")).stdout.text.splitlines())
    pipe = 1 << (signal.SIGPIPE - 1)
    assert (int(status["SigIgn"], 16) & pipe, int(status["SigBlk"], 16)) == (0, 0)


async def test_a_writer_into_a_closed_pipe_ends_silently() -> None:
    reply = await run("yes | head -n 1; kill -PIPE $$; echo never")
    assert (reply.stdout.text, reply.stderr.text) == ("y\n", "")
    assert reply.signal == "SIGPIPE"


async def test_the_interrupt_of_our_terminal_does_not_reach_it(tmp_path: Path) -> None:
    """It has a session of its own: Ctrl-C is ours to act on, and the command is ended when we have decided so."""
    reply = await run("ps -o sid= -p $$; ps -o tty= -p $$")
    session, terminal = reply.stdout.text.split()
    assert int(session) != os.getsid(0)
    assert terminal == "?"


# -- folder and mask


async def test_it_runs_where_we_were_started_and_takes_us_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    transport = LocalTransport()
    assert (await run("pwd; cd /; umask 0", transport)).stdout.text == f"{tmp_path}\n"
    assert (await run("pwd", transport)).stdout.text == f"{tmp_path}\n"
    assert Path.cwd() == tmp_path


@pytest.fixture
def mask() -> Iterator[int]:
    before = os.umask(0o027)
    yield 0o027
    os.umask(before)


async def test_files_get_the_operators_mask(tmp_path: Path, mask: int) -> None:
    assert (await run(f"umask; touch {tmp_path}/made")).stdout.text == "0027\n"
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o666 & ~mask


async def test_a_folder_that_is_gone_is_no_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert (await run("echo here")).stdout.text == "here\n"


# -- output without an end


@needs_proc
async def test_an_endless_flood_is_ended_in_bounded_memory() -> None:
    """The flood is started by a program of its own, so that nothing but the transport counts."""
    program = (
        "import asyncio, resource\n"
        "from playbook_engine.model.requests import ShellRequest\n"
        "from playbook_engine.model.targets import Control\n"
        "from playbook_engine.transports.local import LocalTransport\n"
        "from playbook_engine.values import Duration, ShellText\n"
        "async def main():\n"
        "    def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "    before = peak()\n"
        "    request = ShellRequest(target=Control(), shell=ShellText('yes & yes >&2'), timeout=Duration(1500))\n"
        "    fault = await LocalTransport().perform(request)\n"
        "    print(fault.kind, fault.may_live, sum(each.size for each in fault.partial.values()), peak() - before)\n"
        "asyncio.run(main())\n"
    )
    ended = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    kind, may_live, size, kib = ended.stdout.split()
    assert (kind, may_live, ended.stderr) == ("timeout", "False", "")
    assert int(size) > 16 * 1024 * 1024
    assert int(kib) < 32 * 1024


# -- what has left the group


@needs_proc
@pytest.mark.parametrize(
    "leave",
    [
        pytest.param("setsid {daemon} &", id="setsid"),
        pytest.param("(setsid sh -c '{daemon} &') ;", id="double fork"),
    ],
)
async def test_a_daemon_is_left_alone_and_named(tmp_path: Path, leave: str) -> None:
    """A service that the command has started stays; that it may be a part of the command still running is told."""
    pid = tmp_path / "pid"
    daemon = tmp_path / "daemon"
    daemon.write_text(f"#!/bin/sh\nexec >/dev/null 2>&1\necho $$ >{pid}\nexec sleep 30\n")
    daemon.chmod(0o755)
    fault = await overdue(f"{leave.format(daemon=daemon)} sleep 30")
    process = int(pid.read_text())
    try:
        os.kill(process, 0)
        assert (fault.begun, fault.may_live) == (True, True)
        assert fault.hint == f"It left running, outside its process group: sleep ({process})."
    finally:
        os.kill(process, signal.SIGKILL)


@needs_proc
async def test_what_is_left_is_told_apart_between_commands_that_run_at_once(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    fault, other = await asyncio.gather(
        overdue(f"setsid sh -c 'echo $$ >{pid}; exec sleep 30' >/dev/null 2>&1 & sleep 30"), overdue("sleep 30")
    )
    os.kill(int(pid.read_text()), signal.SIGKILL)
    assert (fault.may_live, other.may_live, other.hint) == (True, False, None)


@needs_proc
async def test_what_a_command_inside_a_command_left_is_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A local command may run this program in turn, whose commands have marks of their own."""
    monkeypatch.setenv(MARK, "4711.1")
    inner = (await run(f'echo "${MARK}"')).stdout.text
    assert inner.startswith("4711.1 ")
    pid = tmp_path / "pid"
    left = f"{MARK}=\"${MARK} 1.1\" setsid sh -c 'echo $$ >{pid}; exec sleep 30' >/dev/null 2>&1 &"
    fault = await overdue(f"{left} sleep 30")
    os.kill(int(pid.read_text()), signal.SIGKILL)
    assert fault.may_live


async def test_without_a_daemon_nothing_is_said() -> None:
    fault = await overdue("sleep 30 & sleep 30")
    assert (fault.may_live, fault.hint) == (False, None)


async def test_ending_a_command_is_quick_among_many_processes() -> None:
    began = time.monotonic()
    await overdue("sleep 30", 200)
    assert time.monotonic() - began < 2
