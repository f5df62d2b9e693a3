"""Every exception of the library has a translation."""

import httpx
import pytest

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.http_faults import Exchange, Stage, deadline_passed, trouble

PARENTS = {
    "HTTPError",
    "RequestError",
    "TransportError",
    "NetworkError",
    "ProtocolError",
    "TimeoutException",
    "StreamError",
}
EXPECTED = {
    "CloseError": (FaultKind.LOST, True),
    "ConnectError": (FaultKind.UNREACHABLE, False),
    "ConnectTimeout": (FaultKind.UNREACHABLE, False),
    "CookieConflict": (FaultKind.ERROR, True),
    "DecodingError": (FaultKind.ERROR, True),
    "HTTPStatusError": (FaultKind.ERROR, True),
    "InvalidURL": (FaultKind.ERROR, False),
    "LocalProtocolError": (FaultKind.ERROR, False),
    "PoolTimeout": (FaultKind.TIMEOUT, False),
    "ProxyError": (FaultKind.UNREACHABLE, False),
    "ReadError": (FaultKind.LOST, True),
    "ReadTimeout": (FaultKind.TIMEOUT, True),
    "RemoteProtocolError": (FaultKind.LOST, True),
    "RequestNotRead": (FaultKind.ERROR, True),
    "ResponseNotRead": (FaultKind.ERROR, True),
    "StreamClosed": (FaultKind.ERROR, True),
    "StreamConsumed": (FaultKind.ERROR, True),
    "TooManyRedirects": (FaultKind.ERROR, True),
    "UnsupportedProtocol": (FaultKind.ERROR, False),
    "WriteError": (FaultKind.LOST, True),
    "WriteTimeout": (FaultKind.TIMEOUT, True),
}


def exception(name: str) -> Exception:
    """Make an exception of the library whose text is a secret."""
    made: Exception = getattr(httpx, name).__new__(getattr(httpx, name))
    made.args = ("https://user:s3cr3t@host/",)
    return made


def exchange(stage: Stage) -> Exchange:
    made = Exchange(httpx.URL("https://api.example/"))
    made.stage = stage
    return made


def test_the_table_below_names_every_exception_of_the_library() -> None:
    found = {
        name
        for name in dir(httpx)
        if isinstance(getattr(httpx, name), type) and issubclass(getattr(httpx, name), Exception)
    }

    assert set(EXPECTED) == found - PARENTS


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_exception_of_the_library_is_translated(name: str) -> None:
    found = trouble(exception(name), exchange(Stage.SENT))

    assert (found.kind, found.begun) == EXPECTED[name]
    assert "s3cr3t" not in f"{found}" or name == "ProxyError"


@pytest.mark.parametrize("name", ["ReadError", "WriteError", "RemoteProtocolError", "CloseError"])
def test_a_connection_that_breaks_before_sending_had_no_effect(name: str) -> None:
    found = trouble(exception(name), exchange(Stage.CONNECTING))

    assert (found.kind, found.begun) == (FaultKind.UNREACHABLE, False)


def test_an_unknown_exception_is_an_error_that_names_its_type_only() -> None:
    found = trouble(RuntimeError("s3cr3t"), exchange(Stage.SENT))

    assert (found.kind, found.begun) == (FaultKind.ERROR, True)
    assert found.message == "the request failed (RuntimeError)"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "refused"), "connection refused by api.example:443"),
        (OSError(113, "No route to host"), "no route to api.example:443"),
        (OSError(101, "Network is unreachable"), "no route to api.example:443"),
        (ConnectionResetError(104, "reset"), "api.example:443 closed the connection at once"),
        (PermissionError(1, "Operation not permitted"), "no connection to api.example:443: operation not permitted"),
        (OSError("All attempts failed"), "no connection to api.example:443"),
        (ExceptionGroup("all", [OSError("x"), ConnectionRefusedError(111, "y")]), "connection refused by api.example:443"),
    ],
)  # fmt: skip
def test_what_keeps_a_connection_from_being_made_is_said_in_words(error: Exception, words: str) -> None:
    connect = httpx.ConnectError("wrapped")
    connect.__cause__ = error

    found = trouble(connect, exchange(Stage.CONNECTING))

    assert (found.kind, found.message) == (FaultKind.UNREACHABLE, words)


@pytest.mark.parametrize(
    ("stage", "kind", "begun"),
    [
        (Stage.WAITING, FaultKind.TIMEOUT, False),
        (Stage.CONNECTING, FaultKind.UNREACHABLE, False),
        (Stage.SENT, FaultKind.TIMEOUT, True),
    ],
)
def test_a_deadline_means_what_had_been_reached(stage: Stage, kind: FaultKind, begun: bool) -> None:
    found = deadline_passed(exchange(stage), "5s")

    assert (found.kind, found.begun) == (kind, begun)


def test_a_connection_that_takes_too_long_says_how_long() -> None:
    found = trouble(exception("ConnectTimeout"), exchange(Stage.CONNECTING))

    assert found.message == "api.example:443 did not accept a connection within 10s"


def test_an_ipv6_address_is_shown_in_brackets() -> None:
    assert Exchange(httpx.URL("http://[::1]:8080/")).peer == "[::1]:8080"
