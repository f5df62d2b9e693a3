"""The channels of the environment file: how people are told.

A channel's kind is its name when that is `slack` or `webhook`; a channel of another name says its `kind`.
"""

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.inventory.nodes import entries, get, scalar, text
from playbook_engine.model.document import Entry, Node, Scalar
from playbook_engine.model.inventory import Channel
from playbook_engine.values import Duration

KINDS: Final = ("slack", "webhook")
LATER: Final = ("pagerduty", "opsgenie", "teams", "dingtalk", "feishu", "wecom", "smtp", "command")
"""Kinds that later versions may know; until then nothing is sent there, and a warning says so."""
DETAILS: Final = ("name", "phone", "email")
"""What a contact may have beside addresses on channels; no channel can have such a name."""


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels that this version can use, and the names of all that are declared."""

    usable: tuple[Channel, ...]
    declared: frozenset[str]


def build(node: Node | None, secrets: frozenset[str], problems: Problems) -> Channels:
    """Build the channels; `secrets` are the names that they may refer to."""
    found = (_channel(entry, secrets, problems) for entry in entries(node))
    return Channels(
        usable=tuple(channel for channel in found if channel),
        declared=frozenset(entry.key.text for entry in entries(node)),
    )


def _channel(entry: Entry, secrets: frozenset[str], problems: Problems) -> Channel | None:
    name = entry.key.text
    if name in DETAILS:
        message = f"a channel cannot be called '{name}': contacts have a detail of that name"
        problems.error("invalid-name", message, entry.key.span, "Give it another name, and say its kind.")
        return None
    kind = _kind(entry, problems)
    if kind is None:
        return None
    where = get(entry.value, "webhook") if kind == "slack" else entry.value
    url, secret = scalar(get(where, "url")), scalar(get(where, "secret"))
    signing = scalar(get(get(entry.value, "signing"), "secret")) if kind == "webhook" else None
    _check_secrets((secret, signing), secrets, problems)
    if url:
        _check_url(url, kind, problems)
    channel = Channel(
        name=name,
        kind=kind,
        span=entry.key.span,
        url=text(url),
        url_secret=text(secret),
        signing_secret=text(signing),
    )
    budget = _budget(get(entry.value, "budget"))
    return replace(channel, budget=budget) if budget else channel


def _kind(entry: Entry, problems: Problems) -> str | None:
    """Return what kind of channel this is, or None when this version cannot use it."""
    name = entry.key.text
    given = scalar(get(entry.value, "kind"))
    kind, span = (given.text, given.span) if given and name not in KINDS else (name, entry.key.span)
    if kind in KINDS:
        return kind
    if kind in LATER:
        message = f"channels of kind '{kind}' are not yet supported: nothing is sent on '{name}'"
        problems.warning("not-yet-supported", message, span)
        return None
    known = f"Kinds are {' and '.join(KINDS)}."
    near = did_you_mean(kind, KINDS)
    message = f"'{kind}' is not a kind of channel" if given else f"channel '{name}' does not say its kind"
    problems.error("unknown-channel-kind", message, span, f"{near} {known}" if near else known)
    return None


def _check_secrets(references: Iterable[Scalar | None], secrets: frozenset[str], problems: Problems) -> None:
    for reference in references:
        if reference and reference.text not in secrets:
            message = f"there is no secret '{reference.text}'"
            hint = did_you_mean(reference.text, secrets) or "Say where it comes from under 'secrets:'."
            problems.error("unknown-secret", message, reference.span, hint)


def _check_url(node: Scalar, kind: str, problems: Problems) -> None:
    """Refuse addresses that would send a notice in the clear, or that cannot be addresses at all."""
    try:
        parts = urlsplit(node.text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in {"https", "http"}:
        problems.error("invalid-url", "expected an address such as https://hooks.example.org/x", node.span)
    elif parts.username or parts.password:
        problems.error(
            "invalid-url", "an address with a password in it", node.span, "Put the whole URL under 'secrets:'."
        )
    elif parts.scheme == "http" and not _is_loopback(host):
        hint = "Use https; plain http is for addresses on this machine."
        problems.error("insecure-url", f"notices to {host} would travel unencrypted", node.span, hint)
    elif kind == "slack" and not _is_loopback(host):
        hint = "Put it under 'secrets:' and write webhook: {secret: NAME}."
        problems.warning("secret-in-file", "whoever reads this address can post to your Slack", node.span, hint)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _budget(node: Node | None) -> Duration | None:
    try:
        return Duration.parse(text(node) or "")
    except ValueError:
        return None
