"""Playbooks and inventories by the names that people type."""

from pathlib import Path

import pytest

from playbook_engine.app import finding
from playbook_engine.app.config import Config
from playbook_engine.errors import UsageError
from playbook_engine.resources import data_path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with playbooks and inventories, which is the current one."""
    for name in ("playbooks/disk.yml", "playbooks/net.yaml", "playbooks/notes.txt", "local.yml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    for name in ("inventories/prod", "state"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "inventories" / "lab.yml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("disk", "playbooks/disk.yml"),
        ("disk.yml", "playbooks/disk.yml"),
        ("net", "playbooks/net.yaml"),
        ("net.yaml", "playbooks/net.yaml"),
        ("local.yml", "local.yml"),
        ("./gone.yml", "gone.yml"),
        ("somewhere/else.yml", "somewhere/else.yml"),
    ],
)
def test_a_playbook(here: Path, name: str, expected: str) -> None:
    """A name is looked up; what looks like a path is one, whether it is there or not."""
    assert finding.playbook(name, Config()) == Path(expected)


def test_the_playbooks_that_travel_with_the_program_are_found_last(here: Path) -> None:
    shipped = data_path("playbooks") / "jwks-outage.yml"
    assert finding.playbook("jwks-outage", Config()) == shipped

    (here / "playbooks" / "jwks-outage.yml").write_text("")
    assert finding.playbook("jwks-outage", Config()) == Path("playbooks/jwks-outage.yml")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("dsik", "Did you mean 'disk'?"), ("zzz", "Known: disk, jwks-outage, net.")],
)
def test_a_playbook_that_is_not_there(here: Path, name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"there is no playbook '{name}' here or in playbooks/") as caught:
        finding.playbook(name, Config())

    assert caught.value.hint == hint


def test_all_playbooks_are_the_yaml_files_sorted(here: Path) -> None:
    assert [path.name for path in finding.all_playbooks(here / "playbooks")] == ["disk.yml", "net.yaml"]
    assert finding.all_playbooks(here / "nowhere") == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("prod", "inventories/prod"),
        ("lab", "inventories/lab.yml"),
        ("lab.yml", "inventories/lab.yml"),
        ("local.yml", "local.yml"),
        ("./gone", "gone"),
        ("other/prod", "other/prod"),
    ],
)
def test_an_inventory(here: Path, name: str, expected: str) -> None:
    assert finding.inventory_path(name, Config(), here / "state") == Path(expected)


def test_a_running_demo_wins_over_the_example_of_the_same_name(here: Path) -> None:
    """Its addresses are those of the stack that is up."""
    (here / "inventories" / "demo").mkdir()
    assert finding.inventory_path("demo", Config(), here / "state") == Path("inventories/demo")

    running = here / "state" / "demo" / "inventories" / "demo"
    running.mkdir(parents=True)
    assert finding.inventory_path("demo", Config(), here / "state") == running


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("prd", "Did you mean 'prod'?"),
        ("zzz", "Known: lab.yml, prod."),
        ("demo", "Start the demo stack first: runbook demo --keep"),
    ],
)
def test_an_inventory_that_is_not_there(here: Path, name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"there is no inventory '{name}' in inventories/") as caught:
        finding.inventory_path(name, Config(), here / "state")

    assert caught.value.hint == hint
