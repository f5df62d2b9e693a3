"""Texts come out of a Markdown parser as they went in."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from playbook_engine.report.handbook import markdown
from playbook_engine.visible import escape

PARSER = MarkdownIt("commonmark").enable("table").enable("strikethrough")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40) | st.text(
    "ab1 \\`*_[]<>|~#>-+.=!&;{}()\"'$", max_size=30
)


def plain(tokens: list[Token]) -> str:
    """Return what a reader sees, markup gone; code stays what it is."""
    found = ""
    for token in tokens:
        if token.type in ("text", "code_inline", "fence"):
            found += token.content
        elif token.type in ("softbreak", "hardbreak"):
            found += "\n"
        found += plain(token.children or [])
    return found


def kinds(text: str) -> set[str]:
    tokens = PARSER.parse(text)
    return {each.type for token in tokens for each in (token, *(token.children or []))}


def shown(words: str) -> str:
    return escape(" ".join(words.split()))


@given(TEXTS)
def test_a_text_is_a_text(words: str) -> None:
    text = markdown.text(words)

    assert plain(PARSER.parse(text)) == shown(words)
    assert kinds(text) <= {"paragraph_open", "inline", "text", "paragraph_close"}


@given(TEXTS)
@example(" #")
def test_a_text_in_a_heading_a_list_and_a_cell(words: str) -> None:
    text = markdown.text(f"x{words}")  # a cell cannot tell blanks at its edges

    assert plain(PARSER.parse(f"# {text}")) == shown(f"x{words}")
    assert plain(PARSER.parse(markdown.items([text]))) == shown(f"x{words}")
    assert plain(PARSER.parse(markdown.table(("h",), [(text,)]))) == "h" + shown(f"x{words}")


@given(TEXTS.filter(lambda words: bool(words.strip())))
def test_code_is_code(words: str) -> None:
    tokens = PARSER.parse(markdown.code(words))

    assert [child.type for child in tokens[1].children or []] == ["code_inline"]
    assert plain(tokens) == shown(words)


@given(TEXTS.filter(lambda words: bool(words.strip()) and "\\" not in words))
def test_code_in_a_cell(words: str) -> None:
    tokens = PARSER.parse(markdown.table(("h", "i"), [(markdown.code(words), "x")]))

    assert plain(tokens) == f"hi{shown(words)}x"


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_block_keeps_its_lines(lines: list[str]) -> None:
    words = "x" + "\n".join(lines) + "x"
    (token,) = PARSER.parse(markdown.block(words))

    kept = "\n".join("\t".join(map(escape, line.split("\t"))).rstrip() for line in words.split("\n"))
    assert (token.type, token.info, token.content) == ("fence", "sh", f"{kept}\n")


@given(
    st.lists(TEXTS.filter(lambda line: bool(line.strip()) and line.splitlines() == [line]), min_size=1, max_size=3)
)
def test_prose_keeps_its_lines(lines: list[str]) -> None:
    found = plain(PARSER.parse(markdown.prose("\n".join(lines))))

    assert found == "\n".join(map(shown, lines))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("snake_case and _edges_", "snake_case and \\_edges\\_"),
        ("2 * 3 | 4", "2 \\* 3 \\| 4"),
        ("# no heading", "\\# no heading"),
        ("a heading ##", "a heading \\##"),
        ("1. no list", "1\\. no list"),
        ("- no list", "\\- no list"),
        ("a - b, 3.5, C#", "a - b, 3.5, C#"),
        ("<b>&amp; R&D", "\\<b\\>\\&amp; R&D"),
        ("wow!", "wow!"),
        ("\x1b[31mred\u202e", "\\\\x1b\\[31mred\\\\u202e"),
        ("接口正常", "接口正常"),
    ],
)
def test_texts_stay_readable(words: str, expected: str) -> None:
    """Only what has a meaning gets a backslash."""
    assert markdown.text(words) == expected


def test_paragraphs() -> None:
    assert markdown.prose("a\nb\n\n\nc") == "a\\\nb\n\nc"


def test_a_link_leads_where_it_says() -> None:
    tokens = PARSER.parse(markdown.link("runbook [old]", "https://x.org/a_(b)?c=<d>\n"))
    opening = (tokens[1].children or [])[0]

    assert opening.attrs == {"href": "https://x.org/a_(b)?c=%3Cd%3E%0A"}
    assert plain(tokens) == "runbook [old]"
