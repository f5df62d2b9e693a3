"""The answers of the SSH configuration for one host, as the values that they mean."""

import re
from typing import Final

from playbook_engine.model.replies import FaultKind
from playbook_engine.transports.ssh.config_rules import Said
from playbook_engine.transports.ssh.faults import Unable

_SECONDS: Final = re.compile(r"(\d+)([smhdw]?)", re.IGNORECASE)
_UNIT_S: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800}
_YES: Final = frozenset({"yes", "true"})
_NO: Final = frozenset({"no", "false"})
_SWITCHES: Final = {
    "publickey": "pubkeyauthentication",
    "keyboard-interactive": "kbdinteractiveauthentication",
    "password": "passwordauthentication",
}


class Answers:
    """What the configuration says, by keyword."""

    def __init__(self, said: Said) -> None:
        self._said = said

    def words(self, keyword: str) -> tuple[str, ...]:
        return self._said.get(keyword, ())

    def text(self, keyword: str, otherwise: str = "") -> str:
        return (self.words(keyword) or (otherwise,))[0]

    def yes(self, keyword: str) -> bool:
        return self.text(keyword).lower() in _YES

    def none(self, keyword: str) -> bool:
        """Return whether somebody said `none`, which is not the same as saying nothing."""
        return self.text(keyword).lower() == "none"

    def hostname(self, typed: str) -> str:
        named = self.text("hostname")
        if not named:
            return typed.lower()
        found = re.sub(r"%(.?)", lambda match: {"h": typed, "%": "%"}.get(match[1], match[0]), named)
        return found.lower()

    def port(self) -> int | None:
        text = self.text("port")
        if text and not (text.isdecimal() and len(text) < 6 and 0 < int(text) < 65536):
            raise Unable(FaultKind.ERROR, f"the SSH configuration: '{text}' is not a port")
        return int(text) if text else None

    def seconds(self, keyword: str, otherwise: float = 0.0) -> float:
        """Return a time such as `90` or `1m30s`."""
        text = self.text(keyword)
        if not text or text.lower() == "none":
            return otherwise
        if re.fullmatch(rf"({_SECONDS.pattern})+", text, re.IGNORECASE) is None:
            raise Unable(FaultKind.ERROR, f"the SSH configuration: {keyword}: '{text}' is not a time")
        return float(sum(int(number) * _UNIT_S[unit.lower()] for number, unit in _SECONDS.findall(text)))

    def number(self, keyword: str, otherwise: int) -> int:
        text = self.text(keyword)
        if text and not (text.isdecimal() and len(text) < 7):
            raise Unable(FaultKind.ERROR, f"the SSH configuration: {keyword}: '{text}' is not a number")
        return int(text) if text else otherwise

    def accepts_new(self) -> bool:
        """Return whether unknown host keys are taken and kept; raises Unable when keys are not to be checked."""
        text = self.text("stricthostkeychecking", "ask").lower()
        if text in _YES | {"ask", "accept-new"}:
            return text == "accept-new"
        message = f"StrictHostKeyChecking {text} is refused: host keys are always checked"
        raise Unable(FaultKind.ERROR, message, "Compare and keep the host's key with: runbook trust")

    def methods(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Return the ways to log in that may be tried, in the order in which they are."""
        wanted = self.text("preferredauthentications")
        ordered = tuple(name for name in wanted.split(",") if name in known) if wanted else known
        return tuple(name for name in ordered if self.text(_SWITCHES[name]).lower() not in _NO)

    def refuse_unsafe(self) -> None:
        """Raise Unable for what would make a connection less safe, or another one, if it were passed over."""
        if self.words("refused"):
            raise Unable(FaultKind.ERROR, " ".join(self.words("refused")))
        if self.text("canonicalizehostname", "no").lower() not in _NO | {"none"}:
            raise Unable(FaultKind.ERROR, "'CanonicalizeHostname' is not supported", "Write HostName for the host.")
        if not self.none("revokedhostkeys") and self.text("revokedhostkeys"):
            message = "'RevokedHostKeys' is not supported"
            raise Unable(FaultKind.ERROR, message, "Put the keys into known_hosts, each on a line with @revoked.")
