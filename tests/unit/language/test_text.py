"""Bytes and files as text that is safe to read."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.diagnostics import Problems, Source
from playbook_engine.language.text import INVENTORY_BOUNDS, MAX_SIZE, Lines, decode, is_readable, read_bytes


def found(problems: Problems) -> list[tuple[str, str]]:
    return [(d.code, str(d.span)) for d in problems.sorted()]


def test_a_byte_order_mark_and_crlf_are_fine() -> None:
    problems = Problems()

    source = decode("f", b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", problems)

    assert source == Source("f", "a: 1\nb: 2\n")
    assert not problems.has_errors


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        ("a: é".encode("utf-16"), "not-utf-8", "f:1:1"),
        ("a: 1".encode("utf-32"), "not-utf-8", "f:1:1"),
        ("a: 1".encode("utf-16-le"), "control-character", "f:1:2"),
        (b"a: 1\r\nb: \xff", "not-utf-8", "f:2:4"),
        ("中: ".encode() + b"\xc3", "not-utf-8", "f:1:4"),
        (b"\xef\xbb\xbfa: \xe9", "not-utf-8", "f:1:4"),
        (b"a: \x00", "control-character", "f:1:4"),
        (b"a: b\n# \x1b[31m", "control-character", "f:2:3"),
        (b"a: 1\rb: 2", "control-character", "f:1:5"),
        ("a: \u202eb".encode(), "control-character", "f:1:4"),
        ("a: \u2066b".encode(), "control-character", "f:1:4"),
        ("a: b\u2028".encode(), "control-character", "f:1:5"),
        ("a: \x85".encode(), "control-character", "f:1:4"),
        ("a: \ufeffb".encode(), "control-character", "f:1:4"),
        (b"x" * (MAX_SIZE + 1), "too-large", "f:1:1"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_readable_text_is_refused_where_it_begins(data: bytes, code: str, place: str) -> None:
    problems = Problems()

    assert decode("f", data, problems) is None
    assert found(problems) == [(code, place)]


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_one_problem(data: bytes) -> None:
    problems = Problems()

    source = decode("f", data, problems)

    assert (source is None) == problems.has_errors
    assert len(problems.sorted()) <= 1
    assert source is None or is_readable(source, problems)


@given(st.text("ab中\n", max_size=40), st.data())
def test_a_span_holds_the_text_between_its_offsets(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    span = Lines(Source("f", text)).span(start, end)

    rows = text.split("\n")
    offsets = [
        sum(len(row) + 1 for row in rows[: line - 1]) + column - 1
        for line, column in ((span.line, span.column), (span.end_line, span.end_column))
    ]
    assert offsets == [start, end]


def test_a_missing_file_is_named_with_the_nearest_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "jwks-outage.yml").touch()
    problems = Problems()

    assert read_bytes(tmp_path / "jwks-outge.yml", "playbooks/jwks-outge.yml", problems) is None

    (problem,) = problems.sorted()
    assert problem.message == "playbooks/jwks-outge.yml: there is no such file"
    assert problem.hint == "Did you mean 'jwks-outage.yml'?"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    problems = Problems()

    read_bytes(tmp_path / "playboks" / "a.yml", "playboks/a.yml", problems)

    assert problems.sorted()[0].hint == "The folder playboks is not there either."


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    problems = Problems()

    assert read_bytes(tmp_path, "playbooks", problems) is None
    assert [d.message for d in problems.sorted()] == ["playbooks is a folder, not a file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "a.yml"
    secret.touch(mode=0o000)
    problems = Problems()

    assert read_bytes(secret, "a.yml", problems) is None
    assert [d.code for d in problems.sorted()] == ["unreadable-file"]


@pytest.mark.parametrize("name", ["a\x00b", "x" * 5000])
def test_a_name_that_no_file_can_have_is_a_problem(tmp_path: Path, name: str) -> None:
    problems = Problems()

    assert read_bytes(tmp_path / name, "that file", problems) is None
    assert [d.code for d in problems.sorted()] == ["unreadable-file"]


def test_an_endless_file_is_read_up_to_the_bound() -> None:
    data = read_bytes(Path("/dev/zero"), "zero", Problems())

    assert data is not None
    assert len(data) == MAX_SIZE + 1


def test_an_inventory_may_be_larger_than_a_playbook() -> None:
    data = b"#" * (MAX_SIZE + 1)
    problems = Problems()

    assert decode("f", data, problems) is None
    assert decode("f", data, problems, INVENTORY_BOUNDS.size) is not None
    assert decode("f", b"#" * (INVENTORY_BOUNDS.size + 1), problems, INVENTORY_BOUNDS.size) is None
    assert [problem.message for problem in problems.sorted()] == [
        "the file is larger than 1 MiB, which is the most that is read",
        "the file is larger than 16 MiB, which is the most that is read",
    ]
