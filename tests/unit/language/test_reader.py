"""YAML text into a tree with positions."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from playbook_engine.diagnostics import Problems, Source, Span
from playbook_engine.language.reader import MAX_DEPTH, MAX_NODES, PARSERS, Parser, read, read_all, read_file
from playbook_engine.language.scalars import CORE_1_2, YAML_1_1
from playbook_engine.language.text import MAX_SIZE, Bounds
from playbook_engine.model.document import Document, Mapping, Node, Scalar, Sequence, plain

EVERY_PARSER = pytest.mark.parametrize("parser", list(PARSERS.values()), ids=list(PARSERS))


def document(text: str, parser: Parser | None = None) -> Document:
    problems = Problems()
    read_document = read(Source("f", text), problems, parser=parser)
    assert problems.sorted() == ()
    assert read_document is not None
    return read_document


def complaints(text: str, parser: Parser | None = None) -> list[tuple[str, str]]:
    problems = Problems()
    read(Source("f", text), problems, parser=parser)
    return [(str(d.span)[2:], d.message) for d in problems.sorted()]


def at(node: Node | None) -> str:
    assert node is not None
    span = node.span
    return f"{span.line}:{span.column}-{span.end_line}:{span.end_column}"


def value(text: str, parser: Parser | None = None) -> Scalar:
    root = document(f"key: {text}", parser).root
    assert isinstance(root, Mapping)
    node = root.get("key")
    assert isinstance(node, Scalar)
    return node


def marked(span: Span) -> str:
    return span.source.text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


def spans(node: Node) -> Iterator[Span]:
    yield node.span
    match node:
        case Sequence():
            for item in node.items:
                yield from spans(item)
        case Mapping():
            for entry in node:
                yield from spans(entry.key)
                yield from spans(entry.value)
        case Scalar():
            if node.content is not None:
                yield node.content


@EVERY_PARSER
def test_positions_count_characters_from_one(parser: Parser) -> None:
    root = document("名: 中文x # c\nb: [1, 'two']\nc:\n  - d: e\n", parser).root

    assert isinstance(root, Mapping)
    assert at(root) == "1:1-4:9"
    assert [(at(entry.key), at(entry.value)) for entry in root] == [
        ("1:1-1:2", "1:4-1:7"),
        ("2:1-2:2", "2:4-2:14"),
        ("3:1-3:2", "4:3-4:9"),
    ]


@EVERY_PARSER
def test_a_block_ends_with_its_last_value(parser: Parser) -> None:
    root = document("a:\n  b: |\n    text\n\n\n# comment\nc: &x\nd: 1\n", parser).root

    assert isinstance(root, Mapping)
    assert [at(entry.value) for entry in root] == ["2:3-3:9", "7:6-7:6", "8:4-8:5"]


@EVERY_PARSER
@pytest.mark.parametrize(
    ("written", "text", "content"),
    [
        ("rc == 0", "rc == 0", "rc == 0"),
        ("'rc == 0'", "rc == 0", "rc == 0"),
        ('"a b"', "a b", "a b"),
        ('""', "", ""),
        ("&x !!str abc", "abc", "abc"),
        ("&x 'abc'", "abc", "abc"),
        ("'it''s'", "it's", None),
        ('"a\\tb"', "a\tb", None),
        ("'a\n  b'", "a b", None),
        ("a\n  b", "a b", None),
        ("|\n  abc", "abc", None),
        (">-\n  abc", "abc", None),
    ],
)
def test_a_scalar_knows_whether_its_text_stands_in_the_source(
    parser: Parser, written: str, text: str, content: str | None
) -> None:
    scalar = value(written, parser)

    assert scalar.text == text
    assert scalar.literal == (content is not None)
    assert (None if scalar.content is None else marked(scalar.content)) == content


def test_an_offset_in_a_quoted_text_is_found_behind_the_quote() -> None:
    scalar = value("'rc = 0'")

    assert marked(scalar.at(3)) == "="


@EVERY_PARSER
def test_quoted_words_are_texts(parser: Parser) -> None:
    root = document("a: 'true'\nb: \"1\"\nc: |\n  5\nd: yes\ne: 0755\nf: ! 5\ng: !!str 5\nh: !!float 5", parser).root

    assert plain(root) == {
        "a": "true",
        "b": "1",
        "c": "5\n",
        "d": "yes",
        "e": "0755",
        "f": "5",
        "g": "5",
        "h": 5.0,
    }


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "---\n...\n"])
def test_a_file_without_a_value_has_no_root(text: str) -> None:
    assert document(text).root is None


def test_keys_are_texts() -> None:
    assert plain(document("1: a\ntrue: b\nnull: c\n~: d\n").root) == {"1": "a", "true": "b", "null": "c", "~": "d"}


@EVERY_PARSER
def test_an_alias_stands_for_its_anchor_s_value(parser: Parser) -> None:
    root = document("a: &x {k: [1]}\nb: *x\nc: &x 2\nd: *x\n", parser).root

    assert plain(root) == {"a": {"k": [1]}, "b": {"k": [1]}, "c": 2, "d": 2}


@EVERY_PARSER
@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\na: 2\n", "2:1", "'a' was already given in line 1"),
        ("a: 1\n'a': 2\n", "2:1", "'a' was already given in line 1"),
        ("- {x: 1, y: 2, x: 3}", "1:16", "'x' was already given in line 1"),
        ("a: *x", "1:4", "no '&x' stands before this alias"),
        ("&a [*a]", "1:5", "the alias *a stands for a value that it is part of"),
        ("x: &a {k: [*a]}", "1:12", "the alias *a stands for a value that it is part of"),
        ("<<: {a: 1}", "1:1", "the merge key '<<' is not supported"),
        ("a: !foo 1", "1:4", "the tag !foo has no meaning here"),
        ("a: &x !foo 1", "1:7", "the tag !foo has no meaning here"),
        ("a: !!binary aGk=", "1:4", "the tag !!binary has no meaning here"),
        ("a: !!python/object:os.system x", "1:4", "the tag !!python/object:os.system has no meaning here"),
        ("a: !!set {x}", "1:4", "the tag !!set has no meaning here"),
        ("a: !!int x", "1:4", "'x' is not of the type that !!int says"),
        ("a: !!int true", "1:4", "'true' is not of the type that !!int says"),
        ("? [a]\n: 1", "1:3", "a key must be a text, not a list or a mapping"),
        ("? \n: 1", "1:2", "a key is missing before ':'"),
        ("'': 1", "1:1", "a key is missing before ':'"),
        ("a: 1\n---\nb: 2\n", "2:1", "a second document begins here"),
        ("a: {{ x }}\n", "1:4", "a value that begins with {{ must be quoted"),
        ("a:\n  - {{ x }}\n", "2:5", "a value that begins with {{ must be quoted"),
    ],
)
def test_a_mistake_of_meaning_leaves_a_tree(parser: Parser, text: str, place: str, message: str) -> None:
    problems = Problems()

    tree = read(Source("f", text), problems, parser=parser)

    assert tree is not None
    assert [(str(d.span)[2:], d.message) for d in problems.sorted()] == [(place, message)]


@EVERY_PARSER
@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a:\n\tb: 1\n", "2:1", "YAML is indented with spaces; found a tab"),
        ("a:\n  b: 1\n \tc: 2\n", "3:2", "YAML is indented with spaces; found a tab"),
        ("a: |\n\tx\n", "2:1", "YAML is indented with spaces; found a tab"),
        ("a: {{ x }}/path\n", "1:4", "a value that begins with {{ must be quoted"),
        ("a: @x", "1:4", "a value cannot begin with '@'"),
        ("a: `x`", "1:4", "a value cannot begin with '`'"),
        ("a: %x", "1:4", "a value cannot begin with '%'"),
        (": 1", "1:1", "a key is missing before ':'"),
        ("a: b: c", "1:5", "a second ': ' in one value"),
        ("a: 1\n b: 2\n", "2:3", "a key is not expected here"),
        ("a: - b", "1:4", "a list item '-' is not expected here"),
        ('a: "x" y', "1:8", "text after the closing quote"),
        ("a:\n   b: 1\n  c: 2\n", "3:3", "this line does not fit the indentation of the lines above"),
        ("x:\n  - a\n - b\n", "3:2", "this line does not fit the indentation of the lines above"),
        ("- a\nb: 1\n", "2:1", "expected '- ' here: the list that begins in line 1 is not over by its indentation"),
        ("a: [1\nb: 2\n", "2:2", "expected ',' or ']': the '[' of line 1 is still open"),
        ("{a: 1", "1:6", "expected ',' or '}': the '{' of line 1 is still open"),
        ("a: 'x\nb: 2\n", "1:4", "the quote that opens here is never closed"),
        ("a: 'x\n---\n", "2:1", "'---' inside the quoted text that begins in line 1"),
        ("abc:\nd\n", "2:1", "expected ': ' after this key"),
        ("- a\n-b\n", "2:1", "expected a space after '-'"),
        ('a: "\\q"', "1:5", "unknown escape '\\q' in double quotes"),
        ('a: "\\xzz"', "1:5", "the escape '\\x' needs hexadecimal digits after it"),
        ("a: *.log", "1:4", "a value that begins with '*' must be quoted"),
        ("a: && b", "1:4", "a value that begins with '&' must be quoted"),
        ("a: !x!y 1", "1:4", "a value that begins with '!' must be quoted"),
        ("a: >x\n  b\n", "1:5", "text is not expected in the line of '|' or '>'"),
        ("%YAML 2.0\n---\na", "1:1", "a line that begins with '%' is a YAML directive, and not this one"),
        ("'a'\n'b'\n", "2:1", "this does not belong to what stands above: the document was over"),
        ("[a, ,b]", "1:5", "a value is missing here"),
    ],
)
def test_a_syntax_error_is_one_complaint_in_plain_words(parser: Parser, text: str, place: str, message: str) -> None:
    problems = Problems()

    read(Source("f", text), problems, parser=parser)

    assert [(str(d.span)[2:], d.message) for d in problems.sorted()] == [(place, message)]


def test_an_unquoted_template_is_read_as_its_own_text() -> None:
    problems = Problems()

    tree = read(Source("f", "a: {{ x }}\n"), problems)

    assert tree is not None
    assert plain(tree.root) == {"a": "{{ x }}"}


DEEP = [
    "[" * 10_000,
    "{a: " * 10_000,
    "- " * 10_000,
    "? " * 10_000,
    "[&a " * 10_000,
    "".join(f"{' ' * depth}a:\n" for depth in range(1_400)),
    "[" * 2**20,
]


@pytest.mark.no_cover  # the same lines thousands of times
@pytest.mark.parametrize("text", DEEP, ids=lambda text: text[:6])
def test_deep_nesting_is_a_diagnostic(text: str) -> None:
    assert [message for _, message in complaints(text)] == [f"nested more than {MAX_DEPTH} deep"]


@EVERY_PARSER
def test_nesting_up_to_the_bound_is_read(parser: Parser) -> None:
    assert document("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), parser).root is not None


def test_aliases_do_not_nest_deeper_than_the_bound() -> None:
    half = MAX_DEPTH // 2 + 1
    text = f"a: &a {'[' * half}{']' * half}\nb: {'[' * half}*a{']' * half}\n"

    assert [message for _, message in complaints(text)] == [f"nested more than {MAX_DEPTH} deep"]


def test_a_billion_laughs_are_a_diagnostic() -> None:
    laughs = "".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 10))

    assert [message for _, message in complaints(f"a0: &a0 ha\n{laughs}")] == [
        f"more than {MAX_NODES:,} values, aliases followed"
    ]


def test_an_anchor_is_as_large_as_what_it_stands_for() -> None:
    text = f"a: &a [{'x, ' * 900}]\nb: [{'*a, ' * 100}]\n"
    problems = Problems()

    assert read(Source("f", text), problems) is not None
    assert complaints(f"{text}c: [{'*a, ' * 11}]\n") != []


class TestFilesOfAnsible:
    """YAML 1.1, merge keys and the tags `!unsafe` and `!vault`."""

    def read(self, text: str) -> tuple[object, list[tuple[str, str]]]:
        problems = Problems()
        tree = read(Source("f", text), problems, scalars=YAML_1_1)
        assert tree is not None
        return plain(tree.root), [(d.code, str(d.span)) for d in problems.sorted()]

    def test_words_have_their_old_meaning(self) -> None:
        assert self.read("a: yes\nb: 0755\nc: 2026-11-20\n") == ({"a": True, "b": 493, "c": "2026-11-20"}, [])

    @pytest.mark.parametrize(
        "text",
        [
            "a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3, z: 4}\n",
            "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\n",
            "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {z: 3, <<: *b}\n",
        ],
    )
    def test_merge_keys_mean_what_pyyaml_makes_of_them(self, text: str) -> None:
        assert self.read(text) == (yaml.safe_load(text), [])

    def test_a_merge_of_something_else_is_an_error(self) -> None:
        assert self.read("a: {<<: 5}\n") == ({"a": {}}, [("merge-key", "f:1:5")])

    def test_a_quoted_merge_key_is_a_key(self) -> None:
        assert self.read("'<<': 5\n") == ({"<<": 5}, [])

    def test_unsafe_and_vault_keep_their_tags(self) -> None:
        text = "a: !unsafe '{{ x }}'\nb: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n"

        found, problems = self.read(text)

        assert found == {"a": "{{ x }}", "b": "$ANSIBLE_VAULT;1.1;AES256\n"}
        assert problems == []
        tree = read(Source("f", text), Problems(), scalars=YAML_1_1)
        assert tree is not None
        assert isinstance(tree.root, Mapping)
        values = [entry.value for entry in tree.root]
        assert [value.tag for value in values if isinstance(value, Scalar)] == ["!unsafe", "!vault"]


def test_a_file_is_read_under_the_name_that_people_know(tmp_path: Path) -> None:
    path = tmp_path / "p.yml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\na: 2\r\n")
    problems = Problems()

    tree = read_file(path, "playbooks/p.yml", problems)

    assert tree is not None
    assert plain(tree.root) == {"a": 1}
    assert [str(d.span) for d in problems.sorted()] == ["playbooks/p.yml:2:1"]


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    problems = Problems()

    assert read_file(tmp_path / "p.yml", "p.yml", problems) is None
    assert [d.code for d in problems.sorted()] == ["no-such-file"]


WORDS = st.sampled_from([
    "a", "b", "1", ":", " : ", ": ", "- ", "-", "\n", "\n  ", "\n ", "\n    ", "[", "]", "{", "}", ",", ", ", "'", '"',
    "&x ", "*x", "!t ", "!!str ", "|\n", "> \n", ">-\n", " # c", "#", "\t", "?", "? ", "---", "...", "%", "\\", "<<: ",
    "é", "中", "😀", "true", "0755", "{{ x }}", "null", "~", "'a'", '"b"', "\r\n", "@", "`", "\u2028", " ",
])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=20).map("".join))


@given(TEXTS, st.sampled_from([CORE_1_2, YAML_1_1]))
@example("a: &a [*a, *a]", CORE_1_2)
@example('"\\', CORE_1_2)
def test_any_text_is_a_tree_or_a_problem_with_positions_in_the_source(text: str, rules: object) -> None:
    problems = Problems()
    source = Source("f", text)

    tree = read(source, problems, scalars=YAML_1_1 if rules is YAML_1_1 else CORE_1_2)

    assert tree is not None or problems.has_errors
    found = [d.span for d in problems.sorted() if d.span] + list(spans(tree.root) if tree and tree.root else ())
    rows = re.split("\n", text)
    for span in found:
        assert 1 <= span.line <= span.end_line <= len(rows)
        assert 1 <= span.column <= len(rows[span.line - 1]) + 1
        assert (span.line, span.column) <= (span.end_line, span.end_column)


@given(TEXTS)
def test_both_parsers_read_the_same_tree(text: str) -> None:
    trees = [read(Source("f", text), Problems(), parser=parser) for parser in PARSERS.values()]

    if all(tree is not None for tree in trees):
        assert trees[0] == trees[-1]


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"))),
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_what_pyyaml_writes_is_read_back_by_both_parsers(data: object, flow: bool) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=True)
    trees = [read(Source("f", text), Problems(), parser=parser) for parser in PARSERS.values()]

    assert trees[0] == trees[-1]
    assert trees[0] is not None
    assert plain(trees[0].root) == data


# several documents in one file


def test_several_documents() -> None:
    problems = Problems()
    text = "# first\n---\na: 1\n---\n---\n# nothing\n---\n- &x b\n- *x\n...\n"
    found = read_all(Source("f", text), problems)
    assert found is not None
    assert [plain(node) for node in found] == [{"a": 1}, ["b", "b"]]
    assert [at(node) for node in found] == ["3:1-3:5", "8:1-9:5"]
    assert problems.sorted() == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\n---\nb: *x\n", ["3:4 unknown-alias"]),
        ("a: 1\n---\nb: [\n", ["4:1 yaml-syntax"]),
        ("a: 1\na: 2\n---\nb: 1\nb: 2\n", ["2:1 duplicate-key", "5:1 duplicate-key"]),
        ("a: 1\n---\n" + "[" * (MAX_DEPTH + 2), [f"3:{MAX_DEPTH + 2} too-deep"]),
        ("a: \x1b\n", ["1:4 control-character"]),
    ],
)
def test_problems_in_several_documents(text: str, said: list[str]) -> None:
    problems = Problems()
    read_all(Source("f", text), problems)
    assert [f"{str(d.span)[2:]} {d.code}" for d in problems.sorted()] == said


def test_the_bounds_are_those_of_the_whole_file() -> None:
    problems, bounds = Problems(), Bounds(MAX_SIZE, 1_000)
    half = f"[{'x, ' * 500}]\n"
    assert read_all(Source("f", half), problems, bounds=bounds) is not None
    assert read_all(Source("f", f"{half}---\n{half}---\n{half}"), problems, bounds=bounds) is None
    assert [d.code for d in problems.sorted()] == ["too-many-values"]


def test_a_file_without_documents() -> None:
    assert read_all(Source("f", "# nothing\n"), Problems()) == ()
    assert read_all(Source("f", ""), Problems()) == ()
