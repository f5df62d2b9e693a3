"""Slack's incoming webhooks.

Such a webhook belongs to one channel of a workspace, so the address cannot choose another: it is written in front
of the text instead. A member id (`U012AB3CD`) becomes a mention that reaches the person's phone.
"""

import json
import re
from collections.abc import Mapping

from playbook_engine.escalation.channels.delivery import Delivery, delivered
from playbook_engine.escalation.channels.post import post, receiver, refusal
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Channel
from playbook_engine.ports import Clock, Notice
from playbook_engine.values import Secret

_MEMBER = re.compile(r"<?@?([UW][A-Z0-9]{8,})>?")
_ANSWERS = frozenset(
    {
        "action_prohibited",
        "channel_is_archived",
        "channel_not_found",
        "invalid_payload",
        "invalid_token",
        "no_active_hooks",
        "no_service",
        "no_service_id",
        "no_team",
        "no_text",
        "posting_to_general_channel_denied",
        "rollup_error",
        "team_disabled",
        "too_many_attachments",
        "user_not_found",
    }
)
"""What Slack may answer; anything else is not shown."""


@dataclass(frozen=True, slots=True)
class SlackNotifier:
    """Sends notices to a channel of kind `slack`; a ports.Notifier."""

    clock: Clock

    async def send(self, channel: Channel, address: str, notice: Notice, secrets: Mapping[str, Secret]) -> Delivery:
        """Send the notice once and say what came of it; never raises."""
        to = receiver(channel, secrets)
        if isinstance(to, Delivery):
            return to
        body = json.dumps({"text": slack_text(address, notice.text)}).encode("ascii")
        answer = await post(to, body, {"Content-Type": "application/json", "Idempotency-Key": notice.key})
        if isinstance(answer, Delivery):
            return answer
        if answer.status == 200 and answer.text.strip() == "ok":
            return delivered(f"ok from {to.host}")
        return refusal(answer, to.host, self.clock.now(), known=_ANSWERS)


def slack_text(address: str, text: str) -> str:
    """Return the text as Slack wants it: its three special characters escaped, the address in front."""
    member = _MEMBER.fullmatch(address.strip())
    to = f"<@{member[1]}>" if member else escaped(address.strip())
    return f"{to}: {escaped(text)}" if to else escaped(text)


def escaped(text: str) -> str:
    """Return the text with `&`, `<` and `>` written so that Slack shows them and does not act on them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
