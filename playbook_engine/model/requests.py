"""What a transport is asked to do, every name already resolved; requests are plain values."""

import json
from collections.abc import Iterator
from typing import Protocol, TypeAlias, assert_never

from playbook_engine.frozen import dataclass
from playbook_engine.model.targets import Cluster, Control, Host, Person, Target
from playbook_engine.values import Duration, Secret, ShellText, Text, Value


class Request(Protocol):
    """One thing to do on one target; `timeout` is the deadline of this attempt."""

    @property
    def transport(self) -> str:
        """Return the name of the transport that carries it: `ssh`, `local`, `http`, `kubectl`, `manual`."""
        ...

    @property
    def target(self) -> Target: ...
    @property
    def timeout(self) -> Duration: ...

    def summary(self) -> str:
        """Return one line that is safe to show and to record, secrets masked."""
        ...


SH = "/bin/sh"
"""The shell that reads a command line when nobody names another."""
_SHOWN = 200
"""How many characters of a command's standard input are shown and recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Become:
    """As whom a command runs, through sudo; `password` is for sudo, when it asks for one."""

    user: str
    password: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellRequest:
    """Run a command line by `program -c` on a host, or on the control machine.

    `stdin` is what the command reads, `env` what is added to its environment. `reads` says that it changes nothing,
    because it stands in a check or a verify: it may be sent again when nobody knows whether it arrived.
    """

    target: Host | Control
    shell: ShellText
    program: str = SH
    stdin: Text | None = None
    env: tuple[tuple[str, Text], ...] = ()
    become: Become | None = None
    reads: bool = False
    timeout: Duration

    @property
    def transport(self) -> str:
        return "ssh" if isinstance(self.target, Host) and self.target.connection != "local" else "local"

    def summary(self) -> str:
        return " ".join((self.shell.command, *self._details()))

    def _details(self) -> Iterator[str]:
        if self.become is not None:
            yield f"become: {self.become.user}"
        if self.program != SH:
            yield f"shell: {self.program}"
        if self.env:
            yield f"env: {_quoted_pairs(self.env)}"
        if self.stdin is not None:
            yield f"stdin: {_beginning(str(self.stdin))}"


def _quoted_pairs(pairs: tuple[tuple[str, Text], ...]) -> str:
    return json.dumps({name: str(value) for name, value in pairs}, ensure_ascii=False)


def _beginning(text: str) -> str:
    """Return the beginning of a text in quotes, and how long it is when that is not all."""
    shown = json.dumps(text[:_SHOWN], ensure_ascii=False)
    return shown if len(text) <= _SHOWN else f'{shown[:-1]}…" ({len(text):,} characters)'


@dataclass(frozen=True, slots=True, kw_only=True)
class Basic:
    """A name and a password."""

    user: Text
    password: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """A token."""

    token: Text


Auth: TypeAlias = Basic | Bearer
"""How a request says who we are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Whom we trust and who we are in a TLS handshake: files, and the name that the server must prove."""

    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    server_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """Send one HTTP request: from the control machine, or `via_ssh` through the target host's SSH connection.

    At most `follow` redirects are followed.
    """

    target: Host | Control
    method: str
    url: Text
    headers: tuple[tuple[str, Text], ...] = ()
    json: Value = None
    has_json: bool = False
    form: tuple[tuple[str, Text], ...] = ()
    body: Text | None = None
    auth: Auth | None = None
    tls: Tls | None = None
    follow: int = 0
    via_ssh: bool = False
    timeout: Duration

    @property
    def transport(self) -> str:
        return "http"

    def summary(self) -> str:
        return " ".join((f"{self.method} {self.url}", *self._details()))

    def _details(self) -> Iterator[str]:
        match self.auth:
            case Basic(user=user):
                yield f"auth: basic {user}"
            case Bearer():
                yield "auth: bearer"
            case None:
                pass
            case _:
                assert_never(self.auth)
        if self.follow:
            yield f"follow: {self.follow}"
        if self.via_ssh:
            yield "via: ssh"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvEntry:
    """What a variable of one container was: a value, a reference (`valueFrom`), or nothing when both are None."""

    container: str
    name: str
    value: Text | Secret | None = None
    reference: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEntry:
    """What one field of an object was (`path` from its top), and what the change made of it; None: it was not there.

    Without `checked` nothing is known of the value afterwards, and the field is put back whatever it holds.
    """

    path: tuple[str | int, ...]
    before: Value = None
    after: Value = None
    checked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class KubectlRequest:
    """Carry out one kubectl command through the API.

    `verb` is the command's words (`get`, `rollout undo`); `snapshot` reads what the change whose verb is the first of
    `arguments` would replace, `rehearse` what it would do. `kind` is the plural resource name (`deployments`),
    `names` the objects named, `options` the flags by their long names without dashes (`replicas`, `tail`,
    `selector`, `output`). `assignments` are the pairs of `set env`, `set image`, `label` and `annotate`; a None
    value removes. `arguments` are the words behind `--` of `exec`, and the verb that `auth can-i` asks about.
    `payload` is what is sent: the patch, or the objects of a file. An undo says in `restore` what the variables of
    `set env` were, container by container, and in `fields` what the fields of an object were.
    `command` is the line as it may be shown.
    """

    target: Cluster
    verb: str
    kind: str = ""
    names: tuple[str, ...] = ()
    namespace: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    assignments: tuple[tuple[str, Text | Secret | None], ...] = ()
    arguments: tuple[str, ...] = ()
    payload: Value = None
    restore: tuple[EnvEntry, ...] = ()
    fields: tuple[FieldEntry, ...] = ()
    command: str = ""
    timeout: Duration

    @property
    def transport(self) -> str:
        return "kubectl"

    def option(self, name: str) -> str | None:
        return dict(self.options).get(name)

    def summary(self) -> str:
        return self.command


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualRequest:
    """Ask a person to do or look at something, and for one of `options` as the answer.

    `shown` is the instruction in the language of whoever reads it, when that is another one.
    """

    target: Person
    instruction: str
    options: tuple[str, ...] = ("done", "failed")
    timeout: Duration
    shown: str | None = None

    @property
    def transport(self) -> str:
        return "manual"

    def summary(self) -> str:
        return self.instruction
