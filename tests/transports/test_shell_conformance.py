"""What local and ssh have to do alike: the same cases against both, and against both ways that ssh has."""

import asyncio
import contextlib
import hashlib
import os
import shlex
import shutil
import subprocess
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import ssh_modes

from playbook_engine.model.replies import Answer, Fault, FaultKind, ShellReply
from playbook_engine.model.requests import HttpRequest, ShellRequest
from playbook_engine.model.targets import Control, Host
from playbook_engine.ports import Transport
from playbook_engine.transports.local import LocalTransport
from playbook_engine.values import Duration, Secret, SecretText, ShellText

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True)
class Shell:
    """A transport and the target that it reaches."""

    transport: Transport
    target: Host | Control

    def request(self, command: str, timeout_ms: int = 20_000, **secrets: str) -> ShellRequest:
        pairs = tuple((name, Secret(name, value)) for name, value in secrets.items())
        return ShellRequest(target=self.target, shell=ShellText(command, pairs), timeout=Duration(timeout_ms))

    async def with_(self, command: str, timeout_ms: int = 20_000, **fields: Any) -> Answer:
        """Ask with fields of the long form: `stdin`, `env`, `program`."""
        request = replace(self.request(command, timeout_ms), **fields)
        return await self.transport.perform(request)

    async def reply(self, command: str, timeout_ms: int = 20_000, **fields: Any) -> ShellReply:
        answer = await self.with_(command, timeout_ms, **fields)
        assert isinstance(answer, ShellReply), answer
        return answer

    async def ask(self, command: str, timeout_ms: int = 20_000, **secrets: str) -> Answer:
        return await self.transport.perform(self.request(command, timeout_ms, **secrets))

    async def run(self, command: str, timeout_ms: int = 20_000, **secrets: str) -> ShellReply:
        answer = await self.ask(command, timeout_ms, **secrets)
        assert isinstance(answer, ShellReply), answer
        return answer

    async def overdue(self, command: str, timeout_ms: int) -> Fault:
        answer = await self.ask(command, timeout_ms)
        assert isinstance(answer, Fault), answer
        assert answer.kind is FaultKind.TIMEOUT
        return answer


@pytest.fixture(
    params=[
        "local",
        *(pytest.param(f"ssh, {mode}", marks=pytest.mark.sshd) for mode in (*ssh_modes.MODES, *ssh_modes.WAITING)),
    ]
)
async def shell(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shell]:
    if request.param == "local":
        transport = LocalTransport()
        yield Shell(transport, Control())
        await transport.close()
    else:
        server = request.getfixturevalue("sshd")
        mode = request.param.removeprefix("ssh, ")
        monkeypatch.setattr(ssh_modes, "current", (ssh_modes.MODES | ssh_modes.WAITING)[mode])
        remote = ssh_modes.ssh_transport(files=server.files())
        shell = Shell(remote, server.host())
        if mode in ssh_modes.WAITING:
            await shell.run(":")  # a connection and a shell are not on a command's time
        yield shell
        await remote.close()
        assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("ssh")]


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """Return a folder in which commands leave their process ids."""
    return tmp_path


async def test_both_streams_come_back_apart(shell: Shell) -> None:
    reply = await shell.run("echo out; echo err >&2")
    assert (reply.rc, reply.stdout.text, reply.stderr.text) == (0, "out\n", "err\n")
    assert reply.signal is None
    assert reply.duration_ms >= 0


@pytest.mark.parametrize("rc", [0, 1, 3, 127, 255])
async def test_every_exit_status_is_an_answer(shell: Shell, rc: int) -> None:
    reply = await shell.run(f"exit {rc}")
    assert (reply.rc, reply.signal) == (rc, None)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("kill -9 $$", id="the shell itself"),
        pytest.param("sh -c 'kill -9 $$'; exit $?", id="a program that the shell ran"),
    ],
)
async def test_a_signal_is_named(shell: Shell, command: str) -> None:
    reply = await shell.run(command)
    assert (reply.rc, reply.signal) == (137, "SIGKILL")


