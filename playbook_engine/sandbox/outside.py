"""What the demo's API depends on, and who watches it: services of others, which can be ill."""

import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from playbook_engine.sandbox.ai import AiService
from playbook_engine.sandbox.alertmanager import Alertmanager
from playbook_engine.sandbox.identity import IdentityProvider, Trouble, new_key
from playbook_engine.sandbox.notices import NoticeReceiver
from playbook_engine.sandbox.supabase import Supabase


class Outside:
    """The services, from `start` to `close`, and the keys that they want to see."""

    def __init__(self, notices: Path) -> None:
        self.service_key, self.ai_key = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.identity = IdentityProvider(new_key("gymbro-2026"))
        self.supabase = Supabase(self.service_key)
        self.ai = AiService(self.ai_key)
        self.alertmanager = Alertmanager()
        self.notices = NoticeReceiver(notices)
        self._closing = ExitStack()

    def start(self) -> None:
        """Serve from now on."""
        for service in (self.identity, self.supabase, self.ai, self.alertmanager, self.notices):
            self._closing.callback(service.close)
            service.start()

    def close(self) -> None:
        self._closing.close()

    def mend(self) -> None:
        """Let all of them be well, and no alert fire."""
        self.identity.suffer(Trouble.NONE)
        self.supabase.suffer()
        self.ai.limit({})
        self.alertmanager.fire(())

    def describe(self) -> Sequence[tuple[str, str]]:
        """Return what they are and where."""
        return [
            ("JWKS endpoint", self.identity.jwks_url),
            ("Supabase", self.supabase.url),
            ("AI", self.ai.url),
            ("Alertmanager", self.alertmanager.url),
            ("Notices", self.notices.url),
        ]
