"""Label and field selectors."""

import pytest

from playbook_engine.sandbox.kube import selectors
from playbook_engine.sandbox.kube.statuses import Refusal

_POD = {"metadata": {"name": "a-1", "labels": {"app": "api", "tier": "back"}}, "status": {"phase": "Running"}}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", True),
        ("app=api", True),
        ("app==api,tier=back", True),
        ("app=web", False),
        ("app!=web", True),
        ("missing!=x", True),
        ("app", True),
        ("!app", False),
        ("!missing", True),
        ("app in (web, api),tier", True),
        ("app notin (web,api)", False),
        ("missing notin (a)", True),
    ],
)
def test_labels(text: str, meant: bool) -> None:
    assert selectors.labels(text)(_POD) is meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", True),
        ("status.phase=Running", True),
        ("status.phase!=Running", False),
        ("metadata.name=a-1,status.phase=Running", True),
        ("spec.nodeName=", True),
    ],
)
def test_fields(text: str, meant: bool) -> None:
    assert selectors.fields(text)(_POD) is meant


def test_things_without_labels_can_be_asked_about() -> None:
    assert not selectors.labels("app=api")({"metadata": {}})
    assert not selectors.labels("app=api")({"metadata": {"labels": None}})


@pytest.mark.parametrize("text", ["app in api", "a b", "=", "app=a b"])
def test_label_selectors_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(Refusal, match="requirement"):
        selectors.labels(text)


def test_field_selectors_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(Refusal, match="field selector"):
        selectors.fields("status.phase")
