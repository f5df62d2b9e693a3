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

_UNDERSTOOD = "Understood are -o UserKnownHostsFile=, -o Port=, -o User= and -o IdentityFile=."
_OPTION = re.compile(r"(\w+)(?:\s*=\s*|\s+)(.*)", re.DOTALL)
_NO_FILES = {"/dev/null", "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SshOptions:
    """What the options say; None where they say nothing."""

    port: int | None = None
    user: str | None = None
    private_key_file: str | None = None
    known_hosts_file: str | None = None


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


def port(text: str) -> int | None:
    """Return the port that the text names, or None when it names none."""
    usable = text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65_535
    return int(text) if usable else None


def _options(words: list[str]) -> Iterator[str]:
    """Yield `Key=value` for each `-o`, and every other word as it stands."""
    rest = iter(words)
    for word in rest:
        if word == "-o":
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
            _check_strictness(option)
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


def _check_strictness(option: _Option) -> None:
    if option.value.lower() not in {"yes", "ask"}:
        option.error(
            f"StrictHostKeyChecking={option.value} is refused: host keys are always checked",
            "Remove it, and put the hosts' keys into a known_hosts file once you have compared them.",
        )
