"""Connection settings: what Ansible's `ansible_*` variables say about reaching a host."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from playbook_engine.diagnostics import Problems, did_you_mean
from playbook_engine.frozen import dataclass
from playbook_engine.inventory import ssh_args
from playbook_engine.inventory.paths import with_home
from playbook_engine.inventory.ssh_args import SshOptions
from playbook_engine.model.document import Entry, Node, Scalar
from playbook_engine.model.targets import Host, SecretName
from playbook_engine.values import Secret, TargetName

CONNECTIONS: Final = {"ssh": "ssh", "smart": "ssh", "paramiko": "ssh", "paramiko_ssh": "ssh", "local": "local"}
PASSWORDS: Final[Mapping[str, str | None]] = {
    "ansible_password": "password",
    "ansible_ssh_pass": "password",
    "ansible_ssh_password": "password",
    "ansible_private_key_passphrase": "passphrase",
    "ansible_ssh_private_key_passphrase": "passphrase",
    "ansible_become_password": "become_password",
    "ansible_become_pass": "become_password",
    "ansible_sudo_pass": "become_password",
    "ansible_su_pass": None,
}
"""For each of these variables the setting it gives; su is not used."""
_EACH_STEP: Final = "Each step says itself whom it becomes: become: {user: NAME}."
LATER: Final[Mapping[str, str | None]] = {
    "ansible_become": _EACH_STEP,
    "ansible_become_user": _EACH_STEP,
    "ansible_become_method": "It is always sudo.",
    "ansible_become_flags": None,
    "ansible_become_exe": None,
    "ansible_ssh_executable": "The ssh command is not used.",
    "ansible_ssh_timeout": "Write ConnectTimeout in ~/.ssh/config.",
    "ansible_shell_executable": None,
    "ansible_ssh_private_key": None,
}
"""Variables that are not honoured, with the reason or what to do instead."""
WARM_SHELL: Final = "runbook_warm_shell"
"""Our own variable, for a host whose commands are each to have a session: a shell that stays does not suit it."""
_SECRET: Final = re.compile(r"\s*\{\{\s*secret\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}\s*")
_SWITCH: Final = {"true": True, "yes": True, "false": False, "no": False}
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
    ssh_args: SshOptions | None = None
    password: Secret | SecretName | None = None
    passphrase: Secret | SecretName | None = None
    become_password: Secret | SecretName | None = None
    warm_shell: bool | None = None

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
            ssh_args=self.ssh_args or base.ssh_args,
            password=self.password or base.password,
            passphrase=self.passphrase or base.passphrase,
            become_password=self.become_password or base.become_password,
            warm_shell=base.warm_shell if self.warm_shell is None else self.warm_shell,
        )


NOTHING: Final = Settings()


def read(entries: Iterable[Entry], problems: Problems) -> Settings:
    """Read what the connection variables among these say; other variables say nothing."""
    said: dict[str, Any] = {}
    for entry in entries:
        name = entry.key.text
        if name in LATER:
            problems.warning("ignored-variable", f"'{name}' is not honoured yet", entry.key.span, LATER[name])
        elif name == WARM_SHELL:
            said["warm_shell"] = _warm_shell(entry.value, problems)
        elif name in VARIABLES and (node := _usable(name, entry.value, problems)):
            setting, parse = VARIABLES[name]
            said[setting] = parse(name, node, problems)
    return Settings(**said) if said else NOTHING


def secret_name(node: Node) -> SecretName | None:
    """Return the secret of the environment file that a value names, when that is all it does."""
    match = _SECRET.fullmatch(node.value) if isinstance(node, Scalar) and isinstance(node.value, str) else None
    return SecretName(match[1]) if match else None


def speaks_of(name: str) -> bool:
    """Tell whether a variable says how a host is reached."""
    return name in VARIABLES or name == WARM_SHELL


def host(name: TargetName, settings: Settings) -> Host:
    """Return the host as transports want it.

    A variable of its own counts more than the same thing said in ssh arguments. Of those, `ansible_ssh_args` count
    most and extra ones least: the order in which Ansible hands them to `ssh`, where the first counts.
    """
    if settings is NOTHING:
        return Host(name=name)
    said = ssh_args.joined(settings.ssh_args, settings.common_args, settings.extra_args)
    return Host(
        name=name,
        address=settings.address,
        port=settings.port or said.port,
        user=settings.user or said.user,
        private_key_file=settings.private_key_file or said.private_key_file,
        known_hosts_file=said.known_hosts_file,
        connection=settings.connection or "ssh",
        password=settings.password,
        passphrase=settings.passphrase,
        become_password=settings.become_password,
        warm_shell=settings.warm_shell is not False,
        ssh_options=said.others,
    )


def without_reach(settings: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings without what nobody but a person may say, and the names of what was taken away.

    A host whose way was taken away cannot be reached: going around it would not be what was asked for.
    """
    if settings is NOTHING:
        return settings, ()
    refused: list[str] = []
    kept: dict[str, Any] = {}
    for name in ("ssh_args", "common_args", "extra_args"):
        options: SshOptions | None = getattr(settings, name)
        kept[name] = options if options is None else ssh_args.without_reach(options, refused)
    return (replace(settings, **kept) if refused else settings), tuple(dict.fromkeys(refused))


def _usable(name: str, node: Node, problems: Problems) -> Scalar | None:
    """Return a text or a number; anything else is an error."""
    if isinstance(node, Scalar) and node.value is not None and not isinstance(node.value, bool) and node.text.strip():
        return node
    found = "nothing" if isinstance(node, Scalar) and node.value in {None, ""} else "something else"
    message = f"{name}: expected a text or a number, found {found}"
    problems.error("invalid-connection", message, node.span, "Give it a value in quotes, or remove the line.")
    return None


def _warm_shell(node: Node, problems: Problems) -> bool | None:
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    # In the INI format `yes` is a text.
    word = _SWITCH.get(node.text.strip().lower()) if isinstance(node, Scalar) else None
    if word is None:
        problems.error("invalid-connection", f"{WARM_SHELL}: expected true or false", node.span)
    return word


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
    "ansible_ssh_args": ("ssh_args", ssh_args.read),
    "ansible_ssh_common_args": ("common_args", ssh_args.read),
    "ansible_ssh_extra_args": ("extra_args", ssh_args.read),
}
"""For each variable the setting it gives; with `ssh_` and without are Ansible's older and newer spelling."""
