"""`exec`: a program in a container, its exit status and both of its streams, over a WebSocket.

The server sends frames that begin with the number of a channel: 1 is standard output, 2 standard error, and 3 ends
it all with a Status object that holds the exit status. Without that object nobody knows how the program ended.
"""

import json
import re
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

import websocket

from playbook_engine.model.replies import Fault, FaultKind, Output, ShellReply
from playbook_engine.model.requests import KubectlRequest
from playbook_engine.transports.kubernetes import framing, owned
from playbook_engine.transports.kubernetes.api import Api
from playbook_engine.transports.kubernetes.faults import Failed
from playbook_engine.transports.kubernetes.framing import Marked
from playbook_engine.transports.kubernetes.plugin import Credential
from playbook_engine.transports.kubernetes.printing import Kept
from playbook_engine.transports.kubernetes.session import ApiError, Call
from playbook_engine.transports.kubernetes.threads import readable
from playbook_engine.transports.kubernetes.websockets import options

_OUT, _ERR, _END = 1, 2, 3
_CONNECT_S = 10.0
_FAREWELL_S = 2.0
_MARGIN_S = 0.1  # so much before the deadline, so that what the program had said by then is told
_LONGEST_STATUS = 64 * 2**10
_LOOK_S = 0.2
_ENDING_S = 1.7  # within the grace that the transport leaves to what is under way
_NO_SHELL = re.compile(r"""["']?sh["']?: (executable file not found|no such file|not found|stat sh)""", re.IGNORECASE)


