"""The words of the language that do something."""

import pytest

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.model.actions import Addressing
from playbook_engine.model.replies import HttpReply, KubectlReply, ManualReply, Output, Reply, ShellReply

SHELL = ShellReply(rc=0, stdout=Output(head="{}", size=2))
REPLIES: dict[str, tuple[Reply, ...]] = {
    "ssh": (SHELL,),
    "local": (SHELL,),
    "http": (HttpReply(status=200, headers={}, body=Output(head="{}", size=2)),),
    "kubectl": (KubectlReply(), SHELL),
    "manual": (ManualReply(answer="done", by="ana"),),
}


def test_the_language_has_these_actions() -> None:
    assert {name: kind.addressing for name, kind in ACTIONS.items()} == {
        "ssh": Addressing.HOSTS,
        "local": Addressing.CONTROL,
        "http": Addressing.CONTROL,
        "kubectl": Addressing.CLUSTER,
        "manual": Addressing.PERSON,
    }


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_is_registered_under_its_own_name(name: str) -> None:
    assert ACTIONS[name].name == name


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_declares_the_fields_that_its_reply_has(name: str) -> None:
    """`kubectl exec` answers as any program does."""
    assert set(ACTIONS[name].fields) == {field for reply in REPLIES[name] for field in reply.names()}
