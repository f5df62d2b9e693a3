"""The contacts and escalation rules of the environment file: who is told."""

from typing import Final

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.inventory.channels import DETAILS, Channels
from playbook_engine.inventory.nodes import entries, get, items, scalar, text
from playbook_engine.model.document import Entry, Node
from playbook_engine.model.inventory import Contact, EscalationRule
from playbook_engine.values import Duration

FACTS: Final = ("unresolved", "service_down", "error_rate", "impact")
"""What rules speak of."""


def build(node: Node | None, channels: Channels, problems: Problems) -> tuple[Contact, ...]:
    """Build the contacts; a key that names a channel is an address there, in the order in which to try them."""
    return tuple(_contact(entry, channels, problems) for entry in entries(node))


def rules(node: Node | None, contacts: tuple[Contact, ...], problems: Problems) -> tuple[EscalationRule, ...]:
    """Build the rules of the matrix; one that speaks of nothing we know is left out, with a warning."""
    names = tuple(contact.name for contact in contacts)
    found = (_rule(item, names, problems) for item in items(node))
    return tuple(rule for rule in found if rule)


def _contact(entry: Entry, channels: Channels, problems: Problems) -> Contact:
    usable = {channel.name for channel in channels.usable}
    known = channels.declared.union(DETAILS)
    addresses, details = [], []
    for given in entries(entry.value):
        key, value = given.key.text, text(given.value)
        if key in DETAILS:
            details.append((key, value or ""))
        elif key not in channels.declared:
            _report_unknown(given, channels, problems)
        elif key in usable and value:
            addresses.append((key, value))
    if not addresses and not any(key.key.text not in known for key in entries(entry.value)):
        message = f"contact '{entry.key.text}' cannot be told: no address on a channel that is supported"
        hint = (
            f"Give an address on {', '.join(sorted(usable))}." if usable else "Declare a channel under 'channels:'."
        )
        problems.warning("contact-without-channel", message, entry.key.span, hint)
    return Contact(name=entry.key.text, span=entry.key.span, addresses=tuple(addresses), details=tuple(details))


def _report_unknown(given: Entry, channels: Channels, problems: Problems) -> None:
    known = (*sorted(channels.declared), *DETAILS)
    message = f"there is no channel '{given.key.text}'"
    hint = did_you_mean(given.key.text, known) or f"Known here: {', '.join(known)}."
    problems.error("unknown-channel", message, given.key.span, hint)


def _rule(node: Node, contacts: tuple[str, ...], problems: Problems) -> EscalationRule | None:
    when, to = scalar(get(node, "when")), scalar(get(node, "to"))
    if to and to.text not in contacts:
        hint = did_you_mean(to.text, contacts) or "Declare it under 'contacts:'."
        problems.error("unknown-contact", f"there is no contact '{to.text}'", to.span, hint)
    if when is None or to is None:
        return None
    fact = when.text.split(maxsplit=1)[0] if when.text.split() else ""
    if fact not in FACTS:
        hint = did_you_mean(fact, FACTS) or f"Rules speak of {', '.join(FACTS)}."
        problems.warning("unknown-fact", f"nobody can say whether this is so: 'when: {when.text}'", when.span, hint)
        return None
    return EscalationRule(when=when.text, to=to.text, after=_offset(get(node, "after")), span=node.span)


def _offset(node: Node | None) -> Duration:
    try:
        return Duration.parse(text(node) or "")
    except ValueError:
        return Duration(0)
