"""A shell that stays for several commands, played with the shells of this machine over plain pipes."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from playbook_engine.model.requests import ShellRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports import shell_resident
from playbook_engine.transports.shell_frame import Frame
from playbook_engine.values import Duration, Secret, ShellText

SHELLS = ("dash", "bash", "busybox", "bash --posix")
FILES = ("mksh", "ksh")
"""Their here-documents are files, of which nobody can tell who still holds them."""


@dataclass
class Said:
    """One command's answer."""

    frame: Frame
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass
class Shell:
    """A shell that reads from a pipe, as over a channel."""

    process: "subprocess.Popen[bytes]"
    count: int = field(default=0)

    def ask(self, command: str, **fields: object) -> Said:
        word, fresh = f"word{self.count}x", self.count == 0
        self.count += 1
        request = ShellRequest(target=Control(), shell=ShellText(command), timeout=Duration(1_000))
        for name, value in fields.items():
            object.__setattr__(request, name, value)
        said = Said(Frame(word, fresh=fresh))
        assert self.process.stdin is not None
        opening = shell_resident.opening(word) if fresh else ""
        self.process.stdin.write((opening + shell_resident.command(request, word)).encode())
        self.process.stdin.flush()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        while not said.frame.complete:
            line = self.process.stderr.readline()
            said.stderr += said.frame.err(line)
            if not line or said.frame.cold:
                return said
            if said.frame.status is not None and b":idle" in line:
                while not said.frame.complete:
                    said.stdout += said.frame.out(self.process.stdout.readline())
        return said


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> Iterator[Shell]:
    name, *options = request.param.split()
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    argv = [program, "sh"] if name == "busybox" else [program, *options]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        yield Shell(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0, "it ends when nothing more comes"


def test_one_command_after_the_other(shell: Shell) -> None:
    said = [shell.ask(f"echo out{n}; echo err{n} >&2; exit {n}") for n in (0, 3, 127, 255)]
    assert [one.frame.status for one in said] == [0, 3, 127, 255]
    assert [one.stdout for one in said] == [b"out0\n", b"out3\n", b"out127\n", b"out255\n"]
    assert [one.stderr for one in said] == [b"err0\n", b"err3\n", b"err127\n", b"err255\n"]
    assert said[0].frame.shell == shell.process.pid
    assert not any(one.frame.spoiled for one in said)


@pytest.mark.parametrize("number", [1, 2, 3, 9, 13, 15])
def test_a_signal_is_a_status(shell: Shell, number: int) -> None:
    assert shell.ask(f"kill -{number} $$").frame.status == 128 + number
    assert shell.ask("true").frame.status == 0


def test_signals_have_their_usual_meaning(shell: Shell) -> None:
    """A shell ignores SIGINT and SIGQUIT in what it runs in the background; here nothing may inherit that."""
    said = shell.ask("trap")
    assert said.stdout == b""
    assert shell.ask('sh -c "kill -2 \\$\\$"; echo $?').stdout == b"130\n"


def test_nothing_of_a_command_stays(shell: Shell) -> None:
    before = shell.ask("pwd; umask; trap").stdout
    shell.ask("cd /; umask 077; trap : USR1; export LEFT=behind; set -e; exec 1>&-; false")
    assert shell.ask("pwd; umask; trap").stdout == before
    assert shell.ask('echo "${LEFT-none}"').stdout == b"none\n"


def test_the_environment_is_for_one_command(shell: Shell) -> None:
    nasty = "a'b\"c$(id)`id`\\\n\n!x "
    assert shell.ask('printf %s "$THE_VALUE"; echo', env=(("THE_VALUE", nasty),)).stdout == nasty.encode() + b"\n"
    assert shell.ask('echo "${THE_VALUE-none}"').stdout == b"none\n"
    hidden = ShellText('echo "$TOKEN"', (("TOKEN", Secret("t", "s3cr3t")),))
    assert shell.ask("", shell=hidden).stdout == b"s3cr3t\n"
    assert shell.ask('echo "$PATH"', env=(("PATH", "/only/here"),)).stdout == b"/only/here\n"


def test_a_command_sees_nothing_of_ours(shell: Shell) -> None:
    seen = shell.ask("set; env; cat /proc/$$/cmdline /proc/$$/environ | tr '\\0' '\\n'; ls -l /proc/$$/fd").stdout
    assert b"word0x" not in seen
    assert b"rb_" not in seen.replace(b"rb_seen", b"")


def test_it_leads_a_group_of_its_own(shell: Shell) -> None:
    said = shell.ask("ps -o pid= -o pgid= -p $$; kill -15 0; echo never")
    pid, group = said.stdout.split()
    assert pid == group
    assert said.frame.status == 143
    assert shell.ask("echo still here").stdout == b"still here\n"


def test_there_is_nothing_to_read(shell: Shell) -> None:
    assert shell.ask("cat; echo end").stdout == b"end\n"


def test_a_program_that_is_not_there(shell: Shell) -> None:
    said = shell.ask("true", program="/nowhere/zsh")
    assert said.frame.missing
    assert shell.ask("echo on").stdout == b"on\n"


def test_a_syntax_error_stays_the_commands(shell: Shell) -> None:
    said = shell.ask("echo 'unbalanced ) } ; ;; esac fi done")
    assert said.frame.status not in {0, None}
    assert said.stderr
    assert shell.ask("echo on").stdout == b"on\n"


@pytest.mark.parametrize(("shell", "path"), [("dash", "/nowhere"), *((name, "/usr/bin:/bin") for name in FILES)])
def test_a_shell_that_cannot_says_so(shell: str, path: str) -> None:
    """Nobody gives its commands a group, or the pipe that tells their end is none."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    with subprocess.Popen(
        [program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": path},
    ) as process:
        said = Shell(process).ask("echo never")
        assert said.frame.cold
        assert process.stdout is not None
        assert process.stdout.read() == b""


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200))
def test_every_command_is_one_line_of_words(text: str) -> None:
    request = ShellRequest(target=Control(), shell=ShellText(text), timeout=Duration(1))
    line = shell_resident.command(request, "w")
    assert line.endswith("; runbook\n")
    words = shlex.split(line.removesuffix("; runbook\n"))
    assert [word.partition("=")[2] for word in words] == ["w", "/bin/sh", text, ""]


# -- where the output lies


PIECES = st.lists(
    st.sampled_from([b"a", b"\n", b"\0", b"\xff", b"W", b"WO", b"WOR", b"WORD", b"WORD:", b"WORD:e", b"e7\n"])
)


@given(PIECES, PIECES, st.integers(0, 255), st.lists(st.integers(1, 7)))
def test_whatever_the_output_and_however_it_is_cut(
    before: list[bytes], late: list[bytes], status: int, cuts: list[int]
) -> None:
    """The command's bytes come out as they went in, unless they hold a whole word of ours, which it cannot know."""
    output, later = b"".join(before), b"".join(late)
    assume(not any(re.search(rb"WORD:[a-z]{0,4}[0-9]{0,10}\n", part) for part in (output, later)))
    stream = output + b"WORD:e%d\n" % status + later + b"WORD:idle\n"
    frame, kept = Frame("WORD", fresh=False), b""
    for piece in _cut(stream, cuts):
        kept += frame.err(piece)
    assert frame.status == status
    assert kept == output + later
    assert (frame.complete, frame.spoiled) == (False, False)
    frame.out(b"WORD:idle\n")
    assert (frame.complete, frame.spoiled) == (True, False)
    assert frame.rest() == (b"", b"")


def _cut(stream: bytes, cuts: list[int]) -> Iterator[bytes]:
    at = 0
    for size in cuts:
        yield stream[at : at + size]
        at += size
    yield stream[at:]


@pytest.mark.parametrize(
    ("fresh", "out", "err", "spoiled"),
    [
        pytest.param(True, b"W:r\nW:idle\n", b"W:r12\nW:e0\nW:idle\n", False, id="nothing but us"),
        pytest.param(True, b"W:r\nx\nW:idle\n", b"W:r12\ny\nW:e0\nW:idle\n", False, id="the command's output"),
        pytest.param(True, b"hello\nW:r\nW:idle\n", b"W:r12\nW:e0\nW:idle\n", True, id="a start-up file that prints"),
        pytest.param(True, b"W:r\nW:idle\n", b"stty: no\nW:r12\nW:e0\nW:idle\n", True, id="one that complains"),
        pytest.param(False, b"W:idle\nlate", b"W:e0\nW:idle\n", True, id="something behind the end"),
        pytest.param(False, b"x\nW:idle\n", b"W:e0\ny\nW:idle\n", False, id="a child's output before it"),
    ],
)
def test_what_no_command_wrote_spoils_a_shell(fresh: bool, out: bytes, err: bytes, spoiled: bool) -> None:
    frame = Frame("W", fresh=fresh)
    frame.out(out)
    frame.err(err)
    assert frame.complete
    assert frame.spoiled is spoiled


def test_ksh_counts_signals_from_256() -> None:
    frame = Frame("W", fresh=False)
    frame.err(b"W:e265\n")
    assert frame.status == 137