async def test_a_syntax_error_is_the_shells_answer(shell: Shell) -> None:
    reply = await shell.run("echo 'unbalanced")
    assert reply.rc == 2
    assert "nterminated" in reply.stderr.text or "unexpected" in reply.stderr.text


async def test_more_than_any_window_on_both_streams_at_once(shell: Shell) -> None:
    size = 3 * MIB
    reply = await shell.run(
        f"head -c {size} /dev/zero | tr '\\0' e >&2 & head -c {size} /dev/zero | tr '\\0' o; wait"
    )
    for output, letter in ((reply.stdout, "o"), (reply.stderr, "e")):
        assert output.size == size
        assert output.truncated
        assert set(output.head) == set(output.tail) == {letter}
        assert len(output.head) == len(output.tail) == 256 * KIB


async def test_one_stream_after_the_other_beyond_the_window(shell: Shell) -> None:
    reply = await shell.run(f"head -c {3 * MIB} /dev/zero >&2; echo done")
    assert reply.stdout.text == "done\n"
    assert reply.stderr.size == 3 * MIB


async def test_output_without_a_last_newline(shell: Shell) -> None:
    assert (await shell.run("printf abc")).stdout.text == "abc"


async def test_nul_and_bytes_that_are_no_text(shell: Shell) -> None:
    reply = await shell.run(r"printf 'a\000b\377c\303\050\303\244'")
    assert reply.stdout.text == "a\0b\\xffc\\xc3(ä"
    assert reply.stdout.size == 9
    assert not reply.stdout.truncated


async def test_a_flood_is_bounded_and_counted(shell: Shell) -> None:
    reply = await shell.run("echo begin; yes 0123456789abcde | head -c 20971520; echo end")
    assert reply.stdout.size == 20 * MIB + len("begin\nend\n")
    assert reply.stdout.head.startswith("begin\n0123456789abcde\n")
    assert reply.stdout.tail.endswith("0123456789abcde\nend\n")
    assert len(reply.stdout.head) + len(reply.stdout.tail) == 512 * KIB


async def test_secrets_arrive_whole(shell: Shell) -> None:
    value = "line one\nline 'two' \"three\" $HOME `id` \\ !x\n\nlast "
    reply = await shell.run('printf %s "$TOKEN"; printf "|%s" "$OTHER"', TOKEN=value, OTHER="ü")
    assert reply.stdout.text == f"{value}|ü"


@pytest.mark.trap(
    "CVE-2018-16837, CVE-2020-1739, ansible#69961, rundeck#2627",
    "Passwords, keys and environments stand in the list of processes, for everybody to read.",
)
async def test_secrets_are_in_no_command_line(shell: Shell, marks: Path) -> None:
    """They come by standard input (CVE-2018-16837, CVE-2020-1739, ansible#69961, rundeck#2627)."""
    asking = asyncio.create_task(
        shell.run(
            f'touch {marks}/ready; until [ -e {marks}/seen ]; do sleep 0.05; done; echo "$TOKEN"', TOKEN="s3cr3t-w0rd"
        )
    )
    await _appears(marks / "ready")
    listed = await asyncio.to_thread(
        subprocess.run, ["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True
    )
    (marks / "seen").touch()
    assert (await asking).stdout.text == "s3cr3t-w0rd\n"
    assert f"touch {marks}/ready" in listed.stdout
    assert "s3cr3t-w0rd" not in listed.stdout


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (ShellText("echo a\0b"), "NUL"),
        (ShellText("echo \ud800"), "UTF-8"),
        (ShellText("true", (("TOKEN", Secret("t", "a\0b")),)), "secret 't'"),
        (ShellText("true", (("TOKEN", Secret("t", "\ud800")),)), "secret 't'"),
        (ShellText("true", (("A B; touch x", Secret("t", "v")),)), "not a name"),
    ],
)
async def test_what_cannot_be_sent_is_refused_before_anything_runs(
    shell: Shell, request_: ShellText, message: str
) -> None:
    answer = await shell.transport.perform(ShellRequest(target=shell.target, shell=request_, timeout=Duration(5_000)))
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.ERROR, False)
    assert message in answer.message


