"""The text for the remote shell, and the marker line in its standard error."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.transports.ssh.script import Marker, script
from playbook_engine.values import Secret, ShellText

WORD = "runbook-00112233445566778899aabbccddeeff"


def sift(marker: Marker, *pieces: bytes) -> bytes:
    return b"".join(marker.sift(piece) for piece in pieces) + marker.rest()


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


@given(st.binary(max_size=50), st.binary(max_size=50), st.lists(st.integers(0, 9), max_size=60))
def test_the_line_is_taken_out_however_it_is_cut(before: bytes, after: bytes, sizes: list[int]) -> None:
    marker = Marker(WORD)
    data = before + f"{WORD}:4711\n".encode() + after
    assert sift(marker, *cut(data, sizes)) == before + after
    assert marker.group == 4711


@given(st.binary(max_size=80), st.lists(st.integers(0, 9), max_size=60))
def test_without_the_line_nothing_is_lost(data: bytes, sizes: list[int]) -> None:
    marker = Marker(WORD)
    assert sift(marker, *cut(data, sizes)) == data
    assert marker.group is None


@pytest.mark.parametrize(
    "data",
    [
        WORD.encode(),
        f"{WORD}:".encode(),
        f"{WORD}:12".encode(),
        f"{WORD}:abc\n and more".encode(),
        f"{WORD}:99999999999999\n".encode(),
        WORD.encode()[:-1],
    ],
)
def test_what_only_looks_like_the_line_is_output(data: bytes) -> None:
    marker = Marker(WORD)
    assert sift(marker, data) == data
    assert marker.group is None


def test_only_the_first_line_counts() -> None:
    marker = Marker(WORD)
    again = f"{WORD}:2\n".encode()
    assert sift(marker, f"{WORD}:1\n".encode(), again) == again
    assert marker.group == 1


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@given(_TEXT, _TEXT)
def test_a_shell_that_reads_the_script_gets_command_and_secret_whole(text: str, secret: str) -> None:
    shell = ShellText(
        'printf %s "$TEXT"; printf \'|%s\' "$SECRET"', (("SECRET", Secret("s", secret)), ("TEXT", Secret("t", text)))
    )
    done = subprocess.run(["/bin/sh"], input=script(shell, WORD), capture_output=True, check=True, timeout=10)
    assert done.stdout == f"{text}|{secret}".encode()
    marker = Marker(WORD)
    assert sift(marker, done.stderr) == b""
    assert marker.group is not None
