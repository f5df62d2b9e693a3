"""Proving who we are, in OpenSSH's order: keys one after the other, then a password, one way or the other.

A host may want several proofs in a row. A password is shown once: a wrong one, tried again, may lock an account.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

import paramiko

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.endpoint import Endpoint
from playbook_engine.transports.ssh.faults import Unable, clean, translate
from playbook_engine.transports.ssh.identities import Identities, Identity
from playbook_engine.transports.ssh.key_files import KeyRing
from playbook_engine.transports.ssh.patience import Patience
from playbook_engine.transports.ssh.wire import Wire
from playbook_engine.values import Secret

_KEYS: Final = "publickey"
_QUESTIONS: Final = "keyboard-interactive"
_PASSWORD: Final = "password"  # noqa: S105  what the protocol calls it
_IN_TURN: Final = {_KEYS: "a key", _QUESTIONS: "answers to its questions", _PASSWORD: "a password"}


class WrongPassword(Unable):
    """The host did not take the password; it must not be shown again."""


def authenticate(wire: Wire, endpoint: Endpoint, ring: KeyRing, patience: Patience) -> None:
    """Log in; raises Unable when the host does not let us."""
    identities = Identities(endpoint.proof, ring)
    with closing(identities.each(patience.left)) as keys:
        _Login(wire, endpoint, patience, lambda: next(keys, None), identities.complaints).run()


@dataclass(slots=True)
class _Login:
    """One login: what has been tried, and what the host says that it takes (None: nothing yet)."""

    wire: Wire
    endpoint: Endpoint
    patience: Patience
    next_key: Callable[[], Identity | None]
    complaints: list[str]
    allowed: tuple[str, ...] | None = None
    proven: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    kept: Identity | None = None
    shown: bool = False
    """Whether the password has been shown."""
    wants_more: str = ""
    """What the host asked for besides the password."""

    def run(self) -> None:
        spent: set[str] = set()
        while True:
            method = next((each for each in self._methods() if each not in spent), None)
            if method is None:
                raise self.failure()
            before = len(self.proven)
            if self._try(method, spent):
                return
            if len(self.proven) > before:
                spent.clear()  # what was not the right thing to begin with may be the next

    def _methods(self) -> Sequence[str]:
        """Return the ways that are open, in order."""
        methods = self.endpoint.proof.methods
        have = (_KEYS, *(() if self.endpoint.proof.password is None or self.shown else (_QUESTIONS, _PASSWORD)))
        return [each for each in methods if each in have and (self.allowed is None or each in self.allowed)]

    def _try(self, method: str, spent: set[str]) -> bool:
        if method == _KEYS:
            identity, self.kept = self.kept or self.next_key(), None
            if identity is None:
                spent.add(_KEYS)
                return False
            self.tried.append(identity.label)
            got_in = self._ask(_KEYS, lambda done: self.wire.auth_publickey(self.endpoint.user, identity.key, done))
            if self.allowed is not None and _KEYS not in self.allowed and not self.proven:
                self.kept = identity  # nobody has looked at it yet
            return got_in
        spent.add(method)
        password = self.endpoint.proof.password
        if password is None:
            return False
        if method == _PASSWORD:
            self.shown = True
            return self._ask(
                method,
                lambda done: self.wire.auth_password(self.endpoint.user, password.reveal(), done, fallback=False),
            )
        return self._ask(method, lambda done: self._interactive(password, done))

    def _interactive(self, password: Secret, done: threading.Event) -> None:
        handler = _Answers(self, password)
        self.wire.auth_handler = paramiko.auth_handler.AuthHandler(self.wire)
        self.wire.auth_handler.auth_interactive(self.endpoint.user, handler, done, "")

    def _ask(self, method: str, send: Callable[[threading.Event], object]) -> bool:
        """Show one proof; return whether we are in."""
        done = threading.Event()
        send(done)
        if not self.patience.wait(done.wait):
            raise Unable(FaultKind.UNREACHABLE, f"{self.endpoint}: the host did not answer the login in time")
        if self.wire.is_authenticated():
            return True
        error = self.wire.get_exception()
        if self.wants_more:
            raise WrongPassword(
                FaultKind.AUTH, self.wants_more, "Log in with a key, or have it asked for nothing else."
            )
        if not self.wire.is_active():
            raise self._shown_out(method)
        match error:
            case paramiko.ssh_exception.PartialAuthentication():
                self.allowed = tuple(error.allowed_types)
                self.proven.append(_IN_TURN[method])
            case paramiko.BadAuthenticationType():
                self.allowed = tuple(error.allowed_types)
            case paramiko.AuthenticationException() | None:
                pass
            case _:
                fault = translate(error, str(self.endpoint))
                raise Unable(fault.kind, fault.message, fault.hint)
        return False

    def _shown_out(self, method: str) -> Unable:
        """Say why the connection ended during the login: after a refused proof that is the host's answer to us."""
        if self.shown:
            return self.failure()
        if method == _KEYS and len(self.tried) == 1:
            message = f"{self.endpoint}: the host closed the connection during the login"
            return Unable(FaultKind.UNREACHABLE, message)
        message = f"{self.endpoint}: the host ended the login as {self.endpoint.user} after too many keys"
        hint = "Name the right key: ansible_ssh_private_key_file, or IdentitiesOnly yes."
        return Unable(FaultKind.AUTH, message, hint)

    def failure(self) -> Unable:
        """Return why we did not get in."""
        user, place = self.endpoint.user, self.endpoint
        hint = "; ".join(dict.fromkeys(self.complaints)) or None
        keys = f" (tried {', '.join(self.tried)})" if self.tried else ""
        if self.shown:
            message = f"{place}: the host did not accept the password of {user}"
            return WrongPassword(
                FaultKind.AUTH, message, "It is not tried again in this run, so that no account is locked."
            )
        if self.proven:
            message = (
                f"{place}: besides {' and '.join(self.proven)} the host wants {self._wanted()}, which is not there"
            )
            return Unable(FaultKind.AUTH, message, _GIVE_PASSWORD)
        if self.allowed is not None and _KEYS not in self.allowed:
            message = f"{place}: the host takes no keys for {user}, only {', '.join(self.allowed)}"
            return Unable(FaultKind.AUTH, message, hint or _GIVE_PASSWORD)
        if self.tried:
            return Unable(FaultKind.AUTH, f"{place}: the host accepts no key for {user}{keys}", hint)
        return Unable(FaultKind.AUTH, f"{place}: there is no key to log in with as {user}", hint)

    def _wanted(self) -> str:
        return " or ".join(self.allowed or ())


class _Answers:
    """Answers the host's questions: one for a password, once; anything else ends the login."""

    def __init__(self, login: _Login, password: Secret) -> None:
        self._login = login
        self._password = password

    def __call__(self, title: str, instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
        del title, instructions
        if not prompts:
            return []
        login = self._login
        (text, echo), *others = prompts
        if login.shown or echo or others:
            asked = clean(text if not others or echo else others[0][0], 80).strip()
            again = login.shown and not others and not echo
            login.wants_more = (
                f"{login.endpoint}: the host did not accept the password of {login.endpoint.user} (it asks '{asked}')"
                if again
                else f"{login.endpoint}: the host asks '{asked}', to which no secret is the answer"
            )
            raise EOFError(login.wants_more)
        login.shown = True
        return [self._password.reveal()]


_GIVE_PASSWORD: Final = 'Give the host ansible_password: "{{ secret.NAME }}", or a vaulted one.'  # noqa: S105
