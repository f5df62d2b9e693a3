"""Tells one contact: its channels in order, each retried within its budget, until one takes the notice."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Channel, Contact, Environment
from playbook_engine.ports import Clock, Delivery, Notice, Notifier
from playbook_engine.values import Duration, Secret

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A channel took the notice. `reasons` has a sentence for each channel that failed before it."""

    channel: str
    address: str
    receipt: str
    tries: int
    """How often this channel was tried, the last time included."""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """No channel took the notice; `reasons` has a sentence for each one."""

    reasons: tuple[str, ...]


Told: TypeAlias = Delivered | Undelivered


async def deliver(
    contact: Contact,
    environment: Environment,
    notice: Notice,
    secrets: Mapping[str, Secret],
    *,
    notifiers: Mapping[str, Notifier],
    clock: Clock,
    jitter: Callable[[], float],
) -> Told:
    """Try the contact's channels in order; never raises, except when it is cancelled.

    `jitter` gives numbers from 0 to 1. Every try carries the same idempotency key: a receiver whose answer was lost
    gets the notice twice, and can tell.
    """
    sending = _Sending(notice, secrets, clock, jitter)
    reasons: list[str] = []
    for name, address in contact.addresses:
        channel = environment.channel(name)
        if channel is None:
            reasons.append(f"{name}: there is no such channel")
            continue
        answer, tries = await sending.on(channel, notifiers.get(channel.kind), address)
        if answer.delivered:
            return Delivered(
                channel=name, address=address, receipt=answer.detail, tries=tries, reasons=tuple(reasons)
            )
        reasons.append(f"{name}: {answer.detail}" + (f" (tried {tries} times)" if tries > 1 else ""))
    return Undelivered(reasons=tuple(reasons) or (f"contact '{contact.name}' has no channel",))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What this module itself says in place of a channel."""

    detail: str
    retry_after_s: float | None = None
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class _Sending:
    """One notice on its way."""

    notice: Notice
    secrets: Mapping[str, Secret]
    clock: Clock
    jitter: Callable[[], float]

    async def on(self, channel: Channel, notifier: Notifier | None, address: str) -> tuple[Delivery, int]:
        """Return the channel's last answer and how often it was tried."""
        if notifier is None:
            return _Answer(f"channels of kind '{channel.kind}' are not known"), 0
        ends = self.clock.monotonic_ms() + channel.budget.ms
        tries = 0
        while True:
            answer = await self._once(channel, notifier, address, ends)
            tries += 1
            if answer.delivered or answer.retry_after_s is None:
                return answer, tries
            wait = max(answer.retry_after_s, self._backoff(tries))
            left = ends - self.clock.monotonic_ms()
            if wait * 1000 >= left:
                return self._given_up(answer, channel, left), tries
            await self.clock.sleep(wait)

    async def _once(self, channel: Channel, notifier: Notifier, address: str, ends: int) -> Delivery:
        left = Duration(max(1, ends - self.clock.monotonic_ms()))
        try:
            async with asyncio.timeout(left.seconds):
                return await notifier.send(channel, address, self.notice, self.secrets)
        except TimeoutError:
            return _Answer(f"no answer within {channel.budget}", retry_after_s=0.0)
        except Exception as error:  # noqa: BLE001 - the next channel must be tried; the text may hold a secret
            return _Answer(f"the channel failed ({type(error).__name__})")

    def _given_up(self, answer: Delivery, channel: Channel, left_ms: int) -> Delivery:
        asked = answer.retry_after_s or 0.0
        if asked * 1000 < left_ms:
            return answer
        return _Answer(f"{answer.detail}; it asks to wait {asked:.0f}s, longer than the budget of {channel.budget}")

    def _backoff(self, tries: int) -> float:
        """Return how long to wait after so many tries: doubled each time, capped, and spread by jitter."""
        longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(tries - 1, 10))
        return longest * (0.5 + self.jitter() / 2)
