"""YAML, quantities, and fields before and after: properties over any data."""

from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.transports.kubernetes import fields
from playbook_engine.transports.kubernetes.quantities import millicores, octets, quantity
from playbook_engine.transports.kubernetes.yaml_text import as_yaml
from playbook_engine.values import Secret

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    [
        "yes",
        "No",
        "null",
        "~",
        "1.0",
        "0x1",
        "1e3",
        "a: b",
        "- a",
        "#x",
        "a #b",
        "a\nb\n",
        "\n",
        " x",
        "1:30",
        "=",
        "a:b",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(DATA)
def test_yaml_is_read_back_as_it_was(data: Any) -> None:
    assert yaml.safe_load(as_yaml(data)) == data


def test_yaml_as_people_read_it() -> None:
    data: Any = {
        "image": "registry.example/api:1",
        "env": [{"name": "A", "value": "60"}, {"name": "KEY", "value": Secret("KEY", "s3cr3t")}],
        "script": "one\n  two\n",
        "none": {},
        "items": [],
        "on": True,
        "nested": [["a"], {"b": {"c": 1}}],
    }
    assert as_yaml(data) == (
        "image: registry.example/api:1\n"
        "env:\n"
        "- name: A\n"
        '  value: "60"\n'
        "- name: KEY\n"
        '  value: "<secret KEY>"\n'
        "script: |\n"
        "  one\n"
        "    two\n"
        "none: {}\n"
        "items: []\n"
        '"on": true\n'
        "nested:\n"
        "- - a\n"
        "- b:\n"
        "    c: 1\n"
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("250m", "0.25"),
        ("2", "2"),
        ("1500000n", "0.0015"),
        ("10u", "0.00001"),
        ("1.5", "1.5"),
        ("1Ki", "1024"),
        ("3Gi", "3221225472"),
        ("5k", "5000"),
        ("1E", "1000000000000000000"),
        ("12e3", "12000"),
        ("1e-3", "0.001"),
        ("", "0"),
        ("None", "0"),
        ("1.2.3", "0"),
        ("x", "0"),
    ],
)
def test_quantities(text: str, number: str) -> None:
    assert quantity(text) == Decimal(number)


def test_quantities_are_rounded_up() -> None:
    assert (millicores("1n"), millicores("2"), octets("1Ki"), octets("0.5")) == (1, 2000, 1024, 1)


KEYS = st.sampled_from(["a", "b", "labels", "c/d", "e.f"])
OBJECTS = st.dictionaries(
    KEYS,
    st.recursive(
        st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "y"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, min_size=1, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def applied(item: Any, operations: list[Any]) -> Any:
    from playbook_engine.sandbox.kube.patch import json_patch

    return json_patch(item, operations)


def normal(node: Any) -> Any:
    """Leave out what it makes no difference to have empty."""
    if isinstance(node, dict):
        kept = {key: normal(value) for key, value in node.items()}
        return {key: value for key, value in kept.items() if not (key == "labels" and value == {})}
    return [normal(item) for item in node] if isinstance(node, list) else node


@given(before=OBJECTS, after=OBJECTS)
def test_what_was_changed_can_be_put_back(before: Any, after: Any) -> None:
    entries = list(fields.differences({"spec": before}, {"spec": after}))
    assert (not entries) == (normal(before) == normal(after))
    operations = fields.put_back({"spec": after}, entries)
    assert normal(applied({"spec": after}, operations)) == normal({"spec": before})
    assert fields.put_back({"spec": before}, entries) == []


def test_what_the_server_writes_is_no_difference() -> None:
    before: Any = {"metadata": {"resourceVersion": "1", "name": "x"}, "status": {"a": 1}}
    after: Any = {"metadata": {"resourceVersion": "2", "name": "x", "generation": 3}, "status": {"a": 2}}
    assert list(fields.differences(before, after)) == []


def test_paths_as_people_write_them() -> None:
    assert fields.shown(("spec", "containers", 0, "image")) == "spec.containers[0].image"
    assert fields.shown(("metadata", "annotations", "a.b/c")) == "metadata.annotations[a.b/c]"
    assert fields.pointer(("a/b", "c~d", 0)) == "/a~1b/c~0d/0"
