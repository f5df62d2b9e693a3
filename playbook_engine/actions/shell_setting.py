"""What a command runs in besides its line: `user`, `become`, `shell`, `env` and `stdin` of the long form.

ssh:
  command: psql -qAt app
  become: {user: postgres, password: "{{ secret.SUDO }}"}
  env: {PGOPTIONS: -c statement_timeout=5000}
  stdin: select count(*) from jobs where state = {{ state }};
"""

import re
from json import dumps

from playbook_engine.actions.credentials import read_credential, render_credential
from playbook_engine.actions.nodes import (
    known_fields,
    mapping_of,
    one_line,
    plain_scalar,
    references_of,
    text_of,
)
from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.model.document import Entry, Mapping, Node, Scalar, plain
from playbook_engine.model.expressions import Compiler, ExpressionError, Reference, Template
from playbook_engine.model.requests import SH, Become
from playbook_engine.values import Names, SecretText, Text, reveal

STDIN_AT_MOST = 1024 * 1024
"""How many bytes a command can be given to read."""
FIELDS = ("become", "shell", "env", "stdin")
SHELLS = ("sh", "bash", "dash", "ash", "ksh", "ksh93", "mksh", "zsh", "yash")
"""The shells that read quotes as POSIX says."""
_VERSION = re.compile(r"-?[0-9.]+$")
_PATH = re.compile(r"/[A-Za-z0-9_@%+:./-]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OUR_NAMES = "RUNBOOK_SECRET_"
_SHELLS_OWN = frozenset(
    ("_", "IFS", "PPID", "UID", "EUID", "SHELLOPTS", "BASHOPTS", "BASH_VERSINFO", "LINENO", "OPTIND", "RANDOM")
)
"""Variables that shells set themselves; in some an attempt to export one ends the command."""
_NO_USER = re.compile(r"[\s\x00-\x1f\x7f-\x9f]|^-")
_ROOT = "root"
_PASSWORD = "the password for sudo"  # noqa: S105  what it is called


@dataclass(frozen=True, slots=True)
class BecomeWish:
    """Who the command is to become; no name means root."""

    user: Template | None = None
    password: Template | None = None

    def rendered(self, names: Names) -> Become:
        """Return the name and the password; raises ExpressionError."""
        user = _ROOT if self.user is None else render_user(self.user, names)
        password = None if self.password is None else render_credential(self.password, _PASSWORD, names)
        return Become(user=user, password=password)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The fields of the long form that say in what a command runs; `source` is what the author wrote of them."""

    user: Template | None = None
    become: BecomeWish | None = None
    program: str = SH
    env: tuple[tuple[str, Template], ...] = ()
    stdin: Template | None = None
    source: str = ""

    @property
    def references(self) -> tuple[Reference, ...]:
        wish = self.become or BecomeWish()
        single = (self.user, wish.user, wish.password, self.stdin)
        values = (template for _, template in self.env)
        return references_of((*(each for each in single if each is not None), *values))


PLAIN = Setting()


def render_user(template: Template, names: Names) -> str:
    """Return the name of an account; raises ExpressionError."""
    text = template.text(names)
    if isinstance(text, SecretText):
        raise ExpressionError("the name of a user is shown, so it cannot be a secret", template.span)
    if not text or _NO_USER.search(text):
        raise ExpressionError(f"'{text}' is not a user name", template.span)
    return text


def render_env(env: tuple[tuple[str, Template], ...], names: Names) -> tuple[tuple[str, Text], ...]:
    """Return names with values; raises ExpressionError for what no process can be given."""
    return tuple((name, _env_value(name, template, names)) for name, template in env)


def _env_value(name: str, template: Template, names: Names) -> Text:
    text = template.text(names)
    if "\0" in reveal(text):
        raise ExpressionError(
            f"the value of {name} holds a NUL character, which no process can be given", template.span
        )
    return text


def render_stdin(template: Template, names: Names) -> Text:
    """Return what the command is to read; raises ExpressionError when it is too much."""
    text = template.text(names)
    try:
        size = len(reveal(text).encode())
    except UnicodeEncodeError:
        raise ExpressionError("stdin holds characters that cannot be written as UTF-8", template.span) from None
    if size > STDIN_AT_MOST:
        message = f"stdin has {size:,} bytes; at most {STDIN_AT_MOST:,} are sent"
        raise ExpressionError(message, template.span, "Put large data into a file on the host.")
    return text


def read_setting(kind: str, form: Mapping, compiler: Compiler, problems: Problems) -> Setting | None:
    """Read these fields of a long form; None when one of them is wrong, which is on the list."""
    reader = _Reader(kind, form, compiler, problems)
    become, program, env = reader.become(), reader.program(), reader.env()
    user, stdin = reader.user(), reader.template("stdin", "a text")
    if reader.broken or program is None or env is None:
        return None
    source = one_line(" ".join(_written(entry) for entry in form if entry.key.text in ("user", *FIELDS)))
    return Setting(user=user, become=become, program=program, env=env, stdin=stdin, source=source)


def _written(entry: Entry) -> str:
    return f"{entry.key.text}: {dumps(plain(entry.value), ensure_ascii=False)}"


class _Reader:
    """Reads one field after the other, so that all problems are found; `broken` says that there were some."""

    def __init__(self, kind: str, form: Mapping, compiler: Compiler, problems: Problems) -> None:
        self.kind = kind
        self.form = form
        self.compiler = compiler
        self.problems = problems
        self.broken = False

    def error(self, code: str, message: str, node: Node, hint: str | None = None) -> None:
        self.broken = True
        self.problems.error(code, message, node.span, hint)

    def template(self, name: str, expected: str) -> Template | None:
        node = self.form.get(name)
        return None if node is None else self.compiled(plain_scalar(node, expected, self.problems))

    def compiled(self, scalar: Scalar | None) -> Template | None:
        template = self.compiler.template(scalar) if scalar else None
        self.broken = self.broken or template is None
        return template

    def account(self, node: Node) -> Template | None:
        scalar = text_of(node, "a user name", self.problems)
        template = self.compiled(scalar)
        if scalar is not None and template is not None and template.is_literal and _NO_USER.search(scalar.text):
            self.error("wrong-value", f"'{scalar.text}' is not a user name", scalar)
        return template

    def user(self) -> Template | None:
        entry = self.form.entry("user")
        if entry is None:
            return None
        if self.kind == "local":
            hint = "Write become: {user: …} to run it as somebody else."
            self.error("contradictory-field", "'user' has no meaning for local: nobody logs in", entry.key, hint)
            return None
        return self.account(entry.value)

    def become(self) -> BecomeWish | None:
        node = self.form.get("become")
        if node is None:
            return None
        if isinstance(node, Scalar) and node.value is True:
            return BecomeWish()
        form = mapping_of(node, "true (for root), or {user: NAME}", self.problems)
        if form is None:
            self.broken = True
            return None
        known_fields(form, ("user", "password"), "become", self.problems)
        user, password = form.get("user"), form.get("password")
        wish = BecomeWish(
            None if user is None else self.account(user),
            None if password is None else read_credential(password, _PASSWORD, self.compiler, self.problems),
        )
        self.broken = self.broken or (password is not None and wish.password is None)
        return wish

    def program(self) -> str | None:
        """Return the shell that reads the command line, once it is known to read quotes as ours are meant."""
        entry = self.form.entry("shell")
        if entry is None:
            return SH
        if "argv" in self.form:
            message = "'shell' has no meaning with 'argv', which no shell reads"
            self.error("contradictory-field", message, entry.key, "Leave it out.")
            return None
        scalar = text_of(entry.value, "the path of a shell, such as /bin/bash", self.problems)
        fault = _shell_fault(scalar.text) if scalar else None
        if scalar is None or fault is not None:
            self.broken = True
        if scalar is not None and fault is not None:
            self.error("wrong-value", fault[0], scalar, fault[1])
        return scalar.text if scalar else None

    def env(self) -> tuple[tuple[str, Template], ...] | None:
        node = self.form.get("env")
        if node is None:
            return ()
        form = mapping_of(node, "variables with values", self.problems)
        if form is None:
            return None
        read = tuple((entry.key.text, self.variable(entry)) for entry in form)
        return tuple((name, template) for name, template in read if template is not None)

    def variable(self, entry: Entry) -> Template | None:
        name = entry.key.text
        if not _NAME.fullmatch(name):
            hint = "Variables have letters, digits and _, and do not begin with a digit."
            self.error("wrong-name", f"'{name}' is not a name that a variable can have", entry.key, hint)
        elif name in _SHELLS_OWN:
            self.error("wrong-name", f"{name} is set by the shell itself", entry.key, "Choose another name.")
        elif name.startswith(_OUR_NAMES):
            message = f"names that begin with {_OUR_NAMES} are those by which secrets travel"
            self.error("wrong-name", message, entry.key, "Choose another name.")
        return self.compiled(plain_scalar(entry.value, f"a value for {name}", self.problems))


def _shell_fault(path: str) -> tuple[str, str | None] | None:
    """Return why a program cannot be the shell, and what to do; None when it can."""
    if "{{" in path:
        return "'shell' is fixed text: how values are quoted depends on it", None
    if not _PATH.fullmatch(path):
        return f"'{path}' is not the absolute path of a program", "Write it without arguments, such as /bin/bash."
    name = path.rpartition("/")[2]
    if name in SHELLS or _VERSION.sub("", name) in SHELLS:
        return None
    known = f"Shells that do: {', '.join(SHELLS)}."
    if name in {"fish", "csh", "tcsh", "nu", "xonsh", "elvish", "pwsh"}:
        return f"{name} does not read quotes as a POSIX shell does, so values would not be safe in it", known
    near = did_you_mean(name, SHELLS)
    hint = f"{near} {known}" if near else f"{known} For another interpreter, write argv: […] with stdin."
    return f"'{name}' is not known to be a POSIX shell, for which values are quoted", hint
