"""What the inventory and `~/.ssh/config` say about reaching a host; where both speak, the inventory counts.

The configuration is asked for what one would type after `ssh`: the host's address, or its name where it has none.
So an address may be an alias of the configuration, as with Ansible. The hosts on the way (ProxyJump) have a
configuration of their own: nothing that the inventory says of a host is meant for them.
"""

from pathlib import Path
from typing import Final

from playbook_engine.frozen import dataclass
from playbook_engine.model.replies import FaultKind
from playbook_engine.model.targets import Host
from playbook_engine.transports.ssh import config_text
from playbook_engine.transports.ssh.config_rules import Asked, Files, Walk
from playbook_engine.transports.ssh.config_text import Line
from playbook_engine.transports.ssh.config_tokens import PROGRAMS, Tokens
from playbook_engine.transports.ssh.config_values import Answers
from playbook_engine.transports.ssh.endpoint import METHODS, PORT, Endpoint, Pace, Proof, Trust
from playbook_engine.transports.ssh.faults import Unable
from playbook_engine.transports.ssh.hops import Hop, hops
from playbook_engine.transports.ssh.known_hosts import lookup_name
from playbook_engine.transports.ssh.settings import Limits, UserFiles
from playbook_engine.values import Secret

_WHERE: Final = "See ~/.ssh/config and /etc/ssh/ssh_config."
_FARTHEST: Final = 8
"""How many hosts may lie on the way to one."""
_SYSTEM: Final = Path("/etc/ssh")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A host, or a hop on the way to one, with what was said of it before any file is asked."""

    name: str
    typed: str
    user: str | None = None
    port: int | None = None
    key: str | None = None
    known_hosts: str | None = None
    password: Secret | None = None
    passphrase: Secret | None = None
    lines: tuple[Line, ...] = ()

    @classmethod
    def host(cls, host: Host) -> "_Wanted":
        lines = (config_text.line_of(f"{key} {value}", f"{host.name}: -o {key}") for key, value in host.ssh_options)
        return cls(
            name=host.name,
            typed=host.address or host.name,
            user=host.user,
            port=host.port,
            key=host.private_key_file,
            known_hosts=host.known_hosts_file,
            password=_read(host.password, host),
            passphrase=_read(host.passphrase, host),
            lines=tuple(line for line in lines if line is not None),
        )

    def hop(self, hop: Hop, before: tuple[Hop, ...]) -> "_Wanted":
        """Return a host on the way to this one; the hops before it replace its own configuration's."""
        chain = ",".join(str(each) for each in before)
        lines = (Line("ProxyJump", "proxyjump", chain, (chain,)),) if before else ()
        return _Wanted(
            name=hop.host, typed=hop.host, user=hop.user, port=hop.port, passphrase=self.passphrase, lines=lines
        )