async def test_another_kind_of_request_is_a_fault(shell: Shell) -> None:
    answer = await shell.transport.perform(
        HttpRequest(target=shell.target, method="GET", url="http://127.0.0.1/", timeout=Duration(1_000))
    )
    assert isinstance(answer, Fault)
    assert answer.kind is FaultKind.ERROR


async def test_the_deadline_ends_the_command_and_its_children(shell: Shell, marks: Path) -> None:
    began = time.monotonic()
    fault = await shell.overdue(
        f"echo $$ >{marks}/parent; (sleep 60 & echo $! >{marks}/child; wait); echo never", timeout_ms=1_000
    )
    assert 0.9 < time.monotonic() - began < 4
    assert fault.begun
    assert not fault.may_live
    await _end(marks / "parent")
    await _end(marks / "child")


async def test_what_ignores_sigterm_is_killed_after_the_grace(shell: Shell, marks: Path) -> None:
    began = time.monotonic()
    fault = await shell.overdue(
        f"trap '' TERM; echo $$ >{marks}/stubborn; while :; do sleep 0.2; done", timeout_ms=500
    )
    assert 2.3 < time.monotonic() - began < 4.5
    assert not fault.may_live
    await _end(marks / "stubborn")


async def test_output_before_the_deadline_is_kept(shell: Shell) -> None:
    fault = await shell.overdue("echo so far; echo and here >&2; sleep 60", timeout_ms=700)
    assert fault.partial["stdout"].text == "so far\n"
    assert fault.partial["stderr"].text == "and here\n"
    assert fault.duration_ms >= 600


async def test_last_words_after_sigterm_are_kept(shell: Shell) -> None:
    fault = await shell.overdue("trap 'echo cleaned up; exit 0' TERM; while :; do sleep 0.1; done", timeout_ms=700)
    assert fault.partial["stdout"].text == "cleaned up\n"


async def test_cancelling_ends_the_command_first(shell: Shell, marks: Path) -> None:
    asking = asyncio.create_task(shell.ask(f"echo $$ >{marks}/pid; sleep 60 & echo $! >{marks}/child; wait"))
    await _appears(marks / "child")
    began = time.monotonic()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert time.monotonic() - began < 3.5
    assert not _lives(marks / "pid")
    assert not _lives(marks / "child")


async def test_cancelling_twice_does_not_leave_it_running(shell: Shell, marks: Path) -> None:
    asking = asyncio.create_task(shell.ask(f"trap '' TERM; echo $$ >{marks}/pid; while :; do sleep 0.2; done"))
    await _appears(marks / "pid")
    asking.cancel()
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not _lives(marks / "pid")


async def test_standard_input_is_empty(shell: Shell) -> None:
    assert (await shell.run("cat; echo rc=$?", SECRET="x")).stdout.text == "rc=0\n"


async def test_a_child_in_the_background_does_not_hold_the_answer(shell: Shell, marks: Path) -> None:
    began = time.monotonic()
    reply = await shell.run(f"sleep 30 & echo $! >{marks}/child; echo started", timeout_ms=10_000)
    assert (reply.rc, reply.stdout.text) == (0, "started\n")
    assert time.monotonic() - began < 5
    assert _lives(marks / "child"), "it was begun on purpose, and the command ended well"
    os.kill(_pid(marks / "child"), 9)


async def test_output_that_comes_right_after_the_end_is_kept(shell: Shell) -> None:
    reply = await shell.run("(for i in 1 2 3; do sleep 0.3; echo $i; done) & echo 0")
    assert reply.stdout.text == "0\n1\n2\n3\n"


async def test_a_child_that_never_stops_talking_is_not_waited_for_beyond_the_deadline(
    shell: Shell, marks: Path
) -> None:
    began = time.monotonic()
    reply = await shell.run(
        f"sh -c 'echo $$ >{marks}/child; while :; do echo x; sleep 0.1; done' & exit 3", timeout_ms=2_000
    )
    assert reply.rc == 3
    assert 1 < time.monotonic() - began < 5
    with contextlib.suppress(ProcessLookupError):  # its next word may have ended it: nobody listens any more
        os.kill(_pid(marks / "child"), 9)


