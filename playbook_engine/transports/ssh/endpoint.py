"""What the inventory and `~/.ssh/config` say about reaching a host; where both speak, the inventory counts.

The configuration is asked for what one would type after `ssh`: the host's address, or its name where it has none.
So an address may be an alias of the configuration, as with Ansible.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import paramiko

from playbook_engine.model.replies import FaultKind
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh import config_text
from playbook_engine.transports.ssh.faults import Unable, plain
from playbook_engine.transports.ssh.settings import Limits, UserFiles

PORT: Final = 22
_WHERE: Final = "See ~/.ssh/config and /etc/ssh/ssh_config."
_BYPASSES: Final = ("proxyjump", "proxycommand")
_SECONDS: Final = re.compile(r"(\d+)([smhd]?)", re.IGNORECASE)
_UNIT_S: Final = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_WORD: Final = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Everything that is needed to reach one host and to know that it is the one."""

    name: str
    address: str
    port: int
    user: str
    known_as: str
    """The name to look for in known_hosts."""
    known_hosts: tuple[Path, ...]
    identities: tuple[Path, ...]
    identities_named: bool
    """Whether someone named these files, so that a missing one is worth mentioning."""
    identities_only: bool
    agent_socket: str | None
    connect_s: float

    def __str__(self) -> str:
        place = f"{self.address}:{self.port}" if ":" not in self.address else f"[{self.address}]:{self.port}"
        return place if self.name == self.address else f"{self.name} ({place})"


class Configuration:
    """The user's SSH configuration, read once when the first host needs it."""

    def __init__(self, files: UserFiles, limits: Limits) -> None:
        self._files = files
        self._limits = limits
        self._config: paramiko.SSHConfig | None = None

    def endpoint(self, host: Host) -> Endpoint:
        """Return how the host is reached; raises Unable when the configuration does not allow to say."""
        asked = host.address or host.name
        try:
            said = _Said(self._read().lookup(asked))
        except (paramiko.SSHException, ValueError, KeyError, OSError) as error:
            message = f"{host.name}: the SSH configuration cannot be used: {plain(error)}"
            raise Unable(FaultKind.ERROR, message, _WHERE) from None
        self._no_bypass(host, said)
        return self._complete(host, asked, said)

    def _read(self) -> paramiko.SSHConfig:
        if self._config is None:
            self._config = paramiko.SSHConfig.from_text(config_text.read(self._files.config, self._files.home))
        return self._config

    def _no_bypass(self, host: Host, said: "_Said") -> None:
        if said.text(config_text.ASKS_PROGRAM.lower()):
            raise Unable(FaultKind.ERROR, f"{host.name}: 'Match exec' in ~/.ssh/config is not yet supported", _WHERE)
        for keyword in _BYPASSES:
            value = said.text(keyword)
            if value and value.lower() != "none":
                message = f"{host.name}: ProxyJump and ProxyCommand in ~/.ssh/config are not yet supported"
                raise Unable(FaultKind.ERROR, message, "Connecting around them would not be what you asked for.")

    def _complete(self, host: Host, asked: str, said: "_Said") -> Endpoint:
        files = self._files
        address = said.text("hostname") or asked
        user = host.user or said.text("user") or files.user
        if not user:
            message = f"{host.name}: nobody said which user logs in"
            raise Unable(FaultKind.ERROR, message, "Set ansible_user for the host.")
        named = (host.private_key_file,) if host.private_key_file else said.list("identityfile")
        own = tuple(self._path(name) for name in named if name.lower() != "none")
        return Endpoint(
            name=host.name,
            address=address,
            port=host.port or said.port() or PORT,
            user=user,
            known_as=(said.text("hostkeyalias") or address).lower(),
            known_hosts=self._known_hosts(host, said),
            identities=own if named else files.identities,
            identities_named=bool(named),
            identities_only=said.text("identitiesonly").lower() == "yes",
            agent_socket=self._agent(said),
            connect_s=said.seconds("connecttimeout") or self._limits.connect.seconds,
        )

    def _known_hosts(self, host: Host, said: "_Said") -> tuple[Path, ...]:
        if host.known_hosts_file:
            return (self._path(host.known_hosts_file),)
        named = said.words("userknownhostsfile")
        if not named:
            return self._files.known_hosts
        return tuple(self._path(name) for name in named if name.lower() != "none")

    def _agent(self, said: "_Said") -> str | None:
        named = said.text("identityagent")
        if not named or named == "SSH_AUTH_SOCK":
            return self._files.agent_socket
        return None if named.lower() == "none" else str(self._path(named))

    def _path(self, name: str) -> Path:
        home = str(self._files.home)
        name = name.replace("%d", home)
        return Path(home + name[1:]) if name == "~" or name.startswith("~/") else Path(name)


class _Said:
    """The answers of the configuration for one host, by keyword."""

    def __init__(self, found: "paramiko.SSHConfigDict") -> None:
        self._found = found

    def text(self, keyword: str) -> str:
        value: object = self._found.get(keyword)
        return value if isinstance(value, str) else ""

    def list(self, keyword: str) -> tuple[str, ...]:
        value: object = self._found.get(keyword)
        return tuple(value) if isinstance(value, list) else ()

    def words(self, keyword: str) -> tuple[str, ...]:
        """Return the words of a value; one in quotes may have spaces."""
        return tuple(match[1] or match[2] for match in _WORD.finditer(self.text(keyword)))

    def port(self) -> int | None:
        text = self.text("port")
        if text and not (text.isdecimal() and 0 < int(text) < 65536):
            raise Unable(FaultKind.ERROR, f"~/.ssh/config: '{text}' is not a port")
        return int(text) if text else None

    def seconds(self, keyword: str) -> float | None:
        match = _SECONDS.fullmatch(self.text(keyword))
        return float(int(match[1]) * _UNIT_S[match[2].lower()]) if match else None
