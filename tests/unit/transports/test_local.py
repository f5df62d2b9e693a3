"""What only the local transport does; what it shares with ssh is in the conformance suite."""

import asyncio
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from playbook_engine.model.replies import Fault, FaultKind, ShellReply
from playbook_engine.model.requests import Become, ShellRequest
from playbook_engine.model.targets import Control, Host
from playbook_engine.transports import local_group
from playbook_engine.transports.bounded import Bounds
from playbook_engine.transports.local import LocalTransport
from playbook_engine.values import Duration, Secret, ShellText, TargetName


def request(command: str, *secrets: tuple[str, Secret], timeout_ms: int = 10_000) -> ShellRequest:
    return ShellRequest(target=Control(), shell=ShellText(command, secrets), timeout=Duration(timeout_ms))


async def run(transport: LocalTransport, command: str, *secrets: tuple[str, Secret]) -> ShellReply:
    answer = await transport.perform(request(command, *secrets))
    assert isinstance(answer, ShellReply), answer
    return answer


async def test_variables_that_secrets_come_from_are_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "s3cr3t")
    monkeypatch.setenv("HARMLESS", "here")
    transport = LocalTransport(hidden_env=frozenset({"API_TOKEN"}))
    reply = await run(transport, 'echo "${API_TOKEN-unset} $HARMLESS"')
    assert reply.stdout.text == "unset here\n"
    assert os.environ["API_TOKEN"] == "s3cr3t"


async def test_a_secret_wins_over_the_hidden_variable_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "from outside")
    transport = LocalTransport(hidden_env=frozenset({"TOKEN"}))
    reply = await run(transport, 'echo "$TOKEN"', ("TOKEN", Secret("token", "given")))
    assert reply.stdout.text == "given\n"


async def test_secrets_are_not_left_in_our_own_environment() -> None:
    await run(LocalTransport(), "true", ("RUNBOOK_SECRET_X", Secret("x", "v")))
    assert "RUNBOOK_SECRET_X" not in os.environ


async def test_a_command_in_the_name_of_a_host_runs_here() -> None:
    host = Host(name=TargetName("api-1"), connection="local")
    answer = await LocalTransport().perform(
        ShellRequest(target=host, shell=ShellText("echo here"), timeout=Duration(5_000))
    )
    assert isinstance(answer, ShellReply)
    assert answer.stdout.text == "here\n"


async def test_bounds_are_the_callers() -> None:
    reply = await run(LocalTransport(bounds=Bounds(head=3, tail=2)), "printf 0123456789")
    assert (reply.stdout.head, reply.stdout.tail, reply.stdout.size) == ("012", "89", 10)


async def test_a_command_line_that_is_too_long_is_a_fault() -> None:
    answer = await LocalTransport().perform(request(": " + "x" * 3_000_000))
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.ERROR, False)
    assert "rgument list too long" in answer.message


async def test_the_wait_for_a_child_in_the_background_is_short() -> None:
    began = time.monotonic()
    reply = await run(LocalTransport(linger=Duration(50)), "sleep 5 & echo $!")
    assert time.monotonic() - began < 2
    os.kill(int(reply.stdout.text), 9)


async def test_a_child_that_left_the_group_is_not_ours_to_end(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    answer = await LocalTransport().perform(
        request(f"setsid sh -c 'echo $$ >{pid}; exec sleep 20' >/dev/null 2>&1 & sleep 20", timeout_ms=400)
    )
    assert isinstance(answer, Fault)
    os.kill(int(pid.read_text()), 9)
    assert answer.may_live


async def test_the_group_is_ended_even_when_its_leader_ends_at_once(tmp_path: Path) -> None:
    script = f"(trap '' TERM; echo $$ >{tmp_path}/x; while :; do sleep 0.05; done) & wait"
    transport = LocalTransport(grace=Duration(200))
    began = time.monotonic()
    answer = await transport.perform(request(script, timeout_ms=300))
    assert time.monotonic() - began < 2
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.may_live) == (FaultKind.TIMEOUT, False)
    assert not local_group.alive(int((tmp_path / "x").read_text()))


async def test_cancelling_before_the_process_is_there_leaves_none(tmp_path: Path) -> None:
    asking = asyncio.create_task(LocalTransport().perform(request(f"sleep 0.3; touch {tmp_path}/ran")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(0.5)
    assert not (tmp_path / "ran").exists()


async def test_a_hundred_at_once() -> None:
    before = threading.active_count()
    transport = LocalTransport()
    replies = await asyncio.gather(*(run(transport, f"echo {n}") for n in range(100)))
    assert [reply.stdout.text for reply in replies] == [f"{n}\n" for n in range(100)]
    await transport.close()
    assert threading.active_count() <= before + 1


def test_a_group_that_is_not_there_is_not_alive() -> None:
    assert not local_group.alive(2**22 + 1)


def test_our_own_group_is_alive() -> None:
    assert local_group.alive(os.getpgrp())


# -- through sudo: programs of that name that do one thing each; the real one is in the conformance suite


def sudo(folder: Path, does: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program called sudo in front of all others."""
    folder.mkdir(exist_ok=True)
    program = folder / "sudo"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


async def becoming(timeout_ms: int = 10_000, command: str = "id") -> ShellReply | Fault:
    asked = replace(request(command, timeout_ms=timeout_ms), become=Become(user="somebody"))
    answer = await LocalTransport(grace=Duration(300)).perform(asked)
    assert isinstance(answer, ShellReply | Fault)
    return answer


async def test_without_sudo_nobody_becomes_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = await becoming()
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun) == (FaultKind.ERROR, False)
    assert answer.message == "this machine: sudo is not there, and without it nobody becomes somebody"


async def test_a_sudo_that_asks_something_else_is_ended_and_nothing_has_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sudo(tmp_path, f"echo $$ >{tmp_path}/pid; echo 'One-time code:' >&2; exec sleep 60", monkeypatch)
    began = time.monotonic()
    answer = await becoming(500)
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.TIMEOUT, False, False)
    assert answer.message == "sudo did not let the command begin within 500ms"
    assert answer.hint == "It said: One-time code:"
    assert time.monotonic() - began < 3
    assert not local_group.alive(int((tmp_path / "pid").read_text()))


async def test_a_sudo_that_lets_us_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sudo(tmp_path, 'echo lecture >&2; while [ "$1" != -- ]; do shift; done; shift; exec "$@"', monkeypatch)
    answer = await becoming(command="echo out; echo err >&2; exit 4")
    assert isinstance(answer, ShellReply)
    assert (answer.rc, answer.stdout.text, answer.stderr.text) == (4, "out\n", "err\n")


async def test_a_process_group_of_sudos_own_making_is_ended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sudo(tmp_path, 'while [ "$1" != -- ]; do shift; done; shift; exec setsid -w "$@"', monkeypatch)
    answer = await becoming(700, f"echo $$ >{tmp_path}/pid; sleep 60 & wait")
    assert isinstance(answer, Fault)
    assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.TIMEOUT, True, False)
    assert not local_group.alive(int((tmp_path / "pid").read_text()))
