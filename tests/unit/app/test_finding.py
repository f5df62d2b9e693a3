"""Playbooks and inventories by the names that people type."""

from pathlib import Path

import pytest

from playbook_engine.app import finding
from playbook_engine.app.config import Config
from playbook_engine.errors import UsageError
from playbook_engine.model.sources import Place, VaultId
from playbook_engine.resources import data_path

SHIPPED = tuple(path.stem for path in data_path("playbooks").glob("*.yml"))


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
    [("dsik", "Did you mean 'disk'?"), ("zzz", f"Known: {', '.join(sorted({'disk', 'net', *SHIPPED}))}.")],
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


def words(*names: str, environment: str | None = None, vault_ids: tuple[str, ...] = ()) -> finding.InventoryWords:
    return finding.InventoryWords(names=names, environment=environment, vault_ids=vault_ids)


def test_all_that_the_command_line_says_of_an_inventory(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANSIBLE_VAULT_PASSWORD_FILE", raising=False)
    (here / "a,b").mkdir()

    found = finding.inventory(words("prod", "x,y,", "lab", "a,b", environment="e.yml"), Config(), here / "state")

    assert found.places == (
        Place("inventories/prod", Path("inventories/prod")),
        Place("x,y,"),
        Place("inventories/lab.yml", Path("inventories/lab.yml")),
        Place("a,b", Path("a,b")),
    )
    assert (found.environment, found.vault) == (Path("e.yml"), ())


@pytest.mark.parametrize("name", ["ini.ini", "bare", "data.json"])
def test_an_inventory_of_any_format_has_a_name(here: Path, name: str) -> None:
    (here / "inventories" / name).write_text("")

    assert (
        finding.inventory_path(name.split(".", maxsplit=1)[0], Config(), here / "state") == Path("inventories") / name
    )


def test_passwords_come_from_options_and_the_environment(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_VAULT_PASSWORD_FILE", "third")
    said = finding.InventoryWords(names=("prod",), password_files=("first",), vault_ids=("l@second",))

    found = finding.inventory(said, Config(), here / "state")

    assert found.vault == (VaultId(None, Path("first")), VaultId("l", Path("second")), VaultId(None, Path("third")))
