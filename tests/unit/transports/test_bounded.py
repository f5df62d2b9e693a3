"""Output of any length in bounded memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.transports.bounded import Bounded, Bounds


def collect(pieces: list[bytes], head: int, tail: int) -> Bounded:
    bounded = Bounded(Bounds(head=head, tail=tail))
    for piece in pieces:
        bounded.feed(piece)
    return bounded


@pytest.mark.parametrize(
    ("data", "head", "tail", "text_head", "text_tail", "truncated"),
    [
        (b"", 4, 4, "", "", False),
        (b"abcd", 4, 4, "abcd", "", False),
        (b"abcdefgh", 4, 4, "abcdefgh", "", False),
        (b"abcdefghi", 4, 4, "abcd", "fghi", True),
        (b"a\xffb\0", 4, 4, "a\\xffb\0", "", False),
        ("abc€€def".encode(), 4, 4, "abc", "def", True),
        ("€€€".encode(), 4, 5, "€€€", "", False),
        (b"abcdefghi", 4, 0, "abcd", "", True),
        (b"abcdefghi", 0, 4, "", "fghi", True),
        (b"abcde\xff\xff\xff\xff", 4, 4, "abcd", "\\xff" * 4, True),
    ],
)
def test_beginning_and_end_are_kept(
    data: bytes, head: int, tail: int, text_head: str, text_tail: str, *, truncated: bool
) -> None:
    output = collect([data], head, tail).output()
    assert (output.head, output.tail, output.truncated) == (text_head, text_tail, truncated)
    assert output.size == len(data)


@given(st.text(max_size=60), st.integers(0, 30), st.integers(0, 30), st.lists(st.integers(1, 7), max_size=40))
def test_how_the_bytes_were_cut_into_packets_makes_no_difference(
    text: str, head: int, tail: int, sizes: list[int]
) -> None:
    data = text.encode("utf-8", "surrogatepass")
    pieces, rest = [], data
    for size in sizes:
        pieces.append(rest[:size])
        rest = rest[size:]
    assert collect([*pieces, rest], head, tail).output() == collect([data], head, tail).output()


@given(st.text(alphabet="aä€𝄞", max_size=60), st.integers(0, 40), st.integers(0, 40))
def test_a_cut_never_shows_half_a_character(text: str, head: int, tail: int) -> None:
    output = collect([text.encode()], head, tail).output()
    assert text.startswith(output.head)
    assert text.endswith(output.tail)
    assert "\\x" not in output.text
    assert output.truncated == (len(text.encode()) > head + tail)


def test_memory_stays_bounded_in_a_flood() -> None:
    bounded = Bounded(Bounds(head=10, tail=10))
    for _ in range(10_000):
        bounded.feed(b"x" * 100)
    assert len(bounded._head) == 10
    assert len(bounded._tail) <= 20
    assert bounded.output().size == 1_000_000
