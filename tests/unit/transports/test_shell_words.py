"""What the shell says of itself in standard error, taken out of what the command says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.transports.shell_words import Words

WORD = "runbook-00112233445566778899aabbccddeeff"


def sift(words: Words, *pieces: bytes) -> tuple[bytes, list[str]]:
    found = [item for piece in pieces for item in words.sift(piece)]
    kept = b"".join(item for item in found if isinstance(item, bytes))
    return kept + words.rest(), [item for item in found if isinstance(item, str)]


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


SIZES = st.lists(st.integers(0, 9), max_size=60)


@given(st.binary(max_size=30), st.binary(max_size=30), st.binary(max_size=50), SIZES)
def test_the_lines_are_taken_out_however_they_are_cut(
    before: bytes, between: bytes, after: bytes, sizes: list[int]
) -> None:
    data = before + f"{WORD}:4711\n".encode() + between + f"{WORD}:go\n".encode() + after
    assert sift(Words(WORD), *cut(data, sizes)) == (before + between + after, ["4711", "go"])


@given(st.binary(max_size=80), SIZES)
def test_without_a_line_nothing_is_lost(data: bytes, sizes: list[int]) -> None:
    assert sift(Words(WORD), *cut(data, sizes)) == (data, [])


@pytest.mark.parametrize(
    "data",
    [
        WORD.encode(),
        f"{WORD}:".encode(),
        f"{WORD}:12".encode(),
        f"{WORD}:a b\n and more than that".encode(),
        f"{WORD}:99999999999999\n".encode(),
        f"{WORD}:longer1\n".encode(),
        WORD.encode()[:-1],
    ],
)
def test_what_only_looks_like_a_line_is_output(data: bytes) -> None:
    assert sift(Words(WORD), data) == (data, [])


def test_a_line_behind_what_only_looks_like_one_is_found() -> None:
    assert sift(Words(WORD), f"{WORD}:? {WORD}:12\n".encode()) == (f"{WORD}:? ".encode(), ["12"])


@pytest.mark.parametrize("last", ["go", "none"])
def test_after_the_last_line_everything_is_the_commands(last: str) -> None:
    again = f"{WORD}:2\n{WORD}:go\n".encode()
    assert sift(Words(WORD), f"{WORD}:1\n{WORD}:{last}\n".encode() + again, again) == (again * 2, ["1", last])


def test_order_is_kept() -> None:
    found = list(Words(WORD).sift(f"a{WORD}:1\nb{WORD}:as2\nc".encode()))
    assert [item for item in found if item] == [b"a", "1", b"b", "as2", b"c"]
