"""How a command ended, from the numbers and names that systems use for it."""

import pytest

from playbook_engine.model.replies import Output, ShellReply
from playbook_engine.transports import shell_status

OUT, ERR = Output("out", size=3), Output("err", size=3)


@pytest.mark.parametrize(
    ("rc", "signal"),
    [
        (0, None),
        (1, None),
        (127, None),
        (128, None),
        (129, "SIGHUP"),
        (137, "SIGKILL"),
        (143, "SIGTERM"),
        (160, None),
        (255, None),
    ],
)
def test_a_status_above_128_names_a_signal(rc: int, signal: str | None) -> None:
    assert shell_status.exited(rc, OUT, ERR) == ShellReply(rc=rc, signal=signal, stdout=OUT, stderr=ERR)


@pytest.mark.parametrize(("number", "signal"), [(9, "SIGKILL"), (15, "SIGTERM"), (40, "signal 40")])
def test_a_signal_becomes_128_and_its_number(number: int, signal: str) -> None:
    assert shell_status.killed(number, OUT, ERR) == ShellReply(rc=128 + number, signal=signal, stdout=OUT, stderr=ERR)


@pytest.mark.parametrize(
    ("name", "rc", "signal"),
    [
        ("TERM", 143, "SIGTERM"),
        ("KILL", 137, "SIGKILL"),
        ("USR1@openssh.com", 138, "SIGUSR1"),
        ("NOSUCH", 128, "SIGNOSUCH"),
        ("_IGN", 128, "SIG?IGN"),
        ("\x1b[2J" + "A" * 100, 128, "SIG??2J" + "A" * 16),
    ],
)
def test_a_signal_by_the_name_that_ssh_uses(name: str, rc: int, signal: str) -> None:
    reply = shell_status.killed_by_name(name, OUT, ERR)
    assert (reply.rc, reply.signal) == (rc, signal)
