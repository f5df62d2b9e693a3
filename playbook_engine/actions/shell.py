"""The `ssh` and `local` actions: a command line for `sh -c`, or a list of arguments without shell features.

    ssh: tail -n 200 {{ api_log }} | grep JWKS
    local: {argv: [getent, hosts, "{{ name }}"]}
    ssh: {command: psql -qAt app, become: {user: postgres}, stdin: "select 1;"}

In a command line every value is quoted for the place where it stands. In `argv` every item becomes exactly one
argument, whatever it holds.
"""

import shlex
from dataclasses import replace
from functools import partial
from json import dumps
from typing import TypeAlias, assert_never

from playbook_engine.actions.nodes import (
    all_read,
    describe,
    known_fields,
    one_line,
    plain_scalar,
    references_of,
    text_of,
)
from playbook_engine.actions.pasting import pasted
from playbook_engine.actions.shell_pasting import in_setting
from playbook_engine.actions.shell_setting import (
    FIELDS,
    PLAIN,
    Setting,
    read_setting,
    render_env,
    render_stdin,
    render_user,
)
from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass
from playbook_engine.model.actions import ActionKind, Addressing, ByHand, Effect, Success
from playbook_engine.model.document import Mapping, Node, Scalar, Sequence
from playbook_engine.model.expressions import Compiler, ExpressionError, Reference, Template
from playbook_engine.model.requests import Become, ShellRequest
from playbook_engine.model.targets import Cluster, Control, Host, Person, Target
from playbook_engine.phrases import actions as phrases
from playbook_engine.values import Duration, Names, Secret, SecretText, ShellText, Text

_TIMEOUT = Duration(60_000)
_SUCCESS = Success(words=phrases.Success.EXIT_STATUS, expression="rc == 0")
_FIELDS = ("rc", "stdout", "stderr", "signal", "duration", "json")


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command line with all that the shell offers."""

    template: Template


@dataclass(frozen=True, slots=True)
class Arguments:
    """A program and its arguments; the shell only carries them."""

    items: tuple[Template, ...]


Command: TypeAlias = CommandLine | Arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellAction:
    """A command, on a host (`ssh`) or on the control machine (`local`)."""

    kind: str
    span: Span
    command: Command
    setting: Setting = PLAIN

    @property
    def effect(self) -> Effect:
        return Effect.UNKNOWN

    @property
    def may_only_read(self) -> bool:
        return True

    @property
    def effect_reason(self) -> str:
        return "a shell command"

    @property
    def default_timeout(self) -> Duration:
        return _TIMEOUT

    @property
    def references(self) -> tuple[Reference, ...]:
        return references_of(self._templates) + self.setting.references

    @property
    def source(self) -> str:
        return " ".join(filter(None, (self._command_source, self.setting.source)))

    @property
    def _command_source(self) -> str:
        if isinstance(self.command, CommandLine):
            return one_line(self.command.template.source)
        return dumps([item.source for item in self.command.items], ensure_ascii=False)

    @property
    def _templates(self) -> tuple[Template, ...]:
        match self.command:
            case CommandLine(template):
                return (template,)
            case Arguments(items):
                return items
            case _:
                assert_never(self.command)

    def request(self, names: Names, target: Target, timeout: Duration) -> ShellRequest:
        """Render the command for one target; raises ExpressionError."""
        match self.command:
            case CommandLine(template):
                shell = template.shell(names)
            case Arguments(items):
                shell = _arguments(items, names)
            case _:
                assert_never(self.command)
        setting = self.setting
        place = self._as_user(self._place(target), names)
        return ShellRequest(
            target=place,
            shell=shell,
            program=setting.program,
            stdin=None if setting.stdin is None else render_stdin(setting.stdin, names),
            env=render_env(setting.env, names),
            become=None if setting.become is None else _with_password(setting.become.rendered(names), place),
            timeout=timeout,
        )

    def by_hand(self, names: Names, target: Target | None) -> ByHand:
        """Return the command; whoever follows it is logged in where it runs."""
        del target
        match self.command:
            case CommandLine(template):
                command = template.shell_draft(names).strip()
            case Arguments(items):
                command = " ".join(pasted(item.draft(names)) for item in items)
            case _:
                assert_never(self.command)
        used, line = references_of(self._templates), isinstance(self.command, CommandLine)
        return ByHand(command=in_setting(command, self.setting, names, line=line, references=used), success=_SUCCESS)

    def _place(self, target: Target) -> Host | Control:
        """Return where the command runs: `local` with `hosts` runs here, once in the name of each host."""
        match target:
            case Host():
                return replace(target, connection="local") if self.kind == "local" else target
            case Control():
                return target
            case Cluster() | Person():
                raise TypeError(f"{self.kind} cannot be addressed to {target.name}")

    def _as_user(self, place: Host | Control, names: Names) -> Host | Control:
        """Return the host with the user who logs in for this step."""
        wanted = self.setting.user
        if wanted is None:
            return place
        if isinstance(place, Host) and place.connection != "local":
            return _logged_in_as(place, render_user(wanted, names))
        message = f"'user' says who logs in, and nobody logs in to {place.name} (its connection is local)"
        raise ExpressionError(message, wanted.span, "Write become: {user: …} to run it as somebody else.")


def _logged_in_as(host: Host, user: str) -> Host:
    """Return the host with another user; the passwords that the inventory has are not that user's."""
    if user == host.user:
        return host
    return replace(host, user=user, password=None, become_password=None)


