"""FakeTransport: matching, sequences, delays, and what it remembers."""

import asyncio

import pytest

from playbook_engine.model.replies import Fault, FaultKind, HttpReply, ShellReply
from playbook_engine.model.requests import HttpRequest, Request, ShellRequest
from playbook_engine.model.targets import Control, Host
from playbook_engine.transports.fake import (
    SILENT,
    Computed,
    Delayed,
    FakeTransport,
    Timeline,
    http,
    lost,
    shell,
    unreachable,
)
from playbook_engine.values import Duration, ShellText, TargetName


def command(text: str, host: str = "api-1", timeout_ms: int = 1000) -> ShellRequest:
    return ShellRequest(target=Host(name=TargetName(host)), shell=ShellText(text), timeout=Duration(timeout_ms))


def get(url: str) -> HttpRequest:
    return HttpRequest(target=Control(), method="GET", url=url, timeout=Duration(1000))


async def test_the_first_rule_that_fits_answers() -> None:
    fake = FakeTransport()
    fake.on(shell("one"), target="api-1", asks="uptime").on(shell("two"), transport="ssh").on(
        http(204), asks="/health"
    )

    assert await fake.perform(command("uptime")) == shell("one")
    assert await fake.perform(command("uptime", "api-2")) == shell("two")
    assert await fake.perform(get("http://127.0.0.1/health")) == http(204)


async def test_answers_come_in_turn_and_the_last_repeats() -> None:
    fake = FakeTransport().on(http(503), http(200))

    statuses = [await fake.perform(get("http://127.0.0.1/")) for _ in range(4)]

    assert [reply.status for reply in statuses if isinstance(reply, HttpReply)] == [503, 200, 200, 200]


async def test_a_rule_can_decide_by_the_whole_request_and_make_its_answer() -> None:
    def long(request: Request) -> bool:
        return len(request.summary()) > 5

    fake = FakeTransport(default=shell("short")).on(
        Computed(lambda request: shell(request.summary().upper())), asks=long
    )

    assert await fake.perform(command("uptime")) == shell("UPTIME")
    assert await fake.perform(command("ls")) == shell("short")


async def test_a_request_without_an_answer_is_named() -> None:
    fault = await FakeTransport().perform(command("uptime"))

    assert isinstance(fault, Fault)
    assert (fault.kind, fault.message) == (FaultKind.ERROR, "no scripted answer for ssh on api-1: uptime")


async def test_requests_are_remembered_in_order() -> None:
    fake = FakeTransport(default=shell())
    for text in ("a", "b", "c"):
        await fake.perform(command(text))

    assert [request.summary() for request in fake.requests] == ["a", "b", "c"]


async def test_a_delay_passes_by_the_sleep_that_was_given() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    fake = FakeTransport(sleep=sleep).on(Delayed(shell("late"), Duration(700)))

    assert await fake.perform(command("a")) == shell("late")
    late = await fake.perform(command("a", timeout_ms=500))

    assert slept == [0.7, 0.5]
    assert isinstance(late, Fault)
    assert (late.kind, late.begun, late.message) == (FaultKind.TIMEOUT, True, "no answer within 500ms")


async def test_turns_may_count_for_each_target_by_itself() -> None:
    fake = FakeTransport().on(unreachable(), shell("back"), each_target=True)

    answers = [await fake.perform(command("uptime", host)) for host in ("a", "b", "a", "b", "a")]

    assert [isinstance(answer, Fault) for answer in answers] == [True, True, False, False, False]


async def test_an_answer_changes_while_time_passes() -> None:
    now = [100.0]
    steps = ((Duration(60_000), unreachable("gone")), (Duration(30_000), shell("active")))
    fake = FakeTransport(now=lambda: now[0]).on(Timeline(shell("starting"), *steps), each_target=True)

    async def says(host: str) -> str:
        answer = await fake.perform(command("is-active", host))
        return answer.message if isinstance(answer, Fault) else answer.outputs()["stdout"].text

    assert await says("a") == "starting"
    now[0] = 129.9
    assert (await says("a"), await says("b")) == ("starting", "starting")
    now[0] = 130.0
    assert (await says("a"), await says("b")) == ("active", "starting")
    now[0] = 160.0
    assert (await says("a"), await says("b")) == ("gone", "active")


async def test_a_target_that_never_answers_is_ended_by_the_deadline() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    fault = await FakeTransport(sleep=sleep).on(SILENT).perform(command("a", timeout_ms=400))

    assert isinstance(fault, Fault)
    assert (fault.kind, fault.begun, slept) == (FaultKind.TIMEOUT, True, [0.4])


def test_faults_are_quickly_written() -> None:
    assert (unreachable().kind, unreachable().begun) == (FaultKind.UNREACHABLE, False)
    assert (lost().kind, lost().begun, lost().may_live) == (FaultKind.LOST, True, True)


async def test_it_knows_how_many_were_under_way_at_once_and_which_were_cancelled() -> None:
    fake = FakeTransport(sleep=lambda _: asyncio.sleep(60)).on(Delayed(shell(), Duration(1)))
    tasks = [asyncio.create_task(fake.perform(command(str(number)))) for number in range(3)]
    await asyncio.sleep(0)

    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert fake.busiest == 3
    assert sorted(request.summary() for request in fake.cancelled) == ["0", "1", "2"]


async def test_a_closed_fake_answers_no_more() -> None:
    fake = FakeTransport(default=shell())

    await fake.close()

    assert fake.closed
    assert isinstance(await fake.perform(command("a")), Fault)


def test_a_rule_without_an_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one answer"):
        FakeTransport().on(target="api-1")


def test_replies_are_quickly_written() -> None:
    assert shell("hé", stderr="no", rc=2).names()["rc"] == 2
    assert isinstance(shell(), ShellReply)
    assert shell("hé").stdout.size == 3
    assert http(200, '{"a": 1}', content_type="application/json").names()["json"] == {"a": 1}
    assert http(200, content_type="x/y").headers == {"content-type": "x/y"}
