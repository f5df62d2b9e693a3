"""What every transport owes to the engine, tried through `ports.Transport` alone: the script, and the real things.

What a transport reaches stands in `reaches`; each case here holds for all of them, or for those that can do it at all.
"""

import asyncio
import gc
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openssh
import pytest
import ssh_modes
from doors import Door
from leftovers import held, nothing_more_than
from reaches import NAMES, SECRET, Reach, reach, said, sizes

from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.model.requests import Request
from playbook_engine.ports import Transport
from playbook_engine.values import Duration

MARGIN_S = 5.0
"""What ending what is overdue may take beyond the deadline: the grace, and a busy machine."""
MIB = 1024 * 1024

_NEEDS = {"ssh": [pytest.mark.sshd], "http-via-ssh": [pytest.mark.sshd], "kubectl-cluster": [pytest.mark.kube]}
_THROUGH_SSH = ("ssh", "ssh-embedded", "http-via-ssh")
"""These are tried in every way of carrying commands over SSH."""


def _cases(*without: str) -> list[Any]:
    pairs = [(name, mode) for name in NAMES for mode in (ssh_modes.MODES if name in _THROUGH_SSH else [""])]
    pairs += [(name, "waiting") for name in ("ssh", "ssh-embedded")]
    return [
        pytest.param(pair, id="-".join(filter(None, pair)), marks=_NEEDS.get(pair[0], []))
        for pair in pairs
        if pair[0] not in without
    ]


ALL = _cases()
BEHIND_A_DOOR = _cases("fake", "local", "manual", "kubectl-cluster")
FINDING_NOBODY = _cases("local", "manual")
SAYING = _cases("kubectl-cluster")
ENDLESS = _cases("kubectl-cluster", "fake", "manual")


@pytest.fixture(scope="module")
def reached(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reach]:
    name, mode = request.param
    if name in {"ssh", "http-via-ssh"} and openssh.find_sshd() is None:
        pytest.skip("OpenSSH's sshd is not installed: nothing was tested against the real server")
    if name == "kubectl-cluster" and not os.environ.get("RUNBOOK_TEST_KUBECONFIG"):
        pytest.skip("RUNBOOK_TEST_KUBECONFIG names no cluster")
    with pytest.MonkeyPatch.context() as patched, reach(name, tmp_path_factory.mktemp(name)) as made:
        patched.setattr(ssh_modes, "current", (ssh_modes.MODES | ssh_modes.WAITING).get(mode, {}))
        yield made if mode != "waiting" else replace(made, tries_again=True)