def _with_password(become: Become, target: Host | Control) -> Become:
    """Return it with the password that the inventory has for the host, where the step gives none."""
    known = target.become_password if isinstance(target, Host) else None
    if become.password is not None or not isinstance(known, Secret):
        return become
    return replace(become, password=SecretText((known,)))


def _arguments(items: tuple[Template, ...], names: Names) -> ShellText:
    variables = _Variables()
    words = [_word(item, item.text(names), variables) for item in items]
    if words[0] == "''":
        raise ExpressionError("the name of the program is empty", items[0].span)
    return ShellText(" ".join(words), variables.pairs())


def _word(item: Template, text: Text, variables: "_Variables") -> str:
    """Return one argument as a shell word: plain text in quotes, a secret as a quoted variable."""
    pieces = (text,) if isinstance(text, str) else text.parts
    if any("\0" in (piece if isinstance(piece, str) else piece.reveal()) for piece in pieces):
        raise ExpressionError("a NUL character cannot be part of an argument", item.span)
    words = (
        shlex.quote(piece) if isinstance(piece, str) else f'"${{{variables.name_for(piece)}}}"'
        for piece in pieces
        if piece != ""
    )
    return "".join(words) or "''"


class _Variables:
    """The variables by which secrets travel; a secret that is used twice travels once."""

    def __init__(self) -> None:
        self._names: dict[Secret, str] = {}

    def name_for(self, secret: Secret) -> str:
        if secret not in self._names:
            safe = "".join(char if char.isascii() and char.isalnum() else "_" for char in secret.name)
            self._names[secret] = self._unused(f"RUNBOOK_SECRET_{safe}")
        return self._names[secret]

    def _unused(self, wanted: str) -> str:
        name, count = wanted, 1
        while name in self._names.values():
            count += 1
            name = f"{wanted}_{count}"
        return name

    def pairs(self) -> tuple[tuple[str, Secret], ...]:
        return tuple((name, secret) for secret, name in self._names.items())


def _read(kind: str, node: Node, compiler: Compiler, problems: Problems) -> ShellAction | None:
    if not isinstance(node, Mapping):
        line = _line(node, compiler, problems)
        return None if line is None else ShellAction(kind=kind, span=node.span, command=line)
    known_fields(node, ("command", "argv", "user", *FIELDS), kind, problems)
    command = _command(kind, node, compiler, problems)
    setting = read_setting(kind, node, compiler, problems)
    if command is None or setting is None:
        return None
    return ShellAction(kind=kind, span=node.span, command=command, setting=setting)


def _command(kind: str, form: Mapping, compiler: Compiler, problems: Problems) -> Command | None:
    line, argv = form.get("command"), form.entry("argv")
    if line is not None and argv is not None:
        problems.error(
            "conflicting-keys",
            "'command' and 'argv' exclude each other",
            argv.key.span,
            "Keep 'command' for a shell command line, 'argv' for one program with its arguments.",
        )
        return None
    if line is not None:
        return _line(line, compiler, problems)
    if argv is not None:
        return _argv(argv.value, compiler, problems)
    problems.error("missing-key", f"{kind} needs 'command' or 'argv'", form.span)
    return None


def _line(node: Node, compiler: Compiler, problems: Problems) -> CommandLine | None:
    scalar = text_of(node, "a command line", problems)
    template = compiler.template(scalar, shell=True) if scalar else None  # noqa: S604 - a compile option, no process
    return CommandLine(template) if template else None


def _argv(node: Node, compiler: Compiler, problems: Problems) -> Arguments | None:
    if not isinstance(node, Sequence) or not node.items:
        found = "an empty list" if isinstance(node, Sequence) else describe(node)
        problems.error("wrong-type", f"expected a list: the program, then its arguments; found {found}", node.span)
        return None
    items = all_read(node.items, partial(_argument, compiler=compiler, problems=problems))
    if isinstance(node.items[0], Scalar) and node.items[0].text == "":
        problems.error("empty-value", "the name of the program is empty", node.items[0].span)
        return None
    return Arguments(items) if items else None


def _argument(node: Node, compiler: Compiler, problems: Problems) -> Template | None:
    scalar = plain_scalar(node, "an argument", problems)
    return compiler.template(scalar) if scalar else None


SSH = ActionKind("ssh", Addressing.HOSTS, partial(_read, "ssh"), fields=_FIELDS)
LOCAL = ActionKind("local", Addressing.CONTROL, partial(_read, "local"), fields=_FIELDS)
