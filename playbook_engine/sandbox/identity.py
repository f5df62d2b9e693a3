"""The identity provider of the demo: a JWKS endpoint that can be broken, and tokens signed with its key."""

import threading
from enum import StrEnum, auto
from http import HTTPStatus

from paramiko import RSAKey

from playbook_engine.sandbox.server import ReservedPort
from playbook_engine.sandbox.tokens import PrivateKey, PublicKey, jwk, sign
from playbook_engine.sandbox.web import Reply, Request, WebServer, json_reply

JWKS_PATH = "/auth/v1/.well-known/jwks.json"
_SLOW_SECONDS = 30.0
_NEVER = 4_102_444_800  # the year 2100: a probe's token outlives every run


class Trouble(StrEnum):
    """What can be wrong with the JWKS endpoint."""

    NONE = auto()
    UNAVAILABLE = auto()
    SLOW = auto()
    GARBLED = auto()
    REFUSING = auto()


class IdentityProvider:
    """Serves its public key from `start` to `close`, as well as its trouble lets it."""

    def __init__(self, key: PrivateKey) -> None:
        self.key = key
        self._port = ReservedPort()
        self._trouble = Trouble.NONE
        self._mended = threading.Event()
        self._server: WebServer | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self._port.number}"

    @property
    def jwks_url(self) -> str:
        return self.url + JWKS_PATH

    def start(self) -> None:
        """Serve from now on."""
        self._server = WebServer(self._answer, self._port.number)
        self._server.start()

    def close(self) -> None:
        """Stop, and give the port back."""
        self._stop()
        self._port.close()

    def suffer(self, trouble: Trouble) -> None:
        """Have this trouble and no other from now on; requests that were kept waiting are let go."""
        self._mended.set()
        self._mended = threading.Event()
        self._trouble = trouble
        if trouble is Trouble.REFUSING:
            self._stop()
        elif self._server is None:
            self.start()

    def token(self, subject: str) -> str:
        """Return a token for somebody, good until the year 2100."""
        claims = {"sub": subject, "iss": f"{self.url}/auth/v1", "aud": "authenticated", "exp": _NEVER}
        return sign(claims, self.key)

    def _stop(self) -> None:
        self._mended.set()
        if self._server is not None:
            self._server.close()
            self._server = None

    def _answer(self, request: Request) -> Reply:
        if request.path != JWKS_PATH:
            return json_reply(HTTPStatus.NOT_FOUND, {"error": "not found"})
        if request.method not in {"GET", "HEAD"}:
            return json_reply(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "method not allowed"}, allow="GET, HEAD")
        if self._trouble is Trouble.SLOW:
            self._mended.wait(_SLOW_SECONDS)
        if self._trouble is Trouble.UNAVAILABLE:
            return json_reply(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "service unavailable"}, retry_after="120")
        if self._trouble is Trouble.GARBLED:
            return Reply(
                status=HTTPStatus.OK, body=b"<html><h1>We will be back soon</h1></html>", content_type="text/html"
            )
        return json_reply(HTTPStatus.OK, {"keys": [jwk(self.key.public)]}, cache_control="public, max-age=600")


def new_key(kid: str) -> PrivateKey:
    """Make an RSA key of 2048 bits."""
    made = RSAKey.generate(2048)
    numbers = made.key.private_numbers()  # type: ignore[union-attr]  # a key that was just made has its private part
    public = numbers.public_numbers
    return PrivateKey(public=PublicKey(kid=kid, n=public.n, e=public.e), d=numbers.d)
