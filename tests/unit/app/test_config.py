"""`runbook.toml`: where it is found, what it may say, and when it is not trusted."""

from pathlib import Path

import pytest

from playbook_engine.app import config
from playbook_engine.app.config import Config
from playbook_engine.errors import UsageError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a git root with a folder below it."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "deep" / "deeper").mkdir(parents=True)
    return tmp_path / "repo"


def test_without_a_file_the_folders_have_their_usual_names(root: Path) -> None:
    assert config.load(root) == Config(playbooks=Path("playbooks"), inventories=Path("inventories"))


@pytest.mark.parametrize("below", [".", "deep", "deep/deeper"])
def test_it_is_found_upward_and_its_paths_are_relative_to_it(root: Path, below: str) -> None:
    (root / "runbook.toml").write_text('playbooks = "ops/books"\nstate_dir = "/var/lib/runbook"\n')

    found = config.load(root / below)

    assert found.playbooks == root / "ops" / "books"
    assert found.inventories == Path("inventories")
    assert found.state_dir == Path("/var/lib/runbook")


def test_the_nearest_one_wins(root: Path) -> None:
    (root / "runbook.toml").write_text('playbooks = "far"\n')
    (root / "deep" / "runbook.toml").write_text('playbooks = "near"\n')

    assert config.load(root / "deep" / "deeper").playbooks == root / "deep" / "near"


def test_nothing_is_looked_for_above_the_git_root(root: Path) -> None:
    (root.parent / "runbook.toml").write_text('playbooks = "outside"\n')

    assert config.load(root / "deep") == Config()


def test_a_home_folder_is_understood(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ana")
    (root / "runbook.toml").write_text('state_dir = "~/state"\n')

    assert config.load(root).state_dir == Path("/home/ana/state")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('playbook = "x"\n', "'playbook' is not a setting", "Did you mean 'playbooks'?"),
        ("zebra = 1\n", "'zebra' is not a setting", "Known: playbooks, inventories, state_dir."),
        ("playbooks = 5\n", "playbooks: expected a path in quotes, found 5", None),
        ("playbooks = books\n", "(at line 1, column 13)", None),
    ],
)
def test_a_mistake_is_said_with_the_file(root: Path, text: str, message: str, hint: str | None) -> None:
    (root / "runbook.toml").write_text(text)

    with pytest.raises(UsageError) as caught:
        config.load(root)

    assert str(caught.value).startswith(f"{root / 'runbook.toml'}: ")
    assert message in str(caught.value)
    assert caught.value.hint == hint


def test_what_is_not_text_is_a_mistake_too(root: Path) -> None:
    (root / "runbook.toml").write_bytes(b'playbooks = "\xff"\n')

    with pytest.raises(UsageError, match=r"runbook\.toml: "):
        config.load(root)


@pytest.mark.parametrize(("of", "what"), [(".", "its folder"), ("runbook.toml", "it")])
def test_what_everybody_can_write_is_refused(root: Path, of: str, what: str) -> None:
    (root / "runbook.toml").write_text('playbooks = "x"\n')
    (root / of).chmod(0o777)

    with pytest.raises(UsageError, match=f"not read, because {what} can be written by everybody") as caught:
        config.load(root)

    assert caught.value.hint == f"chmod o-w {root / of}"


@pytest.mark.parametrize(
    ("option", "variable", "setting", "expected"),
    [
        ("/one", "/two", "/three", "/one"),
        (None, "/two", "/three", "/two"),
        (None, None, "/three", "/three"),
        (None, "", "/three", "/three"),
        (None, None, None, "/home/ana/.xdg/runbook"),
        ("~/one", None, None, "/home/ana/one"),
    ],
)
def test_where_state_lives(
    option: str | None, variable: str | None, setting: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ana")
    monkeypatch.setenv("XDG_STATE_HOME", "/home/ana/.xdg")
    monkeypatch.delenv("RUNBOOK_STATE_DIR", raising=False)
    if variable is not None:
        monkeypatch.setenv("RUNBOOK_STATE_DIR", variable)

    settings = Config(state_dir=Path(setting) if setting else None)

    assert config.state_dir(option, settings) == Path(expected)


def test_a_relative_state_directory_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert config.state_dir("state", Config()) == tmp_path / "state"
