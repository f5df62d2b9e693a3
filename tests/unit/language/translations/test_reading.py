"""Translation files: the same reader, schema, positions and messages as a playbook's."""

import pytest
from translating import HEAD, read

from playbook_engine.diagnostics import Problems


def problems_of(text: str) -> list[str]:
    problems = Problems()
    assert read(text, problems) is None
    return [f"{str(d.span).removeprefix('zh/disk.yml:')} {d.code}: {d.message}" for d in problems.sorted()]


def test_a_translation() -> None:
    problems = Problems()
    found = read(HEAD + "  Disk   full: 磁盘已满\n  'no: colon': >-\n    不要\n    冒号\n", problems)

    assert found is not None
    assert problems.sorted() == ()
    assert (found.playbook, found.language) == ("disk", "zh")
    assert {key: each.translated.text for key, each in found.renderings.items()} == {
        "Disk full": "磁盘已满",
        "no: colon": "不要 冒号",
    }


def test_a_text_of_several_lines_as_a_key() -> None:
    """YAML wants a `?` before a key that does not fit on one line."""
    found = read(HEAD + "  ? >-\n    A long text\n    on two lines\n  : 两行的\n", Problems())

    assert found is not None
    assert list(found.renderings) == ["A long text on two lines"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["1:1 empty-file: the file is empty; expected a translation"]),
        (
            "translation: v1\n",
            [
                "1:1 missing-key: a translation needs 'playbook'",
                "1:1 missing-key: a translation needs 'language'",
                "1:1 missing-key: a translation needs 'texts'",
            ],
        ),
        (HEAD + "  a: b\nlang: zh\n", ["6:1 unknown-key: 'lang' is not a field of a translation"]),
        (HEAD.replace("v1", "v2") + "  a: b\n", ["1:14 wrong-value: translation: expected v1, found the text 'v2'"]),
        (
            HEAD.replace("language: zh", "language: Chinese!") + "  a: b\n",
            [
                (
                    "3:11 wrong-value: language: expected the code of a language in lower case, such as zh or pt-br, "
                    "found the text 'Chinese!'"
                )
            ],
        ),
        (HEAD + "  a: 5\n", ["5:6 wrong-type: a: expected the translation, a text, found the number 5"]),
        (HEAD + "  a: ''\n", ["5:3 wrong-value: a: expected the translation, a text, found an empty text"]),
        (HEAD + "  a: b\n  a: c\n", ["6:3 duplicate-key: 'a' was already given in line 5"]),
        (
            HEAD + "  a b: b\n  'a  b': c\n",
            ["6:3 duplicate-key: this text was already given in line 5, with other blanks"],
        ),
        (HEAD + "  a: b: c\n", ["5:7 yaml-syntax: a second ': ' in one value"]),
    ],
)
def test_what_is_wrong(text: str, said: list[str]) -> None:
    assert problems_of(text) == said
