"""Hosts and their groups, as far as the events of a run tell them: for a rehearsal without an inventory."""

import re
from collections.abc import Iterator, Sequence

from playbook_engine.model.events import Event, RunStarted, StepFinished
from playbook_engine.model.playbook import Playbook
from playbook_engine.model.steps import Branch, Check, HostPattern, Mitigate, Verify
from playbook_engine.rehearsal.naming import walk
from playbook_engine.rehearsal.writing.steps import Steps
from playbook_engine.rehearsal.writing.yaml_lines import Written

_WORD = re.compile(r"(?:^|[:,])([A-Za-z_][\w.-]*)(?=$|[:,\[])")
_EVERYWHERE = frozenset({"all", "ungrouped"})


def places(events: Sequence[Event], family: Sequence[Playbook], steps: Steps) -> dict[str, Written]:
    """Return `groups` and `hosts`: a group has the hosts on which its steps were carried out, else all of them."""
    selected = next((event.inventory.selected for event in events if isinstance(event, RunStarted)), ())
    hosts = [str(name) for name in selected]
    seen = _seen(events, family, steps, frozenset(hosts))
    groups: dict[str, list[str]] = {}
    for pattern in _patterns(family):
        for word in _WORD.findall(pattern):
            if word not in _EVERYWHERE and word not in hosts:
                groups.setdefault(word, seen.get(pattern) or hosts)
    left = [host for host in hosts if not any(host in members for members in groups.values())]
    found: dict[str, Written] = {"groups": dict(groups)} if groups else {}
    return {**found, "hosts": {host: {} for host in left}} if left else found


def _patterns(family: Sequence[Playbook]) -> Iterator[str]:
    """Yield the patterns of all playbooks, each as often as it is written."""
    for playbook in family:
        if playbook.hosts is not None:
            yield playbook.hosts.text
        for _, step in walk(playbook):
            if isinstance(step, Check | Mitigate | Verify | Branch) and isinstance(step.hosts, HostPattern):
                yield step.hosts.text


def _seen(
    events: Sequence[Event], family: Sequence[Playbook], steps: Steps, hosts: frozenset[str]
) -> dict[str, list[str]]:
    """Return the hosts on which the steps of a pattern were carried out."""
    default = family[0].hosts.text if family[0].hosts is not None else None
    found: dict[str, dict[str, None]] = {}
    for event in events:
        step = steps.at(event.path) if isinstance(event, StepFinished) else None
        if not isinstance(event, StepFinished) or step is None:
            continue
        if not isinstance(step.step, Check | Mitigate | Verify):
            continue
        own = step.step.hosts
        pattern = own.text if isinstance(own, HostPattern) else default
        if (pattern is not None and own is None) or isinstance(own, HostPattern):
            places_of = (str(each.place) for each in event.result.targets)
            found.setdefault(str(pattern), {}).update(dict.fromkeys(name for name in places_of if name in hosts))
    return {pattern: list(names) for pattern, names in found.items() if names}
