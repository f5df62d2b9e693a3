"""The environment file: what Ansible has no word for.

Its shape (keys, types, which values are allowed) is the schema's affair, `schemas/environment.v1.json`, and reported
from there. What only code can see is checked here: references, addresses, what this version cannot do yet.
"""

from pathlib import Path

from playbook_engine.diagnostics import Problems
from playbook_engine.inventory import channels, contacts
from playbook_engine.inventory.nodes import entries, get, text
from playbook_engine.inventory.paths import beside
from playbook_engine.model.document import Document, Node, Scalar
from playbook_engine.model.inventory import Environment, Policy, SecretSource
from playbook_engine.model.targets import Cluster
from playbook_engine.values import TargetName

_MITIGATE = ("approve", "auto", "forbid")


def build(document: Document, name: str, folder: Path, problems: Problems) -> Environment:
    """Build the environment; `name` is used when the file gives none, paths in it count from `folder`."""
    root = document.root
    secrets = _secrets(get(root, "secrets"), folder)
    ways = channels.build(get(root, "channels"), frozenset(secret.name for secret in secrets), problems)
    people = contacts.build(get(root, "contacts"), ways, problems)
    return Environment(
        name=text(get(root, "environment")) or name,
        policy=_policy(get(root, "policy")),
        clusters=_clusters(get(root, "clusters"), folder),
        secrets=secrets,
        contacts=people,
        channels=ways.usable,
        escalation=contacts.rules(get(root, "escalation"), people, problems),
    )


def _policy(node: Node | None) -> Policy:
    mitigate, most = get(node, "mitigate"), get(node, "max_hosts")
    count = most.value if isinstance(most, Scalar) else None
    return Policy(
        mitigate=next((word for word in _MITIGATE if word == text(mitigate)), Policy().mitigate),
        max_hosts=count if isinstance(count, int) and not isinstance(count, bool) and count > 0 else None,
    )


def _clusters(node: Node | None, folder: Path) -> tuple[Cluster, ...]:
    return tuple(_cluster(entry.key.text, entry.value, folder) for entry in entries(node))


def _cluster(name: str, node: Node, folder: Path) -> Cluster:
    kubeconfig = text(get(node, "kubeconfig"))
    return Cluster(
        name=TargetName(name),
        context=text(get(node, "context")),
        namespace=text(get(node, "namespace")),
        kubeconfig=beside(folder, kubeconfig) if kubeconfig else None,
    )


def _secrets(node: Node | None, folder: Path) -> tuple[SecretSource, ...]:
    """Return where each secret comes from; one that says it wrongly is kept, so that its name is known."""
    return tuple(
        SecretSource(
            name=entry.key.text,
            span=entry.key.span,
            env=text(get(entry.value, "env")),
            file=beside(folder, file) if (file := text(get(entry.value, "file"))) else None,
        )
        for entry in entries(node)
    )
