"""What a playbook sees of an HTTP answer beyond its body, played by the installed command."""

import datetime as dt
import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

from certificates import Authority, certificate
from commanding import Place

PLAYBOOK = """\
runbook: v1
name: answers
version: 1.0.0
title: Answers
steps:
  - check: A certificate is good, and the answer quick
    id: good
    http: {request: "GET {{ url }}/", tls: {ca: "{{ ca }}"}}
    expect:
      - certificate_days_left > 10000
      - certificate_names == ['127.0.0.1']
      - tls_time > 0 and ttfb >= tls_time and duration >= ttfb
  - check: A server that is busy is left alone as long as it asks
    id: busy
    http: {request: "GET {{ url }}/busy", tls: {ca: "{{ ca }}"}}
    retries: 1
    delay: 10ms
    deadline: 20s
  - check: Certificates end
    id: ended
    http: {request: "GET {{ old_url }}/", tls: {ca: "{{ old_ca }}"}}
"""


class Api(BaseHTTPRequestHandler):
    """Is busy once."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        busy = self.path == "/busy" and "/busy" not in self.asked
        self.asked.append(self.path)
        self.send_response(503 if busy else 200)
        if busy:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        """Say nothing of clients that do not like the certificate."""


@contextmanager
def serving(context: ssl.SSLContext) -> Iterator[str]:
    with Quiet(("127.0.0.1", 0), Api) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_what_a_playbook_sees_of_an_answer(place: Place, tmp_path: Path) -> None:
    Api.asked.clear()
    own = Authority(tmp_path / "own")
    old = certificate(tmp_path, ends=dt.datetime(2021, 3, 4, 5, 6, tzinfo=dt.UTC), address="127.0.0.1")
    expired = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    expired.load_cert_chain(old)
    place.write("answers.yml", PLAYBOOK)
    with serving(own.server("127.0.0.1")) as url, serving(expired) as old_url:
        given = {"url": url, "ca": str(own.file), "old_url": old_url, "old_ca": str(old)}
        place.write("hosts.yml", f"all: {{vars: {json.dumps(given)}, hosts: {{a: }}}}\n")
        began = time.monotonic()
        played = place.run("play", "./answers.yml", "-i", "./hosts.yml", "--output", "json")

    document = json.loads(played.stdout)
    steps = sorted(document["steps"], key=lambda step: step["title"])
    results = [step["targets"][0] for step in steps]
    assert [result["outcome"] for result in results] == ["ok", "ok", "unreachable"], played.stdout
    assert results[1]["attempts"] == 2
    assert Api.asked.count("/busy") == 2
    assert time.monotonic() - began > 1
    assert "certificate has expired (it is for 127.0.0.1, valid until 2021-03-04 05:06 UTC)" in played.stdout
    replies = [event["reply"] for event in place.events() if event["type"] == "attempt.finished"]
    assert any(reply and reply["certificate"]["days_left"] > 10_000 for reply in replies)  # type: ignore[index]
    assert any(reply and reply["tls_ms"] > 0 for reply in replies)  # type: ignore[index]
