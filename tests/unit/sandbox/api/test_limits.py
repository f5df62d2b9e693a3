"""Slots that are waited for, and a rate for each user."""

import threading

import pytest

from playbook_engine.sandbox.api.limits import Full, Rate, Slots


def test_without_a_size_nobody_waits() -> None:
    slots = Slots(0, 0)
    with slots.slot(), slots.slot(), slots.slot():
        assert slots.taken == 3
    assert slots.taken == 0


def test_a_full_house_turns_people_away() -> None:
    slots = Slots(1, 0)
    with slots.slot(), pytest.raises(Full), slots.slot():
        pytest.fail("there was no slot")
    with slots.slot():
        assert slots.taken == 1


def test_a_queue_waits_for_its_turn_and_says_so() -> None:
    slots, said, entered = Slots(1, 1), threading.Event(), threading.Event()

    def come() -> None:
        with slots.slot(said.set):
            entered.set()

    with slots.slot():
        late = threading.Thread(target=come)
        late.start()
        assert said.wait(5)
        assert not entered.is_set()
        with pytest.raises(Full), slots.slot():
            pytest.fail("the queue was full")
    late.join(5)
    assert entered.is_set()
    assert (slots.taken, slots.waiting) == (0, 0)


def test_a_rate_is_for_each_user_and_each_second() -> None:
    now = [10.0]
    rate = Rate(2, lambda: now[0])
    assert [rate.allows("ann"), rate.allows("ann"), rate.allows("ann"), rate.allows("bob")] == [
        True,
        True,
        False,
        True,
    ]
    now[0] = 11.0
    assert rate.allows("ann")


def test_a_rate_of_none_allows_everything() -> None:
    rate = Rate(0, lambda: 0.0)
    assert all(rate.allows("ann") for _ in range(100))
