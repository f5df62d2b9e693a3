"""Gate: what closing a transport does to requests, inside and outside."""

import asyncio

import pytest

from playbook_engine.model.replies import Answer, Fault, FaultKind
from playbook_engine.transports.fake import shell
from playbook_engine.transports.gate import Gate


async def waiting(ended: list[str], seconds: float = 60) -> Answer:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        await asyncio.sleep(0)  # ending what was begun takes a moment
        ended.append("ended")
        raise
    return shell("done")


async def test_an_open_gate_changes_nothing() -> None:
    assert await Gate().through("here", waiting([], 0)) == shell("done")


async def test_shutting_ends_who_is_inside_and_waits_for_it() -> None:
    gate, ended = Gate(), list[str]()
    inside = [asyncio.create_task(gate.through("here", waiting(ended))) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.gather(gate.shut(), gate.shut())
    assert ended == ["ended"] * 3
    for fault in await asyncio.gather(*inside):
        assert isinstance(fault, Fault)
        assert (fault.kind, fault.begun, fault.may_live) == (FaultKind.LOST, True, True)


async def test_a_shut_gate_lets_nobody_in() -> None:
    gate = Gate()
    await gate.shut()
    fault = await gate.through("here", waiting([]))
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.begun, fault.message) == (FaultKind.ERROR, False, "here: asked after close")


async def test_who_is_cancelled_inside_is_cancelled() -> None:
    gate, ended = Gate(), list[str]()
    inside = asyncio.create_task(gate.through("here", waiting(ended)))
    await asyncio.sleep(0)
    inside.cancel()
    with pytest.raises(asyncio.CancelledError):
        await inside
    assert ended == ["ended"]
    await gate.shut()


async def test_a_timeout_of_the_works_own_is_not_the_gates() -> None:
    async def late() -> Answer:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        await Gate().through("here", late())
