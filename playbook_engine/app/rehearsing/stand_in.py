"""The small inventory of a rehearsal that names none: what the playbook asks for, and nothing else."""

from collections.abc import Iterator, Sequence

from playbook_engine.model.actions import Clustered
from playbook_engine.model.inventory import Contact, Environment, Inventory, InventoryHost, SecretSource
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.rehearsal import Rehearsal
from playbook_engine.model.steps import Check, Escalate, Mitigate, Verify
from playbook_engine.model.targets import Cluster, Host
from playbook_engine.plan import names
from playbook_engine.plan.walk import actions_of, playbook_steps
from playbook_engine.values import TargetName

NAME = "rehearsal"
HOST = "host-1"
CLUSTER = "main"
ALL = "all"


def inventory(rehearsal: Rehearsal, family: Sequence[Playbook]) -> Inventory:
    """Return the hosts that the rehearsal names, and the clusters, contacts and secrets that the playbooks name."""
    groups = {word.text: tuple(TargetName(name) for name in members) for word, members in rehearsal.groups}
    settings = (rehearsal.setting, *(scenario.setting for scenario in rehearsal.scenarios))
    named = [word.text for setting in settings for word, _ in setting.hosts]
    hosts = tuple(TargetName(n) for n in dict.fromkeys((*(n for m in groups.values() for n in m), *named))) or (
        TargetName(HOST),
    )
    grouped = {host: tuple(name for name, members in groups.items() if host in members) for host in hosts}
    return Inventory(
        name=NAME,
        path=NAME,
        sha256="0" * 64,
        hosts=tuple(
            InventoryHost(host=Host(name=name), groups=(ALL, *grouped[name]), variables={}) for name in hosts
        ),
        groups={ALL: hosts, **groups},
        listed={ALL: hosts, **groups},
        children={ALL: tuple(groups)},
        environment=_environment(family),
    )


def _environment(family: Sequence[Playbook]) -> Environment:
    steps = [step for playbook in family for step in playbook_steps(playbook)]
    contacts = {step.to: step.to_span for step in steps if isinstance(step, Escalate)}
    return Environment(
        name=NAME,
        clusters=tuple(Cluster(name=TargetName(name)) for name in dict.fromkeys((CLUSTER, *_clusters(family)))),
        contacts=tuple(Contact(name=name, span=span) for name, span in contacts.items()),
        secrets=tuple(
            SecretSource(name=name, span=reference.span) for name, reference in names.needs(steps).secrets.items()
        ),
    )


def _clusters(family: Sequence[Playbook]) -> Iterator[str]:
    for step in (step for playbook in family for step in playbook_steps(playbook)):
        if isinstance(step, Check | Mitigate | Verify) and step.cluster is not None:
            yield step.cluster
        for action in actions_of(step):
            if isinstance(action, Clustered) and action.cluster is not None:
                yield action.cluster