async def test_a_short_deadline_wins_over_the_child_in_the_background(shell: Shell, marks: Path) -> None:
    fault = await shell.overdue(f"sleep 30 & echo $! >{marks}/child; wait", timeout_ms=500)
    assert not fault.may_live
    await _end(marks / "child")


async def test_a_command_that_closes_its_output_is_still_waited_for(shell: Shell) -> None:
    reply = await shell.run("exec >&- 2>&-; sleep 0.7; exit 4")
    assert reply.rc == 4
    assert reply.duration_ms >= 600


async def test_the_command_has_an_environment(shell: Shell) -> None:
    reply = await shell.run('test -n "$PATH" && test -n "$HOME" && echo yes')
    assert reply.stdout.text == "yes\n"


async def test_unicode_goes_there_and_back(shell: Shell) -> None:
    assert (await shell.run("echo '服务 ü ☃ 𝄞'")).stdout.text == "服务 ü ☃ 𝄞\n"


@pytest.mark.parametrize(
    "nasty", ["'", '"', "\\", "\\\\", "!", "a\nb", "$(id)", "`id`", "*", "-n", "%s", "^x", "~", "#"]
)
async def test_quoting_is_the_shells_own(shell: Shell, nasty: str) -> None:
    reply = await shell.run(f"printf '%s' {shlex.quote(nasty)}")
    assert reply.stdout.text == nasty


async def test_several_lines_are_one_command(shell: Shell) -> None:
    reply = await shell.run("set -e\nfor i in 1 2\ndo\n  echo $i\ndone\ncat <<EOF\nhere\nEOF\n")
    assert reply.stdout.text == "1\n2\nhere\n"


async def test_a_very_long_command_line(shell: Shell) -> None:
    text = "z" * (100 * KIB)
    reply = await shell.run(f"printf %s {text} | wc -c")
    assert reply.stdout.text.strip() == str(len(text))


async def test_a_long_command_line_with_many_quotes(shell: Shell) -> None:
    text = "it's " * 4_000
    reply = await shell.run(f"printf %s {shlex.quote(text)} | wc -c")
    assert reply.stdout.text.strip() == str(len(text))


async def test_a_command_line_beyond_the_systems_limit_is_no_crash(shell: Shell) -> None:
    answer = await shell.ask(f": {'z' * (3 * MIB)}")
    assert isinstance(answer, Fault) or answer.names()["rc"] in {126, 127, 2}


async def test_twenty_at_once(shell: Shell) -> None:
    began = time.monotonic()
    replies = await asyncio.gather(*(shell.run(f"sleep 0.3; echo {n}") for n in range(20)))
    assert [reply.stdout.text for reply in replies] == [f"{n}\n" for n in range(20)]
    assert time.monotonic() - began < 6


async def test_the_marker_is_not_to_be_seen(shell: Shell) -> None:
    reply = await shell.run("echo one >&2; sleep 0.1; echo two >&2")
    assert reply.stderr.text == "one\ntwo\n"
    assert reply.stderr.size == len("one\ntwo\n")


# -- one command after the other


async def test_nothing_of_a_command_is_left_for_the_next(shell: Shell) -> None:
    before = await shell.run("pwd; umask; trap")
    await shell.run("cd /; umask 077; trap : USR1; export LEFT=behind; exec >&- 2>&-; kill -9 $$")
    assert (await shell.run("pwd; umask; trap")).stdout.text == before.stdout.text
    assert (await shell.run('echo "${LEFT-none}"')).stdout.text == "none\n"


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("kill -9 0", id="its whole group"),
        pytest.param("kill -15 0; sleep 5", id="its whole group, politely"),
        pytest.param("kill -2 $$; sleep 5", id="by SIGINT, which background jobs ignore"),
    ],
)
async def test_a_command_that_ends_itself_ends_nothing_else(shell: Shell, command: str) -> None:
    reply = await shell.run(command)
    assert reply.signal in {"SIGKILL", "SIGTERM", "SIGINT"}
    assert (await shell.run("echo on")).stdout.text == "on\n"


