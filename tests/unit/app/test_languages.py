"""The reader's language, and the translations that stand beside playbooks."""

from pathlib import Path

import pytest
from translating import HEAD, PLAYBOOK, playbook

from playbook_engine.app import languages, tongues
from playbook_engine.app.tongues import Tongue
from playbook_engine.diagnostics import Problems
from playbook_engine.errors import UsageError
from playbook_engine.phrases.words import CHINESE, ENGLISH


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "disk.yml").write_text(PLAYBOOK)
    for language in ("zh", "pt-br", "rehearsals"):
        (tmp_path / language).mkdir()
    (tmp_path / "zh" / "disk.yml").write_text(HEAD + "  Disk full: 磁盘已满\n")
    (tmp_path / "pt-br" / "disk.yaml").write_text(HEAD.replace("zh", "pt-br") + "  Disk full: Disco cheio\n")
    (tmp_path / "rehearsals" / "disk.yml").write_text("rehearsal: v1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("option", "environ", "codes"),
    [
        (None, {}, ()),
        (None, {"LANG": "C"}, ()),
        (None, {"LANG": "POSIX"}, ()),
        (None, {"LANG": "C.UTF-8"}, ()),
        (None, {"LANG": "zh_CN.UTF-8"}, ("zh-cn", "zh")),
        (None, {"LANG": "zh"}, ("zh",)),
        (None, {"LANG": "de_DE@euro"}, ("de-de", "de")),
        (None, {"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, ("zh-cn", "zh")),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, ()),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, ("zh-cn", "zh")),
        (None, {"LANG": "not a locale"}, ()),
        (None, {"LANG": "zh_CN.UTF-8", "RUNBOOK_LANG": "en"}, ("en",)),
        ("zh", {"RUNBOOK_LANG": "en"}, ("zh",)),
        ("zh_CN.UTF-8", {}, ("zh-cn", "zh")),
        ("pt-BR", {}, ("pt-br", "pt")),
    ],
)
def test_who_chooses_the_language(
    option: str | None, environ: dict[str, str], codes: tuple[str, ...], folder: Path
) -> None:
    assert tongues.chosen(option, environ, (folder,)).codes == codes


@pytest.mark.parametrize(
    ("option", "environ", "said"),
    [
        ("fr", {}, ("--lang: there is nothing in the language 'fr'", "Known: en, pt-br, zh.")),
        ("zn", {}, ("--lang: there is nothing in the language 'zn'", "Known: en, pt-br, zh.")),
        ("pt-b", {}, ("--lang: there is nothing in the language 'pt-b'", "Did you mean 'pt-br'?")),
        (
            None,
            {"RUNBOOK_LANG": "x"},
            ("RUNBOOK_LANG: there is nothing in the language 'x'", "Known: en, pt-br, zh."),
        ),
    ],
)
def test_a_language_that_nobody_knows(
    option: str | None, environ: dict[str, str], said: tuple[str, str], folder: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        tongues.chosen(option, environ, (folder,))

    assert (str(caught.value), caught.value.hint) == said


def test_a_locale_that_nobody_knows_is_no_wish(folder: Path) -> None:
    assert tongues.chosen(None, {"LANG": "fr_FR.UTF-8"}, (folder,)).words == ENGLISH


@pytest.mark.parametrize(
    ("codes", "title", "words"),
    [
        ((), "Disk full", ENGLISH),
        (("en",), "Disk full", ENGLISH),
        (("zh-cn", "zh"), "磁盘已满", CHINESE),
        (("pt-br", "pt"), "Disco cheio", ENGLISH),
        (("pt",), "Disk full", ENGLISH),
    ],
)
def test_a_playbooks_texts(codes: tuple[str, ...], title: str, words: object, folder: Path) -> None:
    problems, tongue = Problems(), Tongue(codes)
    texts = languages.texts(folder / "disk.yml", playbook(), tongue, problems)

    assert (texts.text("Disk full"), tongue.words, problems.sorted()) == (title, words, ())


def test_a_broken_translation_keeps_nobody_from_playing(folder: Path) -> None:
    (folder / "zh" / "disk.yml").write_text(HEAD + "  Disk full: [磁盘已满\n")
    problems = Problems()

    texts = languages.texts(folder / "disk.yml", playbook(), Tongue(("zh",)), problems)

    assert texts.text("Disk full") == "Disk full"
    assert not problems.has_errors
    assert [(d.code, d.message) for d in problems.sorted() if d.code == "translation-unused"] == [
        ("translation-unused", f"{folder}/zh/disk.yml is not used: texts are shown as they are written")
    ]
    assert len(problems.sorted()) == 2
