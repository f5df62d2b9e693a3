"""Files with values for inputs: YAML or JSON, whatever is wrong with them, and nothing of them on the screen."""

from pathlib import Path

import pytest

from playbook_engine.app import vars_files
from playbook_engine.diagnostics import Problems
from playbook_engine.model.document import plain
from playbook_engine.report.diagnostics import render
from playbook_engine.values import Value


def read(tmp_path: Path, text: str | bytes, name: str = "vars.yml") -> tuple[dict[str, tuple[Value, str]], Problems]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = Problems()
    (found,) = vars_files.read((path,), problems)
    return {
        each.key.text: (plain(each.node), f"{each.node.span.line}:{each.node.span.column}") for each in found
    }, problems


def test_yaml_1_2(tmp_path: Path) -> None:
    found, problems = read(tmp_path, "a: on\nb: 0755\nc: [1, 2.5, true, null]\n")

    assert problems.sorted() == ()
    assert found == {"a": ("on", "1:4"), "b": ("0755", "2:4"), "c": ([1, 2.5, True, None], "3:4")}


def test_json(tmp_path: Path) -> None:
    """As programs write it: indented with tabs, slashes escaped, a smiley in two escapes."""
    text = '{\n\t"a": "\\/x \\ud83d\\ude00 \\\\ud83d",\n\t"b": {"c": [1e3, -0.5]}\n}\n'
    found, problems = read(tmp_path, text, "vars.json")

    assert problems.sorted() == ()
    assert found == {"a": ("/x 😀 \\ud83d", "2:7"), "b": ({"c": [1000.0, -0.5]}, "3:7")}


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "~\n", "{}\n"])
def test_nothing_gives_nothing(text: str, tmp_path: Path) -> None:
    found, problems = read(tmp_path, text)

    assert (found, problems.sorted()) == ({}, ())


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("[hunter2]", "wrong-type", "1:1"),
        ("hunter2", "wrong-type", "1:1"),
        ("pin: hunter2\npin: hunter2", "duplicate-key", "2:1"),
        ("pin: 'hunter2", "yaml-syntax", "1:6"),
        ("pin: hunter2: x", "yaml-syntax", "1:13"),
        ("pin:\n\t- hunter2", "yaml-syntax", "2:1"),
        ("pin: *hunter2", "unknown-alias", "1:6"),
        ("pin: !hunter2 x", "unknown-tag", "1:6"),
        ("pin: !!int hunter2", "unknown-tag", "1:6"),
        ("pin: @hunter2", "yaml-syntax", "1:6"),
        ("pin: {{ hunter2 }}", "yaml-syntax", "1:6"),
        ("pin: hunter2\n---\nb: 1", "several-documents", "2:1"),
        (b"pin: hunter2 \xff", "not-utf-8", "1:14"),
        (b"pin: hunter2 \x00", "control-character", "1:14"),
        ("pin: " + "[" * 200, "too-deep", "1:106"),
    ],
)
def test_what_is_wrong_has_a_place_and_shows_nothing(
    text: str | bytes, code: str, place: str, tmp_path: Path
) -> None:
    _, problems = read(tmp_path, text)
    shown = render(problems.sorted(), color=False, width=140)

    assert [(d.code, f"{d.span.line}:{d.span.column}") for d in problems.sorted() if d.span] == [(code, place)]
    assert "hunter2" not in shown


def test_files_that_are_not_there(tmp_path: Path) -> None:
    """Both are named at once."""
    (tmp_path / "vars.yml").write_text("a: 1\n")
    problems = Problems()

    found = vars_files.read((tmp_path / "vrs.yml", tmp_path / "vars.yml", tmp_path), problems)

    assert [len(file) for file in found] == [0, 1, 0]
    assert [d.code for d in problems.sorted()] == ["no-such-file", "not-a-file"]
    assert problems.sorted()[0].hint == "Did you mean 'vars.yml'?"