async def execute(api: Api, request: KubectlRequest, namespace: str) -> ShellReply:
    """Run the words behind `--` in the container; nothing is sent to its standard input."""
    pod = await owned.pod_of(api, request, namespace)
    container = owned.running_container(pod, request.option("container"))
    path = (await api.resource("pods")).path(namespace, owned.name_of(pod), "exec")
    api.begun, api.pending = True, 1
    return await api.threads.run(_Place(api, path, container, token_hex(8), request.arguments).execute)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a program runs. `word` tells our line from what the program says."""

    api: Api
    path: str
    container: str
    word: str
    words: tuple[str, ...]

    @property
    def program(self) -> str:
        return self.words[0]

    def execute(self) -> ShellReply:
        """Run the program, end it when its time is over, and do without a shell where there is none."""
        try:
            return _Running(self, framing.start(self.words, self.word)).run()
        except _NoShell:
            return _Running(replace(self, word=""), self.words).run()

    def call(self, program: Sequence[str]) -> Call:
        query: dict[str, str | list[str]] = {"stdout": "true", "stderr": "true", "command": list(program)}
        if self.container:
            query["container"] = self.container
        return Call(method="GET", path=self.path, query=query)


class _NoShell(Exception):
    """The container has no shell: the program was not begun."""


class _Running:
    """One program: what it has said so far, and how it ended. All of its work happens in a worker thread."""

    def __init__(self, place: _Place, program: Sequence[str], seconds: float | None = None) -> None:
        self._place = place
        self._api = place.api
        self._call = place.call(program)
        self._until = None if seconds is None else time.monotonic() + seconds
        self._out = Kept()
        self._err = Marked(place.word)
        self._status = bytearray()

    def run(self) -> ShellReply:
        connection = self._connect()
        try:
            while not self._is_over(connection):
                pass
        except (websocket.WebSocketException, OSError) as error:
            if not self._status:  # with it, all is known: only the farewell went wrong
                raise self._broken(error) from error
        finally:
            self._err.flush()
            connection.shutdown()
        return self._reply()

    def _connect(self) -> Any:
        return self._api.session.identified(self._seconds_left(), self._connected)

    def _connected(self, who: Credential) -> Any:
        session, left = self._api.session, self._seconds_left()
        url = "ws" + session.url(self._call).removeprefix("http")
        try:
            connection: Any = websocket.create_connection(
                url, timeout=min(left * 0.8, _CONNECT_S), **options(session, who)
            )
        except websocket.WebSocketBadStatusException as refusal:
            body = refusal.resp_body if isinstance(refusal.resp_body, bytes) else b""
            self._api.begun = self._api.changed
            raise _refused(ApiError(refusal.status_code, "", body.decode("utf-8", "replace"))) from refusal
        except (websocket.WebSocketException, OSError) as error:
            self._api.begun = self._api.changed
            message = f"no connection to {session.server}: {error}"
            raise Failed(Fault(kind=FaultKind.UNREACHABLE, message=message)) from error
        return connection

    def _seconds_left(self) -> float:
        return self._api.seconds_left() if self._until is None else max(self._until - time.monotonic(), 0.001)

    def _is_over(self, connection: Any) -> bool:
        """Take one frame; True when the program has ended and all it said is here."""
        left = self._seconds_left() - _MARGIN_S
        if left <= 0 or (self._until is None and self._api.given_up.is_set()):
            raise websocket.WebSocketTimeoutException("late")
        if not _has_come(connection, min(left, _LOOK_S)):
            return bool(self._status)
        connection.settimeout(min(left, _FAREWELL_S) if self._status else left)
        opcode, data = connection.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return True
        channel, payload = (data[0], data[1:]) if data else (_OUT, b"")
        if channel == _OUT:
            self._out.take(payload)
        elif channel == _ERR:
            self._err.take(payload)
        elif channel == _END:
            self._status += payload[: _LONGEST_STATUS - len(self._status)]
        return False

    def _reply(self) -> ShellReply:
        if not self._status:
            message = "the connection ended before the program's exit status came"
            raise self._failed(FaultKind.LOST, message, may_live=True)
        rc = _exit_status(bytes(self._status))
        if self._err.absent:
            raise self._failed(
                FaultKind.REFUSED, f"the program could not be run: there is no '{self._place.program}'"
            )
        if self._place.word and not self._err.began and self._says_no_shell(rc):
            raise _NoShell
        if rc is None:
            said = _said(bytes(self._status))
            raise self._failed(FaultKind.REFUSED, f"the program could not be run: {said}")
        out, err = self._outputs()
        return ShellReply(rc=rc, stdout=out, stderr=err)

    def _says_no_shell(self, rc: int | None) -> bool:
        """Return whether the runtime found no shell: then nothing was begun."""
        out, err = self._outputs()
        said = f"{_said(bytes(self._status))} {out.head} {err.head}"
        return rc != 0 and _NO_SHELL.search(said) is not None

    def _broken(self, error: Exception) -> Failed:
        if not isinstance(error, websocket.WebSocketTimeoutException):
            message = f"the connection to {self._api.session.server} broke: {error}"
            return self._failed(FaultKind.LOST, message, may_live=True)
        if self._until is not None:
            return self._failed(FaultKind.TIMEOUT, "it did not end in time", may_live=True)
        if self._ended():
            return self._failed(FaultKind.TIMEOUT, "it did not end in time, and was ended", begun=True)
        hint = "It may still run in the container: end it there, or delete the pod."
        return self._failed(FaultKind.TIMEOUT, "it did not end in time", may_live=True, hint=hint)

    def _ended(self) -> bool:
        """End the program in the container; True when it has ended for certain."""
        number = self._err.number
        if number is None:
            return False
        try:
            return _Running(replace(self._place, word=""), framing.end(number), _ENDING_S).run().rc == 0
        except Exception:  # noqa: BLE001 whatever keeps us from ending it: it may live
            return False

    def _outputs(self) -> tuple[Output, Output]:
        return self._out.output(), self._err.kept.output()

    def _failed(
        self, kind: FaultKind, message: str, *, begun: bool = False, may_live: bool = False, hint: str | None = None
    ) -> Failed:
        out, err = self._outputs()
        partial_ = {"stdout": out, "stderr": err}
        fault = Fault(
            kind=kind, message=message, begun=begun or may_live, may_live=may_live, partial=partial_, hint=hint
        )
        return Failed(fault)


def _has_come(connection: Any, seconds: float) -> bool:
    """Wait until there is something to read, and not for longer than that."""
    sock = connection.sock
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    return readable(sock.fileno(), seconds)


def _refused(error: ApiError) -> Exception:
    """Return a refusal as it is when the server explains it; else it comes from what stands between."""
    if error.about or error.status in (401, 403):
        return error
    kind = FaultKind.ERROR if error.status >= 500 else FaultKind.REFUSED
    return Failed(
        Fault(kind=kind, message=f"no program can be run there: exec was answered with status {error.status}")
    )


def _exit_status(status: bytes) -> int | None:
    """Return the exit status that a Status object tells of; None when the program was not run."""
    found = _json(status)
    if found.get("status") == "Success":
        return 0
    causes = (found.get("details") or {}).get("causes") or ()
    for cause in causes:
        if cause.get("reason") == "ExitCode" and str(cause.get("message")).isdecimal():
            return int(cause["message"])
    return None


def _said(status: bytes) -> str:
    return str(_json(status).get("message") or status.decode("utf-8", "replace")).strip()


def _json(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