async def test_what_a_child_in_the_background_says_later_is_in_no_other_output(shell: Shell, marks: Path) -> None:
    """It holds the output; the next command must not get what it writes."""
    reply = await shell.run(f"(sleep 2; echo stray; echo stray >&2) & echo $! >{marks}/child; echo first")
    assert reply.stdout.text == "first\n"
    second = await shell.run("sleep 1.5; echo second")
    assert (second.stdout.text, second.stderr.text) == ("second\n", "")


@pytest.mark.parametrize("text", ["runbook-", "runbook-00000000000000000000000000000000:e0", ":idle", "runbook-:r1"])
async def test_output_that_looks_like_ours_is_the_commands(shell: Shell, text: str) -> None:
    reply = await shell.run(f"echo {text}; echo {text} >&2; printf {text}; exit 3")
    assert (reply.rc, reply.stdout.text, reply.stderr.text) == (3, f"{text}\n{text}", f"{text}\n")


async def test_after_a_deadline_the_next_command_is_answered(shell: Shell) -> None:
    await shell.overdue("echo partial; sleep 60", timeout_ms=600)
    reply = await shell.run("echo whole")
    assert (reply.rc, reply.stdout.text) == (0, "whole\n")


async def test_answers_do_not_get_mixed_up(shell: Shell) -> None:
    """Commands of all kinds, side by side and one after the other."""

    async def one(number: int) -> None:
        for turn in range(4):
            text = f"{number}.{turn}"
            reply = await shell.reply(
                f"echo {text}; echo {text} >&2; cat; exit {turn}", stdin=text if turn % 2 else None
            )
            assert reply.rc == turn
            assert reply.stdout.text == f"{text}\n{text if turn % 2 else ''}"
            assert reply.stderr.text == f"{text}\n"

    await asyncio.gather(*(one(number) for number in range(12)))


# -- what the command reads


@pytest.mark.parametrize(
    "text", ["", "one line\n", "no last newline", "\0nul\0", "服务 ü ☃ 𝄞", "'\"$HOME`id`\\", "exit 9\n" * 3_000]
)
async def test_input_arrives_whole(shell: Shell, text: str) -> None:
    reply = await shell.reply("cat", stdin=text)
    assert (reply.rc, reply.stdout.text, reply.stderr.text) == (0, text, "")


