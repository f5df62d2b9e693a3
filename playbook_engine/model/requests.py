"""What a transport is asked to do, every name already resolved; requests are plain values."""

from typing import Protocol

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellRequest:
    """Run a command line by `sh -c` on a host, or on the control machine."""

    target: Host | Control
    shell: ShellText
    timeout: Duration

    @property
    def transport(self) -> str:
        return "ssh" if isinstance(self.target, Host) and self.target.connection != "local" else "local"

    def summary(self) -> str:
        return self.shell.command


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """Send one HTTP request from the control machine; redirects are not followed."""

    target: Host | Control
    method: str
    url: Text
    headers: tuple[tuple[str, Text], ...] = ()
    json: Value = None
    has_json: bool = False
    form: tuple[tuple[str, Text], ...] = ()
    body: Text | None = None
    timeout: Duration

    @property
    def transport(self) -> str:
        return "http"

    def summary(self) -> str:
        return f"{self.method} {self.url}"


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
    `arguments` would replace. `kind` is the plural resource name (`deployments`),
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
    """Ask a person to do or look at something, and for one of `options` as the answer."""

    target: Person
    instruction: str
    options: tuple[str, ...] = ("done", "failed")
    timeout: Duration

    @property
    def transport(self) -> str:
        return "manual"

    def summary(self) -> str:
        return self.instruction