class Configuration:
    """The user's SSH configuration, each file read once when the first host needs it."""

    def __init__(self, files: UserFiles, limits: Limits) -> None:
        self._files = files
        self._limits = limits
        self._read = Files(files.home)

    def endpoint(self, host: Host) -> Endpoint:
        """Return how the host is reached; raises Unable when the configuration does not allow to say."""
        try:
            return self._endpoint(_Wanted.host(host), ())
        except Unable as error:
            fault = error.fault
            message = fault.message if fault.message.startswith(f"{host.name}: ") else f"{host.name}: {fault.message}"
            raise Unable(fault.kind, message, fault.hint or _WHERE) from None

    def _endpoint(self, wanted: _Wanted, way: tuple[tuple[str, int, str], ...]) -> Endpoint:
        said = Answers(self.said(wanted.typed, wanted.lines))
        said.refuse_unsafe()
        address = said.hostname(wanted.typed)
        user = wanted.user or said.text("user") or self._files.user
        if not user:
            raise Unable(FaultKind.ERROR, "nobody said which user logs in", "Set ansible_user for the host.")
        port = wanted.port or said.port() or PORT
        if (address, port, user) in way or len(way) == _FARTHEST:
            named = f"{user}@{address}:{port}"
            raise Unable(FaultKind.ERROR, f"ProxyJump leads back to {named}", "Write 'ProxyJump none' for that host.")
        alias = said.text("hostkeyalias").lower()
        tokens = Tokens(
            host=address,
            typed=wanted.typed,
            port=port,
            user=user,
            local_user=self._files.user,
            home=self._files.home,
            known_as=alias,
        )
        jump, proxy = self._way(wanted, said, tokens, (*way, (address, port, user)))
        plain = address.lower()
        return Endpoint(
            name=wanted.name,
            address=address,
            port=port,
            user=user,
            known_as=alias or lookup_name(plain, port),
            known_too=None if alias or port == PORT else plain,
            trust=self._trust(wanted, said, tokens),
            proof=self._proof(wanted, said, tokens),
            pace=Pace(
                connect_s=said.seconds("connecttimeout") or self._limits.connect.seconds,
                alive_s=said.seconds("serveraliveinterval", self._limits.alive.seconds),
                alive_count=said.number("serveralivecountmax", self._limits.alive_count),
            ),
            family=said.text("addressfamily", "any").lower(),
            jump=jump,
            proxy=proxy,
        )

    def said(self, typed: str, lines: tuple[Line, ...]) -> dict[str, tuple[str, ...]]:
        """Return what the files say about a host, and the lines that count more than they do."""
        said: dict[str, tuple[str, ...]] = {}
        walk = Walk(Asked(typed=typed, local_user=self._files.user), self._read, said)
        walk.take(lines)
        self._all_files(walk)
        if walk.wants_final:
            again = Asked(typed=typed, local_user=self._files.user, final=Answers(said).hostname(typed))
            self._all_files(Walk(again, self._read, said))
        return said

    def _all_files(self, walk: Walk) -> None:
        for path in self._files.config:
            walk.file(path, own=path.parent != _SYSTEM)

    def _way(
        self, wanted: _Wanted, said: Answers, tokens: Tokens, way: tuple[tuple[str, int, str], ...]
    ) -> tuple[Endpoint | None, str | None]:
        command = said.text("proxycommand")
        if command and command.lower() != "none":
            if said.yes("proxyusefdpass"):
                raise Unable(FaultKind.ERROR, "'ProxyUseFdpass yes' is not supported")
            return None, tokens.program(command)
        chain = said.text("proxyjump")
        if not chain or chain.lower() == "none":
            return None, None
        *before, last = hops(tokens.expanded(chain, PROGRAMS))
        return self._endpoint(wanted.hop(last, tuple(before)), way), None

    def _trust(self, wanted: _Wanted, said: Answers, tokens: Tokens) -> Trust:
        if wanted.known_hosts:
            own: tuple[Path, ...] = (tokens.path(wanted.known_hosts, self._files.environ),)
            everyones: tuple[Path, ...] = ()
        else:
            own = self._paths(said, "userknownhostsfile", tokens) or self._files.known_hosts
            everyones = self._paths(said, "globalknownhostsfile", tokens) or self._files.global_known_hosts
            own = () if said.none("userknownhostsfile") else own
            everyones = () if said.none("globalknownhostsfile") else everyones
        return Trust(
            user_files=own,
            global_files=everyones,
            accept_new=said.accepts_new(),
            hashed=said.yes("hashknownhosts"),
            algorithms=said.text("hostkeyalgorithms") or None,
        )

    def _proof(self, wanted: _Wanted, said: Answers, tokens: Tokens) -> Proof:
        environ = self._files.environ
        if wanted.key:
            named: tuple[Path, ...] = (tokens.path(wanted.key, environ),)
        else:
            named = self._paths(said, "identityfile", tokens)
        nothing = not wanted.key and said.none("identityfile")
        return Proof(
            identities=named if named or nothing else self._files.identities,
            identities_named=bool(named),
            identities_only=said.yes("identitiesonly"),
            certificates=self._paths(said, "certificatefile", tokens),
            agent_socket=self._agent(said, tokens),
            algorithms=said.text("pubkeyacceptedalgorithms") or None,
            methods=said.methods(METHODS),
            password=wanted.password,
            passphrase=wanted.passphrase,
        )

    def _paths(self, said: Answers, keyword: str, tokens: Tokens) -> tuple[Path, ...]:
        names = () if said.none(keyword) else said.words(keyword)
        return tuple(tokens.path(name, self._files.environ) for name in names)

    def _agent(self, said: Answers, tokens: Tokens) -> str | None:
        named = said.text("identityagent")
        if not named or named == "SSH_AUTH_SOCK":
            return self._files.agent_socket
        if named.startswith("$") and not named.startswith("${"):
            return self._files.environ.get(named[1:])
        return None if named.lower() == "none" else str(tokens.path(named, self._files.environ))


def _read(secret: object, host: Host) -> Secret | None:
    if secret is None or isinstance(secret, Secret):
        return secret
    raise Unable(FaultKind.AUTH, f"{host.name}: the secret '{secret}' has not been read")