async def test_much_input_arrives_whole(shell: Shell) -> None:
    text = "".join(f"{n:07}\n" for n in range(MIB // 8))
    reply = await shell.reply("sha256sum", stdin=text)
    assert reply.stdout.text.split()[0] == hashlib.sha256(text.encode()).hexdigest()


async def test_more_input_than_any_window_while_as_much_comes_out(shell: Shell) -> None:
    """Neither side may wait for the other: it writes before it reads, and more than either way holds."""
    reply = await shell.reply(
        f"head -c {3 * MIB} /dev/zero; head -c {3 * MIB} /dev/zero >&2; wc -c", stdin="x" * (4 * MIB)
    )
    assert reply.stdout.tail.strip("\0").strip() == str(4 * MIB)
    assert reply.stderr.size == 3 * MIB


@pytest.mark.parametrize("size", [10, MIB, 4 * MIB])
async def test_a_command_need_not_read_what_it_is_given(shell: Shell, size: int) -> None:
    began = time.monotonic()
    reply = await shell.reply("echo done", stdin="x" * size)
    assert (reply.rc, reply.stdout.text) == (0, "done\n")
    assert (await shell.reply("head -c 3", stdin="abc" * size)).stdout.text == "abc"
    assert (await shell.reply("exec <&-; sleep 0.3; echo late", stdin="x" * size)).stdout.text == "late\n"
    assert time.monotonic() - began < 8


async def test_input_that_is_read_late_still_arrives(shell: Shell) -> None:
    assert (await shell.reply("sleep 0.7; wc -c", stdin="x" * (4 * MIB))).stdout.text.strip() == str(4 * MIB)


async def test_the_deadline_ends_a_command_that_does_not_read(shell: Shell, marks: Path) -> None:
    began = time.monotonic()
    answer = await shell.with_(f"echo $$ >{marks}/pid; sleep 60", timeout_ms=1_000, stdin="x" * (4 * MIB))
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.TIMEOUT, True, False)
    assert time.monotonic() - began < 5
    await _end(marks / "pid")


async def test_cancelling_a_command_that_does_not_read(shell: Shell, marks: Path) -> None:
    asking = asyncio.create_task(shell.with_(f"echo $$ >{marks}/pid; sleep 60", stdin="x" * (4 * MIB)))
    await _appears(marks / "pid")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not _lives(marks / "pid")


async def test_input_ends_by_itself(shell: Shell) -> None:
    reply = await shell.reply('while read -r line; do echo "<$line>"; done; echo end', stdin="a\nb\n")
    assert reply.stdout.text == "<a>\n<b>\nend\n"


async def test_twenty_with_input_at_once(shell: Shell) -> None:
    replies = await asyncio.gather(*(shell.reply("wc -c", stdin="x" * (n * 10_000)) for n in range(20)))
    assert [int(reply.stdout.text) for reply in replies] == [n * 10_000 for n in range(20)]


async def test_secrets_of_the_long_form_are_in_no_command_line(shell: Shell) -> None:
    hidden = SecretText(("a ", Secret("S", "s3cr3t-w0rd"), " z"))
    reply = await shell.reply(
        'printf "%s|" "$TOKEN"; cat; ps -A -ww -o args=', stdin=hidden, env=(("TOKEN", hidden),)
    )
    assert reply.stdout.text.startswith("a s3cr3t-w0rd z|a s3cr3t-w0rd z")
    assert reply.stdout.text.count("s3cr3t-w0rd") == 2


# -- its environment


@pytest.mark.parametrize(
    "nasty", ["", " ", "'", '"', "\\", "a\nb\n", "$(id)", "`id`", "*", "-n", "%s", "~", "#", "服务", "=", "a=b"]
)
async def test_a_variable_arrives_whole(shell: Shell, nasty: str) -> None:
    reply = await shell.reply('printf "%s" "$THE_VALUE"', env=(("THE_VALUE", nasty),))
    assert reply.stdout.text == nasty


async def test_a_variable_is_for_one_command_only(shell: Shell) -> None:
    assert (await shell.reply('echo "$PATH"', env=(("PATH", "/only/here"),))).stdout.text == "/only/here\n"
    assert (await shell.run('echo "${ONLY-none} $PATH"')).stdout.text.startswith("none /")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"env": (("A", "a\0b"),)}, "the value of A has a NUL"),
        ({"env": (("A", "\ud800"),)}, "the value of A has characters"),
        ({"env": (("A-B", "x"),)}, "'A-B' is not a name"),
        ({"stdin": "\ud800"}, "stdin has characters"),
    ],
)
async def test_a_long_form_that_cannot_be_sent_is_refused(shell: Shell, fields: dict[str, Any], message: str) -> None:
    answer = await shell.with_("true", **fields)
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.ERROR, False)
    assert message in answer.message


# -- which shell reads it


@pytest.mark.parametrize(
    ("name", "command"),
    [("bash", "[[ $BASH == */bash ]] && echo yes"), ("zsh", 'echo "${ZSH_VERSION:+yes}"'), ("mksh", "print yes")],
)
async def test_another_shell_reads_the_command_line(shell: Shell, name: str, command: str) -> None:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    reply = await shell.reply(f"{command}; cat", program=program, stdin="in", env=(("A", "b"),))
    assert reply.stdout.text == "yes\nin"


async def test_a_shell_that_is_not_there(shell: Shell) -> None:
    answer = await shell.with_("true", program="/nowhere/bash")
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.ERROR, False)
    assert "there is no /nowhere/bash that can be run" in answer.message


def _pid(file: Path) -> int:
    return int(file.read_text())


def _lives(file: Path) -> bool:
    """Return whether the process runs; a zombie, which nobody reaps in some containers, does not."""
    stat = Path(f"/proc/{_pid(file)}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except FileNotFoundError:
        return False


async def _appears(file: Path) -> None:
    async with asyncio.timeout(10):
        while not _written(file):
            await asyncio.sleep(0.01)


def _written(file: Path) -> bool:
    return file.exists() and (file.stat().st_size > 0 or file.name == "ready")


async def _end(file: Path) -> None:
    async with asyncio.timeout(2):
        while _lives(file):
            await asyncio.sleep(0.01)
