"""BodyReader: bounds, charsets, compression."""

import gzip
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_engine.transports.http.body import BodyReader, BrokenBody, UnknownCoding


@given(st.lists(st.binary(max_size=40), max_size=12), st.integers(1, 16))
def test_both_ends_are_kept_however_the_body_is_cut(pieces: list[bytes], kept: int) -> None:
    body = b"".join(pieces)
    reader = BodyReader(kept=kept)
    for piece in pieces:
        assert reader.feed(piece)

    output = reader.output("latin-1")

    assert output.size == len(body)
    assert output.truncated == (len(body) > 2 * kept)
    if output.truncated:
        assert (output.head, output.tail) == (body[:kept].decode("latin-1"), body[-kept:].decode("latin-1"))
    else:
        assert (output.head, output.tail) == (body.decode("latin-1"), "")


@settings(deadline=None)  # the first look at a charset loads it
@given(
    st.binary(max_size=200),
    st.sampled_from(["utf-8", "utf-16", "gbk", "shift_jis", "ascii", "utf-7", "hex", "?", ""]),
)
def test_no_body_and_no_charset_can_make_it_fail(body: bytes, charset: str) -> None:
    reader = BodyReader(kept=7)
    reader.feed(body)

    assert reader.output(charset).size == len(body)


def test_a_character_at_the_cut_is_left_out_not_garbled() -> None:
    reader = BodyReader(kept=4)
    reader.feed("网关网关网".encode())

    output = reader.output()

    assert (output.head, output.tail) == ("网", "网")


def test_reading_stops_at_the_limit() -> None:
    reader = BodyReader(kept=4, at_most=10)

    assert reader.feed(b"123456789")
    assert not reader.feed(b"0")
    assert reader.output().truncated


def test_a_bomb_is_inflated_in_pieces() -> None:
    bomb = gzip.compress(bytes(100 * 2**20), compresslevel=9)
    reader = BodyReader("gzip", at_most=2**20)
    tracemalloc.start()

    assert not reader.feed(bomb)

    assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    tracemalloc.stop()
    assert reader.output().size == 2**20


@given(st.binary(max_size=300), st.integers(1, 50))
def test_compressed_bodies_are_the_same_however_they_come(body: bytes, step: int) -> None:
    data = gzip.compress(body)
    reader = BodyReader("GZIP")
    for start in range(0, len(data), step):
        assert reader.feed(data[start : start + step])
    reader.finish()

    assert reader.output("latin-1").head == body.decode("latin-1")


def test_a_compressed_body_that_stops_early_is_broken() -> None:
    reader = BodyReader("gzip")
    reader.feed(gzip.compress(b"x" * 1000)[:20])

    with pytest.raises(BrokenBody):
        reader.finish()


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=4), st.integers(1, 50))
def test_gzip_in_several_parts_is_one_body(parts: list[bytes], step: int) -> None:
    """RFC 1952, 2.2: what `cat a.gz b.gz` gives."""
    data = b"".join(gzip.compress(part) for part in parts)
    reader = BodyReader("gzip")
    for start in range(0, len(data), step):
        assert reader.feed(data[start : start + step])
    reader.finish()

    assert reader.output("latin-1").head == b"".join(parts).decode("latin-1")


def test_endless_parts_without_content_come_to_an_end() -> None:
    """Twenty bytes that say nothing, for ever: what was sent is bounded too, not only what it means."""
    empty = gzip.compress(b"") * 50
    reader = BodyReader("gzip", at_most=100_000)

    assert not all(reader.feed(empty) for _ in range(200))


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "gzip,identity", "\x1b[2J"])
def test_an_unknown_coding_is_refused_with_the_first_byte(coding: str) -> None:
    BodyReader(coding).finish()
    with pytest.raises(UnknownCoding) as found:
        BodyReader(coding).feed(b"x")
    assert found.value.shown.isprintable()


@given(st.binary(max_size=100))
def test_no_bytes_can_make_the_decompression_fail_otherwise(data: bytes) -> None:
    reader = BodyReader("deflate")
    try:
        reader.feed(data)
        reader.finish()
    except BrokenBody:
        pass


def test_an_empty_body_with_a_coding_is_empty() -> None:
    reader = BodyReader("gzip")
    reader.finish()

    assert reader.output().size == 0
