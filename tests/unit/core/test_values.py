"""Durations, sizes, secrets."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.values import Duration, Secret, SecretText, parse_size, reveal


@pytest.mark.parametrize(
    ("text", "ms"),
    [("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000), ("1d", 86_400_000), ("2m1ms", 120_001)],
)
def test_durations_are_read_as_written(text: str, ms: int) -> None:
    """Every unit, and combinations of them."""
    assert Duration.parse(text) == Duration(ms)
    assert str(Duration(ms)) == text


@pytest.mark.parametrize("text", ["", "5", "5 s", "s", "-5s", "1.5h", "5s1m", "5S", "５s"])
def test_what_is_not_a_duration_says_what_is(text: str) -> None:
    """A bare number has no unit, and is refused."""
    with pytest.raises(ValueError, match="is not a duration; write 500ms"):
        Duration.parse(text)


@given(st.integers(0, 10**12))
def test_durations_survive_a_round_trip(ms: int) -> None:
    """What is written can be read again."""
    assert Duration.parse(str(Duration(ms))) == Duration(ms)


def test_sizes() -> None:
    """Binary and decimal units are told apart."""
    assert (parse_size("10MiB"), parse_size("1GB"), parse_size("0B")) == (10 * 2**20, 10**9, 0)
    with pytest.raises(ValueError, match="is not a size"):
        parse_size("10 MB")


def test_secrets_show_their_name_only() -> None:
    """No way of printing a secret shows its value."""
    secret = Secret("KEY", "hunter22")
    text = SecretText(("a=", secret, "&b"))
    for shown in (str(secret), repr(secret), f"{secret}", str(text), repr(text), f"{[secret]}"):
        assert "hunter22" not in shown
    assert str(text) == "a=<secret KEY>&b"
    assert reveal(text) == "a=hunter22&b"


def test_secrets_cannot_be_serialised() -> None:
    """A secret that is about to leave the process by accident stops it."""
    with pytest.raises(TypeError):
        pickle.dumps(Secret("KEY", "hunter22"))
    with pytest.raises(TypeError):
        pickle.dumps(SecretText((Secret("KEY", "hunter22"),)))
