"""How a value is written where it stands in a shell command."""

import re
from typing import assert_never

from playbook_engine.language.expressions.converting import to_text
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.language.expressions.shell import Spot
from playbook_engine.values import Secret, SecretText, ShellText, Value

PREFIX = "RUNBOOK_SECRET_"
"""What the names of variables with secrets begin with."""
_UNFIT_IN_COMMENT = re.compile(r"[^\w @%+=:,./-]")
"""Nothing that any shell acts on goes into a comment, even if it should take it for something else."""
_UNFIT = re.compile(r"[^A-Za-z0-9_]")
_SAFE = re.compile(r"[A-Za-z0-9_@%+:./-]+", re.ASCII)
"""What a shell reads as one word wherever it stands; `=`, `,` and `~` mean something in some places."""
_RESERVED = frozenset(
    {
        *("case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function"),
        *("if", "in", "select", "then", "time", "until", "while"),
    }
)
_SPECIAL_IN_DOUBLE = re.compile(r"[\\\"`$]")


class CommandWriter:
    """Collects the parts of one command, and the variables that carry its secrets; `prefix` begins their names."""

    def __init__(self, prefix: str = PREFIX) -> None:
        self._prefix = prefix
        self._parts: list[str] = []
        self._variables: dict[str, Secret] = {}

    def literal(self, text: str) -> None:
        self._parts.append(text)

    def value(self, value: Value, spot: Spot) -> None:
        """Add a value, quoted for its spot."""
        if not isinstance(value, list | tuple):
            self._parts.append(self._written(value, spot))
        elif spot in (Spot.PLAIN, Spot.REDIRECTED, Spot.COMMENT):
            self._parts.append(" ".join(self._written(item, spot) for item in value))
        else:
            hint = "Take the list out of the quotes, or write {{ … | join(' ') }}."
            raise Refused("a list cannot stand inside quotes", hint)

    def finished(self) -> ShellText:
        return ShellText("".join(self._parts), tuple(self._variables.items()))

    def _written(self, value: Value, spot: Spot) -> str:
        text = to_text(value)
        if isinstance(text, str):
            _check(text)
            return _quoted(text, spot)
        return self._reference(text, spot)

    def _reference(self, text: SecretText, spot: Spot) -> str:
        match spot:
            case Spot.PLAIN | Spot.REDIRECTED:
                return f'"${{{self._variable(text)}}}"'
            case Spot.DOUBLE:
                return f"${{{self._variable(text)}}}"
            case Spot.SINGLE:
                return f"'\"${{{self._variable(text)}}}\"'"
            case Spot.COMMENT:
                return _quoted(str(text), spot)
            case Spot.RAW:
                hint = "Leave `| raw` out: the secret travels in a variable, never in the command."
                raise Refused("a secret cannot go into a command without quotes", hint)
            case _:
                assert_never(spot)

    def _variable(self, text: SecretText) -> str:
        """Return the name of the variable that carries a secret; two values never share one."""
        secret = _as_secret(text)
        _check(secret.reveal(), f"the secret {secret.name}")
        stem = self._prefix + _UNFIT.sub("_", secret.name)
        name, number = stem, 1
        while self._variables.setdefault(name, secret).reveal() != secret.reveal():
            number += 1
            name = f"{stem}_{number}"
        return name


def _as_secret(text: SecretText) -> Secret:
    """Return a text with secrets in it as one secret, named after the first."""
    if len(text.parts) == 1 and isinstance(text.parts[0], Secret):
        return text.parts[0]
    name = next((secret.name for secret in text.secrets()), "TEXT")
    return Secret(name, text.reveal())


def _check(text: str, what: str = "the value") -> None:
    if "\0" in text:
        raise Refused(f"{what} holds a NUL character, which a command cannot carry")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Refused(f"{what} is not valid Unicode, so a command cannot carry it") from None


def _quoted(text: str, spot: Spot) -> str:
    match spot:
        case Spot.PLAIN:
            return text if _SAFE.fullmatch(text) and text not in _RESERVED else f"'{_in_single(text)}'"
        case Spot.REDIRECTED:
            return f"'{_in_single(text)}'"
        case Spot.SINGLE:
            return _in_single(text)
        case Spot.DOUBLE:
            return _SPECIAL_IN_DOUBLE.sub(r"\\\g<0>", text)
        case Spot.COMMENT:
            return _UNFIT_IN_COMMENT.sub("_", text)
        case Spot.RAW:
            return text
        case _:
            assert_never(spot)


def _in_single(text: str) -> str:
    return text.replace("'", "'\\''")
