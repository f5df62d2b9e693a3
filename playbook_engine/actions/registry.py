"""The words of the language that do something. A new action is a module and a line here."""

from collections.abc import Mapping
from types import MappingProxyType

from playbook_engine.actions.http import HTTP
from playbook_engine.actions.kubectl import KUBECTL
from playbook_engine.actions.manual import MANUAL
from playbook_engine.actions.shell import LOCAL, SSH
from playbook_engine.model.actions import ActionKind

ACTIONS: Mapping[str, ActionKind] = MappingProxyType(
    {kind.name: kind for kind in (SSH, LOCAL, HTTP, KUBECTL, MANUAL)}
)
