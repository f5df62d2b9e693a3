"""URLs with a password in them, taken apart so that the password can travel apart from the rest."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from playbook_engine.language.expressions.kinds import describe, need_text
from playbook_engine.language.expressions.refusal import Refused
from playbook_engine.values import Secret, Value

_PARTS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)(?:([^/?#]*)@)?(.*)", re.DOTALL)
_IN_QUERY = re.compile(r"(?<=[?&])password=([^&#]*)&?")


def password(value: Value) -> Value:
    """Take the password out of a URL, decoded; empty when it has none."""
    return _part(value, "url_password", _password)


def without_password(value: Value) -> Value:
    """Return a URL as it is but for its password."""
    return _part(value, "url_without_password", _without)


def _part(value: Value, word: str, part: Callable[[re.Match[str]], str]) -> Value:
    """Return a part of a URL; that of a secret is a secret, whatever is in it."""
    text = value.reveal() if isinstance(value, Secret) else need_text(value, f"`{word}`")
    url = _PARTS.fullmatch(text.strip())
    if url is None:
        raise Refused(f"{describe(value)} is not a URL; expected something like postgresql://user:password@host/name")
    return Secret(value.name, part(url)) if isinstance(value, Secret) else part(url)


def _password(url: re.Match[str]) -> str:
    _, colon, given = (url[2] or "").partition(":")
    in_query = _IN_QUERY.search(url[3])
    return unquote(given if colon or not in_query else in_query[1])


def _without(url: re.Match[str]) -> str:
    user = (url[2] or "").partition(":")[0]
    rest = _IN_QUERY.sub("", url[3])
    rest = rest if rest == url[3] else rest.rstrip("?&")
    return f"{url[1]}{user}@{rest}" if url[2] else f"{url[1]}{rest}"
