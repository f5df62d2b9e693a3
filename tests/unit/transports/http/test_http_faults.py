"""Every way in which an exchange can break off has words, a kind, and says whether it may have had an effect."""

import errno
import ssl

import pytest

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.http.exchange import Exchange, Stage
from playbook_engine.transports.http.faults import (
    CutShort,
    NotHttp,
    TooMuchHead,
    Unsendable,
    broken,
    deadline_passed,
    no_handshake,
    not_connected,
)

PEER = "api.example:443"


def exchange(stage: Stage) -> Exchange:
    made = Exchange("api.example", PEER)
    made.stage = stage
    return made


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "s3cr3t")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "kind", "begun", "words"),
    [
        (CutShort(), FaultKind.LOST, True, f"{PEER} closed the connection before the answer was complete"),
        (ConnectionResetError(104, "s3cr3t"), FaultKind.LOST, True, f"{PEER} closed the connection before the answer was complete"),
        (tls_error("UNEXPECTED_EOF_WHILE_READING"), FaultKind.LOST, True, f"{PEER} closed the connection before the answer was complete"),
        (tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), FaultKind.AUTH, False, f"{PEER} does not accept us: certificate required"),
        (NotHttp(), FaultKind.LOST, True, f"{PEER} sent something that is not an HTTP answer"),
        (NotHttp(speaks_tls=True), FaultKind.LOST, True, f"{PEER} sent something that is not an HTTP answer"),
        (Unsendable(), FaultKind.ERROR, False, "the request is not valid HTTP"),
        (TooMuchHead(), FaultKind.ERROR, True, f"the headers of the answer of {PEER} are too large"),
        (RuntimeError("s3cr3t"), FaultKind.ERROR, True, "the request failed (RuntimeError)"),
    ],
)  # fmt: skip
def test_what_breaks_a_request_off(error: Exception, kind: FaultKind, begun: bool, words: str) -> None:
    found = broken(error, exchange(Stage.SENT))

    assert (found.kind, found.begun, found.message) == (kind, begun, words)


def test_a_connection_that_breaks_before_sending_had_no_effect() -> None:
    found = broken(ConnectionResetError(), exchange(Stage.WAITING))

    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "refused"), f"connection refused by {PEER}"),
        (OSError(113, "No route to host"), f"no route to {PEER}"),
        (OSError(101, "Network is unreachable"), f"no route to {PEER}"),
        (ConnectionResetError(104, "reset"), f"{PEER} closed the connection at once"),
        (TimeoutError(110, "timed out"), f"{PEER} did not accept a connection"),
        (PermissionError(1, "Operation not permitted"), f"no connection to {PEER}: operation not permitted"),
        (OSError("s3cr3t"), f"no connection to {PEER}"),
        (ExceptionGroup("all", [OSError("x"), ConnectionRefusedError(111, "y")]), f"connection refused by {PEER}"),
    ],
)
def test_what_keeps_a_connection_from_being_made_is_said_in_words(error: Exception, words: str) -> None:
    found = not_connected(error, PEER)

    assert (found.kind, found.begun, found.message) == (FaultKind.UNREACHABLE, False, words)


def test_a_machine_without_room_is_to_blame_itself() -> None:
    """EMFILE is no fault of the server."""
    found = not_connected(OSError(errno.EMFILE, "Too many open files"), PEER)

    assert found.kind is FaultKind.ERROR
    assert "ulimit" in (found.hint or "")


@pytest.mark.parametrize(
    ("error", "kind", "words", "hint"),
    [
        (tls_error("WRONG_VERSION_NUMBER"), FaultKind.UNREACHABLE, "failed: wrong version number", "plain HTTP"),
        (tls_error("UNSUPPORTED_PROTOCOL"), FaultKind.UNREACHABLE, "failed: unsupported protocol", "not safe"),
        (tls_error("TLSV1_ALERT_PROTOCOL_VERSION"), FaultKind.UNREACHABLE, "alert protocol version", "1.2 and 1.3"),
        (tls_error("TLSV1_ALERT_UNKNOWN_CA"), FaultKind.AUTH, "does not accept us: unknown ca", "client certificate"),
        (ssl.SSLEOFError(8, "EOF"), FaultKind.UNREACHABLE, "closed the connection in the TLS handshake", ""),
        (ConnectionResetError(), FaultKind.UNREACHABLE, "closed the connection in the TLS handshake", ""),
    ],
)
def test_why_tls_did_not_come_about(error: Exception, kind: FaultKind, words: str, hint: str) -> None:
    found = no_handshake(error, exchange(Stage.HANDSHAKE), None)

    assert (found.kind, found.begun) == (kind, False)
    assert words in found.message
    assert hint in (found.hint or "")


@pytest.mark.parametrize(
    ("stage", "kind", "begun", "words"),
    [
        (Stage.WAITING, FaultKind.TIMEOUT, False, "no connection became free within 5s"),
        (Stage.RESOLVING, FaultKind.UNREACHABLE, False, "the name 'api.example' did not resolve within 5s"),
        (Stage.CONNECTING, FaultKind.UNREACHABLE, False, f"{PEER} did not accept a connection within 5s"),
        (Stage.PROXY, FaultKind.UNREACHABLE, False, f"the proxy made no connection to {PEER} within 5s"),
        (Stage.HANDSHAKE, FaultKind.UNREACHABLE, False, f"{PEER} did not finish the TLS handshake within 5s"),
        (Stage.SENT, FaultKind.TIMEOUT, True, f"no complete answer from {PEER} within 5s"),
    ],
)
def test_a_deadline_means_what_had_been_reached(stage: Stage, kind: FaultKind, begun: bool, words: str) -> None:
    found = deadline_passed(exchange(stage), "5s")

    assert (found.kind, found.begun, found.message) == (kind, begun, words)


def test_nothing_of_an_exception_is_shown() -> None:
    for error in (tls_error("X"), OSError("s3cr3t"), RuntimeError("s3cr3t")):
        assert (
            "s3cr3t"
            not in f"{broken(error, exchange(Stage.SENT))}{no_handshake(error, exchange(Stage.HANDSHAKE), None)}"
        )
