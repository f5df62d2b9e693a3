"""A playbook in the reader's language; what is recorded stays as it is written."""

import pytest
from translating import PLAYBOOK, playbook, translation

from playbook_engine.language.translations import binding
from playbook_engine.model.expressions import Template
from playbook_engine.model.steps import Escalate
from playbook_engine.model.translations import AS_WRITTEN, Texts, shown_text

NAMES = {"who": "ana", "disk_name": "sda"}
TEXTS = """\
  Disk full: 磁盘已满
  Nothing can be written: 无法写入
  Ask {{ who }} about {{ disk_name }}.: 请就 {{ disk_name }} 询问 {{ who }}。
"""


def texts(written: str = TEXTS) -> Texts:
    return binding.texts(translation(written), playbook())


def message(of: tuple[object, ...]) -> Template:
    (step,) = of
    assert isinstance(step, Escalate)
    assert step.message is not None
    return step.message


def test_a_reader_sees_the_translation_and_what_has_none_as_written() -> None:
    found = binding.translated(playbook(), texts())

    assert (found.title, found.description) == ("磁盘已满", "无法写入")
    assert found.health[0].title == "Is there room?"
    assert message(found.steps).text(NAMES) == "请就 sda 询问 ana。"


def test_a_run_keeps_what_is_written_and_has_the_translation_beside_it() -> None:
    found = binding.accompanied(playbook(), texts())

    assert (found.title, found.description) == ("Disk full", "Nothing can be written")
    template = message(found.steps)
    assert template.text(NAMES) == "Ask ana about sda."
    assert template.draft({}) == template.source == "Ask {{ who }} about {{ disk_name }}."
    assert shown_text(template, NAMES) == "请就 sda 询问 ana。"
    assert template.references == message(playbook().steps).references


def test_other_values_are_not_shown() -> None:
    """The run knows the names of the text; whether those of the translation are there nobody has looked."""
    found = binding.accompanied(playbook(), texts(TEXTS.replace("{{ who }}。", "{{ whom }}。")))

    assert shown_text(message(found.steps), NAMES) is None


def test_nothing_is_translated() -> None:
    written = playbook()

    assert binding.translated(written, AS_WRITTEN) == written
    assert binding.accompanied(written, AS_WRITTEN) == written


def test_texts_of_several_playbooks() -> None:
    """What two say differently is said as in the first."""
    first, second = Texts(plain={"a": "甲"}), Texts(plain={"a": "乙", "b": "丙"})
    together = Texts.together([first, second])

    assert [together.text(each) for each in ("a", "b", " b\n", "c")] == ["甲", "丙", "丙", "c"]


def test_a_text_with_other_blanks_is_the_same_text() -> None:
    written = playbook(PLAYBOOK.replace("Nothing can be written", "|\n  Nothing\n   can be written"))

    assert binding.translated(written, binding.texts(translation(TEXTS), written)).description == "无法写入"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("所在， 让", "所在，让"),
        ("一 二 三", "一二三"),
        ("用 API 验证", "用 API 验证"),
        ("a b\n c", "a b\n c"),
    ],
)
def test_a_folded_text_has_no_blanks_between_wide_characters(text: str, shown: str) -> None:
    assert binding.unfolded(text) == shown
