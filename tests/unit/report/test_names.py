"""Many names in few words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.report.names import compact

NAMES = st.lists(
    st.tuples(st.sampled_from(["web-", "db", "10.0."]), st.sampled_from(["", "0", "00"]), st.integers(0, 30)).map(
        lambda parts: "".join(map(str, parts))
    ),
    max_size=40,
)


def expand(text: str) -> list[str]:
    """Return the names that a compact list stands for."""
    names: list[str] = []
    for part in text.split(", ") if text else []:
        match = re.fullmatch(r"(.*)\[(\d+):(\d+)\]", part)
        if match is None:
            names.append(part)
            continue
        stem, low, high = match.groups()
        names += [f"{stem}{number:0{len(low)}d}" for number in range(int(low), int(high) + 1)]
    return names


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["api-1"], "api-1"),
        (["api-2", "api-1"], "api-1, api-2"),
        (["web-03", "web-01", "web-02"], "web-[01:03]"),
        ([f"n{number}" for number in range(8, 12)], "n8, n9, n10, n11"),
        (["web-1", "web-1", "db"], "db, web-1"),
        (["a1", "a01"], "a01, a1"),
        (["x²", "x³", "x1"], "x1, x², x³"),
        (["10.0.0.9", "10.0.0.10", "10.0.0.11", "10.0.0.12"], "10.0.0.9, 10.0.0.[10:12]"),
        (["api-1[nginx]"], "api-1[nginx]"),
        (["api-1[redis]", "api-1[nginx]"], "api-1[nginx, redis]"),
        ([f"web-{n}[{item}]" for n in (1, 2, 3, 7) for item in "ab"], "web-[1:3][a, b], web-7[a, b]"),
        (["h1[a]", "h2[a]", "h3[b]"], "h1[a], h2[a], h3[b]"),
        (["h1", "h1[a]"], "h1, h1[a]"),
        ([f"h1[{n}]" for n in range(1, 13)], "h1[1, 2, 3, 4, 5, 6, 7, 8 and 4 more]"),
        (
            [f"h{n * 2}[{item}]" for n in range(9) for item in "ab"],
            "h0[a, b], h2[a, b], h4[a, b], h6[a, b], h8[a, b], h10[a, b], h12[a, b], h14[a, b] and 2 others",
        ),
        (["evil\x1b[2J"], "evil\\x1b[2J"),
        ([f"h{number * 2}" for number in range(10)], "h0, h2, h4, h6, h8, h10, h12, h14 and 2 others"),
        ([f"h{number * 2}" for number in range(9)], "h0, h2, h4, h6, h8, h10, h12, h14 and 1 other"),
    ],
)
def test_compact(names: list[str], text: str) -> None:
    """Three and more that count on become a range; the rest is counted."""
    assert compact(names) == text


def test_a_large_fleet_is_one_range() -> None:
    """A thousand hosts are one word."""
    assert compact(f"web-{number:04d}" for number in range(1, 1001)) == "web-[0001:1000]"


@given(NAMES)
def test_all_names_can_be_read_back(names: list[str]) -> None:
    """A list that is not bounded leaves nothing out and adds nothing."""
    assert sorted(expand(compact(names, listed=None))) == sorted(set(names))


@given(NAMES)
def test_a_bounded_list_counts_what_it_leaves_out(names: list[str]) -> None:
    """Names shown and names counted are all of them."""
    match = re.fullmatch(r"(.*?)(?: and (\d+) others?)?", compact(names, listed=3))
    assert match is not None
    assert len(expand(match[1])) + int(match[2] or 0) == len(set(names))
