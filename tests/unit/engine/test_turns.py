"""What the turns of a loop are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.engine.turns import LONGEST_SHOWN, turns
from playbook_engine.values import Secret, SecretText, TargetName, Value


@pytest.mark.parametrize(
    ("items", "labels"),
    [
        (["nginx", "redis"], ["nginx", "redis"]),
        ([80, 8.5, True, False], ["80", "8.5", "true", "false"]),
        (["a b", "/var/log"], ["a b", "/var/log"]),
        (["磁盘", "é"], ["磁盘", "é"]),
        # A number where the text would not tell the turns apart, or cannot stand in a name.
        (["a", "a", "b"], ["1", "2", "b"]),
        ([1, "1"], ["1", "2"]),
        (["x" * 40, "x" * 41], ["x" * 40, "2"]),
        (["two\nlines", "\u202ereversed", "tab\t", ""], ["1", "2", "3", "4"]),
        ([" padded", "ok"], ["1", "ok"]),
        ([{"name": "a"}, ["b"], None], ["1", "2", "3"]),
        ([Secret("KEY", "hunter2"), "b"], ["1", "b"]),
        # A number that is another item's text would name two turns alike: then all are numbered.
        (["2", {"a": 1}], ["1", "2"]),
        (["a", "3", {"b": 1}], ["1", "2", "3"]),
    ],
)
def test_labels(items: list[Value], labels: list[str]) -> None:
    """The item's text when it is short, printable and the only one; else its number from 1."""
    assert [turn.label for turn in turns(items)] == labels


def test_a_turn_is_named_for_its_target() -> None:
    """`api-1[nginx]`."""
    (turn,) = turns(["nginx"])
    assert turn.name(TargetName("api-1")) == "api-1[nginx]"


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        ("nginx", "nginx"),
        ({"name": "a", "ports": [80]}, '{"name": "a", "ports": [80]}'),
        (None, "null"),
        (Secret("KEY", "hunter2"), "<secret KEY>"),
        ({"key": SecretText(("x", Secret("KEY", "hunter2")))}, '{"key": "x<secret KEY>"}'),
        ("y" * 300, "y" * (LONGEST_SHOWN - 1) + "…"),
    ],
)
def test_how_an_item_is_shown(item: Value, shown: str) -> None:
    """Short, and no secret in it."""
    assert turns([item])[0].shown == shown


scalars = st.text(max_size=45) | st.integers() | st.booleans() | st.floats(allow_nan=False) | st.none()


@given(st.lists(scalars | st.lists(scalars, max_size=2) | st.integers(1, 9).map(str), max_size=12))
def test_no_two_turns_share_a_name(items: list[Value]) -> None:
    """Results are kept by these names."""
    labels = [turn.label for turn in turns(items)]
    assert len(set(labels)) == len(items)
    assert all(label.isprintable() and 0 < len(label) <= 40 for label in labels)
