"""What does not fit between a translation and its playbook, each with its place."""

import pytest
from translating import PLAYBOOK, playbook, translation

from playbook_engine.diagnostics import Problems
from playbook_engine.language.translations.checking import check

WHOLE = """\
  Disk full: 磁盘已满
  Nothing can be written: 无法写入
  Is there room?: 还有空间吗？
  Ask {{ who }} about {{ disk_name }}.: 请就 {{ disk_name }} 询问 {{ who }}。
"""


def found(texts: str, written: str = PLAYBOOK) -> list[tuple[str, str, str, str | None]]:
    problems = Problems()
    check(translation(texts), playbook(written), problems)
    return [(str(d.span), d.code, d.message, d.hint) for d in problems.sorted()]


def test_a_whole_translation() -> None:
    assert found(WHOLE) == []


def test_line_breaks_and_repeated_blanks_do_not_matter() -> None:
    written = PLAYBOOK.replace("Nothing can be written", ">-\n    Nothing\n    can   be\n    written")

    assert found(WHOLE, written) == []


def test_a_text_without_a_translation_is_told_where_it_is_written() -> None:
    assert found(WHOLE.replace("  Nothing can be written: 无法写入\n", "")) == [
        (
            "disk.yml:6:14",
            "untranslated",
            "no translation into 'zh': Nothing can be written",
            "Add it to zh/disk.yml.",
        )
    ]


def test_a_text_that_was_changed_in_the_playbook() -> None:
    """The text that waits for a translation is the one that is meant."""
    (unknown,) = (each for each in found(WHOLE.replace("Disk full:", "Disk is full:")) if each[1] == "unknown-text")

    assert unknown == ("zh/disk.yml:5:3", "unknown-text", "'disk' has no such text", "Did you mean 'Disk full'?")


def test_a_text_that_was_removed_from_the_playbook() -> None:
    assert found(WHOLE + "  Bananas: 香蕉\n") == [
        (
            "zh/disk.yml:9:3",
            "unknown-text",
            "'disk' has no such text",
            "Remove it, or write it as the playbook does.",
        )
    ]


@pytest.mark.parametrize(
    ("translated", "said"),
    [
        ("请询问 {{ who }}。", "it lacks {{ disk_name }}"),
        ("请就 {{ disk_name }} 询问 {{ whom }}。", "it lacks {{ who }} and it has {{ whom }} beyond the text"),
        ("{{ who }} {{ who }} {{ disk_name }}", "it has {{ who }} beyond the text"),
    ],
)
def test_other_values(translated: str, said: str) -> None:
    ((place, code, message, hint),) = found(WHOLE.replace("请就 {{ disk_name }} 询问 {{ who }}。", f'"{translated}"'))

    assert (place, code) == ("zh/disk.yml:8:41", "other-values")
    assert message == f"the translation has other values in it: {said}"
    assert hint == "Take over each {{ … }} as the playbook has it; their order does not matter."


def test_blanks_within_braces_do_not_matter() -> None:
    assert found(WHOLE.replace("{{ disk_name }} 询问", "{{disk_name}} 询问")) == []


def test_braces_that_are_never_closed() -> None:
    codes = [code for _, code, _, _ in found(WHOLE.replace("{{ who }}。", "{{ who"))]

    assert codes == ["other-values", "template-unclosed"]


def test_braces_in_a_title_are_text() -> None:
    """Only messages and instructions have values in them."""
    written = PLAYBOOK.replace("Is there room?", "Is {{ room }} there?")

    assert found(WHOLE.replace("Is there room?", "Is {{ room }} there?"), written) == []
