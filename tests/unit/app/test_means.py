"""Inventories as the command line loads them."""

import json
from pathlib import Path

import pytest
import vaulted

from playbook_engine.app import loading, means
from playbook_engine.diagnostics import Problems, Source
from playbook_engine.errors import UsageError
from playbook_engine.language import reader
from playbook_engine.model.document import plain
from playbook_engine.model.sources import InventorySources, Place, VaultId
from playbook_engine.values import Secret


def test_passwords_open_vaulted_values(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("w\n")
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars" / "w").write_text(vaulted.tagged("a", vaulted.VALUE))
    (tmp_path / "pw").write_bytes(vaulted.PASSWORD)
    problems = Problems()

    inventory = loading.inventory(
        InventorySources(places=(Place("hosts", tmp_path / "hosts"),), vault=(VaultId(None, tmp_path / "pw"),)),
        problems,
    )

    assert problems.sorted() == ()
    assert inventory is not None
    assert inventory.hosts[0].variables["a"].value == Secret("a", vaulted.VALUE_IS)


def test_how_long_a_program_may_take_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cloud"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    sources = InventorySources(places=(Place("cloud", path),))
    problems = Problems()

    monkeypatch.setenv("RUNBOOK_INVENTORY_TIMEOUT", "200ms")
    loading.inventory(sources, problems)
    assert [problem.message for problem in problems.sorted()] == [
        "the inventory cloud is of no use: it did not end within 200ms"
    ]

    monkeypatch.setenv("RUNBOOK_INVENTORY_TIMEOUT", "soon")
    with pytest.raises(UsageError, match="RUNBOOK_INVENTORY_TIMEOUT: 'soon' is not a duration"):
        loading.inventory(sources, problems)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1e3, "b": 2.50, "c": -0, "d": null, "e": true, "f": "yes", "g": [1E-2]}',
        '  {"a": NaN, "b": -Infinity}\n',
    ],
)
def test_json_is_read_as_json(text: str) -> None:
    """Ansible tries JSON first: `1e3` is a number there, and a text in YAML 1.1."""
    problems = Problems()

    document = means.read_yaml(Source("f", text), problems)

    assert problems.sorted() == ()
    assert document is not None
    assert json.dumps(plain(document.root)) == json.dumps(json.loads(text))


def test_everything_else_is_yaml() -> None:
    document = means.read_yaml(Source("f", "{a: 1e3, b: yes, c: 010}"), Problems())

    assert document is not None
    assert plain(document.root) == {"a": "1e3", "b": True, "c": 8}


@pytest.mark.no_cover  # the same lines thousands of times
def test_ten_thousand_hosts_with_variables_are_not_too_many(tmp_path: Path) -> None:
    lines = "".join(
        f"host-{n}.example.com ansible_host=10.0.0.1 rack={n} note='a longer text'\n" for n in range(20_000)
    )
    (tmp_path / "hosts").write_text(lines)
    problems = Problems()

    inventory = loading.inventory(InventorySources(places=(Place("hosts", tmp_path / "hosts"),)), problems)

    assert problems.sorted() == ()
    assert inventory is not None
    assert len(inventory.hosts) == 20_000
    assert inventory.hosts[-1].variables["rack"].value == 19_999


@pytest.mark.no_cover  # the same lines thousands of times
def test_an_inventory_may_have_more_values_than_a_playbook() -> None:
    text = "".join(f"h{n}: [0, 0, 0, 0, 0, 0, 0, 0]\n" for n in range(12_000))
    problems = Problems()

    assert means.read_yaml(Source("f", text), problems) is not None
    assert problems.sorted() == ()
    assert reader.read(Source("f", text), problems) is None
    assert [problem.code for problem in problems.sorted()] == ["too-many-values"]
