"""The kinds of channels. A new one is a module and a line here."""

from collections.abc import Mapping
from types import MappingProxyType

from playbook_engine.escalation.channels.slack import SlackNotifier
from playbook_engine.escalation.channels.webhook import WebhookNotifier
from playbook_engine.ports import Clock, Notifier


def notifiers(clock: Clock) -> Mapping[str, Notifier]:
    """Return what sends notices, by the channel's kind."""
    return MappingProxyType({"webhook": WebhookNotifier(clock), "slack": SlackNotifier(clock)})
