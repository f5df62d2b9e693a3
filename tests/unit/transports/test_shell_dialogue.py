"""What is said to a shell until it has started a command: with real shells, and as a table."""

import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_engine.model.replies import FaultKind
from playbook_engine.model.requests import Become, ShellRequest
from playbook_engine.model.targets import Control
from playbook_engine.transports.shell_dialogue import Dialogue, Said
from playbook_engine.values import Duration, Secret, SecretText, ShellText, Text

WORD = "runbook-00112233445566778899aabbccddeeff"
SUDO = SecretText((Secret("SUDO", "pw"),))


def asked(command: str = "true", /, **fields: Any) -> ShellRequest:
    made: dict[str, Any] = {"target": Control(), "shell": ShellText(command), "timeout": Duration(1_000)}
    return ShellRequest(**(made | fields))


def says(*words: str) -> bytes:
    return "".join(f"{WORD}:{word}\n" for word in words).encode()


def carried_out(request: ShellRequest, shell: str) -> bytes:
    """Give a real shell the dialogue as a host would, and return its output."""
    dialogue = Dialogue(request, WORD)
    with subprocess.Popen(
        shell.split(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        waiting = [dialogue.opening]
        while True:
            for said in waiting:
                process.stdin.write(said.data)
                if said.last:
                    process.stdin.close()
            if dialogue.started and (process.stdin.closed or not dialogue.attentive):
                break
            data = process.stderr.read(1)
            assert data, "the shell ended before the command was started"
            assert dialogue.hear(data) == b""
            waiting = list(dialogue.more())
        output: bytes = process.stdout.read()
        assert dialogue.groups == (process.pid,)
        assert process.stderr.read() == b""
    return output


SHELLS = ("sh", "bash", "dash", "mksh", "ksh", "zsh", "busybox sh")
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=15, deadline=None)
@given(text=_TEXT, secret=_TEXT, stdin=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_every_shell_hands_over_command_environment_and_input_whole(
    shell: str, text: str, secret: str, stdin: str | None
) -> None:
    if shutil.which(shell.split(maxsplit=1)[0]) is None:
        pytest.skip(f"{shell} is not installed")
    command = 'printf "%s|%s|" "$TEXT" "$SECRET"; cat'
    request = asked(
        "", shell=ShellText(command, (("SECRET", Secret("s", secret)),)), env=(("TEXT", text),), stdin=stdin
    )
    assert carried_out(request, shell) == f"{text}|{secret}|{stdin or ''}".encode()


@pytest.mark.parametrize("shell", SHELLS)
def test_what_the_command_is_to_read_is_not_read_by_the_shell(shell: str) -> None:
    """Shells read ahead; a long script and a long input show it."""
    if shutil.which(shell.split(maxsplit=1)[0]) is None:
        pytest.skip(f"{shell} is not installed")
    stdin = "exit 9\n" * 5_000
    request = asked(f": {'x' * 20_000}; cat", stdin=stdin)
    assert carried_out(request, shell) == stdin.encode()


@pytest.mark.parametrize(
    ("fields", "heard", "sent", "groups"),
    [
        ({}, ["7", "go"], [], (7,)),
        ({"stdin": "in"}, ["7"], [], (7,)),
        ({"stdin": "in"}, ["7", "go"], [Said(b"in", last=True)], (7,)),
        ({"become": Become(user="root")}, ["7"], [], (7,)),
        ({"become": Become(user="root", password=SUDO)}, ["7", "ask"], [Said(b"pw\n")], (7,)),
        (
            {"become": Become(user="root", password=SUDO)},
            ["7", "ask", "ask"],
            [Said(b"pw\n"), Said(b"", last=True)],
            (7,),
        ),
        ({"become": Become(user="root")}, ["7", "ask"], [Said(b"", last=True)], (7,)),
        ({}, ["ask", "as9", "7", "8", "ask", "as9", "go"], [], (7,)),
    ],
)
def test_what_is_answered(
    fields: dict[str, Any], heard: list[str], sent: list[Said], groups: tuple[int, ...]
) -> None:
    dialogue = Dialogue(asked(**fields), WORD)
    found: list[Said] = []
    for word in heard:
        assert dialogue.hear(says(word)) == b""
        found += dialogue.more()
    assert found == sent
    assert dialogue.groups == groups


def test_behind_sudo_the_command_is_started_like_any_other() -> None:
    plain, behind = Dialogue(asked("id"), WORD), Dialogue(asked("id", become=Become(user="x")), WORD)
    behind.hear(says("7"))
    behind.hear(says("as9"))
    assert plain.opening.data == f"echo {WORD}:$$ >&2\n".encode() + behind.more()[0].data
    assert behind.groups == (9, 7)
    assert behind.opening.data.count(b"\n") == 1


def test_what_sudo_says_is_not_the_commands_output() -> None:
    dialogue = Dialogue(asked(become=Become(user="x", password=SUDO)), WORD)
    kept = dialogue.hear(b"motd\n" + says("7") + b"lecture\nsudo: hm\n" + says("ask") + b"\n" + says("as9") + b"late")
    assert kept == b"motd\nlate"
    assert dialogue.remark == "It said: sudo: hm"
    assert dialogue.hear(says("go") + b"err") == b"err"


@pytest.mark.parametrize(
    ("become", "heard", "status", "kind", "message"),
    [
        (None, [], 1, FaultKind.ERROR, "the account's login shell ended"),
        (None, ["7", "none"], 127, FaultKind.ERROR, "there is no /bin/sh that can be run"),
        (Become(user="x"), [], 1, FaultKind.ERROR, "the account's login shell ended"),
        (Become(user="x"), ["7"], 127, FaultKind.ERROR, "sudo is not there"),
        (Become(user="x"), ["7"], 1, FaultKind.AUTH, "sudo did not allow to become x"),
        (Become(user="x", password=SUDO), ["7", "ask"], 1, FaultKind.AUTH, "sudo did not allow to become x"),
        (Become(user="x", password=SUDO), ["7", "ask", "ask"], 1, FaultKind.AUTH, "sudo did not accept the password"),
        (Become(user="x"), ["7", "as9", "none"], 127, FaultKind.ERROR, "there is no /bin/sh that can be run"),
    ],
)
def test_why_a_command_was_never_started(
    become: Become | None, heard: list[str], status: int, kind: FaultKind, message: str
) -> None:
    dialogue = Dialogue(asked(become=become), WORD)
    for word in heard:
        dialogue.hear(says(word))
    fault = dialogue.failure(status, "api-1")
    assert fault is not None
    assert (fault.kind, fault.begun) == (kind, False)
    assert fault.message.startswith(f"api-1: {message}")


@pytest.mark.parametrize("value", ["it's", "$HOME", "`id`", "a\nb", "-n"])
def test_whom_to_become_is_one_word(value: str) -> None:
    opening = Dialogue(asked(become=Become(user=value)), WORD).opening.data.decode()
    fake = 'sudo() { printf "%s|" "$@"; exit; }\n' + opening.replace("exec sudo", "sudo")
    done = subprocess.run(["/bin/sh", "-c", fake], capture_output=True, text=True, check=True, timeout=10)
    assert done.stdout.split("|")[:5] == ["-n", "-H", "-u", value, "--"]


@pytest.mark.parametrize("password", [None, SUDO])
def test_a_password_is_asked_for_by_a_word_of_ours_or_not_at_all(password: Text | None) -> None:
    opening = Dialogue(asked(become=Become(user="x", password=password)), WORD).opening.data
    assert (f"-S -p '{WORD}:ask\n'".encode() in opening) is (password is not None)
    assert (b"sudo -n" in opening) is (password is None)
    assert b"pw" not in opening.replace(b"pwd", b"")
