"""Run ids are ULIDs."""

from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.app.world import new_run_id
from playbook_engine.values import ULID_NOISE_BITS, run_id

times = st.integers(min_value=0, max_value=2**48 - 1)
noises = st.integers(min_value=0, max_value=2**ULID_NOISE_BITS - 1)


def test_the_example_of_the_specification() -> None:
    """ulid/spec: the first ten digits are the time."""
    assert run_id(1_469_918_176_385, 0) == "01ARYZ6S410000000000000000"
    assert run_id(2**48 - 1, 2**80 - 1) == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"


@given(times, noises, times, noises)
def test_they_sort_by_time(one: int, noise: int, other: int, more: int) -> None:
    assert ((one, noise) < (other, more)) == (run_id(one, noise) < run_id(other, more))


def test_two_are_never_the_same() -> None:
    assert len({new_run_id() for _ in range(1000)}) == 1000
