"""What is read ahead comes out in the pieces that were asked for, and a handshake has a deadline without a thread."""

import socket
import threading
import time

import pytest

from playbook_engine.transports.ssh.packets import Packets


@pytest.fixture
def ends() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair()


def test_the_stream_is_read_once_for_many_pieces(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    with ours, theirs:
        packets = Packets(ours)
        theirs.sendall(b"SSH-2.0-x\r\n" + bytes(range(256)))
        assert packets.readline(1) == "SSH-2.0-x"
        ours.setblocking(False)  # nothing more is needed from there
        assert packets.read_all(16) == bytes(range(16))
        assert packets.read_all(240) == bytes(range(16, 256))


def test_a_piece_that_comes_in_two_parts(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    with ours, theirs:
        packets = Packets(ours)
        theirs.sendall(b"ab")
        threading.Timer(0.05, theirs.sendall, (b"cde",)).start()
        assert packets.read_all(4) == b"abcd"
        assert packets.read_all(1) == b"e"


def test_the_end_of_the_stream(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    with ours:
        packets = Packets(ours)
        theirs.sendall(b"abc")
        theirs.close()
        assert packets.read_all(3) == b"abc"
        with pytest.raises(EOFError):
            packets.read_all(1)


def test_a_handshake_that_takes_too_long_ends_without_a_thread_of_its_own(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    with ours, theirs:
        ours.settimeout(0.01)
        packets = Packets(ours)
        threads = threading.active_count()
        packets.start_handshake(0.1)
        assert threading.active_count() == threads
        assert not packets.handshake_timed_out()
        began = time.monotonic()
        with pytest.raises(EOFError):
            packets.read_all(1)
        assert time.monotonic() - began < 1


def test_a_handshake_that_is_over_has_no_deadline(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    with ours, theirs:
        packets = Packets(ours)
        packets.start_handshake(0.0)
        packets.complete_handshake()
        assert not packets.handshake_timed_out()
