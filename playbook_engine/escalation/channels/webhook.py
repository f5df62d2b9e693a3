"""A generic webhook: one POST of JSON, for receivers that people write or configure themselves.

    POST /hook HTTP/1.1
    Content-Type: application/json
    Idempotency-Key: 5c0f…                       the same on every try
    X-Runbook-Signature: t=1764000000,v1=9a3b…   when the channel has a signing secret

    {"schema": "runbook-notice/1", "key": "5c0f…", "address": "#oncall", "text": "…", "fields": {…}}

`v1` is the HMAC-SHA256, in hex, of the time `t`, a dot and the body's bytes, keyed with the signing secret. A
receiver should refuse a `t` that is more than five minutes old. Every 2xx answer is a receipt.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

from playbook_engine.escalation.channels.delivery import Delivery, delivered, no_use
from playbook_engine.escalation.channels.post import post, receiver, refusal
from playbook_engine.frozen import dataclass
from playbook_engine.model.inventory import Channel
from playbook_engine.ports import Clock, Notice
from playbook_engine.values import Secret

SCHEMA = "runbook-notice/1"


@dataclass(frozen=True, slots=True)
class WebhookNotifier:
    """Sends notices to a channel of kind `webhook`; a ports.Notifier."""

    clock: Clock

    async def send(self, channel: Channel, address: str, notice: Notice, secrets: Mapping[str, Secret]) -> Delivery:
        """Send the notice once and say what came of it; never raises."""
        to = receiver(channel, secrets)
        if isinstance(to, Delivery):
            return to
        if channel.signing_secret is not None and channel.signing_secret not in secrets:
            return no_use(f"the signing secret '{channel.signing_secret}' of channel '{channel.name}' has no value")
        body = _body(address, notice)
        headers = {"Content-Type": "application/json", "Idempotency-Key": notice.key}
        if channel.signing_secret is not None:
            moment = int(self.clock.now().timestamp())
            headers["X-Runbook-Signature"] = signature(secrets[channel.signing_secret], moment, body)
        answer = await post(to, body, headers)
        if isinstance(answer, Delivery):
            return answer
        if 200 <= answer.status < 300:
            return delivered(f"HTTP {answer.status} from {to.host}")
        return refusal(answer, to.host, self.clock.now())


def signature(key: Secret, moment: int, body: bytes) -> str:
    """Return the value of X-Runbook-Signature for a body sent at `moment`, in seconds since 1970."""
    signed = f"{moment}.".encode() + body
    return f"t={moment},v1={hmac.new(key.reveal().encode(), signed, hashlib.sha256).hexdigest()}"


def _body(address: str, notice: Notice) -> bytes:
    document = {
        "schema": SCHEMA,
        "key": notice.key,
        "address": address,
        "text": notice.text,
        "fields": dict(notice.fields),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
