"""What `runbook inventory` shows. `UPDATE_GOLDEN=1` writes the golden files anew."""

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.model.inventory import Environment, Inventory, InventoryHost, Variable
from playbook_engine.model.targets import Host
from playbook_engine.report import inventory_view
from playbook_engine.values import Secret, SecretText, TargetName, Value
from playbook_engine.visible import is_harmless

GOLDEN = Path(__file__).parent / "golden"
WEB_1, WEB_2, LONE = TargetName("web-1"), TargetName("网-2"), TargetName("lone")
TOKEN = Secret("token", "hunter2")


def variable(value: Value, origin: str = "hosts.yml:3:7 (host web-1)") -> Variable:
    return Variable(value=value, origin=origin)


GROUP = {
    "port": variable(80, "group_vars/web.yml:1:1 (group web)"),
    "token": variable(TOKEN, "group_vars/web.yml:2:1 (group web)"),
}
OWN = {
    "port": variable(8080),
    "名": variable("值"),
    "odd": variable("a\x9b31m\u202eb\n"),
    "deep": variable({"a": [1, None, TOKEN]}),
}
PROD = Inventory(
    name="prod",
    path="prod",
    sha256="",
    hosts=(
        InventoryHost(host=Host(name=LONE), groups=("all", "ungrouped"), variables={}),
        InventoryHost(
            host=Host(name=WEB_1), groups=("all", "site", "web"), variables={**GROUP, **OWN}, layers=(GROUP, OWN)
        ),
        InventoryHost(host=Host(name=WEB_2), groups=("all", "site", "web"), variables=GROUP, layers=(GROUP,)),
    ),
    groups={
        "all": (LONE, WEB_1, WEB_2),
        "ungrouped": (LONE,),
        "site": (WEB_1, WEB_2),
        "web": (WEB_1, WEB_2),
        "none": (),
    },
    children={"all": ("ungrouped", "site"), "ungrouped": (), "site": ("web", "none"), "web": (), "none": ()},
    listed={"all": (), "ungrouped": (LONE,), "site": (), "web": (WEB_1, WEB_2), "none": ()},
    group_variables={"web": GROUP, "site": {"ansible_group_priority": variable(5)}},
    environment=Environment(name="prod"),
)
EVERYONE = frozenset({LONE, WEB_1, WEB_2})


def compare(name: str, text: str) -> None:
    file = GOLDEN / f"inventory-{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
def test_the_list(unicode: bool) -> None:
    text = inventory_view.json_text(inventory_view.listing(PROD, EVERYONE), unicode=unicode)
    compare(f"list{'' if unicode else '-ascii'}", f"{text}\n")


def test_the_list_within_a_limit() -> None:
    found = inventory_view.listing(PROD, frozenset({WEB_2}))

    assert found == {
        "_meta": {"hostvars": {"网-2": {"port": 80, "token": "<secret token>"}}},
        "all": {"children": ["ungrouped", "site"]},
        "site": {"children": ["web", "none"]},
        "web": {"hosts": ["网-2"]},
    }


@pytest.mark.parametrize("with_variables", [False, True], ids=["plain", "variables"])
def test_the_graph(with_variables: bool) -> None:
    lines = inventory_view.graph(PROD, "all", EVERYONE, with_variables=with_variables)
    compare(f"graph{'-vars' if with_variables else ''}", "".join(f"{line}\n" for line in lines))


def test_the_graph_of_a_group_within_a_limit() -> None:
    lines = inventory_view.graph(PROD, "site", frozenset({WEB_2}), with_variables=False)

    assert list(lines) == ["@site:", "  |--@web:", "  |  |--网-2", "  |--@none:"]


def test_a_graph_may_be_deeper_than_functions_may_call() -> None:
    names = ["all", *(f"g{number}" for number in range(3_000))]
    chain = {name: (below,) for name, below in pairwise(names)} | {names[-1]: ()}
    deep = Inventory(
        name="deep", path="deep", sha256="", hosts=(), groups=dict.fromkeys(names, ()), children=chain,
        environment=Environment(name="deep"),
    )  # fmt: skip

    assert len(list(inventory_view.graph(deep, "all", frozenset(), with_variables=False))) == len(names)


def test_a_hosts_variables_with_their_origins() -> None:
    text = inventory_view.json_text(inventory_view.origins(PROD.hosts[1]), unicode=True)
    compare("origins", f"{text}\n")


def test_no_secret_is_shown() -> None:
    hidden = InventoryHost(
        host=Host(name=WEB_1),
        groups=(),
        variables={"a": variable(TOKEN), "b": variable([SecretText(("x ", TOKEN))]), "c": variable({"k": (TOKEN,)})},
    )

    assert inventory_view.variables(hidden) == {
        "a": "<secret token>",
        "b": ["x <secret token>"],
        "c": {"k": ["<secret token>"]},
    }
    assert "hunter2" not in json.dumps(inventory_view.origins(hidden))


DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), DATA, max_size=4), st.booleans())
def test_whatever_is_shown_is_json_and_moves_no_cursor(
    document: dict[str, inventory_view.Json], unicode: bool
) -> None:
    text = inventory_view.json_text(document, unicode=unicode)

    assert json.loads(text) == document
    assert all(char == "\n" or is_harmless(char) for char in text)


@pytest.mark.parametrize(("number", "shown"), [("nan", ".nan"), ("inf", ".inf"), ("-inf", "-.inf")])
def test_numbers_that_json_lacks(number: str, shown: str) -> None:
    assert inventory_view.shown(float(number)) == shown