@pytest.fixture(autouse=True)
def _silent(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing reaches the terminal, and no log that anybody switches on shows a secret."""
    caplog.set_level(logging.DEBUG)
    capfd.readouterr()
    yield
    assert capfd.readouterr() == ("", "")
    ours = [record for record in caplog.records if not record.name.startswith("playbook_engine.sandbox")]
    assert not [record for record in ours if record.levelno >= logging.WARNING]
    assert SECRET not in caplog.text


@pytest.fixture(autouse=True)
def _no_garbage_collector() -> Iterator[None]:
    """Whatever is closed is closed by us: what waits for the next collection of garbage is a leak that comes and goes."""
    gc.disable()
    yield
    gc.enable()


class Using:
    """A transport until the block ends."""

    def __init__(self, reached: Reach) -> None:
        self.transport: Transport = reached.make()

    async def __aenter__(self) -> Transport:
        return self.transport

    async def __aexit__(self, *_: object) -> None:
        async with asyncio.timeout(15):
            await self.transport.close()


def entrance(reached: Reach) -> Door:
    assert reached.door is not None
    return reached.door


async def answered(transport: Transport, request: Request) -> Answer:
    answer = await transport.perform(request)
    assert not isinstance(answer, Fault), answer
    return answer


async def fault(transport: Transport, request: Request) -> Fault:
    answer = await transport.perform(request)
    assert isinstance(answer, Fault), answer
    return answer


# -- answers


@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_an_answer(reached: Reach) -> None:
    async with Using(reached) as transport:
        answer = await answered(transport, reached.quick)
        assert not isinstance(answer, Fault)
        assert answer.duration_ms >= 0
        assert answer.default_expectation() is None
        assert isinstance(answer.names(), dict)


@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_a_request_of_another_kind_is_a_fault(reached: Reach) -> None:
    async with Using(reached) as transport:
        found = await fault(transport, reached.foreign)
        assert (found.kind, found.begun, found.may_live) == (FaultKind.ERROR, False, False)
        assert SECRET not in f"{found!r}"


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        pytest.param(b"no newline", "no newline", id="no newline"),
        pytest.param(b"a\0b", "a\0b", id="NUL"),
        pytest.param(b"\xff\xc3(\xc3\xa4", "\\xff\\xc3(ä", id="not UTF-8"),
        pytest.param(b"\x1b[2J\x1b]0;title\x07\x9b31m", "\x1b[2J\x1b]0;title\x07\\x9b31m", id="ESC"),
        pytest.param(b"{{ 7*7 }} {% raw %} $(id)", "{{ 7*7 }} {% raw %} $(id)", id="template"),
    ],
)
@pytest.mark.parametrize("reached", SAYING, indirect=True)
async def test_what_a_target_says_is_data(reached: Reach, data: bytes, shown: str) -> None:
    assert reached.says is not None
    async with Using(reached) as transport:
        assert said(await answered(transport, reached.says(data))) == shown


@pytest.mark.parametrize("reached", ENDLESS, indirect=True)
async def test_an_answer_without_an_end_is_bounded_in_time_and_memory(reached: Reach) -> None:
    assert reached.endless is not None
    async with Using(reached) as transport:
        await answered(transport, reached.quick)
        before = peak(reset=True)
        began = time.monotonic()
        answer = await transport.perform(reached.endless(1_500))
        assert time.monotonic() - began < 1.5 + MARGIN_S
        assert peak() - before < 64 * MIB
        kept = answer.partial if isinstance(answer, Fault) else answer.outputs()
        assert not kept or sizes(answer) > MIB
        assert all(len(each.head) + len(each.tail) <= 16 * MIB for each in kept.values())


def peak(*, reset: bool = False) -> int:
    """Return the most memory that this process has used since the last reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024


# -- deadlines


@pytest.mark.parametrize("timeout_ms", [1, 50, 700])
@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_the_deadline_is_met(reached: Reach, timeout_ms: int) -> None:
    async with Using(reached) as transport:
        if timeout_ms == 700:
            await answered(transport, reached.quick)  # there is a connection by then
        began = time.monotonic()
        found = await fault(transport, reached.slow(timeout_ms))
        took = time.monotonic() - began
    assert timeout_ms / 1000 - 0.05 < took < timeout_ms / 1000 + MARGIN_S
    assert found.kind in {FaultKind.TIMEOUT, FaultKind.UNREACHABLE}
    assert timeout_ms < 700 or found.kind is FaultKind.TIMEOUT
    assert found.message


@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_a_deadline_tells_whether_it_had_begun_and_may_live_on(reached: Reach) -> None:
    async with Using(reached) as transport:
        await answered(transport, reached.quick)
        certain = False
        for _ in range(3):  # on a busy machine the end may not be confirmed in time, and then it says so
            found = await fault(transport, reached.slow(700))
            assert found.kind is FaultKind.TIMEOUT
            assert found.begun is reached.begins_what_is_slow
            assert found.duration_ms >= 600
            certain = certain or not found.may_live
        assert certain or not reached.ends_what_is_slow
        await answered(transport, reached.quick)


@pytest.mark.parametrize("reached", BEHIND_A_DOOR, indirect=True)
async def test_a_target_that_falls_silent_meets_the_deadline(reached: Reach) -> None:
    """A half-open connection: nothing comes any more, and nobody says so."""
    async with Using(reached) as transport:
        await answered(transport, reached.quick)
        entrance(reached).mute = True
        try:
            began = time.monotonic()
            found = await fault(transport, short(reached.quick))
            assert time.monotonic() - began < 1 + MARGIN_S
            assert found.kind in {FaultKind.TIMEOUT, FaultKind.UNREACHABLE, FaultKind.LOST}
        finally:
            entrance(reached).mute = False
            entrance(reached).cut()
        await answered(transport, reached.quick)


def short(request: Request) -> Request:
    return replace(request, timeout=Duration(1_000))  # type: ignore[type-var]  # requests are dataclasses


# -- cancellation


@pytest.mark.trap(
    "ansible#14346",
    "What is ended by a signal leaves its children behind.",
)
@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_cancellation_is_prompt_and_leaves_nothing(reached: Reach) -> None:
    """Threads, tasks, sockets and processes are compared before and after (ansible#14346)."""
    async with Using(reached) as transport:
        # Threads and connections that are kept for later are there by then.
        await asyncio.gather(*(answered(transport, reached.quick) for _ in range(12)))
        before = held()
        asking = asyncio.create_task(transport.perform(reached.slow(30_000)))
        await asyncio.sleep(0.3)
        await cancelled(asking)
        assert await nothing_more_than(before) == ""
        await answered(transport, reached.quick)


@pytest.mark.parametrize("delay_ms", [0, 1, 5, 25, 100])
@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_cancellation_at_any_moment(reached: Reach, delay_ms: int) -> None:
    before = held()
    async with Using(reached) as transport:
        asking = asyncio.create_task(transport.perform(reached.slow(30_000)))
        await asyncio.sleep(delay_ms / 1000)
        await cancelled(asking)
        await answered(transport, reached.quick)
    assert await nothing_more_than(before) == ""


@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_one_that_is_cancelled_does_not_disturb_the_others(reached: Reach) -> None:
    async with Using(reached) as transport:
        asking = asyncio.create_task(transport.perform(reached.slow(30_000)))
        others = [asyncio.create_task(transport.perform(reached.quick)) for _ in range(4)]
        await asyncio.sleep(0.05)
        await cancelled(asking)
        answers = await asyncio.gather(*others)
        assert [each for each in answers if isinstance(each, Fault)] == []


async def cancelled(asking: "asyncio.Task[Answer]") -> None:
    began = time.monotonic()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert time.monotonic() - began < MARGIN_S


# -- connections


@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_many_at_once_on_one_target(reached: Reach) -> None:
    async with Using(reached) as transport:
        answers = await asyncio.gather(*(transport.perform(reached.quick) for _ in range(12)))
        assert [each for each in answers if isinstance(each, Fault)] == []


@pytest.mark.trap(
    "community.kubernetes#270",
    "Each task opens its own connection and learns the API anew.",
)
@pytest.mark.parametrize("reached", BEHIND_A_DOOR, indirect=True)
async def test_one_connection_for_a_target(reached: Reach) -> None:
    """Connections are counted at the door of the server (community.kubernetes#270)."""
    request, outside = reached.kept or (reached.quick, entrance(reached))
    async with Using(reached) as transport:
        before = outside.entered
        for _ in range(5):
            await answered(transport, request)
        assert outside.entered - before == 1
        await asyncio.gather(*(answered(transport, request) for _ in range(12)))
        assert outside.entered - before <= reached.at_once
    async with asyncio.timeout(5):
        while outside.inside:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("reached", BEHIND_A_DOOR, indirect=True)
async def test_a_target_that_died_in_between_gets_a_new_connection(reached: Reach) -> None:
    async with Using(reached) as transport:
        await answered(transport, reached.quick)
        for _ in range(2):
            entrance(reached).cut()
            await answered(transport, reached.quick)


@pytest.mark.parametrize("reached", BEHIND_A_DOOR, indirect=True)
async def test_a_connection_that_breaks_under_a_request_is_told(reached: Reach) -> None:
    async with Using(reached) as transport:
        await answered(transport, reached.quick)
        asking = asyncio.create_task(transport.perform(reached.slow(2_500)))
        await asyncio.sleep(0.4)
        began = time.monotonic()
        entrance(reached).cut()
        answer = await asking
        assert isinstance(answer, Fault)
        if not reached.tries_again:
            assert time.monotonic() - began < 1.5
            assert (answer.kind, answer.begun, answer.may_live) == (FaultKind.LOST, True, True)


@pytest.mark.parametrize("reached", FINDING_NOBODY, indirect=True)
async def test_where_nobody_listens(reached: Reach) -> None:
    assert reached.nowhere is not None
    async with Using(reached) as transport:
        began = time.monotonic()
        found = await fault(transport, reached.nowhere)
        assert time.monotonic() - began < 5
    assert (found.kind, found.begun, found.may_live) == (FaultKind.UNREACHABLE, False, False)


# -- secrets


@pytest.mark.trap(
    "ansible#87362, ansible#73048, ansible#72577",
    "What failed is shown whole: the URL with its password, the headers, the command line.",
)
@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_no_secret_in_any_fault(reached: Reach) -> None:
    """Messages, hints and every other form of a fault (ansible#87362, ansible#73048, ansible#72577)."""
    async with Using(reached) as transport:
        for request in reached.secretive:
            assert SECRET not in f"{request!r} {request} {request.summary()}"
            answer = await transport.perform(request)
            assert SECRET not in f"{answer!r} {answer}"
            assert isinstance(answer, Fault), answer
            assert SECRET not in f"{answer.message} {answer.hint}"


# -- the end


@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_after_close_nothing_is_sent_and_nothing_is_left(reached: Reach) -> None:
    before = held()
    transport = reached.make()
    await answered(transport, reached.quick)
    await closed(transport)
    assert await nothing_more_than(before) == ""
    entered = reached.door.entered if reached.door else 0
    found = await fault(transport, reached.quick)
    assert (found.kind, found.begun, found.may_live) == (FaultKind.ERROR, False, False)
    assert entered == (reached.door.entered if reached.door else 0)
    await closed(transport)
    assert await nothing_more_than(before) == ""


@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_a_transport_that_was_never_used_can_be_closed(reached: Reach) -> None:
    before = held()
    transport = reached.make()
    await closed(transport)
    await closed(transport)
    assert await nothing_more_than(before) == ""


@pytest.mark.parametrize("reached", ALL, indirect=True)
async def test_closing_ends_what_is_under_way(reached: Reach) -> None:
    before = held()
    transport = reached.make()
    await answered(transport, reached.quick)
    asking = asyncio.create_task(transport.perform(reached.slow(30_000)))
    await asyncio.sleep(0.3)
    await asyncio.gather(closed(transport), closed(transport))
    async with asyncio.timeout(MARGIN_S):
        answer = await asking
    assert isinstance(answer, Fault)
    assert answer.begun or not reached.begins_what_is_slow
    assert await nothing_more_than(before) == ""


async def closed(transport: Transport) -> None:
    began = time.monotonic()
    await transport.close()
    assert time.monotonic() - began < MARGIN_S
