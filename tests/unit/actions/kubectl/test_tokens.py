"""A line as words: quotes, templates, places."""

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_engine.actions.kubectl.tokens import Word, split, template_end
from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.model.document import Scalar


class NoTemplates:
    """A compiler that takes every template and compiles none."""

    def expression(self, scalar: Scalar) -> None: ...

    def template(self, scalar: Scalar, *, shell: bool = False) -> None: ...

    def fragment(self, scalar: Scalar, start: int, end: int) -> None: ...


def words_of(text: str) -> tuple[tuple[Word, ...], Problems]:
    span = Span(Source("line", text), 1, 1, 1, len(text) + 1)
    problems = Problems()
    return split(Scalar(text, text, span, literal=True, content=span), NoTemplates(), problems), problems


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("get pods", ["get", "pods"]),
        ("  get \t pods\n", ["get", "pods"]),
        ("get 'a b'", ["get", "a b"]),
        ("set A='b c'd", ["set", "A=b cd"]),
        ('set A="b \\"c\\" \\n"', ["set", 'A=b "c" \\n']),
        ("set A=b\\ c", ["set", "A=b c"]),
        ("set ''", ["set", ""]),
        ("set A='$HOME' B=$HOME", ["set", "A=$HOME", "B=$HOME"]),
        ("get \\\n pods", ["get", "pods"]),
        ("get po\\\nds", ["get", "pods"]),
        ("logs {{ pod | default('a b') }}", ["logs", "{{ pod | default('a b') }}"]),
        ("set A={{ x }}-{{ y }}", ["set", "A={{ x }}-{{ y }}"]),
        ("set A='{{ \"it's\" }} b'", ["set", 'A={{ "it\'s" }} b']),
        ("set A={{ {'a': {}}['a'] }} B=c", ["set", "A={{ {'a': {}}['a'] }}", "B=c"]),
        ("set A={{ '}}' }} B=c", ["set", "A={{ '}}' }}", "B=c"]),
        ("get 'a|b;c>d'", ["get", "a|b;c>d"]),
        ("set A={%b%} B=${#c}", ["set", "A={%b%}", "B=${#c}"]),
    ],
)
def test_words(line: str, words: list[str]) -> None:
    found, problems = words_of(line)
    assert [word.shown for word in found] == words
    assert problems.sorted() == ()


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("get 'pods", 5, "the quote ' is not closed"),
        ('get "pods', 5, 'the quote " is not closed'),
        ("get pods\\", 9, "the line ends with a backslash"),
        ("get {{ pods", 5, "'{{' is not closed"),
        ("get pods | grep x", 10, "'|' has no meaning here: no shell runs this line"),
        ("get pods > file", 10, "'>' has no meaning here: no shell runs this line"),
    ],
)
def test_problems_have_a_column(line: str, column: int, message: str) -> None:
    (problem,) = words_of(line)[1].sorted()
    assert problem.message == message
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (1, column)
    assert problem.hint


def test_every_word_knows_where_it_stands() -> None:
    found, _ = words_of("scale  deployment/api '--replicas'=3")
    assert [(word.span.column, word.span.end_column) for word in found] == [(1, 6), (8, 22), (23, 37)]


def test_what_is_left_of_a_word_stands_where_it_stood() -> None:
    (word,) = words_of("A='b'{{ x }}c")[0]
    assert word.prefix == "A=b"
    rest = word.after(2)
    assert rest.shown == "b{{ x }}c"
    assert rest.span.column == 4
    assert word.after(3).shown == "{{ x }}c"
    assert words_of("A=")[0][0].after(2).shown == ""


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])), max_size=6))
def test_what_a_shell_quotes_comes_back(words: list[str]) -> None:
    line = " ".join(shlex.quote(word) for word in words if "{{" not in word)
    found, problems = words_of(line)
    assert [word.shown for word in found] == [word for word in words if "{{" not in word]
    assert problems.sorted() == ()


@given(st.text(alphabet="ab '\"\\{}[]()=-|\n"))
def test_any_text_is_read_without_an_error_of_our_own(line: str) -> None:
    found, _ = words_of(line)
    assert all(0 <= word.start < word.end <= len(line) + 1 for word in found)


@given(st.text(alphabet="a '\"\\{}[]()", max_size=20))
def test_a_template_ends_behind_its_braces(inner: str) -> None:
    end: Any = template_end("{{" + inner, 0)
    assert end is None or ("{{" + inner)[:end].endswith("}}")
