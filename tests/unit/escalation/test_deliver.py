"""deliver(): channels in order, retries within the budget, and no exception."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from playbook_engine.diagnostics import Source, Span
from playbook_engine.escalation.channels.delivery import Delivery, delivered, no_use, try_again
from playbook_engine.escalation.channels.registry import notifiers
from playbook_engine.escalation.deliver import Delivered, Told, Undelivered, deliver
from playbook_engine.escalation.notice import Notice
from playbook_engine.model.inventory import Channel, Contact, Environment
from playbook_engine.ports import Notice as AnyNotice
from playbook_engine.ports import Notifier
from playbook_engine.values import Duration, Secret

Receive = Callable[..., Awaitable[tuple[str, list[tuple[str, dict[str, str], bytes]]]]]
HERE = Span(Source("environment.yml", ""), 1, 1, 1, 2)
NOTICE = Notice(text="down", fields={}, key="k")
PHONE = Channel(name="phone", kind="fake", span=HERE, budget=Duration(20_000))
CHAT = Channel(name="chat", kind="other", span=HERE, budget=Duration(20_000))
CONTACT = Contact(name="cto", span=HERE, addresses=(("phone", "+1"), ("chat", "@cto")))


@dataclass
class FakeClock:
    """A clock on which only sleeping takes time."""

    ms: int = 0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.ms)

    def monotonic_ms(self) -> int:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.ms += round(seconds * 1000)


@dataclass
class Scripted:
    """A notifier that answers from a list; the last answer repeats."""

    answers: list[Delivery | Exception]
    sent: list[tuple[str, str, str]] = field(default_factory=list)

    async def send(
        self, channel: Channel, address: str, notice: AnyNotice, secrets: Mapping[str, Secret]
    ) -> Delivery:
        self.sent.append((channel.name, address, notice.key))
        answer = self.answers[min(len(self.sent), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def tell(
    clock: FakeClock,
    kinds: Mapping[str, Notifier],
    *,
    contact: Contact = CONTACT,
    channels: tuple[Channel, ...] = (PHONE, CHAT),
    jitter: float = 1.0,
) -> Told:
    environment = Environment(name="test", channels=channels)
    return await deliver(contact, environment, NOTICE, {}, notifiers=kinds, clock=clock, jitter=lambda: jitter)


async def test_the_first_channel_that_takes_it_is_enough() -> None:
    phone, chat = Scripted([delivered("ringing")]), Scripted([delivered("ok")])

    told = await tell(FakeClock(), {"fake": phone, "other": chat})

    assert told == Delivered(channel="phone", address="+1", receipt="ringing", tries=1)
    assert phone.sent == [("phone", "+1", "k")]
    assert chat.sent == []


async def test_a_channel_that_fails_for_good_is_not_tried_again() -> None:
    phone, chat = Scripted([no_use("no such number")]), Scripted([delivered("ok")])
    clock = FakeClock()

    told = await tell(clock, {"fake": phone, "other": chat})

    assert told == Delivered(
        channel="chat", address="@cto", receipt="ok", tries=1, reasons=("phone: no such number",)
    )
    assert clock.slept == []


async def test_a_channel_that_fails_for_now_is_tried_again_with_the_same_key() -> None:
    phone = Scripted([try_again("busy"), try_again("busy"), delivered("ringing")])
    clock = FakeClock()

    told = await tell(clock, {"fake": phone})

    assert told == Delivered(channel="phone", address="+1", receipt="ringing", tries=3)
    assert clock.slept == [0.5, 1.0]
    assert {key for _, _, key in phone.sent} == {"k"}


async def test_waiting_doubles_up_to_a_limit_and_ends_with_the_budget() -> None:
    phone, chat = Scripted([try_again("busy")]), Scripted([delivered("ok")])
    clock = FakeClock()

    told = await tell(clock, {"fake": phone, "other": chat})

    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert isinstance(told, Delivered)
    assert told.reasons == ("phone: busy (tried 6 times)",)


async def test_jitter_shortens_a_wait_by_up_to_half() -> None:
    clock = FakeClock()

    await tell(clock, {"fake": Scripted([try_again("busy"), delivered("ok")])}, jitter=0.0)

    assert clock.slept == [0.25]


async def test_a_receiver_that_asks_for_time_gets_it() -> None:
    clock = FakeClock()

    told = await tell(clock, {"fake": Scripted([try_again("busy", 7.0), delivered("ok")])})

    assert isinstance(told, Delivered)
    assert clock.slept == [7.0]


async def test_a_receiver_that_asks_for_more_than_the_budget_is_left() -> None:
    clock = FakeClock()
    phone, chat = Scripted([try_again("HTTP 429", 3600.0)]), Scripted([delivered("ok")])

    told = await tell(clock, {"fake": phone, "other": chat})

    assert clock.slept == []
    assert isinstance(told, Delivered)
    assert told.reasons == ("phone: HTTP 429; it asks to wait 3600s, longer than the budget of 20s",)


async def test_when_no_channel_takes_it_there_is_a_reason_for_each() -> None:
    kinds = {"fake": Scripted([no_use("gone")]), "other": Scripted([ValueError("s3cr3t")])}

    told = await tell(FakeClock(), kinds)

    assert told == Undelivered(reasons=("phone: gone", "chat: the channel failed (ValueError)"))


async def test_unknown_channels_and_kinds_are_reasons() -> None:
    told = await tell(FakeClock(), {}, channels=(CHAT,))

    assert told == Undelivered(
        reasons=("phone: there is no such channel", "chat: channels of kind 'other' are not known")
    )


async def test_a_contact_without_channels_cannot_be_told() -> None:
    told = await tell(FakeClock(), {}, contact=Contact(name="cto", span=HERE))

    assert told == Undelivered(reasons=("contact 'cto' has no channel",))


async def test_a_try_that_hangs_ends_with_the_budget() -> None:
    class Hanging:
        async def send(self, *_: object) -> Delivery:
            await asyncio.Event().wait()
            raise AssertionError

    short = Channel(name="phone", kind="fake", span=HERE, budget=Duration(40))

    told = await tell(FakeClock(), {"fake": Hanging()}, channels=(short,))

    assert isinstance(told, Undelivered)
    assert told.reasons[0] == "phone: no answer within 40ms"


async def test_being_cancelled_is_not_swallowed() -> None:
    started = asyncio.Event()

    class Hanging:
        async def send(self, *_: object) -> Delivery:
            started.set()
            await asyncio.Event().wait()
            raise AssertionError

    task = asyncio.create_task(tell(FakeClock(), {"fake": Hanging()}))
    await started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_over_the_wire_a_receiver_that_recovers_gets_the_notice(receive: Receive) -> None:
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n"
    url, got = await receive(busy, None, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    hook = Channel(name="phone", kind="webhook", span=HERE, url=url + "/hook")
    clock = FakeClock()

    told = await tell(clock, notifiers(clock), channels=(hook,))

    assert told == Delivered(channel="phone", address="+1", receipt="HTTP 200 from 127.0.0.1", tries=3)
    assert clock.slept == [2.0, 1.0]
    assert [headers["idempotency-key"] for _, headers, _ in got] == ["k"] * 3
