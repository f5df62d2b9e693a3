"""The three kinds of patches."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.sandbox.kube import patch
from playbook_engine.sandbox.kube.statuses import Refusal

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("original", "change", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a"], {"a": {"b": None}}, {"a": {}}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ],
)
def test_merge_patch_follows_its_standard(original: Any, change: Any, result: Any) -> None:
    assert patch.merge(original, change) == result


_CONTAINER = {
    "containers": [{"name": "api", "image": "x", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}]
}


def _env(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"containers": [{"name": "api", "env": list(entries)}]}


@pytest.mark.parametrize(
    ("change", "variables"),
    [
        (_env({"name": "A", "value": "9"}), {"A": "9", "B": "2"}),
        (_env({"name": "C", "value": "3", "valueFrom": None}), {"A": "1", "B": "2", "C": "3"}),
        (_env({"name": "A", "$patch": "delete"}), {"B": "2"}),
        (_env({"name": "Z", "$patch": "delete"}), {"A": "1", "B": "2"}),
        (_env({"$patch": "replace"}, {"name": "C", "value": "3"}), {"C": "3"}),
        (_env({"name": "A", "$patch": "replace", "value": "7"}), {"A": "7", "B": "2"}),
        ({"containers": [{"name": "api", "env": None}]}, {}),
        (
            {"$setElementOrder/containers": [{"name": "api"}], **_env({"name": "A", "value": "9"})},
            {"A": "9", "B": "2"},
        ),
    ],
)
def test_strategic_patch_merges_variables_by_name(change: Any, variables: dict[str, str]) -> None:
    (container,) = patch.strategic(_CONTAINER, change)["containers"]
    assert {entry["name"]: entry["value"] for entry in container.get("env", [])} == variables
    assert container["image"] == "x"
    assert "None" not in str(container)


def test_strategic_patch_swaps_a_value_for_a_reference() -> None:
    reference = {"configMapKeyRef": {"name": "c", "key": "k"}}
    result = patch.strategic(_CONTAINER, _env({"name": "A", "value": None, "valueFrom": reference}))
    assert result["containers"][0]["env"][0] == {"name": "A", "valueFrom": reference}


def test_strategic_patch_replaces_lists_that_have_no_key() -> None:
    assert patch.strategic({"command": ["a", "b"]}, {"command": ["c"]}) == {"command": ["c"]}


@pytest.mark.parametrize(
    "change",
    [_env({"value": "1"}), _env("A"), {"$patch": "sideways"}],  # type: ignore[arg-type]  # wrong on purpose
)
def test_strategic_patches_that_make_no_sense_are_refused(change: Any) -> None:
    with pytest.raises(Refusal) as refused:
        patch.strategic(_CONTAINER, change)
    assert refused.value.code == 400


@pytest.mark.parametrize(
    ("operations", "result"),
    [
        ([{"op": "add", "path": "/b", "value": 1}], {"a": [1, 2], "b": 1}),
        ([{"op": "add", "path": "/a/-", "value": 3}], {"a": [1, 2, 3]}),
        ([{"op": "add", "path": "/a/0", "value": 0}], {"a": [0, 1, 2]}),
        ([{"op": "add", "path": "/a/2", "value": 3}], {"a": [1, 2, 3]}),
        ([{"op": "replace", "path": "/a/1", "value": 9}], {"a": [1, 9]}),
        ([{"op": "remove", "path": "/a/0"}], {"a": [2]}),
        ([{"op": "test", "path": "/a/0", "value": 1}, {"op": "remove", "path": "/a"}], {}),
        ([{"op": "add", "path": "/x~1y~0z", "value": 1}], {"a": [1, 2], "x/y~z": 1}),
    ],
)
def test_json_patch_follows_its_standard(operations: Any, result: Any) -> None:
    assert patch.json_patch({"a": [1, 2]}, operations) == result


@pytest.mark.parametrize(
    "operations",
    [
        {},
        ["add"],
        [{"op": "add", "value": 1}],
        [{"op": "add", "path": "/b"}],
        [{"op": "add", "path": "b", "value": 1}],
        [{"op": "add", "path": "/a/7", "value": 1}],
        [{"op": "add", "path": "/x/y", "value": 1}],
        [{"op": "replace", "path": "/b", "value": 1}],
        [{"op": "replace", "path": "", "value": 1}],
        [{"op": "remove", "path": "/a/x"}],
        [{"op": "test", "path": "/a", "value": 1}],
        [{"op": "move", "path": "/a"}],
    ],
)
def test_json_patches_that_do_not_fit_are_refused_and_change_nothing(operations: Any) -> None:
    original = {"a": [1, 2]}
    with pytest.raises(Refusal):
        patch.json_patch(original, operations)
    assert original == {"a": [1, 2]}


@given(_JSON, _JSON)
def test_a_merge_patch_that_was_applied_changes_nothing_the_second_time(original: Any, change: Any) -> None:
    once = patch.merge(original, change)
    assert patch.merge(once, change) == once


@given(st.dictionaries(st.text(max_size=5), _JSON, max_size=4))
def test_an_empty_patch_changes_nothing(original: Any) -> None:
    assert patch.strategic(original, {}) == patch.merge(original, {}) == patch.json_patch(original, []) == original
