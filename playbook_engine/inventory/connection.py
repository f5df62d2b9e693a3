"""Connection settings: what Ansible's `ansible_*` variables say about reaching a host."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import ssh_args
from playbook_engine.inventory.paths import with_home
from playbook_engine.inventory.ssh_args import NO_OPTIONS, SshOptions
from playbook_engine.model.document import Entry, Node, Scalar
from playbook_engine.model.targets import Host
from playbook_engine.values import TargetName

CONNECTIONS: Final = {"ssh": "ssh", "smart": "ssh", "paramiko": "ssh", "paramiko_ssh": "ssh", "local": "local"}
PASSWORDS: Final = frozenset({
    "ansible_password", "ansible_ssh_pass", "ansible_ssh_password", "ansible_become_password", "ansible_become_pass",
    "ansible_sudo_pass", "ansible_su_pass", "ansible_private_key_passphrase", "ansible_ssh_private_key_passphrase",
})  # fmt: skip
LATER: Final = frozenset({
    "ansible_become", "ansible_become_user", "ansible_become_method", "ansible_become_flags", "ansible_become_exe",
    "ansible_ssh_args", "ansible_ssh_executable", "ansible_ssh_timeout", "ansible_shell_executable",
    "ansible_ssh_private_key",
})  # fmt: skip
_UNUSABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]|^-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one place says about a connection; None where it says nothing."""

    address: str | None = None
    port: int | None = None
    user: str | None = None
    private_key_file: str | None = None
    connection: str | None = None
    common_args: SshOptions | None = None
    extra_args: SshOptions | None = None

    def over(self, base: "Settings") -> "Settings":
        """Return these settings, completed by those of a more general place."""
        if self is NOTHING or base is NOTHING:
            return base if self is NOTHING else self
        return Settings(
            address=self.address or base.address,
            port=self.port or base.port,
            user=self.user or base.user,
            private_key_file=self.private_key_file or base.private_key_file,
            connection=self.connection or base.connection,
            common_args=self.common_args or base.common_args,
            extra_args=self.extra_args or base.extra_args,
        )


NOTHING: Final = Settings()


def read(entries: Iterable[Entry], problems: Problems) -> Settings:
    """Read what the connection variables among these say; other variables say nothing."""
    said: dict[str, Any] = {}
    for entry in entries:
        name = entry.key.text
        if name in LATER:
            problems.warning("ignored-variable", f"'{name}' is not honoured yet", entry.key.span)
        elif name in VARIABLES and (node := _usable(name, entry.value, problems)):
            setting, parse = VARIABLES[name]
            said[setting] = parse(name, node, problems)
    return Settings(**said) if said else NOTHING


def speaks_of(name: str) -> bool:
    """Tell whether a variable says how a host is reached."""
    return name in VARIABLES


def host(name: TargetName, settings: Settings) -> Host:
    """Return the host as transports want it.

    A variable of its own counts more than the same thing said in ssh arguments, and common arguments count more than
    extra ones: the order in which Ansible hands them to `ssh`, where the first counts.
    """
    if settings is NOTHING:
        return Host(name=name)
    common, extra = settings.common_args or NO_OPTIONS, settings.extra_args or NO_OPTIONS
    return Host(
        name=name,
        address=settings.address,
        port=settings.port or common.port or extra.port,
        user=settings.user or common.user or extra.user,
        private_key_file=settings.private_key_file or common.private_key_file or extra.private_key_file,
        known_hosts_file=common.known_hosts_file or extra.known_hosts_file,
        connection=settings.connection or "ssh",
    )


def _usable(name: str, node: Node, problems: Problems) -> Scalar | None:
    """Return a text or a number; anything else is an error."""
    if isinstance(node, Scalar) and node.value is not None and not isinstance(node.value, bool) and node.text.strip():
        return node
    found = "nothing" if isinstance(node, Scalar) and node.value in {None, ""} else "something else"
    message = f"{name}: expected a text or a number, found {found}"
    problems.error("invalid-connection", message, node.span, "Give it a value in quotes, or remove the line.")
    return None


def _address(name: str, node: Scalar, problems: Problems) -> str | None:
    return _word(name, node, "a host name or an address", problems)


def _user(name: str, node: Scalar, problems: Problems) -> str | None:
    return _word(name, node, "a user name", problems)


def _word(name: str, node: Scalar, wanted: str, problems: Problems) -> str | None:
    if _UNUSABLE.search(node.text) is None:
        return node.text
    problems.error("invalid-connection", f"{name}: {node.text!r} is not {wanted}", node.span)
    return None


def _port(name: str, node: Scalar, problems: Problems) -> int | None:
    # The value, not the text: Ansible reads YAML 1.1, where 026 is 22.
    number = ssh_args.port(str(node.value).strip())
    if number is None:
        message = f"{name}: '{node.text}' is not a port"
        problems.error("invalid-connection", message, node.span, "Ports are whole numbers from 1 to 65535.")
    return number


def _private_key_file(_name: str, node: Scalar, _problems: Problems) -> str:
    # Relative paths stay as they are: they count from the current directory, as in Ansible.
    return with_home(node.text)


def _connection(name: str, node: Scalar, problems: Problems) -> str | None:
    kind = CONNECTIONS.get(node.text)
    if kind is None:
        near = did_you_mean(node.text, CONNECTIONS)
        supported = "Supported are ssh (also written smart, paramiko, paramiko_ssh) and local."
        message = f"{name}: '{node.text}' is not a supported connection"
        problems.error("invalid-connection", message, node.span, f"{near} {supported}" if near else supported)
    return kind


VARIABLES: Final[Mapping[str, tuple[str, Callable[[str, Scalar, Problems], object]]]] = {
    "ansible_host": ("address", _address),
    "ansible_ssh_host": ("address", _address),
    "ansible_port": ("port", _port),
    "ansible_ssh_port": ("port", _port),
    "ansible_user": ("user", _user),
    "ansible_ssh_user": ("user", _user),
    "ansible_ssh_private_key_file": ("private_key_file", _private_key_file),
    "ansible_private_key_file": ("private_key_file", _private_key_file),
    "ansible_connection": ("connection", _connection),
    "ansible_ssh_common_args": ("common_args", ssh_args.read),
    "ansible_ssh_extra_args": ("extra_args", ssh_args.read),
}
"""For each variable the setting it gives; with `ssh_` and without are Ansible's older and newer spelling."""
