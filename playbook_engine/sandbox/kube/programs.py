"""Programs in a pod, as `kubectl exec` runs them: streams and exit status as frames of a WebSocket."""

import base64
import hashlib
import json
import signal
import struct
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any

from playbook_engine.sandbox.guard import Guard, kill_group
from playbook_engine.sandbox.kube.statuses import bad_request
from playbook_engine.sandbox.web import Reply, Request

PROTOCOL = "v4.channel.k8s.io"
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
_BINARY, _CLOSE = 0x82, 0x88
_OUT, _ERR, _END = 1, 2, 3
_CHUNK = 32_768
_LONGEST_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a pod's programs run."""

    folder: Path
    environment: Mapping[str, str]
    guard: Guard


def reply(request: Request, words: Sequence[str], place: Place) -> Reply:
    """Return the answer that makes a WebSocket of the connection, on which the program then runs."""
    key = request.headers.get("sec-websocket-key", "")
    offered = [one.strip() for one in request.headers.get("sec-websocket-protocol", "").split(",")]
    if request.headers.get("upgrade", "").lower() != "websocket" or not key or PROTOCOL not in offered:
        raise bad_request(f"exec is served as a WebSocket of the protocol {PROTOCOL}")
    accept = base64.b64encode(hashlib.sha1(key.encode() + _MAGIC).digest()).decode()  # noqa: S324  RFC 6455 says so
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": accept,
        "Sec-WebSocket-Protocol": PROTOCOL,
    }
    return Reply(status=101, body=b"", headers=headers, upgrade=partial(_serve, words=words, place=place))


def _serve(stream: BufferedIOBase, *, words: Sequence[str], place: Place) -> None:
    frames = _Frames(stream)
    frames.send(_END, json.dumps(_run(frames, words, place)).encode())
    frames.close()


def _run(frames: "_Frames", words: Sequence[str], place: Place) -> dict[str, Any]:
    """Run the program and return the Status object that tells how it ended."""
    try:
        process = subprocess.Popen(
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=place.folder,
            env=dict(place.environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return {"status": "Failure", "reason": "InternalError", "message": f'exec: "{words[0]}": {error}'}
    place.guard.watch(process.pid)
    try:
        _carry(process, frames)
        rc = process.wait(_LONGEST_SECONDS)
    finally:
        kill_group(process.pid, signal.SIGKILL)
        place.guard.forget(process.pid)
    if rc == 0:
        return {"status": "Success"}
    code = rc if rc > 0 else 128 - rc
    causes = [{"reason": "ExitCode", "message": str(code)}]
    message = f"command terminated with exit code {code}"
    return {"status": "Failure", "reason": "NonZeroExitCode", "message": message, "details": {"causes": causes}}


def _carry(process: "subprocess.Popen[bytes]", frames: "_Frames") -> None:
    assert process.stdout and process.stderr  # noqa: S101, PT018 both are pipes
    other = threading.Thread(target=_carry_one, args=(process.stderr, _ERR, frames), daemon=True)
    with process.stdout, process.stderr:
        other.start()
        _carry_one(process.stdout, _OUT, frames)
        other.join()


def _carry_one(stream: IO[bytes], channel: int, frames: "_Frames") -> None:
    while data := stream.read1(_CHUNK):  # type: ignore[attr-defined]  # a pipe is buffered
        frames.send(channel, data)


class _Frames:
    """Writes whole frames, from two threads."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, channel: int, data: bytes) -> None:
        self._write(_BINARY, bytes([channel]) + data)

    def close(self) -> None:
        self._write(_CLOSE, struct.pack("!H", 1000))

    def _write(self, kind: int, payload: bytes) -> None:
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", kind, size)
        elif size < 2**16:
            head = struct.pack("!BBH", kind, 126, size)
        else:
            head = struct.pack("!BBQ", kind, 127, size)
        with self._lock:
            self._stream.write(head + payload)
            self._stream.flush()
