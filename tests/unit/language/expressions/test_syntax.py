"""What does not parse, or is not part of the language: plain words at the exact column."""

from collections.abc import Callable

import pytest

from playbook_engine.diagnostics import Diagnostic

Complain = Callable[[str], list[Diagnostic]]


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("", 11, "an expression is missing here", None),
        ("   ", 11, "an expression is missing here", None),
        ("a && b", 13, "'&&' means nothing here", "Write `and`."),
        ("a || b", 13, "'||' means nothing here", "Write `or`."),
        ("!a", 11, "'!' means nothing here", "Write `not`."),
        ("a = 1", 13, "unexpected '=', expected the end of the expression", "Write == to compare."),
        ("a === 1", 13, "'===' means nothing here", "Write == to compare."),
        ("a <> 1", 13, "'<>' means nothing here", "Write != for `not equal`."),
        ("$a", 11, "'$' means nothing here", "Names are written without $."),
        ("a == null", 16, "'null' is not known here", "Write none."),
        ("a == TRUE", 16, "'TRUE' is not known here", "Write true."),
        (
            "{{ a }}",
            16,
            "unexpected '}', expected ':'",
            "Write the expression without {{ }}; they belong into texts only.",
        ),
        ("a ==", 15, "the expression ends too early, expected a value", None),
        ("(a", 13, "the expression ends too early, expected ')'", None),
        ("[1, 2", 16, "the expression ends too early, expected ']'", None),
        ("a | ", 14, "the expression ends too early, expected a name", None),
        ("a)", 12, "this ')' closes nothing", None),
        ("(a]", 13, "unexpected ']', expected ')'", None),
        ("'abc", 11, "this quote is never closed", None),
        ("a == .5", 16, "unexpected '.', expected a value", None),
        ("a AND b", 13, "unexpected 'AND', expected the end of the expression", "Write `and` in lower case."),
        ("a b", 13, "unexpected 'b', expected the end of the expression", None),
        ("a, b", 12, "unexpected ',', expected the end of the expression", "Lists are written [a, b]."),
        ("a if b", 11, "`if` needs an `else` here", "Write `a if condition else b`."),
        ("a is b is c", 18, "`is` cannot follow `is`", "Join the two tests with `and`."),
        ("x for x in y", 13, "unexpected 'for', expected the end of the expression", None),
        ("1e999", 11, "this number is too large", None),
        ("9" * 101, 11, "this number is too large", None),
        ("a\0b", 12, "a NUL character cannot stand here", None),
        ("a | lenght", 15, "there is no filter 'lenght'", "Did you mean 'length'?"),
        ("a is defned", 16, "there is no test 'defned'", "Did you mean 'defined'?"),
        ("a is not nune", 20, "there is no test 'nune'", "Did you mean 'none'?"),
        ("a.b.uper()", 15, "there is no method 'uper'", "Did you mean 'upper'?"),
        ("length(a)", 11, "there is no function 'length'", "Write … | length."),
        ("a[0](1)", 15, "this cannot be called", None),
        ("a | join(sep=',')", 15, "`join` has no argument `sep`", None),
        ("a | replace('x')", 15, "`replace` needs the argument `new`", None),
        ("a | replace('x', old='y', new='z')", 15, "`replace` gets `old` twice", None),
        ("a | upper(1)", 15, "`upper` takes no argument, here are 1", None),
        ("a.split(sep=',')", 13, "`split` takes its arguments in order, without names", None),
        ("a | join(*b)", 15, "arguments cannot be unpacked with * or **", None),
        ("a | default", 15, "`default` needs the argument `other`", None),
        ("(a ~ b) is defined", 11, "`is defined` asks about a name", None),
        ("a is search('(')", 16, None, None),
        ("a is match('(a+)+')", 16, "'(a+)+' repeats a repetition, which can take forever on some texts", None),
        (
            "a | select('match', '(a*)*')",
            15,
            "'(a*)*' repeats a repetition, which can take forever on some texts",
            None,
        ),
        ("a | select('nope')", 22, "there is no test 'nope'", "Did you mean 'none'?"),
        ("a | selectattr('b', 'equalto', 1)", 31, "there is no test 'equalto'", "Write eq."),
        ("a | map('uper')", 19, "there is no filter 'uper'", "Did you mean 'upper'?"),
        ("a | from_json", 15, "there is no filter 'from_json'", "Write json."),
        (
            "a | search('b')",
            15,
            "there is no filter 'search'",
            "It is a test: … is search('…'). To take the part that matches: regex_search.",
        ),
        ("a is startswith('b')", 16, "there is no test 'startswith'", "Write match('…'), or .startswith('…')."),
        ("a.format(1)", 13, "there is no method 'format'", "Join texts with ~."),
        ("a | map('nope')", 19, "there is no filter 'nope'", None),
        ("a | map()", 15, "`map` needs attribute='…' or the name of a filter", None),
        ("a | map('default', 1)", 15, "`map` cannot use `default`", None),
        ("a | map(b)", 15, "`map` needs the name of a filter, written as a text", None),
        ("a | map('int', attribute='b')", 15, "`map` takes an attribute or a filter, not both", None),
        ("a | selectattr('n', test='eq')", 15, "`selectattr` takes its arguments in order, without names", None),
        ("a | raw", 11, "`| raw` belongs last into {{ … }} of a shell command", None),
        ("a | raw | upper", 15, "`raw` cannot stand here", None),
        ("'x'.b", 11, "a constant has no parts to look up", None),
    ],
)
def test_names_the_problem_at_its_column(
    complaints: Complain, text: str, column: int, message: str | None, hint: str | None
) -> None:
    [found] = complaints(text)

    assert found.span is not None
    assert (found.span.line, found.span.column) == (3, column)
    assert message is None or found.message == message
    assert hint is None or found.hint == hint


def test_lists_every_problem(complaints: Complain) -> None:
    found = complaints("a | lenght > 0 and b is defned and c.uper() == null")

    assert [each.code for each in found] == ["unknown-filter", "unknown-test", "unknown-method", "unknown-name"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 60 + "1" + ")" * 60,
        "(" * 5_000 + "1" + ")" * 5_000,
        "not " * 3_000 + "a",
        "-" * 5_000 + "1",
        "a" + ".b" * 60,
        "a" + " | upper" * 60,
        "[" + "1," * 2_100 + "]",
        "a" * 30_000,
        " ~ ".join(["a"] * 2_100),
        "a" + "[0]" * 3_000,
        "1" + "+1" * 3_000,
        "a if b else " * 800 + "c",
    ],
)
def test_bounds_the_size_of_an_expression(complaints: Complain, text: str) -> None:
    assert [each.code for each in complaints(text)] == ["expression-too-complex"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"'\d+\s\b'", r"\d+\s\b"),
        (r"'a\nb\t\\'", "a\nb\t\\"),
        (r"'\x41\u00e9\U0001F600'", "Aé😀"),
        (r"'\''", "'"),
        (r'"\""', '"'),
        (r"'\U00ffffff'", r"\U00ffffff"),
        ("'名前'", "名前"),
    ],
)
def test_undoes_only_the_escapes_it_defines(evaluate: Callable[..., object], text: str, expected: str) -> None:
    assert evaluate(text) == expected


def test_a_line_break_counts_as_a_blank(evaluate: Callable[..., object]) -> None:
    assert evaluate("a\r\n==\n1", a=1) is True
