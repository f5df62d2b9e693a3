"""Frozen dataclasses that cost little to define behave as the standard ones do."""

import copy
import dataclasses
import pickle

import pytest

from playbook_engine.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """Positional fields."""

    x: int
    y: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Keyword fields, one with a factory."""

    name: str
    tags: list[str] = dataclasses.field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Base):
    """A field more, and its own words."""

    size: int = 1

    def __repr__(self) -> str:
        return f"<{self.name}>"


def test_instances_are_made_as_usual() -> None:
    """Positions, keywords, defaults, factories, inheritance."""
    assert (Point(1).y, Point(1, 2).y, Point(x=1, y=3).y) == (0, 2, 3)
    assert Derived(name="a").tags == []
    assert Derived(name="a").tags is not Derived(name="a").tags
    assert (Derived(name="a", size=2).size, repr(Derived(name="a"))) == (2, "<a>")
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"


def test_wrong_arguments_are_refused() -> None:
    """Missing, unknown and positional ones where keywords are asked for."""
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]  # this is the point
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Point(1, z=2)  # type: ignore[call-arg]  # as above
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        Base("a")  # type: ignore[call-arg]  # as above


def test_nothing_can_be_changed() -> None:
    """Neither set nor deleted nor added."""
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]  # this is the point
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.z = 2  # type: ignore[attr-defined]  # as above


def test_equality_and_hash_go_by_class_and_values() -> None:
    """Equal values of another class are not equal."""
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 2) != Point(2, 1)
    assert Base(name="a") != Derived(name="a")
    assert Point(1, 2) != object()
    assert len({Point(1, 2), Point(1, 2), Point(1)}) == 2


def test_the_standard_tools_know_them() -> None:
    """`fields`, `replace`, `asdict`, matching, copying and pickling."""
    assert [field.name for field in dataclasses.fields(Derived)] == ["name", "tags", "size"]
    assert dataclasses.replace(Point(1, 2), y=5) == Point(1, 5)
    assert dataclasses.asdict(Point(1, 2)) == {"x": 1, "y": 2}
    assert copy.deepcopy(Point(1, 2)) == Point(1, 2)
    assert pickle.loads(pickle.dumps(Point(1, 2))) == Point(1, 2)  # noqa: S301  our own bytes
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("a frozen dataclass can be matched by position")


def test_a_field_may_have_any_name() -> None:
    @dataclass(frozen=True, slots=True)
    class Odd:
        values: int
        known: int
        body: int

    assert (Odd(1, 2, 3).values, Odd(1, 2, 3).known, Odd(1, 2, 3).body) == (1, 2, 3)
