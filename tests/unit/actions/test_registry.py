"""The words of the language that do something."""

import pytest

from playbook_engine.actions.registry import ACTIONS
from playbook_engine.model.actions import Addressing
from playbook_engine.model.replies import HttpReply, KubectlReply, ManualReply, Output, Reply, ShellReply

REPLIES: dict[str, Reply] = {
    "ssh": ShellReply(rc=0, stdout=Output(head="{}", size=2)),
    "local": ShellReply(rc=0, stdout=Output(head="{}", size=2)),
    "http": HttpReply(status=200, headers={}, body=Output(head="{}", size=2)),
    "kubectl": KubectlReply(),
    "manual": ManualReply(answer="done", by="ana"),
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
    assert set(ACTIONS[name].fields) == set(REPLIES[name].names())
