"""What a request is addressed to."""

from dataclasses import field
from typing import TypeAlias

from playbook_engine.frozen import dataclass
from playbook_engine.values import Secret, TargetName


@dataclass(frozen=True, slots=True)
class SecretName:
    """A secret of the environment file that has not been read yet: `{{ secret.NAME }}` in an inventory."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host of the inventory with the settings its connection needs.

    None means that nothing was said, and the transport's own rules apply (`~/.ssh/config`, then defaults).
    """

    name: TargetName
    address: str | None = None
    port: int | None = None
    user: str | None = None
    private_key_file: str | None = None
    known_hosts_file: str | None = None
    connection: str = "ssh"
    password: Secret | SecretName | None = None
    passphrase: Secret | SecretName | None = None
    """What opens the private key."""
    become_password: Secret | SecretName | None = None
    """For sudo, where a step gives none."""
    warm_shell: bool = True
    """Whether a shell may stay on it for several commands."""
    ssh_options: tuple[tuple[str, str], ...] = ()
    """What the arguments for `ssh` say beside the above: keywords of its configuration with their values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The machine that `runbook` itself runs on; http and local steps start there."""

    name: TargetName = field(default=TargetName("control"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A Kubernetes cluster: a context of a kubeconfig, and the namespace that commands mean by default."""

    name: TargetName
    context: str | None = None
    namespace: str | None = None
    kubeconfig: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever sits at the terminal; manual steps ask there."""

    name: TargetName = field(default=TargetName("operator"))


Target: TypeAlias = Host | Control | Cluster | Person
