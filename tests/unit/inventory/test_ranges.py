"""Host ranges spelled out, and what is said of those that cannot be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_engine.inventory.ranges import RangeFault, expand


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web", ["web"]),
        ("web[1:3]", ["web1", "web2", "web3"]),
        ("web[01:03].example", ["web01.example", "web02.example", "web03.example"]),
        ("web[08:11]", ["web08", "web09", "web10", "web11"]),
        ("web[8:11]", ["web8", "web9", "web10", "web11"]),
        ("a[1:10:4]", ["a1", "a5", "a9"]),
        ("a[:2]", ["a0", "a1", "a2"]),
        ("db-[a:c]", ["db-a", "db-b", "db-c"]),
        ("db-[A:E:2]", ["db-A", "db-C", "db-E"]),
        ("[a:b][2:3]", ["a2", "a3", "b2", "b3"]),
        ("x[1:1]y", ["x1y"]),
    ],
)
def test_ranges_are_spelled_out(name: str, expected: list[str]) -> None:
    assert list(expand(name)) == expected


@pytest.mark.parametrize(
    ("name", "at", "says"),
    [
        ("web[2:1]", "[2:1]", "2 comes after 1"),
        ("web[c:a]", "[c:a]", "c comes after a"),
        ("web[01:100]", "[01:100]", "different widths"),
        ("web[1:010]", "[1:010]", "different widths"),
        ("web[01]", "[01]", "two ends"),
        ("web[1:]", "[1:]", "two ends"),
        ("web[1:2:3:4]", "[1:2:3:4]", "two ends"),
        ("web[1:9:0]", "[1:9:0]", "step '0'"),
        ("web[1:9:x]", "[1:9:x]", "step 'x'"),
        ("web[a:9]", "[a:9]", "'a' to '9'"),
        ("web[a:Z]", "[a:Z]", "'a' to 'Z'"),
        ("web[1:²]", "[1:²]", "'1' to '²'"),
        ("web[1:3", "[", "without its other half"),
        ("web1:3]", "]", "without its other half"),
        ("a[1:2]b[3:1]", "[3:1]", "3 comes after 1"),
        ("web[1:999999999]", "[1:999999999]", "more than 100,000"),
        ("web[1:99999999999999]", "[1:99999999999999]", "nine digits"),
        ("[0001:9999][0001:9999]", "[0001:9999][0001:9999]", "more than 100,000"),
    ],
)
def test_a_faulty_range_is_pointed_at(name: str, at: str, says: str) -> None:
    with pytest.raises(RangeFault) as caught:
        expand(name)

    fault = caught.value
    assert name[fault.start : fault.start + fault.length] == at
    assert says in f"{fault.message} {fault.hint}"


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 9), st.integers(1, 5))
def test_numbers_keep_their_width(first: int, more: int, step: int, width: int) -> None:
    last = first + more
    low, high = str(first).zfill(width), str(last).zfill(width)
    width = len(low) if low[0] == "0" else 1
    if len(low) == len(high) or not {low[:1], high[:1]} & {"0"}:
        expected = [f"h{number:0{width}d}" for number in range(first, last + 1, step)]

        assert list(expand(f"h[{low}:{high}:{step}]")) == expected
