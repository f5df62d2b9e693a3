"""Every problem of many files."""

from pathlib import Path

import pytest
from plans import HOSTS, PLAYBOOK

from playbook_engine.app import linting
from playbook_engine.app.kinds import Kind
from playbook_engine.model.sources import InventorySources, Place


def found(paths: list[Path], inventory: Path | None = None) -> list[str]:
    sources = InventorySources(places=(Place(str(inventory), inventory),)) if inventory else None
    linted = linting.lint(paths, sources)
    assert linted.files == len(paths)
    return [
        f"{Path(d.span.source.name).name}:{d.span.line} {d.severity.value} {d.code}"
        for d in linted.diagnostics
        if d.span
    ]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.yml"
    path.write_text(PLAYBOOK)
    return path


def test_nothing_wrong(good: Path) -> None:
    assert found([good]) == []


def test_the_problems_of_all_files_in_their_order(good: Path, tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text(PLAYBOOK + "owner: 5\nzebra: 1\n")

    assert found([tmp_path / "b.yml", good, tmp_path / "a.yml"]) == [
        "a.yml:9 error wrong-type",
        "a.yml:10 error unknown-key",
        "b.yml:9 error wrong-type",
        "b.yml:10 error unknown-key",
    ]


def test_with_an_inventory_every_name_must_have_a_value(tmp_path: Path) -> None:
    """Without one, an unknown name may be one of its variables."""
    inventory = tmp_path / "inv"
    inventory.mkdir()
    (inventory / "hosts.yml").write_text(HOSTS.replace("ansible_connection: local}}", "api_url: x}}", 1))
    playbook = tmp_path / "p.yml"
    playbook.write_text(PLAYBOOK + "steps:\n  - {check: a, local: 'echo {{ api_url }} {{ api_uri }}'}\n")

    assert found([playbook]) == []
    assert found([playbook], inventory) == ["p.yml:10 error unknown-name"]


def test_a_broken_inventory_is_reported_once(good: Path, tmp_path: Path) -> None:
    inventory = tmp_path / "inv"
    inventory.mkdir()
    (inventory / "hosts.yml").write_text("all: [\n")

    assert len(found([good, good], inventory)) == 1


def test_the_playbooks_below_a_folder(tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml", "deep/c.yml", "notes.txt", "d.yoml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")

    below = linting.playbooks_below(tmp_path)

    assert [str(path.relative_to(tmp_path)) for path in below] == ["a.yaml", "b.yml", "deep/c.yml"]
    assert linting.playbooks_below(tmp_path / "notes.txt") == (tmp_path / "notes.txt",)


def test_what_a_broken_inventory_might_have_given_is_not_missed(tmp_path: Path) -> None:
    """A vaulted file without its password: nobody can say which names stand in it."""
    inventory = tmp_path / "inv"
    (inventory / "group_vars").mkdir(parents=True)
    (inventory / "hosts.yml").write_text(HOSTS)
    (inventory / "group_vars" / "all.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n6162\n")
    playbook = tmp_path / "p.yml"
    playbook.write_text(PLAYBOOK + "steps:\n  - {check: a, local: 'echo {{ api_url }}'}\n")

    assert found([playbook], inventory) == ["all.yml:1 error vaulted-value"]


TRANSLATION = "translation: v1\nplaybook: disk-full\nlanguage: zh\ntexts:\n"


class TestTranslations:
    """`good.yml` has a title and one check."""

    @pytest.fixture
    def translation(self, good: Path) -> Path:
        path = good.parent / "zh" / "good.yml"
        path.parent.mkdir()
        path.write_text(TRANSLATION + "  A disk runs full: 磁盘已满\n  The disk has room: 磁盘有空间\n")
        return path

    def test_nothing_wrong(self, good: Path, translation: Path) -> None:
        assert found([good]) == found([translation]) == found([good, translation]) == []

    def test_a_playbook_is_checked_with_its_translations(self, good: Path, translation: Path) -> None:
        translation.write_text(TRANSLATION + "  A disk runs full: 磁盘已满\n  b: 乙\n")

        wrong = ["good.yml:7 warning untranslated", "good.yml:6 error unknown-text"]
        assert found([good]) == found([translation]) == found([translation, good]) == wrong

    def test_a_file_is_what_its_own_word_says(self, good: Path, translation: Path) -> None:
        linted = linting.lint([good, translation, good.parent / "no.yml"], None)

        assert linted.kinds == (Kind.PLAYBOOK, Kind.TRANSLATION, Kind.PLAYBOOK)
        assert [each.code for each in linted.diagnostics] == ["no-such-file"]

    @pytest.mark.parametrize(
        ("before", "after", "wrong"),
        [
            ("language: zh", "language: en", "good.yml:3 error wrong-language"),
            ("playbook: disk-full", "playbook: disk", "good.yml:2 error wrong-playbook"),
            ("full: 磁盘已满", "full: [磁盘已满]", "good.yml:5 error wrong-type"),
        ],
    )
    def test_what_is_wrong_with_the_file(
        self, good: Path, translation: Path, before: str, after: str, wrong: str
    ) -> None:
        translation.write_text(translation.read_text().replace(before, after))

        assert found([good]) == [wrong]

    def test_a_translation_of_nothing(self, good: Path, translation: Path) -> None:
        good.unlink()

        assert found([translation]) == ["good.yml:2 error no-such-playbook"]

    def test_a_translation_of_a_playbook_with_errors(self, good: Path, translation: Path) -> None:
        """Which texts the playbook will have nobody can say yet."""
        good.write_text(PLAYBOOK + "zebra: 1\n")
        translation.write_text(TRANSLATION + "  b: 乙\n")

        assert found([translation]) == ["good.yml:9 error unknown-key"]
