"""The part of `ansible_ssh_common_args` and `ansible_ssh_extra_args` that is understood.

Those are arguments for the `ssh` command, which is not used here: options that say where to connect are taken over,
options that would weaken the check of host keys are refused, and the rest is named in a warning.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from playbook_engine.diagnostics import Problems, Span
from playbook_engine.frozen import dataclass
from playbook_engine.inventory.paths import with_home
from playbook_engine.model.document import Scalar

_HONOURED = (
    "ProxyJump", "ProxyCommand", "StrictHostKeyChecking", "HostKeyAlias", "GlobalKnownHostsFile", "HashKnownHosts",
    "ConnectTimeout", "ServerAliveInterval", "ServerAliveCountMax", "AddressFamily", "IdentitiesOnly",
    "IdentityAgent", "CertificateFile", "PreferredAuthentications", "PubkeyAuthentication", "PasswordAuthentication",
    "KbdInteractiveAuthentication", "HostKeyAlgorithms", "PubkeyAcceptedAlgorithms",
)  # fmt: skip
_OTHERS = frozenset(name.lower() for name in _HONOURED)
_UNDERSTOOD = (
    "Understood are -J, -p, -l, -i, and -o with UserKnownHostsFile, Port, User, IdentityFile, " + ", ".join(_HONOURED)
    + "."
)  # fmt: skip
_LETTERS = {"-J": "ProxyJump", "-p": "Port", "-l": "User", "-i": "IdentityFile"}
REFUSED = "refused"
"""What takes the place of an option that says how to reach a host and may not: the host cannot be reached then."""
_OPTION = re.compile(r"(\w+)(?:\s*=\s*|\s+)(.*)", re.DOTALL)
_NO_FILES = {"/dev/null", "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SshOptions:
    """What the options say; None where they say nothing."""

    port: int | None = None
    user: str | None = None
    private_key_file: str | None = None
    known_hosts_file: str | None = None
    others: tuple[tuple[str, str], ...] = ()
    """Keywords of an SSH configuration with their values, the first of two that say the same counts."""


NO_OPTIONS: Final = SshOptions()


def read(name: str, node: Scalar, problems: Problems) -> SshOptions:
    """Read the arguments given as the value of the variable `name`."""
    options = NO_OPTIONS
    try:
        words = shlex.split(node.text)
    except ValueError as error:
        problems.error("invalid-ssh-args", f"{name} cannot be split into words: {error}", node.span)
        return options
    for word in _options(words):
        options = _applied(options, _Option(word, node, problems))
    return options


def joined(*given: SshOptions | None) -> SshOptions:
    """Return what several arguments say together, the earlier before the later."""
    found = [options for options in given if options is not None]
    return SshOptions(
        port=next((options.port for options in found if options.port), None),
        user=next((options.user for options in found if options.user), None),
        private_key_file=next((options.private_key_file for options in found if options.private_key_file), None),
        known_hosts_file=next((options.known_hosts_file for options in found if options.known_hosts_file), None),
        others=tuple(pair for options in found for pair in options.others),
    )


def without_reach(options: SshOptions, refused: list[str]) -> SshOptions:
    """Return options without a command to run and without trust in keys that nobody has seen; names are added."""
    kept: list[tuple[str, str]] = []
    for key, value in options.others:
        if key == "proxycommand" and value.lower() != "none":
            refused.append("ProxyCommand")
            kept.append((REFUSED, "ProxyCommand is not taken from what a program prints"))
        elif key == "stricthostkeychecking" and value == "accept-new":
            refused.append("StrictHostKeyChecking=accept-new")
        else:
            kept.append((key, value))
    return replace(options, others=tuple(kept))


def port(text: str) -> int | None:
    """Return the port that the text names, or None when it names none."""
    usable = text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65_535
    return int(text) if usable else None


def _options(words: list[str]) -> Iterator[str]:
    """Yield `Key=value` for each `-o`, and every other word as it stands."""
    rest = iter(words)
    for word in rest:
        if word[:2] in _LETTERS:
            value = word[2:] or next(rest, None)
            yield word if value is None else f"{_LETTERS[word[:2]]}={value}"
        elif word == "-o":
            yield next(rest, word)
        elif word.startswith("-o"):
            yield word[2:]
        else:
            yield word


class _Option:
    """One option on its way into SshOptions, with the place to complain about."""

    def __init__(self, word: str, node: Scalar, problems: Problems) -> None:
        match = None if word.startswith("-") else _OPTION.fullmatch(word)
        self.word = word
        self.key = match[1].lower() if match else ""
        self.value = match[2] if match else ""
        self.problems = problems
        self.span = _place(node, match[1] if match else word)

    def error(self, message: str, hint: str) -> None:
        self.problems.error("invalid-ssh-args", message, self.span, hint)

    def warn(self) -> None:
        self.problems.warning("ignored-ssh-args", f"'{self.word}' is not honoured yet", self.span, _UNDERSTOOD)


def _place(node: Scalar, word: str) -> Span:
    start = node.text.find(word)
    return node.at(start, len(word)) if start >= 0 else node.span


def _applied(options: SshOptions, option: _Option) -> SshOptions:
    """Return the options with one more; as for `ssh`, the first of two that say the same counts."""
    match option.key:
        case "userknownhostsfile":
            return _with_known_hosts(options, option)
        case "port":
            return _with_port(options, option)
        case "user":
            return replace(options, user=options.user or option.value)
        case "identityfile":
            path = options.private_key_file or with_home(option.value)
            return replace(options, private_key_file=path)
        case "stricthostkeychecking":
            if _is_strict(option):
                return replace(options, others=(*options.others, (option.key, option.value.lower())))
        case key if key in _OTHERS:
            return replace(options, others=(*options.others, (key, option.value)))
        case _:
            option.warn()
    return options


def _with_known_hosts(options: SshOptions, option: _Option) -> SshOptions:
    if option.value.lower() in _NO_FILES:
        option.error(
            "without known hosts no host can be trusted", "Name a known_hosts file; host keys are always checked."
        )
        return options
    if len(option.value.split()) != 1:
        option.error("expected one known_hosts file", "Put the keys into one file, or leave the option out.")
        return options
    path = options.known_hosts_file or with_home(option.value)
    return replace(options, known_hosts_file=path)


def _with_port(options: SshOptions, option: _Option) -> SshOptions:
    number = port(option.value)
    if number is None:
        option.error(f"'{option.value}' is not a port", "Ports are whole numbers from 1 to 65535.")
    return replace(options, port=options.port or number)


def _is_strict(option: _Option) -> bool:
    """Return whether host keys are checked; a new one may be taken and kept, when that is asked for."""
    strict = option.value.lower() in {"yes", "ask", "accept-new"}
    if not strict:
        option.error(
            f"StrictHostKeyChecking={option.value} is refused: host keys are always checked",
            "Remove it, and compare and keep the hosts' keys with: runbook trust",
        )
    return strict
